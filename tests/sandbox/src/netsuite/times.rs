//! Dates in the account's format and zone.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _};

use super::config::{DateFormat, NetSuiteConfig};
use crate::kit::clock::utc;

/// How this account writes dates.
#[derive(Clone, Copy, Debug)]
pub(super) struct Zone {
    format: DateFormat,
    offset: FixedOffset,
}

impl Zone {
    pub(super) fn new(config: &NetSuiteConfig) -> Self {
        let offset = FixedOffset::east_opt(config.utc_offset_minutes * 60);
        let utc = FixedOffset::east_opt(0).expect("no offset is within a day");
        Self { format: config.date_format, offset: offset.unwrap_or(utc) }
    }

    /// The instant in the account's zone.
    pub(super) fn local(self, ms: i64) -> DateTime<FixedOffset> {
        self.offset.from_utc_datetime(&utc(ms).naive_utc())
    }

    /// The date there.
    pub(super) fn today(self, ms: i64) -> NaiveDate {
        self.local(ms).date_naive()
    }

    /// Milliseconds of a time in the account's zone.
    pub(super) fn instant(self, naive: NaiveDateTime) -> i64 {
        (naive - self.offset).and_utc().timestamp_millis()
    }

    /// A date in the account's format, without leading zeros: `1/31/2026`.
    pub(super) fn write(self, date: NaiveDate) -> String {
        let layout = match self.format {
            DateFormat::MonthDayYear => "%-m/%-d/%Y",
            DateFormat::DayMonthYear => "%-d/%-m/%Y",
            DateFormat::Iso => "%Y-%m-%d",
        };
        date.format(layout).to_string()
    }

    /// A date in the account's format, with a time or without (`1/31/2026 3:30 pm`).
    pub(super) fn parse(self, text: &str) -> Option<NaiveDateTime> {
        let layout = match self.format {
            DateFormat::MonthDayYear => "%m/%d/%Y",
            DateFormat::DayMonthYear => "%d/%m/%Y",
            DateFormat::Iso => "%Y-%m-%d",
        };
        if let Ok(date) = NaiveDate::parse_from_str(text, layout) {
            return Some(date.and_time(NaiveTime::MIN));
        }
        let layouts = ["%I:%M %p", "%I:%M:%S %p", "%H:%M:%S", "%H:%M"];
        let mut read =
            layouts.iter().map(|time| NaiveDateTime::parse_from_str(text, &format!("{layout} {time}")));
        read.find_map(Result::ok)
    }
}
