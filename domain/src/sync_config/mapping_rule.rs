//! One mapping rule: which field of ours goes with which of theirs, and how.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::field_path::FieldPath;
use super::transform::Transform;
use crate::catalogue::FieldType;
use crate::value::Direction;

/// One field mapping; the unit of conflict and merge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingRule {
    /// Its name, unique in its mapping.
    pub id: String,
    /// Our field. `compute` and `constant` can do without a source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<FieldPath>,
    /// The provider's field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<FieldPath>,
    /// Which way; `None`: as the config says, and only outbound where the transform has no inverse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// How.
    #[serde(default)]
    pub transform: Transform,
    /// What the target gets when the source has nothing, in the target's terms: the provider's field, or ours when the
    /// rule is inbound only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// Whether a record without a value here cannot be sent (or, inbound only, taken).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
}

/// Which ways a rule works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// Our changes go to the provider.
    pub sends: bool,
    /// The provider's changes come to us.
    pub receives: bool,
}

impl Flow {
    /// Whether it works both ways.
    pub fn both(self) -> bool {
        self.sends && self.receives
    }

    /// Whether it works at all.
    pub fn any(self) -> bool {
        self.sends || self.receives
    }
}

impl MappingRule {
    /// A direct rule between two fields, in the direction of its config.
    pub fn direct(id: &str, local: FieldPath, remote: FieldPath) -> Self {
        Self {
            id: id.to_owned(),
            local: Some(local),
            remote: Some(remote),
            direction: None,
            transform: Transform::Direct,
            default: None,
            required: false,
        }
    }

    /// Which ways it works in a config of this direction, with a field of ours of this type.
    pub fn flow(&self, config: Direction, local: &FieldType) -> Flow {
        let own = self.direction.unwrap_or(config);
        let mut flow = Flow {
            sends: config.sends() && own.sends() && self.remote.is_some(),
            receives: config.receives() && own.receives() && self.local.is_some(),
        };
        if flow.both() && !self.transform.has_inverse(local) {
            flow.receives = false;
        }
        flow
    }

    /// The field that people know it by: ours, else the provider's.
    pub fn field(&self) -> String {
        self.local.as_ref().or(self.remote.as_ref()).map(ToString::to_string).unwrap_or_default()
    }
}
