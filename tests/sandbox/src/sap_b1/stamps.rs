//! Dates and times as the server keeps them: two columns in its own local time.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::kit::clock;

/// `2026-01-31T00:00:00Z`: what a date looks like, whatever the server's zone.
pub(super) fn date(day: NaiveDate) -> Value {
    json!(format!("{day}T00:00:00Z"))
}

/// Date and time of day of an instant on a clock that many hours ahead of UTC.
pub(super) fn local(now_ms: i64, offset_hours: i32) -> (Value, Value) {
    let at = clock::utc(now_ms + i64::from(offset_hours) * 3_600_000);
    (date(at.date_naive()), json!(at.format("%H:%M:%S").to_string()))
}

/// The day in `2026-01-31`, with or without a time, which counts for nothing.
pub(super) fn day_of(text: &str) -> Option<NaiveDate> {
    let (day, rest) = text.split_at_checked(10)?;
    let day = clock::parse_date(day)?;
    (rest.is_empty() || rest.starts_with('T')).then_some(day)
}

/// Whether a text is `10:00` or `10:00:00`.
pub(super) fn is_time(text: &str) -> bool {
    ["%H:%M", "%H:%M:%S"].iter().any(|format| chrono::NaiveTime::parse_from_str(text, format).is_ok())
}
