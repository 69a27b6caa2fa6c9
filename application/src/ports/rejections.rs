//! Webhooks that were not taken: counted by reason, the last ones kept. Outside the log, or anybody could fill it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::Unavailable;

/// A webhook that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The provider it was sent for, as the path says; cut to 50 characters.
    pub provider: String,
    /// Why: the stable code of the reason.
    pub reason: &'static str,
    /// Bytes of its body.
    pub size: usize,
    /// When.
    pub at: DateTime<Utc>,
}

/// What was not taken so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rejections {
    /// How many for each reason.
    pub counts: BTreeMap<String, u64>,
    /// Provider, reason, bytes and time of the last ones, the newest first.
    pub last: Vec<(String, String, u64, DateTime<Utc>)>,
}

/// The record of rejections. It holds at most 1,000 of them and one number per reason, and is written at most once a
/// second, so that a flood costs next to nothing.
#[async_trait::async_trait]
pub trait RejectionLog: Send + Sync {
    /// Counts one. It is lost when the process ends within the second.
    async fn note(&self, rejected: Rejected);
    /// What was counted, with at most `limit` of the last ones.
    async fn shown(&self, limit: usize) -> Result<Rejections, Unavailable>;
}
