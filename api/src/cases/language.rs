//! How a case is written.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

/// A file of cases.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) case: Vec<Spanned<Case>>,
}

/// One case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) name: String,
    /// `verify`, `read` (full, then incremental as often as there are exchanges), `get`, `find_reference`,
    /// `find_natural_key`, `write`, `look_up`, `submit`, `submitted`, `discover`, `reference`, `authorize`, `connect` or
    /// `webhook`.
    pub(super) does: String,
    /// `look_up`, `submit`, `submitted`: the operation; `reference`: the list.
    #[serde(default)]
    pub(super) operation: String,
    /// Parameters of the operation, as JSON.
    #[serde(default)]
    pub(super) parameters: String,
    /// Facts of the person's own request.
    #[serde(default)]
    pub(super) context: BTreeMap<String, String>,
    /// The remote company.
    pub(super) realm: Option<String>,
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
    /// Secrets of the connection beside or in place of `access_token = "at-1"`, `refresh_token = "rt-1"` and
    /// `api_key = "key-1"`; an empty one is none.
    #[serde(default)]
    pub(super) secrets: BTreeMap<String, String>,
    /// The same of the app, beside `client_id = "id"` and `client_secret = "secret"`.
    #[serde(default)]
    pub(super) app: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) writes: Vec<Write>,
    pub(super) webhook: Option<Webhook>,
    /// What the browser brings back, of `connect`.
    #[serde(default)]
    pub(super) callback: BTreeMap<String, String>,
    /// What the authorization kept until then, of `connect`.
    pub(super) kept: Option<String>,
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
    #[serde(default = "post")]
    pub(super) method: String,
    /// Our address as the provider called it.
    #[serde(default = "address")]
    pub(super) url: String,
    /// When it comes, in Unix seconds; the clock of the cases where it is absent.
    pub(super) now: Option<i64>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
    /// The secret in force, then the one before it; whatever name the manifest gives them.
    pub(super) secrets: Vec<String>,
    pub(super) body: String,
}

fn post() -> String {
    "POST".to_owned()
}

fn address() -> String {
    "https://hub.example/v1/webhooks/provider".to_owned()
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
    pub(super) answer_headers: BTreeMap<String, Several>,
    #[serde(default)]
    pub(super) answer: String,
}

/// One value of a header, or several of one name.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Several {
    One(String),
    Many(Vec<String>),
}

impl Several {
    pub(super) fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
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
    /// What an operation came to, as JSON; `unknown` for an outcome that nobody knows.
    pub(super) result: Option<String>,
    /// Bodies of the records, as JSON, as the engine sees them.
    pub(super) bodies: Option<Vec<String>>,
    /// Name that a connection test shows.
    pub(super) verified: Option<String>,
    /// `event_type id realm`, with `deleted` behind.
    pub(super) events: Option<Vec<String>>,
    /// What a handshake is answered.
    pub(super) answer: Option<String>,
    /// The company that a consent gives.
    pub(super) realm: Option<String>,
    /// Start of the rejection's words.
    pub(super) rejection: Option<String>,
    /// How long the realm is paused, in seconds.
    pub(super) paused_s: Option<u64>,
}
