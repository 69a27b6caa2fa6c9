//! OAuth 2.0 (fact sheet, "Auth").

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde_json::json;

use super::routes::App;
use crate::kit::consent::{
    ClientAuth, ConsentRules, authorization, bearer, client_of, oauth_error, send_back,
};
use crate::kit::grants::{Asked, Grant, Proof, Why};
use crate::kit::{Answer, Params, Tokens};

/// Scopes of the VAT API.
const SCOPES: [&str; 2] = ["read:vat", "write:vat"];

/// `GET /oauth/authorize`: approves at once.
pub(super) async fn authorize(State(app): State<Arc<App>>, uri: Uri) -> Response {
    app.tally.request("authorize");
    let query = uri.query().unwrap_or_default();
    if query.contains("client_secret") {
        return oauth_error(
            400,
            "invalid_request",
            "client_secret must not be part of the authorize request",
        );
    }
    let scopes = SCOPES.map(str::to_owned);
    let rules = ConsentRules {
        client_id: &app.config.client_id,
        redirect_uris: &app.config.redirect_uris,
        scopes: &scopes,
        separator: ' ',
        state_optional: true,
        require_pkce: false,
        answer_error: app.config.authorize_error.as_deref(),
    };
    let wanted = match authorization(query, &rules) {
        Ok(wanted) => wanted,
        Err(response) => return *response,
    };
    let asked = Asked {
        redirect_uri: &wanted.redirect_uri,
        challenge: wanted.challenge.as_deref(),
        without_refresh: false,
    };
    let grant = Grant {
        client_id: app.config.client_id.clone(),
        subject: app.config.vrn.clone(),
        scopes: wanted.scopes.clone(),
        ..Grant::default()
    };
    let code = app.grants().approve(grant, asked, app.clock.now_ms());
    send_back(&wanted.redirect_uri, &[("code", &code), ("state", &wanted.state)])
}

/// `POST /oauth/token`: client id and secret in the body.
pub(super) async fn token(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Response {
    app.tally.request("token");
    let fault = app.faults.next();
    app.under(fault, async { answer_token(&app, &headers, &body) }).await
}

fn answer_token(app: &App, headers: &HeaderMap, body: &[u8]) -> Response {
    let form = Params::parse(body);
    let known = [(app.config.client_id.as_str(), app.config.client_secret.as_str())];
    let Some(client) = client_of(ClientAuth::Body, headers, &form, &known) else {
        return oauth_error(401, "invalid_client", "invalid client id or secret");
    };
    let (now, mut grants) = (app.clock.now_ms(), app.grants());
    let tokens = match form.get("grant_type") {
        "authorization_code" => {
            let (redirect_uri, verifier) = (form.get("redirect_uri"), form.opt("code_verifier"));
            grants.redeem(form.get("code"), Proof { client_id: &client, redirect_uri, verifier }, now)
        }
        "refresh_token" => {
            let tokens = grants.refresh(form.get("refresh_token"), now);
            app.tally.add("refreshes", u64::from(tokens.is_ok()));
            tokens
        }
        "client_credentials" => {
            let grant = Grant { client_id: client, ..Grant::default() };
            Ok(grants.issue_access(grant, now))
        }
        _ => return oauth_error(400, "invalid_request", "grant_type is not supported"),
    };
    match tokens {
        Ok(tokens) => token_body(&tokens).into_response(),
        Err(_) => oauth_error(400, "invalid_grant", "code or token is invalid, expired or used"),
    }
}

fn token_body(tokens: &Tokens) -> Answer {
    let mut body = json!({
        "access_token": tokens.access_token, "token_type": "bearer", "expires_in": tokens.expires_in,
        "scope": SCOPES.join(" "),
    });
    if let Some(refresh) = &tokens.refresh_token {
        body["refresh_token"] = json!(refresh);
    }
    Answer::json(200, &body)
}

/// Whether the bearer may do this for the trader; otherwise the error code.
pub(super) fn check(
    app: &App,
    headers: &HeaderMap,
    scope: &str,
    vrn: &str,
) -> Result<(), (u16, &'static str)> {
    let token = bearer(headers).ok_or((401, "MISSING_CREDENTIALS"))?;
    let grants = app.grants();
    let grant = grants.check(token, app.clock.now_ms()).map_err(|why| match why {
        Why::Unknown | Why::Expired | Why::Mismatch | Why::Reused => (401, "INVALID_CREDENTIALS"),
    })?;
    if grant.subject.is_empty() {
        return Err((401, "INCORRECT_ACCESS_TOKEN_TYPE"));
    }
    if !grant.allows(scope) {
        return Err((403, "INVALID_SCOPE"));
    }
    if grant.subject != vrn {
        return Err((403, "CLIENT_OR_AGENT_NOT_AUTHORISED"));
    }
    Ok(())
}
