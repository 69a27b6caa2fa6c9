//! What a provider asks of an endpoint before it sends events.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::connectors::manifest::{FieldIs, Place};

/// A request that is no event and wants a certain answer: `echo` says what is given back, `form` that an empty answer
/// is enough.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Handshake {
    /// Only a JSON body that has this.
    pub when: Option<FieldIs>,
    /// What is given back; the handshake fits when it is there.
    pub echo: Option<Echo>,
    /// The handshake fits when the body is a form with this member; the answer is empty.
    pub form: Option<String>,
    /// The member of a JSON object that carries what is given back; absent: it is the plain text of the answer.
    pub json: Option<String>,
    /// Whether it is answered only when its signature is right.
    #[serde(default)]
    pub signed: bool,
}

/// Where something stands in a request: exactly one of its fields.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Echo {
    /// Place in the JSON body.
    pub at: Option<Place>,
    /// Query parameter.
    pub query: Option<String>,
    /// Header.
    pub header: Option<String>,
}
