//! The promises of the ports, held on every adapter.

mod event_log;
mod event_log_append;
mod event_log_claims;
mod event_log_reads;
mod event_log_sealing;
