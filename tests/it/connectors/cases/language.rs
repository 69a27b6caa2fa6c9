//! How a case is written.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A file of cases.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) case: Vec<Case>,
}

/// One case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) name: String,
    /// `verify`, `read` (full, then incremental as often as there are exchanges), `get`, `find_reference`,
    /// `find_natural_key`, `write` or `webhook`.
    pub(super) does: String,
    #[serde(default)]
    pub(super) entity: String,
    /// What is got or searched for.
    #[serde(default)]
    pub(super) value: String,
    /// How many incremental reads follow the full one.
    #[serde(default)]
    pub(super) incremental: usize,
    #[serde(default)]
    pub(super) settings: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) writes: Vec<Write>,
    pub(super) webhook: Option<Webhook>,
    #[serde(default)]
    pub(super) exchange: Vec<Exchange>,
    pub(super) expect: Expect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Write {
    pub(super) operation: String,
    pub(super) id: Option<String>,
    pub(super) version: Option<String>,
    pub(super) key: String,
    #[serde(default)]
    pub(super) reference: String,
    #[serde(default)]
    pub(super) body: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Webhook {
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
    pub(super) secrets: Vec<String>,
    pub(super) body: String,
}

/// A request that must come, and its answer.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exchange {
    /// Method, path and query, decoded.
    pub(super) request: String,
    /// Headers that must be there.
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
    /// Headers that must not.
    #[serde(default)]
    pub(super) without: Vec<String>,
    /// The body, compared as JSON.
    pub(super) body: Option<String>,
    #[serde(default = "ok")]
    pub(super) status: u16,
    #[serde(default)]
    pub(super) answer_headers: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) answer: String,
}

fn ok() -> u16 {
    200
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Expect {
    /// `id`, `id@version`, `id deleted`.
    pub(super) records: Option<Vec<String>>,
    /// `confirmed`, `confirmed id@version`, `rejected class`, `unknown`; one per write.
    pub(super) outcomes: Option<Vec<String>>,
    /// Class of the error.
    pub(super) error: Option<String>,
    /// What a person is told to do.
    pub(super) next_step: Option<String>,
    /// Name that a connection test shows.
    pub(super) verified: Option<String>,
    /// `event_type id realm`, with `deleted` behind.
    pub(super) events: Option<Vec<String>>,
    /// Start of the rejection's words.
    pub(super) rejection: Option<String>,
    /// How long the realm is paused, in seconds.
    pub(super) paused_s: Option<u64>,
}
