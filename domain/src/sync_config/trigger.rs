//! When local changes are sent.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::filter::Filter;
use crate::value::{EntityName, TriggerKind};

#[cfg(test)]
mod tests;

/// What happened to a local record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It is new.
    Created,
    /// It changed.
    Updated,
    /// It is gone.
    Deleted,
}

/// A trigger and its configuration: `{"entity", "filter", "events"}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// When.
    pub kind: TriggerKind,
    /// The entity it watches; none: the config's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<EntityName>,
    /// The records it is about; empty: all.
    #[serde(default, skip_serializing_if = "Filter::is_empty")]
    pub filter: Filter,
    /// The changes that set it off.
    #[serde(default = "every_change")]
    pub events: BTreeSet<ChangeKind>,
}

fn every_change() -> BTreeSet<ChangeKind> {
    [ChangeKind::Created, ChangeKind::Updated, ChangeKind::Deleted].into()
}

impl Trigger {
    /// A trigger for every record and change.
    pub fn new(kind: TriggerKind) -> Self {
        Self { kind, entity: None, filter: Filter::default(), events: every_change() }
    }

    /// Whether a change of a local record sends it without anybody asking.
    pub fn is_live(&self) -> bool {
        matches!(self.kind, TriggerKind::OnStatusChange | TriggerKind::Realtime)
    }

    /// Whether this change of a record of `entity` sets it off, as far as the filter is not concerned.
    pub fn watches(&self, entity: &EntityName, change: ChangeKind) -> bool {
        self.entity.as_ref().is_none_or(|own| own == entity) && self.events.contains(&change)
    }
}
