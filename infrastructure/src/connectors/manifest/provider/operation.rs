//! Operations that are no record syncs: lookups, and submissions that may exist once.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::entity::Rule;
use super::super::fields::{Literal, Place};
use super::super::reading::Pages;
use super::super::request::Request;

/// An operation of the provider.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OperationOf {
    /// What it is.
    pub kind: OperationKind,
    /// Its name for people.
    pub label: String,
    /// Help text.
    #[serde(default)]
    pub help: String,
    /// What it takes (`{param.<name>}`).
    #[serde(default)]
    pub parameters: Vec<Parameter>,
    /// Rules over the parameters (`record`), checked before anything is sent.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// The call.
    pub request: Request,
    /// Where the result stands; absent means the answer is the result.
    pub result: Option<Place>,
    /// `lookup` only: the elements of a list, all of whose pages are read.
    pub items: Option<Place>,
    /// How pages of the list follow each other; absent means that one answer holds everything.
    pub pages: Option<Pages>,
    /// Most elements of the list.
    #[serde(default = "thousand")]
    pub max_rows: usize,
    /// `lookup` only: how long a result is good, in seconds; 0 means it is asked for each time.
    #[serde(default)]
    pub cache_s: u64,
    /// `submit` only: parameters that, within the realm, name what may exist once.
    #[serde(default)]
    pub natural_key: Vec<String>,
    /// `submit` only: headers of the answer that are kept with it.
    #[serde(default)]
    pub receipt: Vec<String>,
    /// `submit` only: what finds out whether it was done.
    pub look_up: Option<LookUp>,
}

fn thousand() -> usize {
    1000
}

/// Kind of operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OperationKind {
    /// Reads something.
    Lookup,
    /// Hands something in, once. An unknown outcome is looked up, never sent again blindly.
    Submit,
}

/// A parameter.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Label.
    #[serde(default)]
    pub label: String,
    /// Help text.
    #[serde(default)]
    pub help: String,
    /// An example.
    #[serde(default)]
    pub example: String,
    /// Type: `text`, `integer`, `decimal`, `boolean`, `date`, `array` or `object`.
    #[serde(default = "text", rename = "type")]
    pub kind: String,
    /// Whether it must be given.
    #[serde(default = "yes")]
    pub required: bool,
    /// Used where it is not given.
    pub default: Option<Literal>,
    /// A regular expression that its text must fit.
    pub pattern: Option<String>,
    /// A text of digits is filled up with zeros on the left to this length.
    pub pad: Option<usize>,
    /// Whether it says nothing about a person. A natural key of such parameters is kept as it is; any other as a digest.
    #[serde(default)]
    pub public: bool,
    /// Places of a decimal: it is sent with exactly so many, and refused with more.
    pub digits: Option<u32>,
}

fn text() -> String {
    "text".to_owned()
}

fn yes() -> bool {
    true
}

/// What finds out whether a submission was done.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LookUp {
    /// The call; what is not there was not submitted.
    pub request: Request,
    /// Where what was submitted stands; absent means the answer.
    pub result: Option<Place>,
    /// Members of it, and the parameters they must equal for it to be ours.
    pub same: BTreeMap<String, String>,
}
