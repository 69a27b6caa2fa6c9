//! The simulator's time: the machine's, moved forward at will, shown in the company's zone.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeZone, Utc};

/// Seconds the company's zone is behind UTC (-08:00, as in the provider's examples).
const ZONE_WEST_S: i32 = 8 * 3600;

/// A clock that can be moved forward; clones share the movement.
#[derive(Clone, Default)]
pub(crate) struct Clock {
    ahead_ms: Arc<AtomicI64>,
}

impl Clock {
    /// Milliseconds since 1970, UTC.
    pub(crate) fn now_ms(&self) -> i64 {
        machine_ms() + self.ahead_ms.load(Ordering::Relaxed)
    }

    /// Moves the clock forward by `seconds`.
    pub(crate) fn advance(&self, seconds: i64) {
        self.ahead_ms.fetch_add(seconds * 1000, Ordering::Relaxed);
    }

    /// Today in the company's zone.
    pub(crate) fn today(&self) -> NaiveDate {
        local(self.now_ms()).date_naive()
    }
}

#[expect(clippy::disallowed_methods, reason = "the simulator is an outside system with its own clock")]
fn machine_ms() -> i64 {
    Utc::now().timestamp_millis()
}

fn zone() -> FixedOffset {
    FixedOffset::west_opt(ZONE_WEST_S).expect("eight hours is within a day")
}

fn local(ms: i64) -> DateTime<FixedOffset> {
    let utc = DateTime::from_timestamp_millis(ms).unwrap_or_default();
    zone().from_utc_datetime(&utc.naive_utc())
}

/// `2026-01-01T00:00:00-08:00`: to the second, with the company's offset (fact sheet, "Dates").
pub(crate) fn stamp(ms: i64) -> String {
    local(ms).format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// `2026-01-01T08:00:00.000Z`, as webhooks carry it.
pub(crate) fn stamp_utc(ms: i64) -> String {
    let utc = DateTime::from_timestamp_millis(ms).unwrap_or_default();
    utc.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// Milliseconds of a timestamp with `Z` or an offset; without either, or as a bare date, in the
/// company's zone. `None` when it is no timestamp.
pub(crate) fn parse(text: &str) -> Option<i64> {
    // The common layout first: it has the fastest reader.
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.timestamp_millis());
    }
    for layout in ["%Y-%m-%dT%H:%M:%S%.f%:z", "%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%dT%H:%M%:z"] {
        if let Ok(at) = DateTime::parse_from_str(text, layout) {
            return Some(at.timestamp_millis());
        }
    }
    let naive = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f")
        .ok()
        .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0))?;
    zone().from_local_datetime(&naive).single().map(|at| at.timestamp_millis())
}

/// A calendar date `YYYY-MM-DD`.
pub(crate) fn parse_date(text: &str) -> Option<NaiveDate> {
    (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}
