//! `/Date(…)/`, its ISO twins, and what callers may send.

use chrono::NaiveDate;

use crate::kit::clock::{midnight_ms, parse_date, parse_rfc3339, parse_zoneless, utc};

/// `/Date(1552521600000+0000)/` of an instant. Milliseconds may be negative.
pub(super) fn wire(ms: i64) -> String {
    format!("/Date({ms}+0000)/")
}

/// Milliseconds in `/Date(1552521600000+0000)/`; the offset is informative only.
pub(super) fn parse_wire(text: &str) -> Option<i64> {
    let inner = text.strip_prefix("/Date(")?.strip_suffix(")/")?;
    let sign = usize::from(inner.starts_with('-'));
    let end = inner[sign..].find(['+', '-']).map_or(inner.len(), |at| at + sign);
    inner[..end].parse().ok()
}

/// The date a caller sent: `YYYY-MM-DD`, with a time that is cut off, or `/Date(…)/`.
pub(super) fn parse_sent(text: &str) -> Option<NaiveDate> {
    if let Some(date) = parse_date(text) {
        return Some(date);
    }
    let ms = parse_wire(text).or_else(|| parse_zoneless(text)).or_else(|| parse_rfc3339(text))?;
    Some(utc(ms).date_naive())
}

/// A date as it is stored and answered: midnight UTC.
pub(super) fn wire_date(date: NaiveDate) -> String {
    wire(midnight_ms(date))
}

/// `2019-03-13T00:00:00`, the ISO twin of a date.
pub(super) fn twin(wire: &str) -> Option<String> {
    Some(utc(parse_wire(wire)?).format("%Y-%m-%dT%H:%M:%S").to_string())
}

/// `2019-03-12T23:10:38Z`, the ISO twin of `UpdatedDateUTC`.
pub(super) fn twin_utc(wire: &str) -> Option<String> {
    Some(utc(parse_wire(wire)?).format("%Y-%m-%dT%H:%M:%SZ").to_string())
}
