//! Webhooks as a whole.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{EventShape, Handshake, Signature, Subscribe};
use crate::connectors::manifest::Several;

/// What a provider's webhooks look like. A delivery is a hint: the record it names is read again.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Webhooks {
    /// Whose secrets verify them.
    pub secret: SecretOf,
    /// Names of the secrets; any that fits will do, so that one can be changed while both are in use.
    #[serde(default = "secrets")]
    pub secrets: Vec<String>,
    /// How they are signed.
    pub signature: Signature,
    /// What is asked before events come; the first that fits is answered.
    #[serde(default)]
    pub handshakes: Vec<Handshake>,
    /// Shapes of the body; the first that fits is read.
    pub shapes: Vec<EventShape>,
    /// The provider's words in events for the entities of this manifest (`creditmemo = "CreditMemo"`, or several); what
    /// is not listed is compared without regard to case.
    #[serde(default)]
    pub entities: BTreeMap<String, Several<String>>,
    /// The verbs that say a record is gone.
    #[serde(default)]
    pub deleted: Vec<String>,
    /// Events (`<entity>.<verb>`) that say the connection was revoked there; it is marked expired.
    #[serde(default)]
    pub ended: Vec<String>,
    /// What a delivery that was taken is answered, where an empty 200 is not enough.
    pub answer: Option<WebhookAnswer>,
    /// How events are subscribed to; absent where a person does it at the provider.
    pub subscribe: Option<Subscribe>,
}

fn secrets() -> Vec<String> {
    vec!["webhook_secret".to_owned(), "webhook_secret_previous".to_owned()]
}

/// Whose secrets verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SecretOf {
    /// The app's, whatever the company.
    App,
    /// Each connection's.
    Integration,
}

/// A fixed answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookAnswer {
    /// Its type (`text/xml`).
    pub content_type: String,
    /// Its text.
    pub body: String,
}
