//! The row of a project.

use chrono::{DateTime, Utc};
use domain::ids::OrganizationId;

use crate::row::row;

row! {
    /// One project.
    ProjectRow in "projects" version 1 indexed [["organization_id", "created_at"]] {
        /// The project's id.
        id: String,
        /// The organization that owns it.
        organization_id: OrganizationId,
        /// Its name, unique in the organization.
        name: String,
        /// Where it does business: ISO 3166-1 alpha-2; null where that was not said.
        country_code: Option<String>,
        /// Whether it was ended.
        archived: bool,
        /// When it was registered.
        created_at: DateTime<Utc>,
        /// When it last changed.
        updated_at: DateTime<Utc>,
        /// Who registered it: `user:…`, `api_key:…` or `system:…`.
        created_by: String,
    }
}
