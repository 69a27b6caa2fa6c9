//! The provider's own clock.

use chrono::{DateTime, SecondsFormat, Utc};

use super::config::StampGranularity;

/// Now, in milliseconds since the Unix epoch.
#[expect(
    clippy::disallowed_methods,
    reason = "a simulated provider has its own clock, which the product cannot set"
)]
pub(super) fn now_ms() -> i64 {
    Utc::now().timestamp_millis()
}

impl StampGranularity {
    /// The instant as this API stores it: what the granularity drops is gone for ordering too.
    pub(super) fn truncate(self, ms: i64) -> i64 {
        match self {
            Self::Milliseconds => ms,
            Self::Seconds => ms.div_euclid(1000) * 1000,
        }
    }

    /// RFC 3339 in UTC, with three digits of a second or none.
    pub(super) fn render(self, ms: i64) -> String {
        let digits = match self {
            Self::Milliseconds => SecondsFormat::Millis,
            Self::Seconds => SecondsFormat::Secs,
        };
        let instant = DateTime::<Utc>::from_timestamp_millis(ms).unwrap_or_default();
        instant.to_rfc3339_opts(digits, true)
    }
}
