//! Connect: another account's owner lets the platform in (fact sheet, "Auth", (b)).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::json;

use super::routes::App;
use crate::kit::answer::Answer;
use crate::kit::consent::{ConsentRules, Params, authorization, basic, bearer, oauth_error, send_back};
use crate::kit::grants::{Asked, Grant, Proof, Tokens};

/// The scopes there are.
const SCOPES: [&str; 2] = ["read_only", "read_write"];

/// The page where the owner of the other account says yes.
pub(crate) async fn authorize(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    app.tally.request("GET /oauth/authorize");
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
    let asked = match authorization(&query.unwrap_or_default(), &rules) {
        Ok(asked) => asked,
        Err(response) => return *response,
    };
    let scope = asked.scopes.first().cloned().unwrap_or_else(|| "read_only".to_owned());
    let grant = Grant {
        client_id: app.config.client_id.clone(),
        subject: app.config.authorizing_account.clone(),
        scopes: vec![scope.clone()],
        ..Grant::default()
    };
    // The provider does not ask for the redirect address again, so it is not kept.
    let how = Asked { redirect_uri: "", challenge: None, without_refresh: false };
    let code = app.callers().grants.approve(grant, how, app.clock.now_ms());
    send_back(&asked.redirect_uri, &[("scope", &scope), ("code", &code), ("state", &asked.state)])
}

/// The platform's secret key, as a bearer, as the user of Basic, or in the body.
fn is_platform(app: &App, headers: &HeaderMap, form: &Params) -> bool {
    let user = basic(headers).map(|(user, _)| user);
    let given = form.opt("client_secret").or(bearer(headers)).or(user.as_deref()).unwrap_or_default();
    let caller = app.callers().check(given, "", app.clock.now_ms());
    caller.is_ok_and(|caller| caller.account == app.config.account_id)
}

/// A code, or a refresh token, for the connected account's id and key.
pub(crate) async fn token(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Response {
    app.tally.request("POST /oauth/token");
    let form = Params::parse(&body);
    if !is_platform(&app, &headers, &form) {
        app.tally.note("unauthorized");
        return oauth_error(401, "invalid_client", "No such API key");
    }
    let now_ms = app.clock.now_ms();
    let mut callers = app.callers();
    let tokens = match form.get("grant_type") {
        "authorization_code" => {
            let proof = Proof { client_id: &app.config.client_id, redirect_uri: "", verifier: None };
            callers.grants.redeem(form.get("code"), proof, now_ms)
        }
        "refresh_token" => {
            app.tally.note("refreshes");
            callers.grants.refresh(form.get("refresh_token"), now_ms)
        }
        _ => return oauth_error(400, "unsupported_grant_type", "grant_type is not supported"),
    };
    let Ok(tokens) = tokens else {
        return oauth_error(400, "invalid_grant", "Authorization code does not exist or has been used");
    };
    let Some(grant) = callers.grants.grant(tokens.grant_id).cloned() else {
        return oauth_error(400, "invalid_grant", "Authorization has been revoked");
    };
    callers.connected.insert(grant.subject.clone());
    Answer::json(200, &shown(&tokens, &grant)).into_response()
}

fn shown(tokens: &Tokens, grant: &Grant) -> serde_json::Value {
    json!({
        "access_token": tokens.access_token,
        "livemode": false,
        "refresh_token": tokens.refresh_token,
        "token_type": "bearer",
        "stripe_publishable_key": "pk_test_connected",
        "stripe_user_id": grant.subject,
        "scope": grant.scopes.first()
    })
}

/// The platform gives an account up.
pub(crate) async fn deauthorize(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Response {
    app.tally.request("POST /oauth/deauthorize");
    let form = Params::parse(&body);
    if !is_platform(&app, &headers, &form) || form.get("client_id") != app.config.client_id {
        return oauth_error(401, "invalid_client", "No such application");
    }
    let account = form.get("stripe_user_id");
    if !app.callers().deauthorize(account) {
        let message = "This application is not connected to the account, or the account does not exist.";
        return oauth_error(401, "invalid_client", message);
    }
    Answer::json(200, &json!({"stripe_user_id": account})).into_response()
}
