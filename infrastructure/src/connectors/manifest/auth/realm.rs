//! Where the remote company is named.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::connectors::manifest::{FieldIs, Place, Request};

/// Where the realm is named: exactly one of `callback`, `token`, `claim` and `setting`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RealmFrom {
    /// Query parameter of the redirect (`realmId`).
    pub callback: Option<String>,
    /// Place in the token answer (`hub_id`).
    pub token: Option<Place>,
    /// Claim of a JWT in the token answer (`tid`).
    pub claim: Option<String>,
    /// The JWT that has the claim.
    #[serde(default)]
    pub of: TokenKind,
    /// A setting of the connection (`vrn`).
    pub setting: Option<String>,
    /// What the text is split at; absent means the whole text.
    pub split: Option<String>,
    /// Which part of it, from 0.
    #[serde(default)]
    pub part: usize,
}

/// A JWT of a token answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// `id_token` (OpenID Connect).
    #[default]
    IdToken,
    /// `access_token`, where it is a JWT.
    AccessToken,
}

/// A call that tells which companies a consent gives.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Realms {
    /// The call.
    pub request: Request,
    /// Where its answer has the array; absent: the answer is the array.
    pub each: Option<Place>,
    /// Where an element names the realm.
    pub id: Place,
    /// Where an element names the company for people.
    pub name: Option<Place>,
    /// Only elements with this value count (`tenantType = "ORGANISATION"`).
    pub only: Option<FieldIs>,
}
