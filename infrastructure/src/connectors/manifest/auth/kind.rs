//! Kinds of authentication.

use schemars::JsonSchema;
use serde::Deserialize;

/// Kind of authentication; the table of the same name describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthKind {
    /// OAuth 2.0 (RFC 6749); described in `[auth.oauth2]`.
    Oauth2,
    /// OAuth 1.0a (RFC 5849): every call is signed; described in `[auth.oauth1]`.
    Oauth1,
    /// Keys that a person gives; `send` says where they go.
    ApiKey,
    /// User name and password (RFC 7617); `[auth.basic_auth]` names them.
    BasicAuth,
    /// A login call opens a session; described in `[auth.session]`.
    Session,
    /// A page of the provider that a call opens; described in `[auth.hosted]`.
    Hosted,
    /// None.
    None,
}

impl AuthKind {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Oauth2 => "oauth2",
            Self::Oauth1 => "oauth1",
            Self::ApiKey => "api_key",
            Self::BasicAuth => "basic_auth",
            Self::Session => "session",
            Self::Hosted => "hosted",
            Self::None => "none",
        }
    }
}
