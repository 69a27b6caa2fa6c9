//! What the command handlers take and answer.

pub use super::complete_oauth::Completed;
pub use super::connect::{Connect, Connecting};
pub use super::create_integration::NewIntegration;
pub use super::create_sync_config::{NewSyncConfig, SyncConfigSettings, WrittenConfig};
pub use super::declined::{Declined, Fault};
pub use super::desk::{Desk, Operator, Within};
pub use super::link_records::LinkRecords;
pub use super::mapping::{MappingGiven, checked_mapping};
pub use super::operate::{Operated, SubmissionState};
pub use super::preview::{Preview, Previewed};
pub use super::put_records::{PutLine, RecordsOf};
pub use super::receive_webhook::{Delivered, Intake, RawWebhook};
pub use super::resolve_conflict::ConflictSides;
pub use super::select_realm::RealmChoice;
pub use super::send_record::{Sending, SyncState};
pub use super::set_feature::FeatureSwitch;
pub use super::start_sync::StartSync;
pub use super::test_connection::Tested;
pub use super::validate_record::Validated;
pub use super::webhook_endpoints::{EndpointChange, GRACE, NewEndpoint};
