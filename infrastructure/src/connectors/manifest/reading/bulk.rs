//! Bulk jobs: submitted, asked for until they are done, and downloaded.

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::fields::{FieldIs, Place};
use super::super::request::Request;
use super::pages::Pages;

/// A full read as a job of the provider.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bulk {
    /// Starts the job. Refused as `validation` (another job is under way, the plan has none): `list` is read instead.
    pub submit: Submit,
    /// Asks how far it is.
    pub poll: Poll,
    /// Gets the result.
    pub download: Download,
    /// Rows that are left out (children of other rows).
    pub skip: Option<FieldIs>,
}

/// Starts a job.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Submit {
    /// The call.
    pub request: Request,
    /// Where its answer names the job (`{job}` from then on).
    pub job: Place,
}

/// Asks for the state of a job.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Poll {
    /// The call.
    pub request: Request,
    /// Where its answer has the state.
    pub state: Place,
    /// States of a job that is done.
    pub done: Vec<String>,
    /// States of a job that will never be done.
    #[serde(default)]
    pub failed: Vec<String>,
    /// Where the answer has the address of the result; a job that is done without one has no rows.
    pub url: Option<Place>,
    /// How long to wait between two questions, in seconds: 1 to 60.
    pub every_s: u32,
    /// The longest a job may take, in seconds.
    #[serde(default = "one_day")]
    pub longest_s: u32,
}

fn one_day() -> u32 {
    86_400
}

/// Gets a result: by `request`, or from the address that `poll.url` found.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Download {
    /// How it is written.
    pub format: BulkFormat,
    /// The call.
    pub request: Option<Request>,
    /// How pages follow each other, for `request`.
    pub pages: Option<Pages>,
    /// Origins the result may be fetched from; no credentials go there.
    #[serde(default)]
    pub origins: Vec<String>,
}

/// How a bulk result is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BulkFormat {
    /// One JSON document per line.
    Jsonl,
    /// Comma-separated values with a line of names (RFC 4180); every value is text.
    Csv,
}
