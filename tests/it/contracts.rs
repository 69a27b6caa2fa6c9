//! The promises of the ports, held on every adapter.

mod blob_store;
mod checkpoints;
mod credentials;
mod database;
mod databases;
mod deliveries;
pub(crate) mod event_log;
mod event_log_append;
mod event_log_claims;
mod event_log_interop;
mod event_log_reads;
mod event_log_sealing;
mod job_queue;
mod limiter;
mod limits_under_way;
mod oauth_attempts;
mod read_store;
mod rejections;
mod vault;
