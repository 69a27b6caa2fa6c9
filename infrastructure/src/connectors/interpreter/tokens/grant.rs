//! The secrets of one call, put where the manifest says.

use application::ports::connector::CallError;
use application::ports::credentials::Secrets;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::value::ErrorClass;
use secrecy::{ExposeSecret, SecretString};

use super::Using;
use crate::connectors::interpreter::call::refused;
use crate::connectors::interpreter::oauth1;
use crate::connectors::manifest::{Auth, AuthKind, Send};
use crate::connectors::services::Services;
use crate::http::Outgoing;

/// Secrets for one call.
#[derive(Clone, Debug, Default)]
pub(in crate::connectors::interpreter) struct Grant {
    /// The secrets.
    pub(in crate::connectors::interpreter) secrets: Secrets,
    /// The version they were read at; 0 for drafts.
    pub(in crate::connectors::interpreter) version: u64,
}

impl Grant {
    /// Puts the credentials where the manifest says.
    pub(in crate::connectors::interpreter) fn put(
        &self,
        using: &Using<'_>,
        realm: (&Services, &crate::connectors::manifest::Values<'_>),
        request: &mut Outgoing,
    ) -> Result<(), CallError> {
        let Some(auth) = using.auth else { return Ok(()) };
        for send in auth.sends() {
            self.put_one(&send, using, request)?;
        }
        if let (AuthKind::BasicAuth, Some(basic_auth)) = (auth.kind, &auth.basic_auth) {
            let (user, password) = (self.secret(&basic_auth.username)?, self.secret(&basic_auth.password)?);
            request.secret_headers.push(basic(user.expose_secret(), password.expose_secret()));
        }
        if let Some(cookies) = self.secrets.get(&using.name("cookies")).filter(|_| has_cookies(auth)) {
            request.secret_headers.push(("Cookie".to_owned(), cookies.clone()));
        }
        match &auth.oauth1 {
            Some(oauth1) if auth.kind == AuthKind::Oauth1 => oauth1::put(oauth1, self, realm, request),
            _ => Ok(()),
        }
    }

    fn put_one(&self, send: &Send, using: &Using<'_>, request: &mut Outgoing) -> Result<(), CallError> {
        let secret = self.secret(&using.name(&send.secret))?.expose_secret();
        if let Some(header) = &send.header {
            request.secret_headers.push((header.clone(), format!("{}{secret}", send.prefix).into()));
        }
        if let Some(parameter) = &send.query {
            request.url.query_pairs_mut().append_pair(parameter, secret);
        }
        if let Some(member) = &send.body {
            let body = request.body.take().unwrap_or_default();
            request.body = Some(with_member(&body, member, secret)?);
        }
        if send.user {
            request.secret_headers.push(basic(secret, ""));
        }
        Ok(())
    }

    /// A secret by its name in the store.
    pub(in crate::connectors::interpreter) fn secret(&self, name: &str) -> Result<&SecretString, CallError> {
        self.secrets.get(name).ok_or_else(|| missing(name))
    }
}

fn has_cookies(auth: &Auth) -> bool {
    auth.session.as_ref().is_some_and(|session| !session.cookies.is_empty())
}

/// A JSON object with one text member more, in front; otherwise byte for byte as it was.
fn with_member(body: &[u8], member: &str, value: &str) -> Result<Vec<u8>, CallError> {
    let unfit =
        || refused(ErrorClass::Mapping, "the credential belongs in a JSON body, and this body is none");
    let text = std::str::from_utf8(body).map_err(|_| unfit())?.trim();
    let rest = if text.is_empty() { "}" } else { text.strip_prefix('{').ok_or_else(unfit)?.trim_start() };
    let (name, value) = (serde_json::json!(member), serde_json::json!(value));
    let comma = if rest.starts_with('}') { "" } else { "," };
    Ok(format!("{{{name}:{value}{comma}{rest}").into_bytes())
}

/// A header of basic authentication (RFC 7617).
pub(in crate::connectors::interpreter) fn basic(user: &str, password: &str) -> (String, SecretString) {
    let pair = BASE64_STANDARD.encode(format!("{user}:{password}"));
    ("Authorization".to_owned(), format!("Basic {pair}").into())
}

/// A secret that nobody gave.
pub(in crate::connectors::interpreter) fn missing(name: &str) -> CallError {
    let mut error = refused(ErrorClass::AuthExpired, format!("the credentials have no `{name}`"));
    error.next_step = Some("connect again".to_owned());
    error
}

#[cfg(test)]
mod tests;
