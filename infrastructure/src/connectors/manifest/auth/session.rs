//! A login call that opens a session.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::connectors::manifest::{Place, Request};

/// A session: a login call answers a token or cookies, a refused call logs in again.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// The login; its body may have `{secret.<name>}`.
    pub login: Request,
    /// Ends the session, when the integration is disconnected.
    pub logout: Option<Request>,
    /// Where the answer has the token; `send` says where it goes, as the secret `access_token`.
    pub token: Option<Place>,
    /// Cookies of the answer that are sent back in each call.
    #[serde(default)]
    pub cookies: Vec<String>,
    /// How long a session lives, in seconds; absent: until a call is refused, as where use prolongs it.
    pub lifetime_s: Option<u64>,
}
