//! Consent page, token endpoint, revocation, identity (fact sheet, "Auth").

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::{SCOPES, jwt};
use crate::kit::consent::{
    Authorization, ClientAuth, ConsentRules, authorization, bearer, client_of, header_text, oauth_error,
    send_back,
};
use crate::kit::grants::{Asked, Proof};
use crate::kit::poster::hmac_sha256;
use crate::kit::{Answer, Grant, Params, Tokens};
use crate::salesforce::refusal::Refusal;
use crate::salesforce::routes::App;

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// `GET /services/oauth2/authorize`: approves at once.
pub(in crate::salesforce) async fn authorize(State(app): State<Arc<App>>, uri: Uri) -> Response {
    app.tally.request("authorize");
    let config = &app.config;
    let scopes = SCOPES.map(str::to_owned);
    let rules = ConsentRules {
        client_id: &config.client.0,
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

fn approve(app: &App, asked: &Authorization) -> Response {
    let all = || SCOPES.map(str::to_owned).to_vec();
    let scopes = if asked.scopes.is_empty() { all() } else { asked.scopes.clone() };
    let grant = app.grant(scopes);
    let wanted = Asked {
        redirect_uri: &asked.redirect_uri,
        challenge: asked.challenge.as_deref(),
        without_refresh: !(grant.allows("refresh_token") || grant.allows("offline_access")),
    };
    let code = app.people().approve(grant, wanted, app.clock.now_ms());
    send_back(&asked.redirect_uri, &[("code", &code), ("state", &asked.state)])
}

/// `POST /services/oauth2/token`.
pub(in crate::salesforce) async fn token(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    app.tally.request("token");
    let fault = app.faults.next();
    app.under(fault, async { answer_token(&app, &headers, &body) }).await
}

fn invalid_grant(description: &str) -> Response {
    oauth_error(400, "invalid_grant", description)
}

fn answer_token(app: &App, headers: &HeaderMap, body: &[u8]) -> Response {
    let form = Params::parse(body);
    let base = format!("http://{}", header_text(headers, "host"));
    let now_ms = app.clock.now_ms();
    if form.get("grant_type") == JWT_BEARER {
        if let Err(why) = jwt::check(&app.config, form.get("assertion"), (&base, now_ms)) {
            return invalid_grant(why);
        }
        let tokens = app.people().issue_access(app.grant(vec!["api".into()]), now_ms);
        return answer(app, &base, &tokens);
    }
    let known = [(app.config.client.0.as_str(), app.config.client.1.as_str())];
    let Some(client_id) = client_of(ClientAuth::Either, headers, &form, &known) else {
        return oauth_error(400, "invalid_client", "invalid client credentials");
    };
    granted(app, (&base, &client_id), &form)
}

/// The grants of a client that proved itself.
fn granted(app: &App, (base, client_id): (&str, &str), form: &Params) -> Response {
    let now_ms = app.clock.now_ms();
    let mut people = app.people();
    match form.get("grant_type") {
        "authorization_code" => {
            let (redirect_uri, verifier) = (form.get("redirect_uri"), form.opt("code_verifier"));
            let proof = Proof { client_id, redirect_uri, verifier };
            match people.redeem(form.get("code"), proof, now_ms) {
                Ok(tokens) => shown(app, base, &tokens, people.grant(tokens.grant_id)),
                Err(_) => invalid_grant("invalid authorization code"),
            }
        }
        "refresh_token" => match people.refresh(form.get("refresh_token"), now_ms) {
            Ok(mut tokens) => {
                app.tally.note("refreshes");
                if !app.config.refresh_rotation {
                    tokens.refresh_token = None;
                }
                shown(app, base, &tokens, people.grant(tokens.grant_id))
            }
            Err(_) => invalid_grant("expired access/refresh token"),
        },
        "client_credentials" if app.config.client_credentials => {
            let tokens = people.issue_access(app.grant(vec!["api".into()]), now_ms);
            shown(app, base, &tokens, people.grant(tokens.grant_id))
        }
        "client_credentials" => invalid_grant("no client credentials user enabled"),
        _ => oauth_error(400, "unsupported_grant_type", "grant type not supported"),
    }
}

fn answer(app: &App, base: &str, tokens: &Tokens) -> Response {
    shown(app, base, tokens, app.people().grant(tokens.grant_id))
}

/// No `expires_in`: the session's timeout decides.
fn shown(app: &App, base: &str, tokens: &Tokens, grant: Option<&Grant>) -> Response {
    let issued = app.clock.now_ms().to_string();
    let id = app.identity_url(base);
    let signature = hmac_sha256(app.config.client.1.as_bytes(), format!("{id}{issued}").as_bytes());
    let scope = grant.map(|grant| grant.scopes.join(" ")).unwrap_or_default();
    let mut body = json!({
        "access_token": tokens.access_token, "instance_url": app.instance_url(base), "id": id,
        "token_type": "Bearer", "issued_at": issued, "signature": STANDARD.encode(signature), "scope": scope
    });
    if let Some(refresh) = &tokens.refresh_token {
        body["refresh_token"] = json!(refresh);
    }
    Answer::json(200, &body).with("cache-control", "no-cache, no-store").into_response()
}

/// `POST /services/oauth2/revoke`: a refresh token takes the whole grant with it.
pub(in crate::salesforce) async fn revoke(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    app.tally.request("revoke");
    let form = Params::of_body(&headers, &body);
    let token = form.get("token");
    let mut people = app.people();
    let known = if token.starts_with("5Aep") { people.revoke(token) } else { people.revoke_token(token) };
    if known {
        return Answer::empty(200).into_response();
    }
    oauth_error(400, "unsupported_token_type", "this token is unknown")
}

/// `GET /id/{org}/{user}`: who the token's user is.
pub(in crate::salesforce) async fn identity(
    State(app): State<Arc<App>>,
    Path((org_id, user_id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    app.tally.request("identity");
    let fault = app.faults.next();
    app.under(fault, async {
        let people = app.people();
        let grant = bearer(&headers).and_then(|token| people.check(token, app.clock.now_ms()).ok());
        if grant.is_none() {
            app.tally.note("unauthorized");
            return Answer::text(403, "text/html", "Bad_OAuth_Token").into_response();
        }
        if org_id != app.config.organization_id || user_id != app.org().user_id {
            return Refusal::not_found().answer().into_response();
        }
        let own = &app.config.username;
        Answer::json(
            200,
            &json!({
                "user_id": user_id, "organization_id": org_id, "username": own, "email": own,
                "display_name": "Integration User", "user_type": "STANDARD", "active": true
            }),
        )
        .into_response()
    })
    .await
}
