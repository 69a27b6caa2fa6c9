//! Days on which connections end.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Deserialize;

use super::day::day;

/// A day on which connections end that nobody renews; shown before it comes. Exactly one of `on` and `setting`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// The day, as `"2027-01-01"`.
    #[serde(default, deserialize_with = "day")]
    #[schemars(with = "Option<String>")]
    pub on: Option<NaiveDate>,
    /// The setting of a connection that holds the day (a certificate's end).
    pub setting: Option<String>,
    /// Only connections without this secret end (`refresh_token`).
    pub lacks: Option<String>,
    /// What ends.
    pub what: String,
    /// What a person should do before.
    pub next_step: String,
}
