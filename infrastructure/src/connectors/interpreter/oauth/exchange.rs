//! Codes, refresh tokens and assertions, exchanged for tokens.

use std::collections::BTreeMap;

use application::ports::connector::{Authorized, CallError};
use application::ports::credentials::Secrets;
use chrono::{DateTime, TimeDelta, Utc};
use domain::value::ErrorClass;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::answer::{TokenAnswer, said_place, seconds};
use super::assertion::assertion;
use super::at::At;
use super::callback;
use super::token::{Parameters, ask};
use crate::connectors::interpreter::call::refused;
use crate::connectors::interpreter::jwt;
use crate::connectors::manifest::{Grant, RealmFrom, TokenKind};

/// What an assertion grant is (RFC 7523, 2.1).
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

fn pair(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

/// Exchanges the callback's code.
pub(in crate::connectors) async fn exchange(
    at: &At<'_>,
    (app, from): (&Secrets, Option<&RealmFrom>),
    callback: &BTreeMap<String, String>,
    (redirect_uri, verifier): (&str, Option<&SecretString>),
) -> Result<Authorized, CallError> {
    let code = callback::code(callback)?;
    callback::check(at, app, callback)?;
    let told = match from.and_then(|from| from.callback.as_ref()) {
        None => None,
        Some(parameter) => {
            let realm = callback.get(parameter).filter(|realm| !realm.is_empty());
            let lacking = || refused(ErrorClass::Validation, format!("the callback has no `{parameter}`"));
            Some(realm.cloned().ok_or_else(lacking)?)
        }
    };
    let mut parameters: Parameters = vec![
        pair("grant_type", "authorization_code"),
        pair("code", code),
        pair("redirect_uri", redirect_uri),
    ];
    if let Some(verifier) = verifier {
        parameters.push(pair("code_verifier", verifier.expose_secret()));
    }
    let answer = ask(at, app, parameters).await?;
    let realm = match (told, from) {
        (Some(realm), Some(from)) => Some(cut(from, realm)?),
        (None, Some(from)) => named(from, &answer)?,
        (_, None) => None,
    };
    let mut secrets = secrets(at, &answer)?;
    secrets.set("authorized_at", at.services.clock.now().to_rfc3339().into());
    let asked = || {
        let today = at.services.clock.now().date_naive();
        at.oauth2.scopes.iter().filter(|one| one.asked_on(today)).map(|one| one.name.clone()).collect()
    };
    Ok(Authorized { secrets, realm, scopes: answer.scopes.unwrap_or_else(asked) })
}

/// New tokens for a refresh token.
pub(in crate::connectors::interpreter) async fn refresh(
    at: &At<'_>,
    app: &Secrets,
    token: &SecretString,
) -> Result<Secrets, CallError> {
    let parameters = vec![pair("grant_type", "refresh_token"), pair("refresh_token", token.expose_secret())];
    secrets(at, &ask(at, app, parameters).await?)
}

/// A token without a person: by the app's own credentials or by an assertion.
pub(in crate::connectors::interpreter) async fn mint(
    at: &At<'_>,
    app: &Secrets,
) -> Result<Secrets, CallError> {
    let today = at.services.clock.now().date_naive();
    let scopes: Vec<&str> = at
        .oauth2
        .scopes
        .iter()
        .filter(|scope| scope.asked_on(today))
        .map(|scope| scope.name.as_str())
        .collect();
    let mut parameters: Parameters = match at.oauth2.grant {
        Grant::JwtBearer => {
            let audience = at.token_url()?;
            vec![pair("grant_type", JWT_BEARER), pair("assertion", assertion(at, app, audience.as_str())?)]
        }
        Grant::ClientCredentials | Grant::AuthorizationCode => {
            vec![pair("grant_type", "client_credentials")]
        }
    };
    if !scopes.is_empty() {
        parameters.push(pair("scope", scopes.join(&at.oauth2.scope_separator)));
    }
    secrets(at, &ask(at, app, parameters).await?)
}

/// The realm as the token answer names it.
fn named(from: &RealmFrom, answer: &TokenAnswer) -> Result<Option<String>, CallError> {
    let found = match (&from.token, &from.claim) {
        (Some(place), _) => said_place(&answer.whole, place),
        (None, Some(claim)) => claimed(from.of, claim, answer),
        (None, None) => return Ok(None),
    };
    let found =
        found.ok_or_else(|| refused(ErrorClass::Validation, "the token answer does not name the company"))?;
    cut(from, found).map(Some)
}

/// A claim of a token that came straight from the token endpoint over TLS (OpenID Connect Core, 3.1.3.7).
fn claimed(of: TokenKind, claim: &str, answer: &TokenAnswer) -> Option<String> {
    let token = match of {
        TokenKind::IdToken => answer.whole.get("id_token")?.as_str()?,
        TokenKind::AccessToken => &answer.access_token,
    };
    let parsed = jwt::parse(token).ok()?;
    parsed.claim(claim)?.as_str().map(str::to_owned)
}

pub(in crate::connectors::interpreter) fn cut(from: &RealmFrom, text: String) -> Result<String, CallError> {
    let part = match &from.split {
        None => Some(text),
        Some(at) => text.split(at.as_str()).nth(from.part).map(str::to_owned),
    };
    part.filter(|part| !part.is_empty())
        .ok_or_else(|| refused(ErrorClass::Validation, "the company is not named as the manifest says"))
}

/// What is kept of an answer.
fn secrets(at: &At<'_>, answer: &TokenAnswer) -> Result<Secrets, CallError> {
    let (oauth2, now) = (at.oauth2, at.services.clock.now());
    let mut secrets = Secrets::default();
    secrets.set("access_token", answer.access_token.clone().into());
    if let Some(token) = &answer.refresh_token {
        secrets.set("refresh_token", token.clone().into());
        let said = oauth2.refresh_expiry_member.as_ref();
        let said = said.and_then(|member| answer.whole.get(member)).and_then(seconds);
        if let Some(life) = said.or(oauth2.refresh_token_s) {
            secrets.set("refresh_token_expires_at", after(now, life).to_rfc3339().into());
        }
    }
    if let Some(place) = &oauth2.base {
        let base = said_place(&answer.whole, place).and_then(|text| Url::parse(&text).ok());
        let base =
            base.ok_or_else(|| refused(ErrorClass::Validation, "the token answer names no base URL"))?;
        let base = at.connector.placed(base);
        at.check_origin(&base)?;
        secrets.set("base_url", base.to_string().into());
    }
    secrets.expires_at = answer.expires_in.or(oauth2.access_token_s).map(|life| after(now, life));
    Ok(secrets)
}

fn after(now: DateTime<Utc>, seconds: u64) -> DateTime<Utc> {
    let life = i64::try_from(seconds).ok().and_then(TimeDelta::try_seconds).unwrap_or_default();
    now.checked_add_signed(life).unwrap_or(now)
}
