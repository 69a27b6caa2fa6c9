//! How a delivery proves where it comes from.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Over;
use crate::connectors::manifest::{JwtAlgorithm, Place, Request};

/// How a delivery is signed. Which fields belong to which kind, their comments say.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Its kind.
    #[serde(default)]
    pub kind: SignatureKind,
    /// The header that has it.
    pub header: Option<String>,
    /// `shared`: the query parameter that has the value.
    pub query: Option<String>,
    /// `shared`: the place in each event that has the value.
    pub at: Option<Place>,
    /// What stands before it (`sha256=`).
    #[serde(default)]
    pub prefix: String,
    /// What stands between several signatures in one header; one that fits is enough.
    pub separator: Option<String>,
    /// `hmac`: the header is a list `name=value,name=value`; which names are the timestamp and the signature.
    pub pairs: Option<Pairs>,
    /// `hmac`: how the signature is written.
    pub encoding: Option<SignatureEncoding>,
    /// `hmac`: the hash.
    #[serde(default)]
    pub hash: HmacKind,
    /// `hmac`: how the secret becomes the key.
    #[serde(default)]
    pub key: KeyText,
    /// `hmac`, `certificate`: what is signed; the raw body when absent.
    pub over: Option<Over>,
    /// Characters whose percent escapes in `{url}` are undone before it is signed.
    #[serde(default)]
    pub url_decode: String,
    /// Where the delivery says when it was sent.
    pub timestamp: Option<Timestamp>,
    /// How far from now that may be, in seconds; `jwt`: how old `iat` may be.
    pub tolerance_s: Option<u64>,
    /// `jwt`: the only algorithm that is taken.
    pub algorithm: Option<JwtAlgorithm>,
    /// `jwt`: the claim that has the SHA-256 of the raw body, in hexadecimal.
    pub body_sha256: Option<String>,
    /// `jwt`: claims that must have these values; `{secret.<name>}` stands for a secret of the app.
    #[serde(default)]
    pub claims: BTreeMap<String, Over>,
    /// `jwt`: the call that gives the key of a `kid`.
    pub keys: Option<Keys>,
    /// `certificate`: where the certificate is, inside `origins`.
    pub url: Option<Over>,
    /// `certificate`: the name it must be valid for.
    pub host: Option<String>,
}

/// Kind of signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignatureKind {
    /// An HMAC (RFC 2104) under one of the secrets.
    #[default]
    Hmac,
    /// A JWT (RFC 7519) in a header, its key fetched by its `kid`.
    Jwt,
    /// RSA with SHA-256 under the key of a certificate that the delivery names.
    Certificate,
    /// A value that only the provider knows, compared in constant time.
    Shared,
}

/// How a signature is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignatureEncoding {
    /// Hexadecimal.
    Hex,
    /// Base64 with padding (RFC 4648, 4).
    Base64,
}

/// Hash of an HMAC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HmacKind {
    /// SHA-256.
    #[default]
    Sha256,
    /// SHA-512.
    Sha512,
    /// SHA-1, for providers that have nothing better.
    Sha1,
}

/// Names inside a header that is a list.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pairs {
    /// The name of the timestamp.
    pub timestamp: Option<String>,
    /// The name of a signature; it may be there more than once.
    pub signature: String,
}

/// How a secret becomes a key.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyText {
    /// How the key is written in the secret; absent: its text is the key.
    pub encoding: Option<SignatureEncoding>,
    /// What stands before it in the secret (`whsec_`).
    #[serde(default)]
    pub strip: String,
}

/// Where a delivery says when it was sent.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Timestamp {
    /// The header.
    pub header: String,
    /// How it is written.
    #[serde(default)]
    pub unit: TimestampUnit,
}

/// How a moment is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimestampUnit {
    /// Unix seconds.
    #[default]
    S,
    /// Unix milliseconds.
    Ms,
    /// RFC 3339.
    Rfc3339,
}

/// The call that gives a key.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// The call; `{webhook.key_id}` is the `kid`. It is made with the secrets of the app.
    pub request: Request,
    /// Where the answer has the JWK (RFC 7517), or an array of them.
    pub key: Place,
    /// Member of the JWK that, when it is set, makes the key void (`expired_at`).
    pub ended: Option<String>,
}
