//! OAuth 2.0 and connections (fact sheet, "Auth").

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use serde_json::json;

use super::refusal::problem;
use super::routes::App;
use crate::kit::consent::{
    Authorization, ClientAuth, ConsentRules, authorization, bearer, client_of, oauth_error, send_back,
};
use crate::kit::grants::{Asked, Proof, Why};
use crate::kit::{Answer, Params, Tokens};

/// Scopes of every app.
const SHARED: &[&str] = &[
    "openid",
    "profile",
    "email",
    "offline_access",
    "accounting.contacts",
    "accounting.contacts.read",
    "accounting.settings",
    "accounting.settings.read",
    "accounting.attachments",
    "accounting.attachments.read",
    "accounting.budgets.read",
    "accounting.journals.read",
];

/// Scopes of apps made since 2026-03-02.
const GRANULAR: &[&str] = &[
    "accounting.invoices",
    "accounting.invoices.read",
    "accounting.payments",
    "accounting.payments.read",
    "accounting.banktransactions",
    "accounting.banktransactions.read",
    "accounting.manualjournals",
    "accounting.manualjournals.read",
    "accounting.reports.profitandloss.read",
];

/// Scopes of older apps.
const BROAD: &[&str] =
    &["accounting.transactions", "accounting.transactions.read", "accounting.reports.read"];

/// The scopes an app of this kind may ask for.
pub(super) fn scopes(granular: bool) -> Vec<String> {
    let own = if granular { GRANULAR } else { BROAD };
    SHARED.iter().chain(own).map(|scope| (*scope).to_owned()).collect()
}

/// `GET /identity/connect/authorize`: approves at once.
pub(super) async fn authorize(State(app): State<Arc<App>>, uri: Uri) -> Response {
    app.tally.request("authorize");
    let config = &app.config;
    let scopes = scopes(config.granular_scopes);
    let rules = ConsentRules {
        client_id: &config.client_id,
        redirect_uris: &config.redirect_uris,
        scopes: &scopes,
        separator: ' ',
        state_optional: true,
        require_pkce: config.require_pkce,
        answer_error: config.authorize_error.as_deref(),
    };
    match authorization(uri.query().unwrap_or_default(), &rules) {
        Ok(asked) => approve(&app, &asked),
        Err(response) => *response,
    }
}

fn approve(app: &App, wanted: &Authorization) -> Response {
    let now_ms = app.clock.now_ms();
    let mut people = app.people();
    let asked = Asked {
        redirect_uri: &wanted.redirect_uri,
        challenge: wanted.challenge.as_deref(),
        without_refresh: !wanted.scopes.iter().any(|scope| scope == "offline_access"),
    };
    let grant = people.consent(&app.config, wanted.scopes.clone(), now_ms);
    let code = people.grants.approve(grant, asked, now_ms);
    let scope = wanted.scopes.join(" ");
    send_back(&wanted.redirect_uri, &[("code", &code), ("scope", &scope), ("state", &wanted.state)])
}

/// `POST /connect/token`.
pub(super) async fn token(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Response {
    app.tally.request("token");
    let fault = app.faults.next();
    app.under(fault, async { answer_token(&app, &headers, &body) }).await
}

fn answer_token(app: &App, headers: &HeaderMap, body: &[u8]) -> Response {
    let form = Params::parse(body);
    let known = [(app.config.client_id.as_str(), app.config.client_secret.as_str())];
    // A public app with PKCE has no secret: the verifier stands for it.
    let public = form.opt("code_verifier").and(form.opt("client_id")).filter(|id| *id == known[0].0);
    let client = client_of(ClientAuth::Basic, headers, &form, &known).or_else(|| public.map(str::to_owned));
    let Some(client) = client else {
        return oauth_error(400, "invalid_client", "Client authentication failed");
    };
    let now_ms = app.clock.now_ms();
    let mut people = app.people();
    let tokens = match form.get("grant_type") {
        "authorization_code" => {
            let (redirect_uri, verifier) = (form.get("redirect_uri"), form.opt("code_verifier"));
            let proof = Proof { client_id: &client, redirect_uri, verifier };
            people.grants.redeem(form.get("code"), proof, now_ms)
        }
        "refresh_token" => {
            let tokens = people.grants.refresh(form.get("refresh_token"), now_ms);
            app.tally.add("refreshes", u64::from(tokens.is_ok()));
            tokens
        }
        _ => return oauth_error(400, "unsupported_grant_type", "The grant type is not supported"),
    };
    match tokens {
        Ok(tokens) => {
            let scopes = people.grants.grant(tokens.grant_id).map(|grant| grant.scopes.join(" "));
            answer_tokens(&tokens, &scopes.unwrap_or_default())
        }
        Err(Why::Unknown | Why::Expired | Why::Mismatch | Why::Reused) => {
            Answer::json(400, &json!({"error": "invalid_grant"})).into_response()
        }
    }
}

fn answer_tokens(tokens: &Tokens, scope: &str) -> Response {
    let mut body = json!({
        "access_token": tokens.access_token, "expires_in": tokens.expires_in,
        "token_type": "Bearer", "scope": scope
    });
    if let Some(refresh) = &tokens.refresh_token {
        body["refresh_token"] = json!(refresh);
    }
    Answer::json(200, &body).into_response()
}

/// `POST /connect/revocation`: the refresh token, and with it all connections.
pub(super) async fn revoke(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Response {
    app.tally.request("revoke");
    let form = Params::parse(&body);
    let known = [(app.config.client_id.as_str(), app.config.client_secret.as_str())];
    if client_of(ClientAuth::Basic, &headers, &form, &known).is_none() {
        return oauth_error(400, "invalid_client", "Client authentication failed");
    }
    let mut people = app.people();
    if people.grants.revoke(form.get("token")) {
        people.revoke_all();
    }
    Answer::empty(200).into_response()
}

/// `GET /connections`.
pub(super) async fn connections(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Response {
    app.tally.request("GET connections");
    let fault = app.faults.next();
    app.under(fault, async {
        if let Some(refused) = unauthorized(&app, &headers) {
            return refused.into_response();
        }
        let params = Params::parse(uri.query().unwrap_or_default().as_bytes());
        let listed = app.people().listed(&app.config, params.opt("authEventId"));
        Answer::json(200, &listed).into_response()
    })
    .await
}

/// `DELETE /connections/{id}`.
pub(super) async fn disconnect(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    app.tally.request("DELETE connections");
    if method != Method::DELETE {
        app.tally.note("not_modelled");
        return Answer::empty(501).into_response();
    }
    if let Some(refused) = unauthorized(&app, &headers) {
        return refused.into_response();
    }
    let status = if app.people().disconnect(&id) { 204 } else { 404 };
    Answer::empty(status).into_response()
}

/// 401 when the token does not work.
pub(super) fn unauthorized(app: &App, headers: &HeaderMap) -> Option<Answer> {
    let now_ms = app.clock.now_ms();
    let people = app.people();
    let why = match bearer(headers).map(|token| people.grants.check(token, now_ms)) {
        Some(Ok(_)) => return None,
        Some(Err(Why::Expired)) => "TokenExpired: token expired",
        Some(Err(_)) => "AuthenticationUnsuccessful: the token is not known",
        None => "AuthenticationUnsuccessful: no bearer token",
    };
    app.tally.note("unauthorized");
    Some(problem(401, "Unauthorized", why, &app.instance()))
}
