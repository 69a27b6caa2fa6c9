//! How often an integration's configs run unless they say otherwise.

use std::fmt;
use std::num::NonZeroU32;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A default schedule: at every change, only when asked, or every so many minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SyncFrequency {
    /// At every change.
    Realtime,
    /// Only when a person asks.
    Manual,
    /// Every so many minutes.
    Minutes(NonZeroU32),
}

/// A text that is no frequency.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{given}` is no sync frequency: use realtime, every_15_minutes, hourly, daily, weekly, manual or a number of \
     minutes from 1"
)]
pub struct UnknownFrequency {
    /// What was given.
    pub given: String,
}

impl SyncFrequency {
    /// Every so many minutes; at least one.
    pub fn minutes(minutes: u32) -> Result<Self, UnknownFrequency> {
        NonZeroU32::new(minutes)
            .map(Self::Minutes)
            .ok_or_else(|| UnknownFrequency { given: minutes.to_string() })
    }

    /// The frequency of a word, or of a number of minutes.
    pub fn parse(text: &str) -> Result<Self, UnknownFrequency> {
        let unknown = || UnknownFrequency { given: text.chars().take(80).collect() };
        match text.to_ascii_lowercase().as_str() {
            "realtime" | "real_time" => Ok(Self::Realtime),
            "manual" => Ok(Self::Manual),
            "every_15_minutes" => Self::minutes(15),
            "hourly" => Self::minutes(60),
            "daily" => Self::minutes(24 * 60),
            "weekly" => Self::minutes(7 * 24 * 60),
            number => Self::minutes(number.parse().map_err(|_| unknown())?),
        }
    }
}

impl Default for SyncFrequency {
    fn default() -> Self {
        Self::Minutes(NonZeroU32::new(60).expect("60 is not zero"))
    }
}

impl fmt::Display for SyncFrequency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Realtime => f.write_str("realtime"),
            Self::Manual => f.write_str("manual"),
            Self::Minutes(minutes) => minutes.fmt(f),
        }
    }
}

impl Serialize for SyncFrequency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SyncFrequency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}
