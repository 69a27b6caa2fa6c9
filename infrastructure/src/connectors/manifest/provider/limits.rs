//! How much a provider takes, and how it says so.

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::fields::Place;

/// How much the provider takes. An operator may raise it for a connection.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Calls per `per_s`.
    pub calls: u32,
    /// The window, in seconds.
    pub per_s: u64,
    /// Calls under way at once.
    pub concurrency: u32,
    /// Whose limit it is.
    #[serde(default)]
    pub scope: LimitScope,
    /// Further limits that hold at the same time; they give way when an operator sets a limit.
    #[serde(default)]
    pub also: Vec<Bucket>,
    /// How a refusal says how long to wait; the first that is there counts. Absent means `Retry-After`.
    #[serde(default)]
    pub waits: Vec<Wait>,
    /// Costs of GraphQL queries.
    pub cost: Option<Cost>,
    /// What good answers say of what is left.
    #[serde(default)]
    pub remaining: Vec<Remaining>,
}

/// Whose limit it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LimitScope {
    /// The remote company's.
    #[default]
    Realm,
    /// The app's or key's, over all of its connections.
    App,
}

/// A further limit.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Its name within the provider.
    pub name: String,
    /// Calls per `per_s`.
    pub calls: u32,
    /// The window, in seconds.
    pub per_s: u64,
    /// Whose limit it is.
    #[serde(default)]
    pub scope: LimitScope,
    /// Whether only batch calls count.
    #[serde(default)]
    pub batch: bool,
    /// Whether only requests count that name it (`limits = ["search"]`).
    #[serde(default)]
    pub named: bool,
}

/// How a refusal says how long to wait: exactly one of `header` and `field`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    /// The header.
    pub header: Option<String>,
    /// The member of the answer.
    pub field: Option<Place>,
    /// What it counts.
    pub unit: WaitUnit,
}

/// What a wait counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitUnit {
    /// Seconds from now, also with a fraction, or an HTTP date (RFC 9110, 10.2.3).
    Seconds,
    /// Milliseconds from now.
    Milliseconds,
    /// A moment, in seconds since 1970.
    Epoch,
    /// A moment, in milliseconds since 1970.
    EpochMs,
    /// A moment, RFC 3339 or an HTTP date.
    Date,
}

/// Costs of GraphQL queries, which a bucket of points pays for.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// What the query was reckoned to cost.
    pub requested: Place,
    /// Points that are left.
    pub available: Place,
    /// Points that come back per second.
    pub restore: Place,
}

/// What good answers say of what is left.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Remaining {
    /// The header.
    pub header: String,
    /// What stands in it.
    #[serde(default)]
    pub form: RemainingForm,
    /// At or below this the realm pauses.
    #[serde(default)]
    pub floor: u64,
    /// For how long, in seconds.
    pub wait_s: u64,
}

/// What stands in a header about what is left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RemainingForm {
    /// The number of calls left.
    #[default]
    Number,
    /// Used and allowed calls: `32/40`, `api-usage=18/15000`.
    UsedOfTotal,
}
