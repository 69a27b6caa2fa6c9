//! `POST /v1/integrations/{id}/test`

use application::command_handlers::Tested;
use application::ports::connector::{CallError, Verified};
use axum::Json;
use axum::extract::{Path, State};
use domain::ids::IntegrationId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::{at_least, params};

/// What a test found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TestOutcome {
    /// Whether the provider took the credentials.
    pub ok: bool,
    /// The remote company that answered.
    pub realm: Option<String>,
    /// Its name, where the provider tells.
    pub name: Option<String>,
    /// What can be done about a failure: `auth_expired`, `permission`, `transient` …
    pub error_class: Option<String>,
    /// The failure, in words.
    pub error: Option<String>,
    /// What a person should do next.
    pub next_step: Option<String>,
    /// Position of what was recorded, if anything was.
    pub position: Option<String>,
}

impl TestOutcome {
    /// The provider answered.
    pub(crate) fn answered(verified: &Verified, position: Option<u64>) -> Self {
        Self {
            ok: true,
            realm: verified.realm.clone(),
            name: verified.name.clone(),
            error_class: None,
            error: None,
            next_step: None,
            position: position.map(at_least::encode),
        }
    }

    fn failed(error: &CallError) -> Self {
        Self {
            ok: false,
            realm: None,
            name: None,
            error_class: Some(error.class.to_string()),
            error: Some(error.message.clone()),
            next_step: error.next_step.clone(),
            position: None,
        }
    }
}

/// Asks the provider who we are. A connection that answers for the first time is confirmed by it.
#[utoipa::path(post, path = "/integrations/{id}/test", tag = "integrations", params(("id" = String, Path)),
    responses((status = 200, body = TestOutcome)))]
pub(super) async fn test(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<TestOutcome>, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    let Tested { outcome, position } = state.desk.test_connection(&caller.envelope(), id).await?;
    Ok(Json(match &outcome {
        Ok(verified) => TestOutcome::answered(verified, position),
        Err(error) => TestOutcome::failed(error),
    }))
}
