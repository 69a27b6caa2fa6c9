//! Installing the app: the grant screen, its signed callback, the token endpoint.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use url::form_urlencoded::byte_serialize;

use super::app::App;
use super::tokens::{Life, REFRESH_TTL_S, ShopifyTokens};
use crate::kit::consent::{header_text, oauth_error, send_back};
use crate::kit::poster::hmac_sha256;
use crate::kit::{Answer, Params};

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const OFFLINE: &str = "urn:shopify:params:oauth:token-type:offline-access-token";

/// Scopes that exist here.
const SCOPES: [&str; 17] = [
    "read_orders",
    "write_orders",
    "read_all_orders",
    "read_customers",
    "write_customers",
    "read_products",
    "write_products",
    "read_inventory",
    "write_inventory",
    "read_locations",
    "read_draft_orders",
    "write_draft_orders",
    "read_fulfillments",
    "write_fulfillments",
    "read_assigned_fulfillment_orders",
    "write_assigned_fulfillment_orders",
    "read_merchant_managed_fulfillment_orders",
];

/// The signature of callback parameters: sorted, `%20` for spaces, lower-case hexadecimal.
pub(crate) fn callback_hmac(secret: &str, pairs: &[(&str, &str)]) -> String {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    let mut pairs: Vec<&(&str, &str)> =
        pairs.iter().filter(|(name, _)| !matches!(*name, "hmac" | "signature")).collect();
    pairs.sort_unstable();
    let parts: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    hex::encode(hmac_sha256(secret.as_bytes(), parts.join("&").as_bytes()))
}

/// `GET /admin/oauth/authorize`: the merchant agrees at once, or never when so configured.
pub(crate) async fn authorize(State(app): State<Arc<App>>, uri: Uri) -> Response {
    app.tally.request("authorize");
    let params = Params::parse(uri.query().unwrap_or_default().as_bytes());
    if params.get("client_id") != app.config.client_id {
        return oauth_error(400, "invalid_request", "Could not find Shopify API application with api_key");
    }
    let redirect = params.get("redirect_uri").to_owned();
    if !app.config.redirect_uris.contains(&redirect) {
        return oauth_error(400, "invalid_request", "The redirect_uri is not whitelisted");
    }
    let scopes: Vec<String> =
        params.get("scope").split(',').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect();
    if scopes.is_empty() || scopes.iter().any(|scope| !SCOPES.contains(&scope.as_str())) {
        return oauth_error(400, "invalid_scope", "The access scope is invalid");
    }
    if params.names().any(|name| name.starts_with("grant_options")) {
        app.tally.note("not_modelled");
        return oauth_error(400, "invalid_request", "not modelled by the simulator: online tokens");
    }
    let state = params.get("state").to_owned();
    if app.config.authorize_denied {
        return send_back(&redirect, &[("error", "access_denied"), ("state", &state)]);
    }
    back(&app, &redirect, &scopes, &state)
}

/// The browser sent back with a code, signed.
fn back(app: &App, redirect: &str, scopes: &[String], state: &str) -> Response {
    let now_ms = app.clock.now_ms();
    let code = app.grants().approve(redirect, scopes, now_ms);
    let shop = app.config.shop_domain.as_str();
    let name = shop.split('.').next().unwrap_or_default();
    let host = STANDARD.encode(format!("admin.shopify.com/store/{name}"));
    let timestamp = now_ms.div_euclid(1000).to_string();
    let mut pairs = vec![
        ("code", code.as_str()),
        ("host", host.as_str()),
        ("shop", shop),
        ("state", state),
        ("timestamp", timestamp.as_str()),
    ];
    pairs.retain(|(_, value)| !value.is_empty());
    let hmac = callback_hmac(&app.config.client_secret, &pairs);
    pairs.push(("hmac", &hmac));
    send_back(redirect, &pairs)
}

/// `POST /admin/oauth/access_token`.
pub(crate) async fn token(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Response {
    app.tally.request("token");
    let form = form(&headers, &body);
    let text = |name: &str| form.get(name).map(String::as_str);
    if text("client_id") != Some(&app.config.client_id)
        || text("client_secret") != Some(&app.config.client_secret)
    {
        return oauth_error(400, "application_cannot_be_found", "The client id or secret is wrong");
    }
    let now_ms = app.clock.now_ms();
    let life = if matches!(text("expiring"), Some("1" | "true")) { Life::Expiring } else { Life::Lasting };
    let tokens = match text("grant_type") {
        None | Some("authorization_code") => {
            app.grants().redeem(text("code").unwrap_or_default(), text("redirect_uri"), life, now_ms)
        }
        Some("refresh_token") => app.grants().refresh(text("refresh_token").unwrap_or_default(), now_ms),
        Some("client_credentials") => {
            let scopes = SCOPES.iter().map(|scope| (*scope).to_owned()).collect();
            Some(app.grants().issue(scopes, Life::Day, now_ms))
        }
        Some(EXCHANGE) if text("subject_token_type") == Some(OFFLINE) && life == Life::Expiring => {
            app.grants().migrate(text("subject_token").unwrap_or_default(), now_ms)
        }
        Some(other) => {
            app.tally.note("not_modelled");
            let message = format!("not modelled by the simulator: grant_type {other}");
            return oauth_error(400, "unsupported_grant_type", &message);
        }
    };
    let Some(tokens) = tokens else {
        return refused(text("grant_type"));
    };
    if text("grant_type") == Some("refresh_token") {
        app.tally.note("refreshes");
    }
    Answer::json(200, &answer(&tokens)).into_response()
}

fn refused(grant_type: Option<&str>) -> Response {
    match grant_type {
        Some("refresh_token") => {
            oauth_error(400, "invalid_grant", "The refresh token is invalid, expired or was used before")
        }
        Some(EXCHANGE) => oauth_error(400, "invalid_subject_token", "The subject token is invalid"),
        _ => oauth_error(400, "invalid_request", "The authorization code was not found or was already used"),
    }
}

fn answer(tokens: &ShopifyTokens) -> Value {
    let mut answer = json!({"access_token": tokens.access_token, "scope": tokens.scopes.join(",")});
    if let Some(expires_in) = tokens.expires_in {
        answer["expires_in"] = json!(expires_in);
    }
    if let Some(refresh) = &tokens.refresh_token {
        answer["refresh_token"] = json!(refresh);
        answer["refresh_token_expires_in"] = json!(REFRESH_TTL_S);
    }
    answer
}

/// The parameters, from JSON or a form. JSON may hold numbers: `"expiring": 1`.
fn form(headers: &HeaderMap, body: &[u8]) -> std::collections::HashMap<String, String> {
    if header_text(headers, "content-type").starts_with("application/json") {
        let fields: Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
        let text = |value: Value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        return fields.into_iter().map(|(name, value)| (name, text(value))).collect();
    }
    url::form_urlencoded::parse(body).into_owned().collect()
}
