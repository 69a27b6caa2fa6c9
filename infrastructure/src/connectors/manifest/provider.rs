//! The provider as a whole.

use std::collections::BTreeMap;

use domain::value::Direction;
use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use super::auth::Auth;
use super::batch::Batch;
use super::context::{Header, Query};
use super::entity::Entity;
use super::errors::{Answers, ErrorRule};
use super::fields::Place;
use super::request::Request;
use super::template::Template;
use super::webhook::Webhooks;

/// A provider.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Its key, the folder's name: lower-case letters, digits and `_` (`quickbooks`).
    pub key: String,
    /// Its name for people.
    pub name: String,
    /// Categories: erp, crm, accounting, ecommerce, banking, shipping, payments, communication, tax, government,
    /// identity, portal.
    pub categories: Vec<String>,
    /// Countries it serves, ISO 3166 alpha-2; empty means any.
    #[serde(default)]
    pub countries: Vec<String>,
    /// Where its documentation is.
    pub docs: String,
    /// Whether each project brings its own credentials.
    #[serde(default)]
    pub credential_scope: CredentialScope,
    /// Whether a project in one of its countries gets it by itself.
    #[serde(default)]
    pub auto_enable: bool,
    /// How calls are authenticated.
    pub auth: Auth,
    /// Where the API is.
    pub base: Base,
    /// Origins (`https://host`) that credentials may be sent to; every URL of the manifest is inside them.
    pub origins: Vec<String>,
    /// Headers of every call.
    #[serde(default)]
    pub headers: BTreeMap<String, Template<Header>>,
    /// Query parameters of every call.
    #[serde(default)]
    pub query: BTreeMap<String, Template<Query>>,
    /// Longest idempotency key the provider takes; a longer one is sent as its digest.
    pub key_max_length: Option<usize>,
    /// Where an answer says what went wrong.
    #[serde(default)]
    pub answers: Answers,
    /// What refusals mean, first match first. After it the usual meaning of the HTTP status holds.
    #[serde(default)]
    pub errors: Vec<ErrorRule>,
    /// How much it takes.
    pub limits: Limits,
    /// Times around a write.
    pub timing: Timing,
    /// How a connection is tested.
    pub verify: Option<Verify>,
    /// Several writes in one call.
    pub batch: Option<Batch>,
    /// Entities by the provider's own names; `entities/*.toml` may hold more.
    #[serde(default)]
    pub entities: BTreeMap<String, Entity>,
    /// Webhooks it sends.
    pub webhooks: Option<Webhooks>,
    /// Capabilities a project can switch.
    #[serde(default)]
    pub features: Vec<Feature>,
    /// Fields of the setup form.
    #[serde(default)]
    pub setup: Vec<Setup>,
}

/// Whose credentials are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CredentialScope {
    /// The organization's, shared by its projects.
    Global,
    /// Each connection's own.
    #[default]
    PerProject,
}

impl CredentialScope {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::PerProject => "per_project",
        }
    }
}

/// Where the API is.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Base {
    /// The base URL; absent where each connection has its own.
    #[schemars(with = "Option<String>")]
    pub production: Option<Url>,
    /// The provider's test system; a connection takes it with the setting `environment = "sandbox"`.
    #[schemars(with = "Option<String>")]
    pub sandbox: Option<Url>,
}

/// How much the provider takes, per realm. An operator may raise it for a connection.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Calls per `per_s`.
    pub calls: u32,
    /// The window, in seconds.
    pub per_s: u64,
    /// Calls under way at once.
    pub concurrency: u32,
    /// Further limits that hold at the same time; they give way when an operator sets a limit.
    #[serde(default)]
    pub also: Vec<Bucket>,
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
    /// Whether only batch calls count.
    #[serde(default)]
    pub batch: bool,
}

/// Times around a write; an operator may override them.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Timing {
    /// A request without an answer after this is given up, in milliseconds.
    pub request_timeout_ms: u64,
    /// A prepared call is not sent later than this after its intent, in milliseconds.
    pub send_window_ms: u64,
    /// How long the provider's search may lag behind its writes, in milliseconds; absent: no look-up can be trusted.
    pub settle_ms: Option<u64>,
}

/// A call that tells who we are.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Verify {
    /// The call.
    pub request: Request,
    /// Where its answer names the realm.
    pub realm: Option<Place>,
    /// Where its answer names the company.
    pub name: Option<Place>,
}

/// A capability a project can switch.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Feature {
    /// Its code.
    pub code: String,
    /// Its name for people.
    pub name: String,
    /// Our entity.
    pub local_entity: String,
    /// The provider's entity.
    pub remote_entity: String,
    /// Ways it can flow: `inbound`, `outbound` or `bidirectional`.
    #[schemars(with = "String")]
    pub direction: Direction,
    /// Default trigger: `realtime`, `on_status_change`, `on_manual`, `on_schedule` or `on_link`.
    pub trigger: String,
}

/// A field of the setup form.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// Name of the secret or setting.
    pub name: String,
    /// Label.
    pub label: String,
    /// Help text.
    #[serde(default)]
    pub help: String,
    /// An example.
    #[serde(default)]
    pub example: String,
    /// Whether it is a secret.
    #[serde(default)]
    pub secret: bool,
    /// Whether it must be given.
    #[serde(default)]
    pub required: bool,
}
