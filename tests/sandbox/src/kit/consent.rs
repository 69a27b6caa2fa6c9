//! Requests at the authorization and token endpoints, taken apart; what goes back.

use std::collections::HashMap;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use url::Url;

use super::answer::Answer;

/// Parameters of a query string or form body. Of two with one name the last counts.
#[derive(Clone, Debug, Default)]
pub struct Params(HashMap<String, String>);

impl Params {
    /// Parameters of a query string or form body.
    pub fn parse(text: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(text).into_owned().collect())
    }

    /// Parameters of a form body, or of a flat JSON object where the content type says so.
    pub fn of_body(headers: &HeaderMap, body: &[u8]) -> Self {
        let is_json = header_text(headers, "content-type").starts_with("application/json");
        if !is_json {
            return Self::parse(body);
        }
        Self(serde_json::from_slice(body).unwrap_or_default())
    }

    /// The parameter; empty when absent.
    pub fn get(&self, name: &str) -> &str {
        self.opt(name).unwrap_or_default()
    }

    /// The parameter; `None` when absent.
    pub fn opt(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// The text of a header; empty when absent or no text.
pub fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The token of `Authorization: Bearer`.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = header_text(headers, "authorization").split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// User and password of `Authorization: Basic`.
pub fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let given = header_text(headers, "authorization").strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(given).ok()?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// How a client proves itself at the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuth {
    /// HTTP Basic only.
    Basic,
    /// `client_id` and `client_secret` in the body only.
    Body,
    /// Either.
    Either,
}

/// The client that proved itself by `auth` with one of the known `(id, secret)` pairs.
pub fn client_of(
    auth: ClientAuth,
    headers: &HeaderMap,
    form: &Params,
    known: &[(&str, &str)],
) -> Option<String> {
    let in_body = || {
        let id = form.opt("client_id")?;
        Some((id.to_owned(), form.opt("client_secret")?.to_owned()))
    };
    let given = match auth {
        ClientAuth::Basic => basic(headers),
        ClientAuth::Body => in_body(),
        ClientAuth::Either => basic(headers).or_else(in_body),
    }?;
    known.iter().any(|(id, secret)| given.0 == *id && given.1 == *secret).then_some(given.0)
}

/// What an authorization endpoint insists on.
#[derive(Clone, Debug)]
pub struct ConsentRules<'a> {
    /// The app's client id.
    pub client_id: &'a str,
    /// Registered redirect addresses; compared exactly.
    pub redirect_uris: &'a [String],
    /// Scopes that exist; others are `invalid_scope`. Empty for any.
    pub scopes: &'a [String],
    /// What stands between scopes, usually a space.
    pub separator: char,
    /// Whether `state` may be left out.
    pub state_optional: bool,
    /// Whether a request without an S256 challenge is refused.
    pub require_pkce: bool,
    /// The user says no: this OAuth error goes back instead of a code.
    pub answer_error: Option<&'a str>,
}

/// An authorization request that may be approved.
#[derive(Clone, Debug)]
pub struct Authorization {
    /// Where the browser goes back to.
    pub redirect_uri: String,
    /// `state`, empty when absent.
    pub state: String,
    /// The scopes asked for.
    pub scopes: Vec<String>,
    /// The S256 challenge.
    pub challenge: Option<String>,
    /// All parameters.
    pub params: Params,
}

/// Reads an authorization request. The error is the response to give: a page for an unknown
/// client or redirect address, otherwise the browser sent back with `error` and `state`.
pub fn authorization(query: &str, rules: &ConsentRules<'_>) -> Result<Authorization, Box<Response>> {
    let params = Params::parse(query.as_bytes());
    if params.get("client_id") != rules.client_id {
        return Err(Box::new(oauth_error(400, "invalid_client", "The client_id is unknown")));
    }
    let redirect_uri = params.get("redirect_uri").to_owned();
    if !rules.redirect_uris.contains(&redirect_uri) || Url::parse(&redirect_uri).is_err() {
        return Err(Box::new(oauth_error(400, "invalid_request", "The redirect_uri is not registered")));
    }
    let state = params.get("state").to_owned();
    let scopes = params.get("scope").split(rules.separator).map(str::trim).filter(|s| !s.is_empty());
    let scopes: Vec<String> = scopes.map(str::to_owned).collect();
    if let Some(error) = objection(&params, &scopes, rules) {
        return Err(Box::new(send_back(&redirect_uri, &[("error", error), ("state", &state)])));
    }
    let challenge = params.opt("code_challenge").map(str::to_owned);
    Ok(Authorization { redirect_uri, state, scopes, challenge, params })
}

fn objection<'a>(params: &Params, scopes: &[String], rules: &ConsentRules<'a>) -> Option<&'a str> {
    if rules.answer_error.is_some() {
        return rules.answer_error;
    }
    if params.get("response_type") != "code" {
        return Some("unsupported_response_type");
    }
    if !rules.scopes.is_empty() && !scopes.iter().all(|scope| rules.scopes.contains(scope)) {
        return Some("invalid_scope");
    }
    if params.get("state").is_empty() && !rules.state_optional {
        return Some("invalid_request");
    }
    match (params.opt("code_challenge"), params.get("code_challenge_method")) {
        (Some(_), "S256") => None,
        (None, _) if !rules.require_pkce => None,
        _ => Some("invalid_request"),
    }
}

/// 302 to `redirect` with these parameters added; empty values are left out.
pub fn send_back(redirect: &str, pairs: &[(&str, &str)]) -> Response {
    let Ok(mut target) = Url::parse(redirect) else {
        return oauth_error(400, "invalid_request", "The redirect_uri is no address");
    };
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        target.query_pairs_mut().append_pair(name, value);
    }
    (StatusCode::FOUND, [(header::LOCATION, target.to_string())]).into_response()
}

/// The error body of RFC 6749.
pub fn oauth_error(status: u16, error: &str, description: &str) -> Response {
    let body = json!({"error": error, "error_description": description});
    Answer::json(status, &body).into_response()
}
