//! Days, as they are written in a manifest.

use chrono::NaiveDate;
use serde::de::{self, Deserialize, Deserializer};

/// A day such as `"2027-09-01"`. Errors: another text, or a day that no calendar has.
pub(super) fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let day = NaiveDate::parse_from_str(&text, "%Y-%m-%d");
    day.map(Some).map_err(|_| de::Error::custom(format!("`{text}` is no day: write it as in 2027-09-01")))
}
