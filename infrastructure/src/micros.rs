//! Times of operational tables: microseconds since 1970, one small number to compare and to index.

use application::ports::Unavailable;
use chrono::{DateTime, Utc};

use crate::database::away;

/// The time as it is stored.
pub(crate) fn micros(time: DateTime<Utc>) -> i64 {
    time.timestamp_micros()
}

/// The time as it was stored.
pub(crate) fn time(micros: i64) -> Result<DateTime<Utc>, Unavailable> {
    DateTime::from_timestamp_micros(micros).ok_or_else(|| away("a stored time is out of range"))
}
