//! API versions: quarterly, each for a year, then silently the oldest still supported.

use chrono::{Datelike as _, NaiveDate};

use crate::kit::clock::{midnight_ms, utc};

/// Months a version is supported.
const SUPPORTED: i32 = 12;
/// Versions come out at 17:00 UTC.
const HOUR_MS: i64 = 17 * 3_600_000;

/// The version that answers a request for `asked`; `None` when there is no such version.
pub(crate) fn served(asked: &str, now_ms: i64) -> Option<String> {
    if asked == "unstable" {
        return Some(asked.to_owned());
    }
    let month = month_of(asked)?;
    let newest = newest(now_ms);
    // One version ahead can be tried as the release candidate.
    if month > newest + 3 {
        return None;
    }
    let oldest = newest - SUPPORTED + 3;
    Some(text_of(month.max(oldest)))
}

/// The newest stable version.
pub(crate) fn latest(now_ms: i64) -> String {
    text_of(newest(now_ms))
}

/// Months since the year 0 of the newest stable version.
fn newest(now_ms: i64) -> i32 {
    let today = utc(now_ms).date_naive();
    let quarter = today.month0() / 3 * 3;
    let month = today.year() * 12 + i32::try_from(quarter).unwrap_or(0);
    let out = NaiveDate::from_ymd_opt(today.year(), quarter + 1, 1).map_or(0, midnight_ms) + HOUR_MS;
    if now_ms >= out { month } else { month - 3 }
}

fn month_of(version: &str) -> Option<i32> {
    let (year, month) = version.split_once('-')?;
    let (year, month): (i32, i32) = (year.parse().ok()?, month.parse().ok()?);
    let is_one = year > 2018 && matches!(month, 1 | 4 | 7 | 10) && version.len() == 7;
    is_one.then_some(year * 12 + month - 1)
}

fn text_of(month: i32) -> String {
    format!("{:04}-{:02}", month / 12, month % 12 + 1)
}
