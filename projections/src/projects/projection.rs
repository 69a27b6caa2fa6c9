//! Events of projects, folded into their rows.

use domain::event::Event;
use domain::metadata::Recorded;
use domain::project::ProjectEvent;
use domain::stream::Kind;

use super::row::ProjectRow;
use crate::projection::{Poison, Projection};

/// Folds projects.
#[derive(Clone, Copy, Debug)]
pub struct ProjectProjection;

impl Projection for ProjectProjection {
    type Row = ProjectRow;

    const KINDS: &'static [Kind] = &[Kind::Project];

    fn begins(&self, event: &Recorded<Event>) -> bool {
        event.sequence == 1
    }

    fn apply(
        &self,
        key: &str,
        row: Option<ProjectRow>,
        recorded: &Recorded<Event>,
    ) -> Result<Option<ProjectRow>, Poison> {
        let Event::Project(event) = &recorded.event else { return Ok(row) };
        if let ProjectEvent::ProjectRegistered(registered) = event {
            return Ok(Some(ProjectRow {
                id: key.to_owned(),
                organization_id: recorded.organization,
                name: registered.name.to_string(),
                country_code: registered.country.map(|country| country.as_str().to_owned()),
                archived: false,
                created_at: recorded.recorded_at,
                updated_at: recorded.recorded_at,
                created_by: recorded.metadata.actor.as_text(),
            }));
        }
        Ok(row.map(|row| changed(row, event, recorded)))
    }
}

fn changed(mut row: ProjectRow, event: &ProjectEvent, recorded: &Recorded<Event>) -> ProjectRow {
    row.updated_at = recorded.recorded_at;
    match event {
        ProjectEvent::ProjectRegistered(_) => {}
        ProjectEvent::ProjectRenamed(renamed) => row.name = renamed.name.to_string(),
        ProjectEvent::CountryChanged(moved) => {
            row.country_code = moved.country.map(|country| country.as_str().to_owned());
        }
        ProjectEvent::ProjectArchived(_) => row.archived = true,
    }
    row
}
