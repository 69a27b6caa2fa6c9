//! `PATCH /v1/projects/{id}`

use application::command_handlers::Within as _;
use application::dispatcher::Done as Outcome;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::ProjectId;
use domain::project::{Project, ProjectCommand};
use domain::stream::{Kind, StreamId};
use domain::value::{Country, DisplayName};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::etag::IfMatch;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// What changes; what is absent stays.
#[expect(clippy::option_option, reason = "absent and null mean different things")]
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeProjectBody {
    /// Another name.
    #[schema(value_type = Option<String>)]
    name: Option<DisplayName>,
    /// Another country; null takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    country_code: Option<Option<Country>>,
    /// `true` ends the project; its integrations are disabled.
    #[serde(default)]
    archived: bool,
}

#[expect(clippy::option_option, reason = "absent and null mean different things")]
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Country>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl ChangeProjectBody {
    fn commands(self) -> Vec<ProjectCommand> {
        let rename = self.name.map(|name| ProjectCommand::Rename { name });
        let country = self.country_code.map(|country| ProjectCommand::ChangeCountry { country });
        let archive = self.archived.then_some(ProjectCommand::Archive);
        rename.into_iter().chain(country).chain(archive).collect()
    }
}

/// Renames a project, moves it to another country, or archives it.
#[utoipa::path(patch, path = "/projects/{id}", tag = "projects", params(("id" = String, Path),
    ("If-Match" = Option<String>, Header, description = "The version that reading it showed.")),
    request_body = ChangeProjectBody, responses((status = 200, body = Done)))]
pub(super) async fn change(
    State(state): State<AppState>,
    (caller, expected): (Caller, IfMatch),
    Path(id): Path<String>,
    Body(body): Body<ChangeProjectBody>,
) -> Result<Response, Problem> {
    let id: ProjectId = params::id(&id, "project")?;
    state.desk.routes().await?.project_of(caller.organization, id)?;
    let stream = StreamId::of(Kind::Project, id.0);
    let done: Outcome =
        state.desk.change_all::<Project>(&caller.envelope(), &stream, expected.0, body.commands()).await?;
    Ok(answer::changed(&id, done))
}
