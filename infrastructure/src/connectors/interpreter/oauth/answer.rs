//! The token endpoint's answer. Its text is shown nowhere: it may hold tokens.

use std::time::Duration;

use application::ports::connector::CallError;
use domain::value::ErrorClass;
use serde_json::Value;

use crate::connectors::interpreter::call::refused;
use crate::connectors::interpreter::pluck::value_at;
use crate::connectors::manifest::{OAuth2, Place};
use crate::http::Answer;

/// Tokens, and what else the answer says.
#[derive(Debug)]
pub(super) struct TokenAnswer {
    /// The access token.
    pub(super) access_token: String,
    /// The refresh token, where it brings a new one.
    pub(super) refresh_token: Option<String>,
    /// How long the access token lives, in seconds.
    pub(super) expires_in: Option<u64>,
    /// Scopes granted, where it says.
    pub(super) scopes: Option<Vec<String>>,
    /// The whole answer.
    pub(super) whole: Value,
}

/// Reads an answer, good or bad.
pub(super) fn read(oauth2: &OAuth2, answer: &Answer) -> Result<TokenAnswer, CallError> {
    let whole: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let good = (200..300).contains(&answer.status);
    let found = whole.as_ref().filter(|_| good).and_then(|whole| tokens(oauth2, whole));
    match (found, whole) {
        (Some(tokens), _) => Ok(tokens),
        (None, whole) => Err(denied(answer, whole.as_ref())),
    }
}

fn tokens(oauth2: &OAuth2, whole: &Value) -> Option<TokenAnswer> {
    let places = &oauth2.answer;
    let at = |place: &Option<Place>, usual: &str| match place {
        Some(place) => value_at(whole, &place.0),
        None => whole.get(usual),
    };
    if whole.get("token_type").is_some_and(|kind| !kind.is_string()) {
        return None;
    }
    Some(TokenAnswer {
        access_token: text(at(&places.access_token, "access_token")?)?,
        refresh_token: at(&places.refresh_token, "refresh_token").and_then(text),
        expires_in: at(&places.expires_in, "expires_in").and_then(seconds),
        scopes: at(&places.scope, "scope").and_then(scopes),
        whole: whole.clone(),
    })
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A whole number of seconds, also written as text.
pub(super) fn seconds(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn scopes(value: &Value) -> Option<Vec<String>> {
    let words = |text: &str| {
        let parts = text.split([' ', ',']).filter(|scope| !scope.is_empty());
        parts.map(str::to_owned).collect()
    };
    match value {
        Value::String(text) => Some(words(text)),
        Value::Array(all) => Some(all.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
        _ => None,
    }
}

/// The grant is over: only a new consent helps.
const OVER: [&str; 5] =
    ["invalid_grant", "invalid_refresh_token", "token_revoked", "token_expired", "BAD_REFRESH_TOKEN"];
/// Our app or what it asks for is not allowed.
const DENIED: [&str; 6] = [
    "invalid_client",
    "unauthorized_client",
    "invalid_scope",
    "invalid_request",
    "unsupported_grant_type",
    "access_denied",
];

/// What a refusal means (RFC 6749, 5.2); also one under status 200, as Slack's.
fn denied(answer: &Answer, whole: Option<&Value>) -> CallError {
    let status = answer.status;
    // Where there is no `error`, HubSpot names the reason in `status`.
    let named = |member: &str| whole.and_then(|whole| whole.get(member)).and_then(Value::as_str);
    let code = named("error").or_else(|| named("status"));
    let class = match (status, code) {
        (429, _) => ErrorClass::RateLimited,
        (500.., _) => ErrorClass::Transient,
        (_, Some(code)) if OVER.contains(&code) => ErrorClass::AuthExpired,
        (_, Some(code)) if DENIED.contains(&code) => ErrorClass::Permission,
        _ => ErrorClass::Transient,
    };
    let message = match code {
        Some(code) => format!("the token endpoint refused: {}", plain(code)),
        None if (200..300).contains(&status) => "the token endpoint's answer makes no sense".to_owned(),
        None => format!("the token endpoint's answer makes no sense (HTTP {status})"),
    };
    let mut refusal = refused(class, message);
    refusal.retry_after =
        answer.header("retry-after").and_then(|text| text.parse().ok()).map(Duration::from_secs);
    refusal.next_step = match class {
        ErrorClass::AuthExpired => Some("connect again".to_owned()),
        ErrorClass::Permission => Some("check the client id and secret of the provider's app".to_owned()),
        _ => None,
    };
    refusal
}

/// At most 60 harmless characters.
pub(super) fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_graphic).take(60).collect()
}

/// Text at a place of an answer; a number counts as its digits.
pub(in crate::connectors::interpreter) fn said_place(whole: &Value, place: &Place) -> Option<String> {
    match value_at(whole, &place.0)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
