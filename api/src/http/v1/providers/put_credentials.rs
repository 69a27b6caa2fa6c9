//! `PUT /v1/providers/{key}/credentials`

use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::v1::integrations::SecretsBody;

/// Stores the organization's app registration (`client_id`, `client_secret`, `webhook_secret`) or global key. Those
/// not given stay; none ever comes back.
#[utoipa::path(put, path = "/providers/{key}/credentials", tag = "catalogue", params(("key" = String, Path)),
    request_body = SecretsBody, responses((status = 204)))]
pub(super) async fn put_credentials(
    State(state): State<AppState>,
    caller: Caller,
    Path(key): Path<String>,
    Body(body): Body<SecretsBody>,
) -> Result<StatusCode, Problem> {
    let provider = state.desk.provider(&key)?;
    state.desk.put_provider_credentials(caller.organization, &provider, body.into_secrets()?).await?;
    Ok(StatusCode::NO_CONTENT)
}
