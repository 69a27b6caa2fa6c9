//! Whose records a path is about.

use application::command_handlers::{RecordsOf, Within as _};
use domain::ids::ProjectId;
use domain::local_record::Source;
use domain::value::{EntityName, LocalId};

use crate::http::auth::Caller;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// The records of an entity in a project of the caller's.
pub(super) async fn records_of(
    state: &AppState,
    caller: &Caller,
    (project, entity): (&str, &str),
) -> Result<RecordsOf, Problem> {
    let project: ProjectId = params::id(project, "project")?;
    state.desk.routes().await?.project_of(caller.organization, project)?;
    let entity = EntityName::parse(entity).map_err(|error| Problem::invalid("entity", error))?;
    Ok(RecordsOf { project, entity, source: Source::Client })
}

/// A client's id for a record.
pub(super) fn local_id(text: &str) -> Result<LocalId, Problem> {
    LocalId::parse(text).map_err(|error| Problem::invalid("local_id", error))
}
