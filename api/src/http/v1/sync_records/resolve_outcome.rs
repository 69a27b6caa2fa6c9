//! `POST /v1/sync-records/{id}/resolve-outcome`

use axum::Json;
use axum::extract::{Path, State};
use domain::value::RemoteId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::record_of;
use crate::http::answer::Done;
use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// What became of the write.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OutcomeBody {
    /// `confirmed` or `not_done`.
    outcome: Outcome,
    /// The provider's record that it became; needed for `confirmed`.
    #[schema(value_type = Option<String>)]
    external_id: Option<RemoteId>,
}

/// What became of a write.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// The provider did it.
    Confirmed,
    /// It surely was not done; it is sent again.
    NotDone,
}

impl OutcomeBody {
    fn remote_id(self) -> Result<Option<RemoteId>, Problem> {
        match (self.outcome, self.external_id) {
            (Outcome::Confirmed, Some(id)) => Ok(Some(id)),
            (Outcome::NotDone, None) => Ok(None),
            (Outcome::Confirmed, None) => {
                Err(Problem::invalid("external_id", "name the provider's record that the write became"))
            }
            (Outcome::NotDone, Some(_)) => Err(Problem::invalid(
                "external_id",
                "a write that was not done became no record: leave it out",
            )),
        }
    }
}

/// Says what became of a write whose outcome only a person can tell.
#[utoipa::path(post, path = "/sync-records/{id}/resolve-outcome", tag = "sync records",
    params(("id" = String, Path)), request_body = OutcomeBody, responses((status = 200, body = Done)))]
pub(super) async fn resolve_outcome(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<OutcomeBody>,
) -> Result<Json<Done>, Problem> {
    let key = record_of(&state, &caller, &id).await?;
    let position = state.desk.resolve_outcome(&caller.envelope(), &key, body.remote_id()?.as_ref()).await?;
    Ok(Json(Done::at(&key.stream().id, position)))
}
