//! OAuth 2.0: consent page, token endpoint, revocation, discovery (fact sheet, "Auth").

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use url::Url;

use super::answer::Answer;
use super::routes::App;
use super::tokens::{INVALID_GRANT, REFRESH_TTL_S, Tokens};

/// The scope of the accounting API.
const SCOPE: &str = "com.intuit.quickbooks.accounting";

/// Age in seconds at which the user must connect again, refreshed or not: five years.
const HARD_TTL_S: u64 = 5 * 365 * 24 * 3600;

type Params = HashMap<String, String>;

/// Parameters of a query string or form body.
pub(crate) fn params(text: &[u8]) -> Params {
    url::form_urlencoded::parse(text).into_owned().collect()
}

fn param<'a>(params: &'a Params, name: &str) -> &'a str {
    params.get(name).map(String::as_str).unwrap_or_default()
}

/// `GET /connect/oauth2`: approves at once and sends the browser back with code, state and realm.
pub(crate) async fn authorize(State(app): State<Arc<App>>, uri: Uri) -> Response {
    app.tally.request("authorize");
    let params = params(uri.query().unwrap_or_default().as_bytes());
    if param(&params, "client_id") != app.config.client_id {
        return refused(StatusCode::BAD_REQUEST, "invalid_client", "The client_id is unknown");
    }
    let redirect = param(&params, "redirect_uri");
    if !app.config.redirect_uris.iter().any(|known| known == redirect) {
        return refused(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            "The redirect_uri query parameter value is invalid",
        );
    }
    let Ok(mut target) = Url::parse(redirect) else {
        return refused(StatusCode::BAD_REQUEST, "invalid_request", "The redirect_uri is no address");
    };
    let state = param(&params, "state");
    match approval(&app, &params, redirect) {
        Ok(code) => {
            let realm = app.config.realm_id.as_str();
            let mut query = target.query_pairs_mut();
            query.append_pair("code", &code).append_pair("state", state).append_pair("realmId", realm);
        }
        Err(error) => {
            target.query_pairs_mut().append_pair("error", &error).append_pair("state", state);
        }
    }
    (StatusCode::FOUND, [(header::LOCATION, target.to_string())]).into_response()
}

/// The code, or the OAuth error to send back.
fn approval(app: &App, params: &Params, redirect: &str) -> Result<String, String> {
    if let Some(error) = &app.config.authorize_error {
        return Err(error.clone());
    }
    if param(params, "response_type") != "code" {
        return Err("unsupported_response_type".into());
    }
    if !param(params, "scope").split_whitespace().any(|scope| scope == SCOPE) {
        return Err("invalid_scope".into());
    }
    if param(params, "state").is_empty() {
        return Err("invalid_request".into());
    }
    let challenge = params.get("code_challenge").map(String::as_str);
    let is_s256 = param(params, "code_challenge_method") == "S256";
    if (challenge.is_some() && !is_s256) || (challenge.is_none() && app.config.require_pkce) {
        return Err("invalid_request".into());
    }
    Ok(app.grants().approve(redirect, challenge, app.clock.now_ms()))
}

/// `POST /oauth2/v1/tokens/bearer`.
pub(crate) async fn token(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Response {
    app.tally.request("token");
    let fault = app.faults.next();
    app.under(fault, async { answer_token(&app, &headers, &body) }).await
}

fn answer_token(app: &App, headers: &HeaderMap, body: &[u8]) -> Response {
    if !is_client(app, headers) {
        return refused(StatusCode::UNAUTHORIZED, "invalid_client", "Client authentication failed");
    }
    let form = params(body);
    let now_ms = app.clock.now_ms();
    let tokens = match param(&form, "grant_type") {
        "authorization_code" => {
            let proof = (param(&form, "redirect_uri"), form.get("code_verifier").map(String::as_str));
            app.grants().redeem(param(&form, "code"), proof, now_ms)
        }
        "refresh_token" => {
            let tokens = app.grants().refresh(param(&form, "refresh_token"), now_ms);
            app.tally.note(|s| s.refreshes += u64::from(tokens.is_ok()));
            tokens
        }
        _ => Err("unsupported_grant_type"),
    };
    match tokens {
        Ok(tokens) => Answer::json(200, &token_body(&tokens)).into_response(),
        Err(INVALID_GRANT) => refused(StatusCode::BAD_REQUEST, INVALID_GRANT, "Token invalid or expired"),
        Err(error) => refused(StatusCode::BAD_REQUEST, error, "The grant type is not supported"),
    }
}

fn token_body(tokens: &Tokens) -> serde_json::Value {
    json!({
        "token_type": "bearer",
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
        "expires_in": tokens.expires_in,
        "x_refresh_token_expires_in": REFRESH_TTL_S,
        "x_refresh_token_hard_expires_in": HARD_TTL_S
    })
}

/// `POST /v2/oauth2/tokens/revoke`: the token as JSON or form.
pub(crate) async fn revoke(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Response {
    app.tally.request("revoke");
    if !is_client(&app, &headers) {
        return refused(StatusCode::UNAUTHORIZED, "invalid_client", "Client authentication failed");
    }
    let token = serde_json::from_slice::<HashMap<String, String>>(&body)
        .unwrap_or_else(|_| params(&body))
        .remove("token")
        .unwrap_or_default();
    if app.grants().revoke(&token) {
        return StatusCode::OK.into_response();
    }
    refused(StatusCode::BAD_REQUEST, "invalid_request", "The token is unknown")
}

/// HTTP Basic with the app's id and secret.
fn is_client(app: &App, headers: &HeaderMap) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let pair = format!("{}:{}", app.config.client_id, app.config.client_secret);
    given.and_then(|value| value.strip_prefix("Basic ")) == Some(STANDARD.encode(pair).as_str())
}

/// `GET /.well-known/openid_configuration` (and the provider's sandbox variant), with this
/// simulator's own addresses.
pub(crate) async fn discovery(headers: HeaderMap) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
    let base = format!("http://{host}");
    let body = json!({
        "issuer": format!("{base}/op/v1"),
        "authorization_endpoint": format!("{base}/connect/oauth2"),
        "token_endpoint": format!("{base}/oauth2/v1/tokens/bearer"),
        "revocation_endpoint": format!("{base}/v2/oauth2/tokens/revoke"),
        "response_types_supported": ["code"],
        "scopes_supported": ["openid", "email", "profile", SCOPE],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"]
    });
    Answer::json(200, &body).into_response()
}

fn refused(status: StatusCode, error: &str, description: &str) -> Response {
    let body = json!({"error": error, "error_description": description});
    Answer::json(status.as_u16(), &body).into_response()
}
