//! Every route, its layers, and the document that describes them.

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use super::problem::Problem;
use super::state::AppState;
use super::{at_least, auth, idempotency, problem, v1};

mod document;

/// The whole interface.
pub fn router(state: AppState) -> Router {
    let (guarded, _) = guarded().split_for_parts();
    let (open, _) = open().split_for_parts();
    // The last layer added is the first one asked.
    let guarded = guarded
        .route_layer(from_fn_with_state(state.clone(), at_least::wait))
        .route_layer(from_fn_with_state(state.clone(), idempotency::check))
        .route_layer(from_fn_with_state(state.clone(), auth::check));
    guarded
        .merge(open)
        .fallback(nowhere)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(counted))
        .layer(from_fn_with_state(state.clone(), problem::render))
        .with_state(state)
}

/// The document that describes it: OpenAPI 3.1.
pub fn openapi() -> OpenApi {
    let mut document = guarded().into_openapi();
    document::secure(&mut document);
    document.merge(open().into_openapi());
    document::complete(&mut document);
    document
}

/// What needs a token. The paths of an earlier system stand under `/api/v1` too; two of them mean something else there.
fn guarded() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .nest("/v1", v1::routes())
        .nest("/api/v1", v1::earlier_routes())
        .merge(v1::operations::guarded())
}

/// What needs none: webhooks are signed, callbacks carry a one-time state.
fn open() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .nest("/v1", v1::open_routes())
        .nest("/api/v1", v1::open_routes())
        .merge(v1::operations::open())
}

async fn nowhere(request: Request) -> Problem {
    let path: String = request.uri().path().chars().take(200).collect();
    let detail = format!("there is nothing at {path}: GET /openapi.json lists every path");
    Problem::new(StatusCode::NOT_FOUND, "no_such_path", detail)
}

async fn wrong_method(request: Request) -> Problem {
    let detail = format!("{} is not possible here: GET /openapi.json lists what is", request.method());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}

async fn counted(request: Request, next: axum::middleware::Next) -> axum::response::Response {
    let method = request.method().to_string();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    metrics::counter!("headwater_http_requests_total", "method" => method, "status" => status).increment(1);
    response
}
