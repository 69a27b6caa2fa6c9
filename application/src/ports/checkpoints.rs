//! Where each subscriber has got to, and what a process manager knows, saved together.

use chrono::{DateTime, Utc};

use super::Unavailable;
use super::job_queue::NewJob;

/// A subscriber's place, and the lease that lets one process at a time move it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Last position handled.
    pub position: u64,
    /// Fencing token: a writer with an older epoch is refused.
    pub epoch: u64,
}

/// One change of a process manager's own table: instance state by key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateChange {
    /// Stores the instance.
    Put {
        /// The instance's key.
        key: String,
        /// A second key to find it by (`waiting_for/<…>`), if any.
        index: Option<String>,
        /// When it wants to be woken, if ever.
        wake_at: Option<DateTime<Utc>>,
        /// JSON; no record contents, no secrets.
        state: Vec<u8>,
    },
    /// Forgets the instance.
    Delete {
        /// The instance's key.
        key: String,
    },
}

/// A stored instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Its key.
    pub key: String,
    /// Its index key.
    pub index: Option<String>,
    /// Its wake-up time.
    pub wake_at: Option<DateTime<Utc>>,
    /// Its state, JSON.
    pub state: Vec<u8>,
}

/// What a process manager saves after a page, in one transaction.
#[derive(Clone, Debug, Default)]
pub struct Save {
    /// Instance changes.
    pub changes: Vec<StateChange>,
    /// Jobs that follow.
    pub jobs: Vec<NewJob>,
}

/// Why a save was refused.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SaveError {
    /// Another process took the subscription over: stop.
    #[error("subscription `{name}` is led by another process")]
    Fenced {
        /// The subscription.
        name: String,
    },
    /// The store is away.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Checkpoints and process-manager state.
#[async_trait::async_trait]
pub trait Checkpoints: Send + Sync {
    /// Takes the lease of `name` until `until` (renewing one's own by `holder`), or answers `None` while another holds it.
    async fn lease(
        &self,
        name: &str,
        holder: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Option<Checkpoint>, Unavailable>;

    /// Every checkpoint: name and position.
    async fn list(&self) -> Result<Vec<(String, u64)>, Unavailable>;

    /// Saves `save` and moves the checkpoint from `from.position` to `to`, all or nothing.
    async fn save(&self, name: &str, from: Checkpoint, to: u64, save: Save) -> Result<(), SaveError>;

    /// Instances of a process manager by key.
    async fn instances(&self, name: &str, keys: &[String]) -> Result<Vec<Option<Instance>>, Unavailable>;

    /// Instances by index key, after `after` (a key), at most `limit`.
    async fn by_index(
        &self,
        name: &str,
        index: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Instance>, Unavailable>;

    /// Instances due at `now`, oldest first.
    async fn due(&self, name: &str, now: DateTime<Utc>, limit: usize) -> Result<Vec<Instance>, Unavailable>;

    /// The earliest wake-up time, if any.
    async fn next_wake(&self, name: &str) -> Result<Option<DateTime<Utc>>, Unavailable>;

    /// Every instance of a process manager, for its start.
    async fn all(&self, name: &str) -> Result<Vec<Instance>, Unavailable>;
}
