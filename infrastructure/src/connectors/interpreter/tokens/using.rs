//! The method of authentication that a call uses.

use std::borrow::Cow;

use application::ports::connector::{CallError, Target};
use domain::value::ErrorClass;

use crate::connectors::interpreter::call::refused;
use crate::connectors::manifest::{Auth, AuthKind, Grant as Flow, Manifest};

/// A method, and how the tokens got by it are named: those of the connection's own method have plain names, those of a
/// request's method begin with its name (`application.access_token`).
#[derive(Clone, Debug)]
pub(in crate::connectors::interpreter) struct Using<'m> {
    /// The method; `None` sends nothing.
    pub(in crate::connectors::interpreter) auth: Option<&'m Auth>,
    prefix: String,
}

/// What connecting or refreshing obtains.
const OBTAINED: [&str; 8] = [
    "access_token",
    "refresh_token",
    "previous_refresh_token",
    "refresh_token_expires_at",
    "expires_at",
    "authorized_at",
    "base_url",
    "cookies",
];

impl<'m> Using<'m> {
    /// The method of a call: the request's, else the connection's choice, else the manifest's first.
    pub(in crate::connectors::interpreter) fn of(
        manifest: &'m Manifest,
        target: &Target,
        asked: Option<&str>,
    ) -> Result<Self, CallError> {
        let own = target.settings.get("auth").and_then(serde_json::Value::as_str);
        let own = own.filter(|name| manifest.auth.methods.contains_key(*name));
        let (name, prefix) = match asked {
            Some("none") => return Ok(Self::nothing()),
            Some(name) if Some(name) != own => (Some(name), format!("{name}.")),
            _ => (own, String::new()),
        };
        let unknown = || {
            let known: Vec<&str> = manifest.auth.methods.keys().map(String::as_str).collect();
            let message = format!("no method `{}`: use one of {}", name.unwrap_or("-"), known.join(", "));
            refused(ErrorClass::Mapping, message)
        };
        Ok(Self { auth: Some(manifest.auth.method(name).ok_or_else(unknown)?), prefix })
    }

    /// No method: nothing is sent.
    pub(in crate::connectors::interpreter) fn nothing() -> Self {
        Self { auth: None, prefix: String::new() }
    }

    /// The name a secret has in the store.
    pub(in crate::connectors::interpreter) fn name<'n>(&self, secret: &'n str) -> Cow<'n, str> {
        if self.prefix.is_empty() || !OBTAINED.contains(&secret) {
            return Cow::Borrowed(secret);
        }
        Cow::Owned(format!("{}{secret}", self.prefix))
    }

    /// Whether it is the connection's own method.
    pub(in crate::connectors::interpreter) fn is_own(&self) -> bool {
        self.prefix.is_empty()
    }

    /// Whether a refused token can be replaced without a person.
    pub(in crate::connectors::interpreter) fn renews(&self) -> bool {
        self.auth.is_some_and(|auth| matches!(auth.kind, AuthKind::Oauth2 | AuthKind::Session))
    }

    /// Whether tokens come without a person: they are taken at the first call.
    pub(in crate::connectors::interpreter) fn takes_itself(&self) -> bool {
        self.auth.is_some_and(|auth| match auth.kind {
            AuthKind::Session => true,
            AuthKind::Oauth2 => {
                auth.oauth2.as_ref().is_some_and(|oauth2| oauth2.grant != Flow::AuthorizationCode)
            }
            _ => false,
        })
    }
}
