//! The simulator's time: the machine's, moved forward at will. Formats several providers share.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, Utc};

/// A clock that can be moved forward; clones share the movement.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    ahead_ms: Arc<AtomicI64>,
}

impl Clock {
    /// Milliseconds since 1970, UTC.
    pub fn now_ms(&self) -> i64 {
        machine_ms() + self.ahead_ms.load(Ordering::Relaxed)
    }

    /// Moves the clock forward by `seconds`.
    pub fn advance(&self, seconds: i64) {
        self.ahead_ms.fetch_add(seconds.saturating_mul(1000), Ordering::Relaxed);
    }

    /// Today in UTC.
    pub fn today(&self) -> NaiveDate {
        utc(self.now_ms()).date_naive()
    }
}

#[expect(clippy::disallowed_methods, reason = "the simulator is an outside system with its own clock")]
fn machine_ms() -> i64 {
    Utc::now().timestamp_millis()
}

/// The instant of milliseconds since 1970; 1970 itself when out of range.
pub fn utc(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}

/// `2026-01-01T08:00:00Z`
pub fn rfc3339(ms: i64) -> String {
    utc(ms).to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// `2026-01-01T08:00:00.000Z`
pub fn rfc3339_millis(ms: i64) -> String {
    utc(ms).to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`
pub fn http_date(ms: i64) -> String {
    utc(ms).format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// `2026-01-01`, the UTC date.
pub fn date(ms: i64) -> String {
    utc(ms).format("%Y-%m-%d").to_string()
}

/// Milliseconds of a timestamp with `Z` or an offset; `None` when it is none.
pub fn parse_rfc3339(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.timestamp_millis())
}

/// Milliseconds of a timestamp without a zone, read as UTC: `2026-01-01T08:00:00[.fff]`.
pub fn parse_zoneless(text: &str) -> Option<i64> {
    let naive = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok()?;
    Some(naive.and_utc().timestamp_millis())
}

/// Milliseconds of an HTTP date; `None` when it is none.
pub fn parse_http_date(text: &str) -> Option<i64> {
    let naive = NaiveDateTime::parse_from_str(text, "%a, %d %b %Y %H:%M:%S GMT").ok()?;
    Some(naive.and_utc().timestamp_millis())
}

/// A calendar date, strictly `YYYY-MM-DD`.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}

/// Midnight UTC of a date, in milliseconds since 1970.
pub fn midnight_ms(date: NaiveDate) -> i64 {
    NaiveDateTime::from(date).and_utc().timestamp_millis()
}

/// Seconds as milliseconds, without overflow.
pub fn seconds_ms(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX / 1000).saturating_mul(1000).min(i64::MAX / 4)
}
