//! Date-times as the provider writes and reads them.

use chrono::DateTime;

use crate::kit::clock::{parse_rfc3339, utc};

/// `2013-05-07T22:07:19.000+0000`: an offset without a colon.
pub(super) fn stamp(ms: i64) -> String {
    utc(ms).format("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
}

/// Milliseconds of a date-time in a record: ISO 8601 with `Z` or an offset, with a colon or without.
pub(super) fn instant(text: &str) -> Option<i64> {
    let without_colon =
        || DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z").ok().map(|at| at.timestamp_millis());
    parse_rfc3339(text).or_else(without_colon)
}

/// Whole seconds, as milliseconds.
pub(super) fn seconds(ms: i64) -> i64 {
    ms.div_euclid(1000) * 1000
}

/// Whole minutes, as milliseconds.
pub(super) fn minutes(ms: i64) -> i64 {
    ms.div_euclid(60_000) * 60_000
}
