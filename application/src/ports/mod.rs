//! What the use cases need of the outside, one capability a file.

pub mod blob_store;
pub mod checkpoints;
pub mod clock;
pub mod connector;
pub mod credentials;
pub mod deliveries;
pub mod event_log;
pub mod id_generator;
pub mod job_queue;
pub mod limiter;
pub mod oauth_attempts;
pub mod read_store;
pub mod rejections;
pub mod vault;
pub mod wakeups;
pub mod webhook_sender;

/// A port could not do its work: the database, the disk or the network is away. Worth another try later.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{what} is unavailable: {why}")]
pub struct Unavailable {
    /// The port.
    pub what: &'static str,
    /// The adapter's own words; never a secret.
    pub why: String,
}

impl Unavailable {
    /// An adapter's error, in its own words.
    pub fn new(what: &'static str, why: impl std::fmt::Display) -> Self {
        Self { what, why: why.to_string() }
    }
}
