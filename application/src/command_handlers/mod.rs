//! Commands that need more than the dispatcher: several ports, several aggregates, or an answer that has to be waited
//! for. They know nothing of HTTP; the command line uses them too.

mod change;
mod complete_oauth;
mod connect;
mod create_integration;
mod create_sync_config;
mod declined;
mod delete_integration;
mod desk;
mod disconnect;
mod facts;
mod link_records;
mod mapping;
mod preview;
mod put_credentials;
mod put_records;
mod receive_webhook;
mod refresh_tokens;
mod replay_webhook;
mod resolve_conflict;
mod send_record;
mod set_feature;
mod start_sync;
mod test_connection;
mod validate_record;

pub use complete_oauth::Completed;
pub use connect::{Connect, Connecting};
pub use create_integration::NewIntegration;
pub use create_sync_config::{NewSyncConfig, SyncConfigSettings, WrittenConfig};
pub use declined::{Declined, Fault};
pub use desk::{Desk, Operator, Within};
pub use link_records::LinkRecords;
pub use mapping::{MappingGiven, checked_mapping};
pub use preview::{Preview, Previewed};
pub use put_records::{PutLine, RecordsOf};
pub use receive_webhook::{Delivered, RawWebhook};
pub use resolve_conflict::ConflictSides;
pub use send_record::{Sending, SyncState};
pub use set_feature::FeatureSwitch;
pub use start_sync::StartSync;
pub use test_connection::Tested;
pub use validate_record::Validated;
