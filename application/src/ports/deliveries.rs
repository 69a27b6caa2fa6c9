//! What became of changes sent to customers' endpoints: operational rows, kept for a while.

use chrono::{DateTime, Utc};
use domain::ids::{OrganizationId, WebhookEndpointId};

use super::Unavailable;

/// How a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// The endpoint took it.
    Delivered,
    /// It did not yet; tried again at `next_at`.
    Retrying,
    /// It did not, and is not tried again by itself.
    Failed,
}

impl DeliveryState {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Retrying => "retrying",
            Self::Failed => "failed",
        }
    }

    /// The state of a word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Delivered, Self::Retrying, Self::Failed].into_iter().find(|state| state.as_str() == word)
    }
}

/// One change on its way to one endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The tenant.
    pub organization: OrganizationId,
    /// The endpoint.
    pub endpoint: WebhookEndpointId,
    /// The change's position in the log.
    pub position: u64,
    /// `invoice.updated`
    pub event_type: String,
    /// How it stands.
    pub state: DeliveryState,
    /// Attempts made.
    pub attempts: u32,
    /// The first attempt.
    pub first_at: DateTime<Utc>,
    /// The last attempt.
    pub last_at: DateTime<Utc>,
    /// The next attempt, while it is retried.
    pub next_at: Option<DateTime<Utc>>,
    /// Status of the last answer; none when there was none.
    pub status: Option<u16>,
    /// Why the last attempt failed.
    pub error: Option<String>,
}

/// Which deliveries of an endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Only those that stand so.
    pub state: Option<DeliveryState>,
    /// Only those of changes before this position: the newest come first.
    pub before: Option<u64>,
    /// As many at most.
    pub limit: usize,
}

/// The rows.
#[async_trait::async_trait]
pub trait Deliveries: Send + Sync {
    /// The delivery of a change, if it was tried.
    async fn get(&self, endpoint: WebhookEndpointId, position: u64) -> Result<Option<Delivery>, Unavailable>;

    /// Writes how a delivery stands. Rows that were last tried before `forget` go.
    async fn put(&self, delivery: &Delivery, forget: DateTime<Utc>) -> Result<(), Unavailable>;

    /// Lists an endpoint's deliveries, the newest first.
    async fn list(&self, endpoint: WebhookEndpointId, listed: &Listed) -> Result<Vec<Delivery>, Unavailable>;

    /// Since when an endpoint has taken nothing although something was sent; `None` when the last answer was good.
    async fn failing_since(&self, endpoint: WebhookEndpointId) -> Result<Option<DateTime<Utc>>, Unavailable>;
}
