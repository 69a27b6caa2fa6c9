//! OAuth 2.0: consent page, token endpoint, revocation (fact sheet, "Auth" (b) and (c)).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde_json::json;

use super::{SCOPE, jwt};
use crate::kit::consent::{
    Authorization, ClientAuth, ConsentRules, authorization, client_of, header_text, oauth_error, send_back,
};
use crate::kit::grants::{Asked, Proof};
use crate::kit::{Answer, Grant, Params, Tokens};
use crate::netsuite::routes::App;

/// Longest `state`.
const LONGEST_STATE: usize = 1024;

/// The user and role that consent.
const ENTITY_AND_ROLE: (&str, &str) = ("5", "3");

/// `GET /app/login/oauth2/authorize.nl`: approves at once.
pub(in crate::netsuite) async fn authorize(State(app): State<Arc<App>>, uri: Uri) -> Response {
    app.tally.request("authorize");
    let config = &app.config;
    let scopes = [SCOPE, "restlets", "suite_analytics"].map(str::to_owned);
    let rules = ConsentRules {
        client_id: &config.client.0,
        redirect_uris: &config.redirect_uris,
        scopes: &scopes,
        separator: ' ',
        state_optional: false,
        require_pkce: config.require_pkce,
        answer_error: config.authorize_error.as_deref(),
    };
    let asked = match authorization(uri.query().unwrap_or_default(), &rules) {
        Ok(asked) => asked,
        Err(response) => return *response,
    };
    if !(config.shortest_state..=LONGEST_STATE).contains(&asked.state.len()) {
        return send_back(&asked.redirect_uri, &[("error", "invalid_request"), ("state", &asked.state)]);
    }
    approve(&app, &asked)
}

/// Sends the browser back with a code, and with who consented.
fn approve(app: &App, asked: &Authorization) -> Response {
    let grant = Grant {
        client_id: app.config.client.0.clone(),
        subject: ENTITY_AND_ROLE.0.into(),
        scopes: asked.scopes.clone(),
        ..Grant::default()
    };
    let wanted = Asked {
        redirect_uri: &asked.redirect_uri,
        challenge: asked.challenge.as_deref(),
        without_refresh: false,
    };
    let code = app.people().approve(grant, wanted, app.clock.now_ms());
    let pairs = [
        ("state", asked.state.as_str()),
        ("role", ENTITY_AND_ROLE.1),
        ("entity", ENTITY_AND_ROLE.0),
        ("company", app.config.account_id.as_str()),
        ("code", code.as_str()),
    ];
    send_back(&asked.redirect_uri, &pairs)
}

/// `POST /services/rest/auth/oauth2/v1/token`.
pub(in crate::netsuite) async fn token(
    State(app): State<Arc<App>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    app.tally.request("token");
    let fault = app.faults.next();
    app.under(fault, async { answer_token(&app, &uri, &headers, &body) }).await
}

fn answer_token(app: &App, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Response {
    let form = Params::parse(body);
    let now_ms = app.clock.now_ms();
    if form.get("grant_type") == "client_credentials" {
        let audience = format!("http://{}{}", header_text(headers, "host"), uri.path());
        return machine(app, &form, (&audience, now_ms));
    }
    let known = [(app.config.client.0.as_str(), app.config.client.1.as_str())];
    let Some(client_id) = client_of(ClientAuth::Basic, headers, &form, &known) else {
        return oauth_error(401, "invalid_client", "Client authentication failed");
    };
    let mut people = app.people();
    let tokens = match form.get("grant_type") {
        "authorization_code" => {
            let (redirect_uri, verifier) = (form.get("redirect_uri"), form.opt("code_verifier"));
            let proof = Proof { client_id: &client_id, redirect_uri, verifier };
            people.redeem(form.get("code"), proof, now_ms)
        }
        "refresh_token" => {
            let tokens = people.refresh(form.get("refresh_token"), now_ms);
            app.tally.add("refreshes", u64::from(tokens.is_ok()));
            tokens
        }
        _ => return oauth_error(400, "unsupported_grant_type", "The grant type is not supported"),
    };
    match tokens {
        Ok(tokens) => answer(&tokens),
        Err(_) => Answer::json(400, &json!({"error": "invalid_grant"})).into_response(),
    }
}

/// An access token for a signed assertion; there is no refresh token.
fn machine(app: &App, form: &Params, (audience, now_ms): (&str, i64)) -> Response {
    if form.get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
        return oauth_error(400, "invalid_request", "client_assertion_type is missing");
    }
    match jwt::scopes(&app.config, form.get("client_assertion"), (audience, now_ms)) {
        Ok(scopes) => {
            let grant = Grant {
                client_id: app.config.client.0.clone(),
                subject: "machine".into(),
                scopes,
                ..Grant::default()
            };
            answer(&app.people().issue_access(grant, now_ms))
        }
        Err(why) => {
            app.audited(why);
            Answer::json(400, &json!({"error": "invalid_grant"})).into_response()
        }
    }
}

/// `expires_in` is a text, as the provider sends it.
fn answer(tokens: &Tokens) -> Response {
    let seconds = tokens.expires_in.unwrap_or_default().to_string();
    let mut body = json!({
        "access_token": tokens.access_token, "expires_in": seconds, "token_type": "bearer"
    });
    if let Some(refresh) = &tokens.refresh_token {
        body["refresh_token"] = json!(refresh);
    }
    Answer::json(200, &body).into_response()
}

/// `POST /services/rest/auth/oauth2/v1/revoke`: the grant of a refresh token ends.
pub(in crate::netsuite) async fn revoke(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    app.tally.request("revoke");
    let form = Params::parse(&body);
    let known = [(app.config.client.0.as_str(), app.config.client.1.as_str())];
    if client_of(ClientAuth::Basic, &headers, &form, &known).is_none() {
        return oauth_error(401, "invalid_client", "Client authentication failed");
    }
    app.people().revoke(form.get("token"));
    Answer::empty(200).into_response()
}
