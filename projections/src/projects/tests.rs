//! Projects: events in, rows out.

use domain::ids::DEFAULT_ORGANIZATION;
use domain::project::{CountryChanged, ProjectArchived, ProjectEvent, ProjectRegistered, ProjectRenamed};
use domain::value::{Country, DisplayName};

use super::ProjectProjection;
use crate::testing::{Log, at, project_stream};

fn registered() -> ProjectEvent {
    let name = DisplayName::parse("Meander").unwrap();
    ProjectRegistered { organization: DEFAULT_ORGANIZATION, name, country: None }.into()
}

#[test]
fn a_project_shows_its_last_name_and_country() {
    let renamed = ProjectRenamed { name: DisplayName::parse("Meander AS").unwrap() }.into();
    let moved = CountryChanged { country: Some(Country::parse("no").unwrap()) }.into();
    let row = Log::of(&project_stream(), [registered(), renamed, moved]).row(ProjectProjection);
    assert_eq!(row.name, "Meander AS");
    assert_eq!(row.country_code.as_deref(), Some("NO"));
    assert_eq!(row.created_by, "user:u1");
    assert_eq!((row.created_at, row.updated_at), (at(1), at(3)));
    assert!(!row.archived);
}

#[test]
fn an_archived_project_stays_and_says_so() {
    let row = Log::of(&project_stream(), [registered(), ProjectArchived {}.into()]).row(ProjectProjection);
    assert!(row.archived);
}
