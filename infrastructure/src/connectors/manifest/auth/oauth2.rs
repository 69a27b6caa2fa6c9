//! OAuth 2.0.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Scope;
use super::method::named;
use crate::connectors::manifest::address::Address;
use crate::connectors::manifest::{Json, Members, Place, Query, SignatureEncoding, Template};

/// OAuth 2.0. State is always sent, and a new refresh token is stored before the new access token is used.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OAuth2 {
    /// How tokens come about.
    #[serde(default)]
    pub grant: Grant,
    /// Where the browser is sent; with `authorization_code`.
    pub authorize_url: Option<Address>,
    /// Where codes, refresh tokens and assertions are exchanged.
    pub token_url: Address,
    /// Where tokens are given back (RFC 7009), if anywhere.
    pub revoke_url: Option<Address>,
    /// Addresses of the provider's test system, for connections with the setting `environment = "sandbox"`.
    #[serde(default)]
    pub sandbox: Endpoints,
    /// How our app proves itself.
    pub client_auth: ClientAuth,
    /// How a token request is written.
    #[serde(default)]
    pub token_format: TokenFormat,
    /// Scopes, those asked for and those that older connections may have.
    #[serde(default)]
    pub scopes: Vec<Scope>,
    /// What stands between two scopes.
    #[serde(default = "space")]
    pub scope_separator: String,
    /// Whether a PKCE challenge (RFC 7636, S256) is sent.
    #[serde(default)]
    pub pkce: bool,
    /// Further parameters of the authorize URL.
    #[serde(default)]
    pub authorize_parameters: Members<Template<Query>>,
    /// Further parameters of every token request; may have `{secret.<name>}`.
    #[serde(default)]
    pub token_parameters: Members<Template<Query>>,
    /// A JWT that we sign: with `client_auth = "assertion"` (RFC 7523, 2.2) or `grant = "jwt_bearer"` (2.1).
    pub assertion: Option<Assertion>,
    /// An HMAC over the redirect's parameters, as Shopify's.
    pub callback_hmac: Option<CallbackHmac>,
    /// Where the token answer has what.
    #[serde(default)]
    pub answer: AnswerPlaces,
    /// Where the token answer names the base URL of this connection (`instance_url`); its origin must be listed.
    pub base: Option<Place>,
    /// How long an access token lives when its answer does not say, in seconds; absent: until it is refused.
    pub access_token_s: Option<u64>,
    /// How long a refresh token lives when its answer does not say, in seconds.
    pub refresh_token_s: Option<u64>,
    /// Member of the token answer that says how long the refresh token lives, in seconds.
    pub refresh_expiry_member: Option<String>,
    /// An access token is refreshed this many seconds before it ends.
    #[serde(default = "margin")]
    pub refresh_margin_s: u64,
    /// After this many seconds a person must authorize again, however often tokens were refreshed.
    pub consent_s: Option<u64>,
}

fn space() -> String {
    " ".to_owned()
}

fn margin() -> u64 {
    300
}

impl OAuth2 {
    /// Names of the secrets of the app that it needs.
    pub fn secrets(&self) -> Vec<String> {
        let mut names = vec!["client_id".to_owned()];
        if matches!(self.client_auth, ClientAuth::Basic | ClientAuth::Body) {
            names.push("client_secret".to_owned());
        }
        names.extend(named(self.token_parameters.values()));
        if let Some(assertion) = &self.assertion {
            names.push(assertion.key.clone());
            names.extend(named(assertion.claims.values()));
        }
        names.extend(self.callback_hmac.iter().map(|hmac| hmac.secret.clone()));
        names
    }
}

/// How tokens come about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// A person authorizes in a browser (RFC 6749, 4.1).
    #[default]
    AuthorizationCode,
    /// The app's own credentials (RFC 6749, 4.4).
    ClientCredentials,
    /// A JWT that we sign (RFC 7523, 2.1).
    JwtBearer,
}

/// Addresses of a test system; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Endpoints {
    /// In place of `authorize_url`.
    pub authorize_url: Option<Address>,
    /// In place of `token_url`.
    pub token_url: Option<Address>,
    /// In place of `revoke_url`.
    pub revoke_url: Option<Address>,
}

/// How our app proves itself at the token endpoint (RFC 6749, 2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuth {
    /// In an `Authorization: Basic` header.
    Basic,
    /// In the body.
    Body,
    /// By a JWT that it signs (RFC 7523, 2.2); described in `assertion`.
    Assertion,
    /// Not at all.
    None,
}

/// How a token request is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenFormat {
    /// As a form, which the standard asks for.
    #[default]
    Form,
    /// As JSON.
    Json,
}

/// A JWT that we sign (RFC 7519).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assertion {
    /// How it is signed.
    pub algorithm: JwtAlgorithm,
    /// Name of the secret that holds the private key, PEM of PKCS#8.
    #[serde(default = "private_key")]
    pub key: String,
    /// `kid` of its header.
    pub key_id: Option<Template<Json>>,
    /// Its claims, all text; `aud` is the token URL unless it is given. `iat`, `exp` and `jti` are added.
    #[serde(default)]
    pub claims: Members<Template<Json>>,
    /// How long it holds, in seconds.
    #[serde(default = "assertion_life")]
    pub lifetime_s: u64,
}

fn private_key() -> String {
    "private_key".to_owned()
}

fn assertion_life() -> u64 {
    180
}

/// How a JWT is signed (RFC 7518, 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum JwtAlgorithm {
    /// RSA, PKCS#1 v1.5, SHA-256.
    RS256,
    /// RSA, PKCS#1 v1.5, SHA-384.
    RS384,
    /// RSA, PKCS#1 v1.5, SHA-512.
    RS512,
    /// RSA, PSS, SHA-256.
    PS256,
    /// RSA, PSS, SHA-384.
    PS384,
    /// RSA, PSS, SHA-512.
    PS512,
    /// ECDSA, P-256, SHA-256.
    ES256,
    /// ECDSA, P-384, SHA-384.
    ES384,
}

impl JwtAlgorithm {
    /// As written in a header.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::RS384 => "RS384",
            Self::RS512 => "RS512",
            Self::PS256 => "PS256",
            Self::PS384 => "PS384",
            Self::PS512 => "PS512",
            Self::ES256 => "ES256",
            Self::ES384 => "ES384",
        }
    }
}

/// An HMAC-SHA256 over the redirect's parameters, sorted by name and joined as `name=value` with `&`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallbackHmac {
    /// The parameter that holds it.
    pub parameter: String,
    /// Further parameters that are not signed.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// Name of the secret.
    #[serde(default = "client_secret")]
    pub secret: String,
    /// How it is written.
    pub encoding: SignatureEncoding,
    /// The parameter that says when it was made, in Unix seconds.
    pub timestamp: Option<String>,
    /// How far from now that may be, in seconds.
    pub tolerance_s: Option<u64>,
}

fn client_secret() -> String {
    "client_secret".to_owned()
}

/// Where the token answer has what.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerPlaces {
    /// The access token (`access_token`).
    pub access_token: Option<Place>,
    /// The refresh token (`refresh_token`).
    pub refresh_token: Option<Place>,
    /// How long the access token lives, in seconds (`expires_in`).
    pub expires_in: Option<Place>,
    /// Scopes granted (`scope`), a text or an array.
    pub scope: Option<Place>,
}
