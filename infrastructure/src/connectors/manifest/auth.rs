//! How a provider knows who calls.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

/// Kind of authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthKind {
    /// OAuth 2.0, authorization code (RFC 6749, 4.1); described in `[auth.oauth2]`.
    Oauth2,
    /// A key; described in `[auth.api_key]`.
    ApiKey,
    /// User name and password (RFC 7617); described in `[auth.basic_auth]`.
    BasicAuth,
    /// None.
    None,
}

impl AuthKind {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Oauth2 => "oauth2",
            Self::ApiKey => "api_key",
            Self::BasicAuth => "basic_auth",
            Self::None => "none",
        }
    }
}

/// How calls are authenticated.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// Its kind; the table of the same name describes it.
    pub kind: AuthKind,
    /// OAuth 2.0.
    pub oauth2: Option<OAuth2>,
    /// A key.
    pub api_key: Option<ApiKey>,
    /// User name and password.
    pub basic_auth: Option<BasicAuth>,
}

/// How our app proves itself at the token endpoint (RFC 6749, 2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuth {
    /// In an `Authorization: Basic` header.
    Basic,
    /// In the form body.
    Body,
}

/// OAuth 2.0 with an authorization code.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OAuth2 {
    /// Where the browser is sent.
    #[schemars(with = "String")]
    pub authorize_url: Url,
    /// Where codes and refresh tokens are exchanged.
    #[schemars(with = "String")]
    pub token_url: Url,
    /// Where tokens are given back (RFC 7009), if anywhere.
    #[schemars(with = "Option<String>")]
    pub revoke_url: Option<Url>,
    /// Scopes asked for.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// How our app proves itself.
    pub client_auth: ClientAuth,
    /// Whether a PKCE challenge (RFC 7636, S256) is sent.
    #[serde(default)]
    pub pkce: bool,
    /// Further parameters of the authorize URL.
    #[serde(default)]
    pub authorize_parameters: BTreeMap<String, String>,
    /// Where the realm comes from; absent for providers without realms.
    pub realm: Option<RealmFrom>,
    /// How long an access token lives when its answer does not say, in seconds.
    pub access_token_s: u64,
    /// How long a refresh token lives when its answer does not say, in seconds.
    pub refresh_token_s: Option<u64>,
    /// Member of the token answer that says how long the refresh token lives, in seconds.
    pub refresh_expiry_member: Option<String>,
    /// An access token is refreshed this many seconds before it ends.
    pub refresh_margin_s: u64,
}

/// Where the realm comes from.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RealmFrom {
    /// Query parameter of the redirect (`realmId`).
    pub callback: String,
}

/// A key sent with each call: exactly one of `header`, `query` and `user`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKey {
    /// Name of the secret that holds it.
    #[serde(default = "api_key")]
    pub secret: String,
    /// The header that carries it.
    pub header: Option<String>,
    /// What stands before the key in the header (`Bearer `).
    #[serde(default)]
    pub prefix: String,
    /// The query parameter that carries it.
    pub query: Option<String>,
    /// Whether it is the user name of basic authentication, with an empty password.
    #[serde(default)]
    pub user: bool,
}

fn api_key() -> String {
    "api_key".to_owned()
}

/// User name and password.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BasicAuth {
    /// Name of the secret that holds the user name.
    #[serde(default = "username")]
    pub username: String,
    /// Name of the secret that holds the password.
    #[serde(default = "password")]
    pub password: String,
}

fn username() -> String {
    "username".to_owned()
}

fn password() -> String {
    "password".to_owned()
}

impl Auth {
    /// Names of the secrets a connection needs.
    pub fn required_secrets(&self) -> Vec<String> {
        match self.kind {
            AuthKind::Oauth2 => vec!["access_token".to_owned(), "refresh_token".to_owned()],
            AuthKind::ApiKey => self.api_key.iter().map(|key| key.secret.clone()).collect(),
            AuthKind::BasicAuth => self
                .basic_auth
                .iter()
                .flat_map(|basic| [basic.username.clone(), basic.password.clone()])
                .collect(),
            AuthKind::None => Vec::new(),
        }
    }
}
