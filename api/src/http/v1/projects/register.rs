//! `POST /v1/projects`

use axum::extract::State;
use axum::response::Response;
use domain::ids::ProjectId;
use domain::project::{Project, ProjectCommand, RegisterProject};
use domain::stream::{Kind, StreamId};
use domain::value::{Country, DisplayName};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// A new project.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RegisterProjectBody {
    /// Its name, unique among the organization's projects.
    #[schema(value_type = String, example = "Web shop")]
    name: DisplayName,
    /// Where it does business: ISO 3166-1 alpha-2.
    #[schema(value_type = Option<String>, example = "GB")]
    country_code: Option<Country>,
}

/// Registers a project.
#[utoipa::path(post, path = "/projects", tag = "projects", request_body = RegisterProjectBody,
    responses((status = 201, body = Done)))]
pub(super) async fn register(
    State(state): State<AppState>,
    caller: Caller,
    Body(body): Body<RegisterProjectBody>,
) -> Result<Response, Problem> {
    let id = ProjectId(state.ids().next());
    let RegisterProjectBody { name, country_code: country } = body;
    let register = RegisterProject { organization: caller.organization, name, country };
    let command = |_: &Project| ProjectCommand::Register(register.clone());
    let stream = StreamId::of(Kind::Project, id.0);
    let done = state.dispatcher.dispatch::<Project>(&caller.envelope(), &stream, command).await?;
    Ok(answer::created("/v1/projects", &id, done))
}
