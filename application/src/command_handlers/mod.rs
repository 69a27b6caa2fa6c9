//! Commands that need more than the dispatcher: several ports, several aggregates, or an answer that has to be waited
//! for. They know nothing of HTTP; the command line uses them too.

mod change;
mod complete_oauth;
mod connect;
mod create_integration;
mod create_sync_config;
mod deadlines;
mod declined;
mod delete_integration;
mod desk;
mod disconnect;
mod exports;
mod facts;
mod link_records;
mod mapping;
mod operate;
mod preview;
mod put_credentials;
mod put_records;
mod receive_webhook;
mod refresh_tokens;
mod replay_webhook;
mod resolve_conflict;
mod select_realm;
mod send_record;
mod set_feature;
mod start_sync;
mod test_connection;
mod validate_record;
mod webhook_endpoints;

pub(crate) use desk::target;
pub use exports::*;
