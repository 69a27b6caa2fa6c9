//! From HTTP requests to changes and answers.
//!
//! - `GET /{collection}?limit=&cursor=&updated_since=&include_deleted=`: a page;
//! - `GET /{collection}?external_id=`: search;
//! - `GET | PUT | PATCH | DELETE /{collection}/{id}`, `POST /{collection}`;
//! - the shared [`crate::admin`] routes, and `POST /admin/touch?pct=&mode=&seed=&collection=`.
//!
//! A query parameter it does not know is answered 400, a path or method it does not know 501.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::app::App;
use super::change::{Change, Kind};
use super::clock::now_ms;
use super::idempotency::{self, RequestDigest};
use super::problem::Problem;
use super::query::ListQuery;
use super::touch;
use crate::admin;

mod request;
use request::{Call, Write, parse};

/// The whole simulator: what no admin route takes is a request to the API.
pub(super) fn router(app: &Arc<App>) -> Router {
    Router::new()
        .fallback(handle)
        .with_state(app.clone())
        .merge(touch::routes(app.clone()))
        .merge(admin::routes(app.clone()))
        .method_not_allowed_fallback(async || Problem::not_modelled("no such method here"))
}

/// An answer with a JSON body.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    status: StatusCode,
    body: Bytes,
    /// Whether it is the first answer to an idempotency key, given again.
    replayed: bool,
}

impl Answer {
    fn new(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self { status, body: body.into(), replayed: false }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = (self.status, Body::from(self.body)).into_response();
        let headers = response.headers_mut();
        let json = HeaderValue::from_static("application/json");
        headers.insert(header::CONTENT_TYPE, json);
        if self.replayed {
            headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
        }
        response
    }
}

async fn handle(
    State(app): State<Arc<App>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    app.counts().requests += 1;
    let call = admit(&app, &headers).and_then(|()| parse(&app, (&method, &uri), &headers, &body));
    let call = match call {
        Ok(call) => call,
        Err(problem) => return refuse(&app, problem),
    };
    let fault = match call {
        Call::Write(_) => app.faults.next_write(),
        Call::List(..) | Call::Read(..) => app.faults.next(),
    };
    let request = idempotency::digest(&method, uri.path(), &body);
    let commit = async {
        match answer(&app, call, request) {
            Ok(answer) => answer.into_response(),
            Err(problem) => refuse(&app, problem),
        }
    };
    app.faults.apply(fault, commit).await
}

/// Errors: 401, or 429 by the rate limit.
fn admit(app: &App, headers: &HeaderMap) -> Result<(), Problem> {
    if let Some(key) = &app.config.api_key {
        let given = headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes);
        if given != Some(format!("Bearer {key}").as_bytes()) {
            return Err(Problem::unauthorized());
        }
    }
    app.rate.as_ref().map_or(Ok(()), |rate| rate.admit(now_ms()))
}

fn refuse(app: &App, problem: Problem) -> Response {
    app.counts().refused(&problem);
    problem.into_response()
}

fn answer(app: &App, call: Call, request: RequestDigest) -> Result<Answer, Problem> {
    match call {
        Call::List(collection, query) => list(app, &collection, &query),
        Call::Read(collection, id) => read(app, &collection, &id),
        Call::Write(write) => write_once(app, write, request),
    }
}

fn list(app: &App, collection: &str, query: &ListQuery) -> Result<Answer, Problem> {
    let page = app.list(collection, query)?;
    let mut counts = app.counts();
    counts.lists += 1;
    counts.rows += page.rows as u64;
    Ok(Answer::new(StatusCode::OK, page.body))
}

fn read(app: &App, collection: &str, id: &str) -> Result<Answer, Problem> {
    app.counts().reads += 1;
    let records = app.read(collection)?;
    let (_, row) = records.live(id).ok_or_else(|| Problem::not_found(id))?;
    Ok(Answer::new(StatusCode::OK, row.body.to_vec()))
}

/// Writes, or gives the first answer to the idempotency key again.
fn write_once(app: &App, write: Write, request: RequestDigest) -> Result<Answer, Problem> {
    let Some(key) = write.idempotency_key else {
        return commit(app, &write.collection, write.change);
    };
    // Held until the answer is kept, so that two requests with one key write once.
    let mut replays = app.replays();
    if let Some(first) = replays.find(&key, &request)? {
        app.counts().replays += 1;
        return Ok(Answer { replayed: true, ..first });
    }
    let answer = commit(app, &write.collection, write.change)?;
    replays.keep(key, request, answer.clone());
    Ok(answer)
}

fn commit(app: &App, collection: &str, change: Change) -> Result<Answer, Problem> {
    let committed = app.change(collection, change)?;
    app.counts().committed(collection, &committed);
    let status = match committed.kind {
        Kind::Created => StatusCode::CREATED,
        Kind::Updated | Kind::Deleted => StatusCode::OK,
    };
    Ok(Answer::new(status, committed.body.to_vec()))
}
