//! What commands answer: the position to read at least, and the resource's version.

use application::dispatcher;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::{at_least, etag};

/// A command was carried out.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CommandDone)]
pub(crate) struct Done {
    /// The resource it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Read with `at_least` this to see its effect. Opaque.
    pub position: String,
    /// The resource's version now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}

impl Done {
    /// A change of `id`.
    pub(crate) fn of(id: &impl ToString, done: dispatcher::Done) -> Self {
        Self {
            id: Some(id.to_string()),
            position: at_least::encode(done.position),
            version: Some(done.version),
        }
    }

    /// Something at a position.
    pub(crate) fn at(id: &impl ToString, position: u64) -> Self {
        Self { id: Some(id.to_string()), position: at_least::encode(position), version: None }
    }
}

/// Answers with the resource's ETag.
pub(crate) fn done(status: StatusCode, done: Done) -> impl IntoResponse {
    with_version(done.version, (status, Json(done)))
}

/// 200 for a change.
pub(crate) fn changed(id: &impl ToString, outcome: dispatcher::Done) -> Response {
    done(StatusCode::OK, Done::of(id, outcome)).into_response()
}

/// 201 with the place of the new resource.
pub(crate) fn created(place: &str, id: &impl ToString, outcome: dispatcher::Done) -> Response {
    let answered = Done::of(id, outcome);
    let place = format!("{place}/{}", answered.id.as_deref().unwrap_or_default());
    let mut response = done(StatusCode::CREATED, answered).into_response();
    locate(&mut response, &place);
    response
}

/// 202: work was started; `place` is the resource to watch.
pub(crate) fn started<T: Serialize>(place: &str, body: T) -> Response {
    let mut response = (StatusCode::ACCEPTED, Json(body)).into_response();
    locate(&mut response, place);
    response
}

fn locate(response: &mut Response, place: &str) {
    if let Ok(value) = HeaderValue::from_str(place) {
        response.headers_mut().insert(header::LOCATION, value);
    }
}

/// The response with an ETag, where there is a version.
pub(crate) fn with_version(version: Option<u64>, response: impl IntoResponse) -> Response {
    let mut response = response.into_response();
    if let Some(value) = version.and_then(|version| HeaderValue::from_str(&etag::of(version)).ok()) {
        response.headers_mut().insert(header::ETAG, value);
    }
    response
}
