//! The provider as a whole.

use std::collections::BTreeMap;
use std::time::Duration;

use application::ports::connector;
use domain::value::Direction;
use schemars::JsonSchema;
use serde::Deserialize;

use super::address::Address;
use super::auth::Auth;
use super::context::{Header, Query};
use super::entity::Entity;
use super::errors::{Answers, ErrorRule};
use super::fields::{Members, Place};
use super::request::{Encoding, GraphQlDefaults, Request};
use super::template::Template;
use super::webhook::Webhooks;
use super::writing::Batch;

mod discover;
mod limits;
mod operation;

pub use discover::{Discover, Reference};
pub use limits::{Bucket, Cost, LimitScope, Limits, Remaining, RemainingForm, Wait, WaitUnit};
pub use operation::{LookUp, OperationKind, OperationOf, Parameter};

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
    /// Origins (`https://host`) that credentials may be sent to; every URL of the manifest is inside them. May be
    /// empty where each connection has its own base URL, which the operator then allows (`HEADWATER_EGRESS_ALLOW`).
    pub origins: Vec<String>,
    /// Headers of every call.
    #[serde(default)]
    pub headers: Members<Template<Header>>,
    /// Query parameters of every call.
    #[serde(default)]
    pub query: Members<Template<Query>>,
    /// The version of the API (`{version}`).
    pub version: Option<Version>,
    /// How bodies are written where a request does not say otherwise.
    #[serde(default)]
    pub encoding: Encoding,
    /// What GraphQL requests have in common.
    #[serde(default)]
    pub graphql: GraphQlDefaults,
    /// Longest idempotency key the provider takes; a longer one is sent as its digest.
    pub key_max_length: Option<usize>,
    /// How idempotency keys look.
    #[serde(default)]
    pub key_form: KeyForm,
    /// Digits of currencies whose smallest unit the provider counts differently from ISO 4217 (`MGA = 0`).
    #[serde(default)]
    pub minor_units: BTreeMap<String, u32>,
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
    pub verify: Option<Box<Verify>>,
    /// Several writes in one call.
    pub batch: Option<Box<Batch>>,
    /// Entities by the provider's own names; `entities/*.toml` may hold more.
    #[serde(default)]
    pub entities: BTreeMap<String, Box<Entity>>,
    /// Lookups and submissions.
    #[serde(default)]
    pub operations: BTreeMap<String, Box<OperationOf>>,
    /// Lists of codes and their meaning.
    #[serde(default)]
    pub reference: BTreeMap<String, Box<Reference>>,
    /// Webhooks it sends.
    pub webhooks: Option<Box<Webhooks>>,
    /// Capabilities a project can switch.
    #[serde(default)]
    pub features: Vec<Feature>,
    /// Fields of the setup form.
    #[serde(default)]
    pub setup: Vec<Setup>,
}

/// The version of the API.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// The version that is asked for.
    pub current: String,
    /// The header of answers that says which version was served; another one is told in the log.
    pub answered_in: Option<String>,
    /// The day it ends (`2027-07-01`), for the table of providers.
    pub ends: Option<String>,
}

/// How idempotency keys look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyForm {
    /// Letters, digits, `-` and `_`.
    #[default]
    Text,
    /// A UUID (RFC 9562), made from the key.
    Uuid,
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

/// Where the API is. Empty where every customer has a server of its own: each connection then brings its `base_url`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Base {
    /// The base URL; absent where each connection has its own.
    pub production: Option<Address>,
    /// The provider's test system; a connection takes it with the setting `environment = "sandbox"`.
    pub sandbox: Option<Address>,
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

impl Timing {
    /// The times that an operator set; `settles` says whether the provider has a settle time to shorten.
    pub fn set(by: &connector::Timing, settles: bool) -> Self {
        let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Self {
            request_timeout_ms: ms(by.request_timeout),
            send_window_ms: ms(by.send_window),
            settle_ms: by.settle.filter(|_| settles).map(ms),
        }
    }
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
    /// Default filter: a CEL expression over our record (`record.status == 'approved'`) that must be true for it to flow.
    pub filter: Option<String>,
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
    /// A regular expression that the value must fit.
    pub pattern: Option<String>,
    /// A list of `[reference]` to choose from.
    pub options: Option<String>,
    /// Whether it belongs to the organization's app registration with the provider, not to a connection.
    #[serde(default)]
    pub app: bool,
}
