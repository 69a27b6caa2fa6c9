//! The consent page, the token endpoints of three versions, introspection and revocation.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::app::App;
use crate::kit::clock::{midnight_ms, parse_date};
use crate::kit::consent::{ConsentRules, authorization, header_text, oauth_error, send_back};
use crate::kit::grants::{Asked, Proof};
use crate::kit::{Answer, Grant, Params, Tokens};

/// The day the first version of the endpoints is retired (fact sheet, "Auth").
const V1_ENDS: &str = "2027-02-16";

/// An access token is long, and longer for more scopes: 300 characters and more.
pub(crate) fn long_token(grant: &Grant, word: &str, _until_ms: i64) -> String {
    let scopes = hex::encode(grant.scopes.join(" "));
    format!("{word}-{scopes:0<300}")
}

/// `GET /oauth/authorize`
pub(crate) async fn authorize(State(app): State<Arc<App>>, uri: Uri) -> Response {
    app.tally.request("authorize");
    let config = &app.config;
    let rules = ConsentRules {
        client_id: &config.client_id,
        redirect_uris: &config.redirect_uris,
        scopes: &[],
        separator: ' ',
        state_optional: true,
        require_pkce: false,
        answer_error: config.authorize_error.as_deref(),
    };
    // The provider's page takes requests without a response type.
    let mut query = uri.query().unwrap_or_default().to_owned();
    if Params::parse(query.as_bytes()).opt("response_type").is_none() {
        query.push_str("&response_type=code");
    }
    let asked = match authorization(&query, &rules) {
        Ok(asked) => asked,
        Err(response) => return *response,
    };
    if asked.scopes.is_empty() {
        return send_back(&asked.redirect_uri, &[("error", "invalid_scope"), ("state", &asked.state)]);
    }
    let mut scopes = asked.scopes.clone();
    scopes.extend(asked.params.get("optional_scope").split_whitespace().map(str::to_owned));
    let challenge = Asked {
        redirect_uri: &asked.redirect_uri,
        challenge: asked.challenge.as_deref(),
        without_refresh: false,
    };
    let code = app.grants().approve(app.grant(scopes), challenge, app.clock.now_ms());
    send_back(&asked.redirect_uri, &[("code", &code), ("state", &asked.state)])
}

fn retired(app: &App, version: &str) -> bool {
    version == "v1" && parse_date(V1_ENDS).is_some_and(|day| app.clock.now_ms() >= midnight_ms(day))
}

fn is_known(version: &str) -> bool {
    matches!(version, "v1" | "v3" | "2026-03")
}

/// The form, when the version exists and all parameters are in the body.
fn form(
    app: &App,
    version: &str,
    (uri, headers, body): (&Uri, &HeaderMap, &[u8]),
) -> Result<Params, Box<Response>> {
    if !is_known(version) || retired(app, version) {
        let body = json!({"status": "error", "message": "resource not found", "category": "NOT_FOUND"});
        return Err(Box::new(Answer::json(404, &body).into_response()));
    }
    let is_form = header_text(headers, "content-type").starts_with("application/x-www-form-urlencoded");
    if !is_form || (version != "v1" && uri.query().is_some()) {
        return Err(Box::new(refused(
            "invalid_request",
            "parameters belong in a form body, not in the query",
        )));
    }
    let form = Params::parse(body);
    if form.get("client_id") != app.config.client_id || form.get("client_secret") != app.config.client_secret
    {
        return Err(Box::new(refused("invalid_client", "missing or unknown client id or secret")));
    }
    Ok(form)
}

fn refused(error: &str, message: &str) -> Response {
    let status = if error == "invalid_grant" { "BAD_REFRESH_TOKEN" } else { "BAD_REQUEST" };
    let body = json!({"status": status, "message": message, "error": error, "error_description": message});
    Answer::json(400, &body).into_response()
}

/// `POST /oauth/{version}/token`
pub(crate) async fn token(
    State(app): State<Arc<App>>,
    Path(version): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    app.tally.request("token");
    let form = match form(&app, &version, (&uri, &headers, &body)) {
        Ok(form) => form,
        Err(response) => return *response,
    };
    let now_ms = app.clock.now_ms();
    let tokens = match form.get("grant_type") {
        "authorization_code" => {
            let proof = Proof {
                client_id: &app.config.client_id,
                redirect_uri: form.get("redirect_uri"),
                verifier: form.opt("code_verifier"),
            };
            app.grants().redeem(form.get("code"), proof, now_ms)
        }
        "refresh_token" => {
            let tokens = app.grants().refresh(form.get("refresh_token"), now_ms);
            app.tally.add("refreshes", u64::from(tokens.is_ok()));
            tokens
        }
        "client_credentials" if version != "v1" => {
            let scopes = form.get("scope").split_whitespace().map(str::to_owned).collect();
            Ok(app.grants().issue_access(Grant { subject: "app".into(), ..app.grant(scopes) }, now_ms))
        }
        other => return oauth_error(400, "unsupported_grant_type", &format!("unknown grant_type {other}")),
    };
    match tokens {
        Ok(tokens) => Answer::json(200, &answer(&app, &version, &tokens)).into_response(),
        Err(_) => refused("invalid_grant", "missing or invalid refresh token or code"),
    }
}

/// The first version does not say which account it is for.
fn answer(app: &App, version: &str, tokens: &Tokens) -> Value {
    let mut answer = json!({
        "token_type": "bearer", "access_token": tokens.access_token, "expires_in": tokens.expires_in,
    });
    if let Some(refresh) = &tokens.refresh_token {
        answer["refresh_token"] = json!(refresh);
    }
    if version != "v1" {
        answer["hub_id"] = json!(app.config.portal_id);
        answer["user_id"] = json!(101);
        answer["scopes"] = json!(app.grants().grant(tokens.grant_id).map(|grant| grant.scopes.clone()));
    }
    answer
}

/// `POST /oauth/{version}/token/introspect`
pub(crate) async fn introspect(
    State(app): State<Arc<App>>,
    Path(version): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    app.tally.request("introspect");
    match form(&app, &version, (&uri, &headers, &body)) {
        Ok(form) => Answer::json(200, &about(&app, form.get("token"))).into_response(),
        Err(response) => *response,
    }
}

fn about(app: &App, token: &str) -> Value {
    let now_ms = app.clock.now_ms();
    match app.grants().check(token, now_ms) {
        Ok(grant) => json!({
            "active": true, "token": token, "token_type": "access", "hub_id": app.config.portal_id,
            "app_id": app.config.app_id, "user_id": 101, "scopes": grant.scopes,
        }),
        Err(_) => json!({"active": false}),
    }
}

/// `POST /oauth/{version}/token/revoke`: a refresh token dies alone; live access tokens go on.
pub(crate) async fn revoke(
    State(app): State<Arc<App>>,
    Path(version): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    app.tally.request("revoke");
    match form(&app, &version, (&uri, &headers, &body)) {
        Ok(form) => {
            app.grants().revoke_token(form.get("token"));
            Answer::empty(204).into_response()
        }
        Err(response) => *response,
    }
}

/// `GET /oauth/v1/access-tokens/{token}`
pub(crate) async fn access_token(State(app): State<Arc<App>>, Path(token): Path<String>) -> Response {
    app.tally.request("access-tokens");
    let about = about(&app, &token);
    if retired(&app, "v1") || about["active"] != true {
        let body = json!({"status": "error", "message": "resource not found", "category": "NOT_FOUND"});
        return Answer::json(404, &body).into_response();
    }
    axum::Json(about).into_response()
}
