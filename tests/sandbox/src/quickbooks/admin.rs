//! Steering a run: the shared routes' answers, and a bookkeeper's own edits over HTTP.
//!
//! - `POST /admin/create/{entity}`, `POST /admin/edit/{entity}/{id}`: a JSON body;
//! - `POST /admin/delete/{entity}/{id}`, `POST /admin/void/{entity}/{id}`: no body;
//! - `POST /admin/expire`, `POST /admin/revoke`: access tokens, or the whole connection, end.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::post;
use serde_json::{Value, json};

use super::answer::Answer;
use super::business_keys::duplicates;
use super::clock::stamp;
use super::decimals::Object;
use super::faultbody::Refusal;
use super::kind::Kind;
use super::routes::App;
use super::stats::Stats;
use super::write::{Manner, Verb, perform};
use crate::faults::Faults;

/// A bookkeeper at the screen: no sync token, not one of the caller's creates.
const BY_HAND: Manner = Manner { any_doc_number: true, by_hand: true };

impl App {
    /// Does what a bookkeeper does in the user interface.
    pub(crate) fn by_hand(
        &self,
        verb: Verb,
        entity: &str,
        id: Option<&str>,
        mut body: Object,
    ) -> Result<Value, Refusal> {
        let kind = Kind::named(entity)
            .or_else(|| Kind::of_path(entity))
            .ok_or_else(|| Refusal::not_modelled(format!("entity {entity}")))?;
        if let Some(id) = id {
            body.insert("Id".into(), Value::from(id));
            body.insert("sparse".into(), Value::Bool(true));
        }
        let mut company = self.company();
        company.keep_previous = self.lag_ms() > 0;
        let done = perform(&mut company, (verb, kind), &body, BY_HAND);
        self.publish(&mut company);
        done
    }

    /// The counters with the duplicates of this moment.
    pub(crate) fn counted(&self) -> Stats {
        let mut stats = self.tally.snapshot();
        stats.duplicates = duplicates(&self.company());
        stats
    }
}

impl crate::admin::Admin for App {
    fn faults(&self) -> &Faults {
        &self.faults
    }

    fn stats(&self) -> Value {
        json!(self.counted())
    }

    fn reset(&self) {
        self.tally.reset();
    }
}

/// The simulator's own administrative routes.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/admin/create/{entity}", post(create))
        .route("/admin/edit/{entity}/{id}", post(edit))
        .route("/admin/delete/{entity}/{id}", post(delete))
        .route("/admin/void/{entity}/{id}", post(void))
        .route("/admin/expire", post(expire))
        .route("/admin/revoke", post(revoke))
}

fn object(body: &[u8]) -> Result<Object, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::unreadable(&error.to_string()))
}

fn shown(app: &App, done: Result<Value, Refusal>) -> Response {
    match done {
        Ok(object) => Answer::json(200, &object).into_response(),
        Err(refusal) => Answer::refusal(&refusal, &stamp(app.clock.now_ms())).into_response(),
    }
}

async fn create(State(app): State<Arc<App>>, Path(entity): Path<String>, body: Bytes) -> Response {
    let done = object(&body).and_then(|body| app.by_hand(Verb::Save, &entity, None, body));
    shown(&app, done)
}

async fn edit(
    State(app): State<Arc<App>>,
    Path((entity, id)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let done = object(&body).and_then(|body| app.by_hand(Verb::Save, &entity, Some(&id), body));
    shown(&app, done)
}

async fn delete(State(app): State<Arc<App>>, Path((entity, id)): Path<(String, String)>) -> Response {
    let done = app.by_hand(Verb::Delete, &entity, Some(&id), Object::new());
    shown(&app, done)
}

async fn void(State(app): State<Arc<App>>, Path((entity, id)): Path<(String, String)>) -> Response {
    let done = app.by_hand(Verb::Void, &entity, Some(&id), Object::new());
    shown(&app, done)
}

async fn expire(State(app): State<Arc<App>>) -> Response {
    app.grants().expire_access();
    Answer::json(200, &json!({})).into_response()
}

async fn revoke(State(app): State<Arc<App>>) -> Response {
    app.grants().revoke_all();
    Answer::json(200, &json!({})).into_response()
}
