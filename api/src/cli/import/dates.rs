//! Days as files write them.

use chrono::{NaiveDate, NaiveDateTime};

/// Forms with a time of day, which is left out: a document has a day.
const WITH_TIME: [&str; 6] = [
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%m/%d/%y %H:%M",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
];
const DAYS: [&str; 3] = ["%Y-%m-%d", "%m/%d/%y", "%m/%d/%Y"];

/// The day of `2010-12-01`, `2010-12-01 08:26:00`, `12/1/10 8:26` or `12/1/2010`, as `YYYY-MM-DD`. Days with slashes
/// are month first.
pub(super) fn day(text: &str) -> Result<String, String> {
    let with_time =
        WITH_TIME.iter().find_map(|form| Some(NaiveDateTime::parse_from_str(text, form).ok()?.date()));
    let day = with_time.or_else(|| DAYS.iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok()));
    match day {
        Some(day) if day >= NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or_default() => {
            Ok(day.format("%Y-%m-%d").to_string())
        }
        _ => Err(format!("`{text}` is no day: write it as 2010-12-01 or 12/1/10 8:26 (month first)")),
    }
}
