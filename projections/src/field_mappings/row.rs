//! The row of a mapping rule.

use chrono::{DateTime, Utc};
use domain::ids::OrganizationId;
use domain::value::Direction;
use serde_json::Value;

use crate::row::row;

row! {
    /// One rule of one mapping of a sync config.
    FieldMappingRow in "field_mappings" version 1 indexed [["sync_config_id", "mapping_number"]] {
        /// Sync config, mapping number and the rule's name: `<config>/<number>/<rule>`.
        id: String,
        /// The organization that owns the sync config.
        organization_id: OrganizationId,
        /// The sync config.
        sync_config_id: String,
        /// Number of the mapping it belongs to, from 1.
        mapping_number: u32,
        /// The rule's name, unique in its mapping.
        rule_id: String,
        /// Its place in the mapping, from 1.
        ordinal: u32,
        /// Our field.
        local_field: Option<String>,
        /// The provider's field.
        remote_field: Option<String>,
        /// `direct`, `format`, `lookup`, `compute`, `constant` or `reference`.
        transform_type: String,
        /// The transform's own settings.
        transform_config: Value,
        /// Which way; null: as the sync config says.
        direction: Option<Direction>,
        /// Whether a record without a value here cannot be sent.
        is_required: bool,
        /// What the target gets when the source has nothing.
        default_value: Option<Value>,
        /// When its mapping was set.
        created_at: DateTime<Utc>,
    }
}
