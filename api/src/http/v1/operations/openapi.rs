//! `GET /openapi.json`

use axum::Json;
use axum::response::IntoResponse;

/// This document: OpenAPI 3.1.
#[utoipa::path(get, path = "/openapi.json", tag = "operations", responses((status = 200, body = Object)))]
pub(super) async fn openapi() -> impl IntoResponse {
    Json(crate::http::openapi())
}
