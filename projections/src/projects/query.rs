//! The view of projects and its filter.

use application::ports::read_store::{ColumnType, Condition};
use domain::ids::OrganizationId;

use super::row::ProjectRow;
use crate::list::{Conditions, Filter};
use crate::view::View;

/// `v_projects`.
pub fn view() -> View {
    View::new("v_projects", "Projects, ended ones included.", "{projects} r").own::<ProjectRow>(
        "r",
        &[
            "id",
            "organization_id",
            "name",
            "country_code",
            "archived",
            "created_at",
            "updated_at",
            "created_by",
        ],
    )
}

/// Which projects.
#[derive(Clone, Debug, PartialEq)]
pub struct ProjectFilter {
    /// Of this organization.
    pub organization: OrganizationId,
    /// In this country.
    pub country_code: Option<String>,
    /// Ended ones, or live ones.
    pub archived: Option<bool>,
}

impl Filter for ProjectFilter {
    const VIEW: &'static str = "v_projects";
    const ORDER: &'static str = "created_at";
    const ORDER_KIND: ColumnType = ColumnType::Time;
    const DESCENDING: bool = false;

    fn conditions(&self) -> Vec<Condition> {
        Conditions::of(self.organization)
            .is("country_code", self.country_code.clone())
            .is("archived", self.archived)
            .done()
    }
}
