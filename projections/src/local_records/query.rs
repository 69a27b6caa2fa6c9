//! The view of local records and its filter.

use application::ports::read_store::{ColumnType, Condition};
use chrono::{DateTime, Utc};
use domain::ids::{OrganizationId, ProjectId};

use super::row::LocalRecordRow;
use crate::list::{Conditions, Filter};
use crate::view::View;

/// `v_local_records`.
pub fn view() -> View {
    View::new("v_local_records", "Records of our side, deleted ones included.", "{local_records} r")
        .own::<LocalRecordRow>(
        "r",
        &[
            "id",
            "organization_id",
            "project_id",
            "entity",
            "local_id",
            "display_name",
            "version",
            "deleted",
            "erased",
            "body",
            "source",
            "source_sync_config_id",
            "source_updated_at",
            "created_at",
            "updated_at",
        ],
    )
}

/// Which local records.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalRecordFilter {
    /// Of this organization.
    pub organization: OrganizationId,
    /// Of this project.
    pub project: Option<ProjectId>,
    /// Of this entity.
    pub entity: Option<String>,
    /// Of this name.
    pub display_name: Option<String>,
    /// Deleted ones, or live ones.
    pub deleted: Option<bool>,
    /// Changed after this time.
    pub updated_after: Option<DateTime<Utc>>,
    /// Changed before this time.
    pub updated_before: Option<DateTime<Utc>>,
}

impl LocalRecordFilter {
    /// Every record of an organization.
    pub const fn of(organization: OrganizationId) -> Self {
        Self {
            organization,
            project: None,
            entity: None,
            display_name: None,
            deleted: None,
            updated_after: None,
            updated_before: None,
        }
    }
}

impl Filter for LocalRecordFilter {
    const VIEW: &'static str = "v_local_records";
    const ORDER: &'static str = "local_id";
    const ORDER_KIND: ColumnType = ColumnType::Text;
    const DESCENDING: bool = false;

    fn conditions(&self) -> Vec<Condition> {
        Conditions::of(self.organization)
            .is("project_id", self.project)
            .is("entity", self.entity.clone())
            .is("display_name", self.display_name.clone())
            .is("deleted", self.deleted)
            .between("updated_at", self.updated_after, self.updated_before)
            .done()
    }
}
