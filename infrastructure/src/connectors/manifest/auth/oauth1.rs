//! OAuth 1.0a (RFC 5849).

use schemars::JsonSchema;
use serde::Deserialize;

use crate::connectors::manifest::address::Address;
use crate::connectors::manifest::{Header, Template};

/// OAuth 1.0a: every call is signed. Query parameters and form bodies take part, JSON bodies do not.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OAuth1 {
    /// How it is signed.
    #[serde(default)]
    pub signature: Digest1,
    /// Name of the secret that holds the consumer key.
    #[serde(default = "consumer_key")]
    pub consumer_key: String,
    /// Name of the secret that holds the consumer secret.
    #[serde(default = "consumer_secret")]
    pub consumer_secret: String,
    /// Name of the secret that holds the token.
    #[serde(default = "token")]
    pub token: String,
    /// Name of the secret that holds the token's secret.
    #[serde(default = "token_secret")]
    pub token_secret: String,
    /// How the token comes about: 1 there is none, 2 it is typed in, 3 a person authorizes it in a browser.
    #[serde(default)]
    pub legs: Legs,
    /// `realm` of the header; never signed.
    pub realm: Option<Template<Header>>,
    /// Where the parameters stand.
    #[serde(default)]
    pub place: Place1,
    /// Whether `oauth_version` is sent.
    #[serde(default = "yes")]
    pub version: bool,
    /// Where a temporary token is asked for; with three legs.
    pub request_url: Option<Address>,
    /// Where the browser is sent; with three legs.
    pub authorize_url: Option<Address>,
    /// Where the temporary token is exchanged; with three legs.
    pub access_url: Option<Address>,
}

fn consumer_key() -> String {
    "consumer_key".to_owned()
}

fn consumer_secret() -> String {
    "consumer_secret".to_owned()
}

fn token() -> String {
    "token".to_owned()
}

fn token_secret() -> String {
    "token_secret".to_owned()
}

fn yes() -> bool {
    true
}

impl OAuth1 {
    /// Names of its secrets.
    pub fn secrets(&self) -> Vec<String> {
        let mut names = vec![self.consumer_key.clone(), self.consumer_secret.clone()];
        if self.legs != Legs::One {
            names.extend([self.token.clone(), self.token_secret.clone()]);
        }
        names
    }
}

/// How a call is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Digest1 {
    /// HMAC with SHA-256.
    #[default]
    #[serde(rename = "HMAC-SHA256")]
    HmacSha256,
    /// HMAC with SHA-1, for providers that have nothing better.
    #[serde(rename = "HMAC-SHA1")]
    HmacSha1,
}

impl Digest1 {
    /// As sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HmacSha256 => "HMAC-SHA256",
            Self::HmacSha1 => "HMAC-SHA1",
        }
    }
}

/// How a token comes about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "u8")]
#[schemars(with = "u8")]
pub enum Legs {
    /// There is none: the consumer alone signs.
    One,
    /// A person types it in.
    #[default]
    Two,
    /// A person authorizes it in a browser.
    Three,
}

impl TryFrom<u8> for Legs {
    type Error = String;

    fn try_from(legs: u8) -> Result<Self, String> {
        match legs {
            1 => Ok(Self::One),
            2 => Ok(Self::Two),
            3 => Ok(Self::Three),
            other => Err(format!("`{other}` legs: use 1, 2 or 3")),
        }
    }
}

/// Where the parameters stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Place1 {
    /// In the `Authorization` header.
    #[default]
    Header,
    /// In the query.
    Query,
}
