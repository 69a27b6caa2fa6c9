//! `POST /v1/providers/{key}/test`

use application::ports::credentials::Secrets;
use axum::Json;
use axum::extract::{Path, State};
use domain::fields::Fields;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::v1::integrations::{SecretsBody, TestOutcome};

/// Credentials to try.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DraftBody {
    /// Secrets, by name.
    credentials: SecretsBody,
    /// Settings of the setup form that are no secrets.
    #[serde(default)]
    #[schema(value_type = Object)]
    settings: Fields,
    /// The provider's address, where it is not the manifest's.
    base_url: Option<String>,
}

/// Tries draft credentials; stores nothing.
#[utoipa::path(post, path = "/providers/{key}/test", tag = "catalogue", params(("key" = String, Path)),
    request_body = DraftBody, responses((status = 200, body = TestOutcome)))]
pub(super) async fn test(
    State(state): State<AppState>,
    caller: Caller,
    Path(key): Path<String>,
    Body(body): Body<DraftBody>,
) -> Result<Json<TestOutcome>, Problem> {
    let provider = state.desk.provider(&key)?;
    let secrets = Secrets { values: body.credentials.into_secrets()?, expires_at: None };
    let draft = (secrets, body.settings, body.base_url);
    let verified = state.desk.test_draft(caller.organization, &provider, draft).await?;
    Ok(Json(TestOutcome::answered(&verified, None)))
}
