//! A user's own edits over HTTP, as in the provider's web interface.
//!
//! - `POST /admin/create/{entity}`, `POST /admin/edit/{entity}/{id}`: a JSON body;
//! - `POST /admin/delete/{entity}/{id}`: no body;
//! - `POST /admin/expire`, `POST /admin/revoke`: access tokens, or the whole connection, end;
//! - `POST /admin/advance/{seconds}`: the clock moves forward.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::post;
use serde_json::{Value, json};

use super::answer::Answer;

/// What a simulator lets a user do by hand. Errors are the provider's own error bodies.
pub trait Hands: Send + Sync + 'static {
    /// Creates an object of the entity.
    fn create(&self, entity: &str, body: Value) -> Result<Value, Value>;
    /// Merges `patch` into an object.
    fn edit(&self, entity: &str, id: &str, patch: Value) -> Result<Value, Value>;
    /// Deletes an object.
    fn delete(&self, entity: &str, id: &str) -> Result<Value, Value>;
    /// Ends every access token; refresh tokens stay.
    fn expire_access_tokens(&self);
    /// Ends the connection.
    fn revoke(&self);
    /// Moves the clock forward.
    fn advance_clock(&self, seconds: u32);
}

/// The routes, ready to be merged into a simulator's router.
pub fn routes<H: Hands>(hands: Arc<H>) -> Router {
    Router::new()
        .route("/admin/create/{entity}", post(create::<H>))
        .route("/admin/edit/{entity}/{id}", post(edit::<H>))
        .route("/admin/delete/{entity}/{id}", post(delete::<H>))
        .route("/admin/expire", post(expire::<H>))
        .route("/admin/revoke", post(revoke::<H>))
        .route("/admin/advance/{seconds}", post(advance::<H>))
        .with_state(hands)
}

fn shown(done: Result<Value, Value>) -> Response {
    match done {
        Ok(object) => Answer::json(200, &object).into_response(),
        Err(body) => Answer::json(400, &body).into_response(),
    }
}

fn read(body: &[u8]) -> Result<Value, Value> {
    serde_json::from_slice(body).map_err(|error| json!({"error": error.to_string()}))
}

async fn create<H: Hands>(State(hands): State<Arc<H>>, Path(entity): Path<String>, body: Bytes) -> Response {
    shown(read(&body).and_then(|body| hands.create(&entity, body)))
}

async fn edit<H: Hands>(
    State(hands): State<Arc<H>>,
    Path((entity, id)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    shown(read(&body).and_then(|body| hands.edit(&entity, &id, body)))
}

async fn delete<H: Hands>(
    State(hands): State<Arc<H>>,
    Path((entity, id)): Path<(String, String)>,
) -> Response {
    shown(hands.delete(&entity, &id))
}

async fn expire<H: Hands>(State(hands): State<Arc<H>>) -> Response {
    hands.expire_access_tokens();
    shown(Ok(json!({})))
}

async fn revoke<H: Hands>(State(hands): State<Arc<H>>) -> Response {
    hands.revoke();
    shown(Ok(json!({})))
}

async fn advance<H: Hands>(State(hands): State<Arc<H>>, Path(seconds): Path<u32>) -> Response {
    hands.advance_clock(seconds);
    shown(Ok(json!({})))
}
