//! The row of a sync config.

use chrono::{DateTime, Utc};
use domain::ids::OrganizationId;
use domain::sync_config::SyncConfig;
use domain::value::{DeletePolicy, Direction, FilterExit, MergeFallback, Side, Strategy, TriggerKind};
use serde_json::Value;

use crate::row::{Encoded, row};

row! {
    /// What is kept in step between one entity of ours and one of the provider's, and how.
    SyncConfigRow in "sync_configs" version 1 indexed [["organization_id"], ["integration_id"]] {
        /// The sync config's id.
        id: String,
        /// The organization that owns it.
        organization_id: OrganizationId,
        /// The project.
        project_id: String,
        /// The integration it belongs to.
        integration_id: String,
        /// The feature it belongs to, whose trigger it takes; null for one that was set up by itself.
        feature: Option<String>,
        /// Our entity.
        local_entity: String,
        /// The provider's entity, by the provider's name.
        remote_entity: String,
        /// Whether it runs.
        sync_enabled: bool,
        /// Which way records flow: `inbound`, `outbound` or `bidirectional`.
        sync_direction: Direction,
        /// Which records it is about.
        sync_filter: Value,
        /// When local changes are sent: `on_status_change`, `on_manual`, `on_schedule`, `on_link` or `realtime`.
        trigger_type: TriggerKind,
        /// The trigger as a whole: kind, entity, filter and events.
        trigger_config: Value,
        /// When it runs by itself; null for never.
        schedule: Option<Value>,
        /// How collisions are settled: `last_write_wins`, `source_priority`, `manual_review` or `merge_fields`.
        conflict_resolution: Strategy,
        /// The side that wins by priority: `local` or `remote`.
        priority_source: Side,
        /// What `merge_fields` does with rules that collide.
        merge_fallback: MergeFallback,
        /// Entities of ours whose configs must have synced a referenced record first.
        dependencies: Value,
        /// What the provider's side does when ours is deleted.
        on_local_delete: DeletePolicy,
        /// What our side does when the provider's is deleted.
        on_remote_delete: DeletePolicy,
        /// What happens to a record that no longer fits the filter: `keep` or `unlink`.
        on_filter_exit: FilterExit,
        /// Whether changes wait for a person before they are written.
        review_mode: bool,
        /// Number of its mapping, from 1.
        mapping_number: u32,
        /// Rules of its mapping.
        mapping_rules: u32,
        /// Who set it up.
        created_by: String,
        /// Who last changed it.
        updated_by: String,
        /// When it was set up.
        created_at: DateTime<Utc>,
        /// When it last changed.
        updated_at: DateTime<Utc>,
        /// When it was deleted; live views do not show it then.
        deleted_at: Option<DateTime<Utc>>,
        /// The aggregate's state, which the other columns are derived from.
        state: Encoded<SyncConfig>,
    }
}
