//! Time.

use chrono::{DateTime, Utc};

/// The one source of time. Tests move it by hand.
#[async_trait::async_trait]
pub trait Clock: Send + Sync {
    /// Now, in UTC.
    fn now(&self) -> DateTime<Utc>;
    /// Returns once `now()` has reached `at`.
    async fn sleep_until(&self, at: DateTime<Utc>);
}
