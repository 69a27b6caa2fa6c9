//! A mapping: the rules of one config, checked as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::field_path::FieldPath;
use super::mapping_rule::MappingRule;
use super::transform::Transform;
use crate::catalogue::{EntitySchema, FieldType};
use crate::fields::Fields;
use crate::value::Direction;

mod check;
mod fit;
mod shape;
#[cfg(test)]
mod tests;
mod whole;

pub(crate) use fit::{compile, look_alike};
pub(crate) use shape::{Named, find};
pub use shape::{RemoteArray, RemoteShape};

/// The rules of one config.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mapping {
    /// In the order people gave them.
    pub rules: Vec<MappingRule>,
}

/// Under which mapping something was decided: this config's number and its integration's lookup number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingVersion {
    /// The config's number.
    pub mapping: u32,
    /// The integration's number.
    pub lookups: u32,
}

/// What is wrong with a rule, or with a record under it. Says what to do, and no value that could be personal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error)]
#[error("{field}: {message}")]
pub struct MappingProblem {
    /// The rule, when it is one rule's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The field concerned.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// A record that a record refers to: its entity of ours, and its id on the side the record comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// Our entity, such as `customer`.
    pub entity: String,
    /// Its id.
    pub id: String,
}

/// What a mapping needs to know beyond the record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// The integration's lookup tables, our value → the provider's; several of ours may share one of theirs.
    pub lookups: Arc<BTreeMap<String, BTreeMap<String, String>>>,
    /// Our ids → the provider's.
    pub remote_of: BTreeMap<Need, String>,
    /// The provider's ids → ours.
    pub local_of: BTreeMap<Need, String>,
}

impl Need {
    /// A record of `entity`.
    pub fn new(entity: &str, id: &str) -> Self {
        Self { entity: entity.to_owned(), id: id.to_owned() }
    }
}

impl Mapping {
    /// Direct rules of a flat object, such as `{"expense_amount": "Amount"}`.
    pub fn from_flat(object: &Fields) -> Result<Self, Vec<MappingProblem>> {
        let mut rules = Vec::new();
        let mut problems = Vec::new();
        for (local, remote) in object {
            match flat_rule(local, remote) {
                Ok(rule) => rules.push(rule),
                Err(message) => problems.push(MappingProblem { rule: None, field: local.clone(), message }),
            }
        }
        if problems.is_empty() { Ok(Self { rules }) } else { Err(problems) }
    }

    /// Everything that is wrong with it; empty when it can be used.
    pub fn check(
        &self,
        local: Option<&EntitySchema>,
        remote: &RemoteShape,
        direction: Direction,
    ) -> Vec<MappingProblem> {
        check::check(self, &check::Sides { local, remote, direction })
    }

    /// The records that must be known before `local` can be sent.
    pub fn needs_outbound(&self, local: &Fields) -> BTreeSet<Need> {
        self.needs(local, |rule| {
            rule.direction.is_none_or(Direction::sends).then_some(rule.local.as_ref()).flatten()
        })
    }

    /// The records that must be known before `remote` can be taken.
    pub fn needs_inbound(&self, remote: &Fields) -> BTreeSet<Need> {
        self.needs(remote, |rule| {
            rule.direction.is_none_or(Direction::receives).then_some(rule.remote.as_ref()).flatten()
        })
    }

    fn needs<'a>(
        &'a self,
        record: &Fields,
        path: impl Fn(&'a MappingRule) -> Option<&'a FieldPath>,
    ) -> BTreeSet<Need> {
        let mut needs = BTreeSet::new();
        for rule in &self.rules {
            let (Transform::Reference { entity }, Some(path)) = (&rule.transform, path(rule)) else {
                continue;
            };
            needs.extend(
                path.select(record).into_iter().filter_map(key_text).map(|id| Need::new(entity, &id)),
            );
        }
        needs
    }
}

fn flat_rule(local: &str, remote: &Value) -> Result<MappingRule, String> {
    let remote = remote.as_str().ok_or("name the provider's field as a text")?;
    let path = |text: &str| FieldPath::parse(text).map_err(|error| error.to_string());
    Ok(MappingRule::direct(local, path(local)?, path(remote)?))
}

/// A value as an id or lookup key; none for null and for what has no single spelling.
pub(crate) fn key_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.as_str().to_owned()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// What a field of ours holds.
pub(crate) fn local_kind(schema: Option<&EntitySchema>, path: Option<&FieldPath>) -> FieldType {
    match (schema, path) {
        (Some(schema), Some(path)) => find(&schema.fields, path).kind(),
        _ => FieldType::Any,
    }
}
