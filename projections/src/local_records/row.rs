//! The row of a local record.

use chrono::{DateTime, Utc};
use domain::fields::Fields;
use domain::ids::{OrganizationId, ProjectId};

use crate::row::row;

row! {
    /// Our side's copy of one business record.
    LocalRecordRow in "local_records" version 1 indexed [["project_id", "entity", "local_id"]] {
        /// The record's stream: project / entity / local id.
        id: String,
        /// The organization that owns it.
        organization_id: OrganizationId,
        /// The project it belongs to.
        project_id: ProjectId,
        /// Our entity name (`customer`, `invoice` …).
        entity: String,
        /// The client's id for it; one that Headwater made for a record that came from a provider begins with `~`.
        local_id: String,
        /// What people call it: its display name or document number, where it has one.
        display_name: Option<String>,
        /// Its version, which every change raises.
        version: u64,
        /// Whether it is deleted; the body shows what it held last.
        deleted: bool,
        /// Whether its contents were erased for good.
        erased: bool,
        /// Its fields.
        body: Fields,
        /// Where its last change came from: `client`, `import` or `inbound`.
        source: String,
        /// The sync config whose inbound change was its last one, if it was one.
        source_sync_config_id: Option<String>,
        /// When it last changed in the sender's own books, if the sender said so.
        source_updated_at: Option<DateTime<Utc>>,
        /// When Headwater first took it.
        created_at: DateTime<Utc>,
        /// When Headwater last took a change of it.
        updated_at: DateTime<Utc>,
    }
}
