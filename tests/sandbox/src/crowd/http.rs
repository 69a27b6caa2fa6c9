//! From requests to answers.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::book::{Full, Realm};
use super::sandbox::Crowd;

/// Larger bodies are refused.
const BODY: usize = 64 * 1024;

pub(super) fn router(crowd: &Arc<Crowd>) -> Router {
    Router::new().fallback(handle).with_state(Arc::clone(crowd))
}

/// A place among a realm's calls, left when the call ends, also by a caller who hung up.
struct Inside<'a>(&'a Crowd, String);

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.realms().entry(std::mem::take(&mut self.1)).or_default().leave();
    }
}

async fn handle(State(crowd): State<Arc<Crowd>>, request: Request) -> Response {
    let Some(name) = realm_of(&request) else { return refusal(StatusCode::UNAUTHORIZED, "unauthorized") };
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, BODY).await else {
        return refusal(StatusCode::PAYLOAD_TOO_LARGE, "too_large");
    };
    if let Err(full) = crowd.realms().entry(name.clone()).or_default().enter(&crowd.config) {
        return too_many(full);
    }
    let inside = Inside(&crowd, name.clone());
    crowd.linger().await;
    let counted = {
        let now = crowd.config.clock.now();
        let mut realms = crowd.realms();
        let realm = realms.entry(name.clone()).or_default();
        realm.count(&crowd.config, now).map(|()| answer(realm, (&name, &parts), &body))
    };
    crowd.linger().await;
    drop(inside);
    counted.unwrap_or_else(too_many)
}

fn realm_of(request: &Request) -> Option<String> {
    let given = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    given.strip_prefix("Bearer key-").map(str::to_owned)
}

fn answer(realm: &mut Realm, (name, parts): (&str, &axum::http::request::Parts), body: &Bytes) -> Response {
    let path = parts.uri.path();
    match (&parts.method, path) {
        (&Method::GET, "/me") => Json(json!({"id": name, "name": format!("Realm {name}")})).into_response(),
        (&Method::POST, "/things") => match serde_json::from_slice::<Value>(body) {
            Ok(thing @ Value::Object(_)) => (StatusCode::CREATED, Json(realm.create(thing))).into_response(),
            _ => refusal(StatusCode::BAD_REQUEST, "not_an_object"),
        },
        (&Method::GET, "/things") => {
            let query = parts.uri.query().unwrap_or_default();
            let mut pairs = url::form_urlencoded::parse(query.as_bytes());
            match pairs.find(|(key, _)| key == "external_id") {
                Some((_, value)) => Json(json!({"data": realm.with_reference(&value)})).into_response(),
                None => refusal(StatusCode::NOT_IMPLEMENTED, "not_modelled"),
            }
        }
        (&Method::GET, _) => match path.strip_prefix("/things/").and_then(|id| realm.thing(id)) {
            Some(thing) => Json(thing.clone()).into_response(),
            None => refusal(StatusCode::NOT_FOUND, "not_found"),
        },
        _ => refusal(StatusCode::NOT_IMPLEMENTED, "not_modelled"),
    }
}

fn too_many(full: Full) -> Response {
    let wait = match full {
        Full::Window(micros) => micros.max(0).unsigned_abs().div_ceil(1_000_000).max(1),
        Full::AtOnce => 1,
    };
    let mut response = refusal(StatusCode::TOO_MANY_REQUESTS, "too_many_requests");
    response.headers_mut().insert(header::RETRY_AFTER, wait.into());
    response
}

fn refusal(status: StatusCode, code: &str) -> Response {
    (status, Json(json!({"error": {"code": code, "message": code}}))).into_response()
}
