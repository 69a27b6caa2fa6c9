//! Jobs: the only things that cause outside effects. Each may run twice.

pub mod deliver_webhooks;
mod handler;
pub mod keep_webhooks;
mod outbox;
pub mod process_webhook;
pub mod pull_page;
pub mod pull_records;
pub mod push_page;
pub mod push_records;
pub mod redeliver_webhooks;
pub mod runs;
pub mod submit;
mod worker;

pub use handler::JobHandler;
pub use outbox::Outbox;
pub use worker::Worker;
