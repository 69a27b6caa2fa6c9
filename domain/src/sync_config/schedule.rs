//! When something runs by itself: cron in a time zone, or every so many minutes.

use std::num::NonZeroU32;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds};
use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;

/// Most minutes a schedule may wait: a year.
const MINUTES_LIMIT: u32 = 366 * 24 * 60;

/// A schedule, valid for ever: `{"cron": {"expression": "0 6 * * 1-5", "time_zone": "Europe/Berlin"}}` or
/// `{"minutes": 15}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// By the clock on a wall.
    Cron(CronSchedule),
    /// Every so many minutes after the last time.
    Minutes(Minutes),
}

/// Minutes between two runs, 1 to a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Minutes(NonZeroU32);

/// A cron expression of five fields and the time zone it is meant in.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Given")]
pub struct CronSchedule {
    expression: String,
    time_zone: String,
}

/// A cron schedule as it is given, before it is checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    expression: String,
    #[serde(default = "utc")]
    time_zone: String,
}

fn utc() -> String {
    "UTC".to_owned()
}

/// Why something is no schedule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Not a cron expression.
    #[error("`{expression}` is no cron expression ({reason}): give five fields, such as `0 6 * * 1-5`")]
    Cron {
        /// What was given.
        expression: String,
        /// What is wrong.
        reason: String,
    },
    /// It would never run.
    #[error("`{expression}` never comes round: choose a day that exists")]
    Never {
        /// What was given.
        expression: String,
    },
    /// Not a time zone.
    #[error("`{time_zone}` is no time zone: use an IANA name, such as Europe/Berlin")]
    TimeZone {
        /// What was given.
        time_zone: String,
    },
    /// Too few or too many minutes.
    #[error("{minutes} minutes are no interval: give 1 to 527040")]
    Minutes {
        /// What was given.
        minutes: u32,
    },
}

impl Schedule {
    /// A cron schedule.
    pub fn cron(expression: &str, time_zone: &str) -> Result<Self, ScheduleError> {
        CronSchedule::parse(expression, time_zone).map(Self::Cron)
    }

    /// Every so many minutes.
    pub fn every(minutes: u32) -> Result<Self, ScheduleError> {
        Minutes::try_from(minutes).map(Self::Minutes)
    }

    /// The next time after `moment`; minutes count from `moment` itself. None only at the end of the calendar.
    pub fn next_after(&self, moment: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Cron(cron) => cron.next_after(moment),
            Self::Minutes(minutes) => moment.checked_add_signed(TimeDelta::minutes(i64::from(minutes.get()))),
        }
    }

    /// The next `count` times after `moment`.
    pub fn preview(&self, moment: DateTime<Utc>, count: usize) -> Vec<DateTime<Utc>> {
        std::iter::successors(self.next_after(moment), |last| self.next_after(*last)).take(count).collect()
    }
}

impl Minutes {
    /// The number.
    pub const fn get(self) -> u32 {
        self.0.get()
    }
}

impl TryFrom<u32> for Minutes {
    type Error = ScheduleError;
    fn try_from(minutes: u32) -> Result<Self, ScheduleError> {
        let checked = NonZeroU32::new(minutes).filter(|minutes| minutes.get() <= MINUTES_LIMIT);
        checked.map(Self).ok_or(ScheduleError::Minutes { minutes })
    }
}

impl From<Minutes> for u32 {
    fn from(minutes: Minutes) -> Self {
        minutes.get()
    }
}

impl CronSchedule {
    /// Checks both parts, and that the time comes at all.
    pub fn parse(expression: &str, time_zone: &str) -> Result<Self, ScheduleError> {
        let cron = pattern(expression)?;
        let zone = zone(time_zone)?;
        let start = DateTime::<Utc>::UNIX_EPOCH.with_timezone(&zone);
        if cron.find_next_occurrence(&start, false).is_err() {
            return Err(ScheduleError::Never { expression: shown(expression) });
        }
        Ok(Self { expression: expression.trim().to_owned(), time_zone: time_zone.to_owned() })
    }

    /// The expression.
    pub fn expression(&self) -> &str {
        &self.expression
    }

    /// The IANA name of the time zone.
    pub fn time_zone(&self) -> &str {
        &self.time_zone
    }

    fn next_after(&self, moment: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let cron = pattern(&self.expression).ok()?;
        let here = moment.with_timezone(&zone(&self.time_zone).ok()?);
        cron.find_next_occurrence(&here, false).ok().map(|next| next.with_timezone(&Utc))
    }
}

impl TryFrom<Given> for CronSchedule {
    type Error = ScheduleError;
    fn try_from(given: Given) -> Result<Self, ScheduleError> {
        Self::parse(&given.expression, &given.time_zone)
    }
}

fn pattern(expression: &str) -> Result<Cron, ScheduleError> {
    let refused = |reason: String| ScheduleError::Cron { expression: shown(expression), reason };
    if expression.len() > 255 {
        return Err(refused("it is too long".to_owned()));
    }
    let parser = CronParser::builder().seconds(Seconds::Disallowed).build();
    parser.parse(expression.trim()).map_err(|error| refused(error.to_string()))
}

fn zone(time_zone: &str) -> Result<Tz, ScheduleError> {
    time_zone.parse().map_err(|_| ScheduleError::TimeZone { time_zone: shown(time_zone) })
}

fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}
