//! `GET /v1/providers/{key}`

use application::ports::credentials::Owner;
use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::shape::whole;
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Shows a provider: setup form, features, entities, fields and rules; of credentials, only the names that are set.
#[utoipa::path(get, path = "/providers/{key}", tag = "catalogue", params(("key" = String, Path)),
    responses((status = 200, body = Object)))]
pub(super) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path(key): Path<String>,
) -> Result<Json<Value>, Problem> {
    let provider = state.desk.provider(&key)?;
    let names = state.credentials.names(caller.organization, &Owner::Provider(key)).await?;
    let mut shown = whole(&provider);
    shown["credentials_set"] = json!(names);
    Ok(Json(shown))
}
