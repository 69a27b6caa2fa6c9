//! A mapping rule as the interface shows it.

use domain::ids::SyncConfigId;
use domain::sync_config::MappingRule;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// One field mapping.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleShape {
    /// Its name, unique in its mapping; made of our field unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    /// Our field, as a path.
    #[schema(example = "name")]
    pub(super) local_field: Option<String>,
    /// The provider's field, as a path.
    #[schema(example = "DisplayName")]
    pub(super) remote_field: Option<String>,
    /// `direct`, `format`, `lookup`, `compute`, `constant` or `reference`.
    #[serde(default)]
    pub(super) transform_type: Option<String>,
    /// The transform's own settings.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub(super) transform_config: Option<Value>,
    /// Which way; as the sync config goes unless given.
    #[serde(default)]
    pub(super) direction: Option<String>,
    /// Whether a record without a value here cannot be sent.
    #[serde(default)]
    pub(super) is_required: bool,
    /// What the target gets when the source has nothing.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub(super) default_value: Option<Value>,
}

impl RuleShape {
    /// A stored rule.
    pub(super) fn of(rule: &MappingRule) -> Self {
        Self {
            id: Some(rule.id.clone()),
            local_field: rule.local.as_ref().map(ToString::to_string),
            remote_field: rule.remote.as_ref().map(ToString::to_string),
            transform_type: Some(rule.transform.kind().to_owned()),
            transform_config: Some(rule.transform.config()).filter(|config| !config.is_null()),
            direction: rule.direction.map(|direction| direction.to_string()),
            is_required: rule.required,
            default_value: rule.default.clone(),
        }
    }
}

/// A rule's id in a path: its config and its name.
pub(super) fn mapping_id(config: SyncConfigId, rule: &str) -> String {
    format!("{config}:{rule}")
}

/// The config and the rule that such an id names.
pub(super) fn parse_id(id: &str) -> Option<(SyncConfigId, &str)> {
    let (config, rule) = id.split_once(':')?;
    Some((config.parse().ok()?, rule))
}
