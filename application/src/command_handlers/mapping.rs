//! Reads mappings as people and the source documents write them, and checks them against both schemas.

use domain::catalogue;
use domain::sync_config::field_path::FieldPath;
use domain::sync_config::{Mapping, MappingProblem, MappingRule, Transform};
use domain::value::Direction;
use serde_json::Value;

use super::{Declined, Fault};
use crate::ports::connector::RemoteEntity;

/// A mapping as it was given: a flat object of direct rules, or a list of rules.
#[derive(Clone, Debug, PartialEq)]
pub struct MappingGiven(pub Mapping);

impl MappingGiven {
    /// Reads `value`, which stands at `field` of the request.
    pub fn read(field: &str, value: &Value) -> Result<Self, Declined> {
        match value {
            Value::Object(flat) => {
                let mapping = Mapping::from_flat(flat);
                mapping.map(Self).map_err(|problems| Declined::Invalid(faults(field, &problems)))
            }
            Value::Array(rules) => {
                let mut mapping = Mapping::default();
                let mut wrong = Vec::new();
                for (index, rule) in rules.iter().enumerate() {
                    match read_rule(rule, &format!("{field}[{index}]")) {
                        Ok(rule) => mapping.rules.push(rule),
                        Err(found) => wrong.extend(found),
                    }
                }
                if wrong.is_empty() { Ok(Self(mapping)) } else { Err(Declined::Invalid(wrong)) }
            }
            _ => Err(domain::sync_config::SyncConfigError::MappingNotAnObject.into()),
        }
    }
}

/// The mapping, if it fits both schemas.
pub fn checked_mapping(
    mapping: Mapping,
    (field, local_entity): (&str, &str),
    remote: &RemoteEntity,
    direction: Direction,
) -> Result<Mapping, Declined> {
    let problems = mapping.check(catalogue::find(local_entity), &remote.shape, direction);
    if problems.is_empty() { Ok(mapping) } else { Err(Declined::Invalid(faults(field, &problems))) }
}

/// The manifest's own mapping, as far as it goes that way.
pub(super) fn default_mapping(remote: &RemoteEntity, local_entity: &str, direction: Direction) -> Mapping {
    let schema = catalogue::find(local_entity);
    let goes = |rule: &&MappingRule| {
        let fits = rule.direction.is_none_or(|own| {
            own == Direction::Bidirectional || direction == Direction::Bidirectional || own == direction
        });
        let kind = rule.local.as_ref().and_then(|path| schema?.kind(&path.to_string())).unwrap_or_default();
        fits && rule.flow(direction, &kind).any()
    };
    Mapping { rules: remote.default_mapping.rules.iter().filter(goes).cloned().collect() }
}

pub(super) fn faults(field: &str, problems: &[MappingProblem]) -> Vec<Fault> {
    problems
        .iter()
        .map(|problem| Fault::new(&format!("{field}.{}", problem.field), &problem.message))
        .collect()
}

/// One rule, in our spelling or that of the mapping tables.
pub(super) fn read_rule(value: &Value, field: &str) -> Result<MappingRule, Vec<Fault>> {
    let Value::Object(given) = value else {
        return Err(vec![Fault::new(field, "a mapping is an object: give local_field and remote_field")]);
    };
    let mut reader = Reader { given, field, faults: Vec::new() };
    reader.check_names();
    let local = reader.path(&["local_field", "local"]);
    let remote = reader.path(&["remote_field", "remote"]);
    let transform = reader.transform();
    let direction = reader.word("direction", Direction::parse);
    let required = reader.flag(&["is_required", "required"]);
    let id = reader.text(&["id", "rule_id"]);
    let default = reader.value(&["default_value", "default"]).filter(|value| !value.is_null()).cloned();
    if reader.faults.is_empty() {
        let made = || local.as_ref().or(remote.as_ref()).map(ToString::to_string).unwrap_or_default();
        let id = id.unwrap_or_else(made);
        Ok(MappingRule { id, local, remote, direction, transform, default, required })
    } else {
        Err(reader.faults)
    }
}

const NAMES: [&str; 14] = [
    "id",
    "rule_id",
    "local_field",
    "local",
    "remote_field",
    "remote",
    "transform_type",
    "transform",
    "transform_config",
    "direction",
    "is_required",
    "required",
    "default_value",
    "default",
];

struct Reader<'a> {
    given: &'a domain::fields::Fields,
    field: &'a str,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn fault(&mut self, name: &str, message: impl std::fmt::Display) {
        self.faults.push(Fault::new(&format!("{}.{name}", self.field), message));
    }

    fn check_names(&mut self) {
        let unknown: Vec<&String> =
            self.given.keys().filter(|name| !NAMES.contains(&name.as_str())).collect();
        for name in unknown {
            self.fault(name, format!("unknown field `{name}`: a mapping has {}", NAMES.join(", ")));
        }
    }

    fn value(&self, names: &[&str]) -> Option<&Value> {
        names.iter().find_map(|name| self.given.get(*name))
    }

    fn text(&mut self, names: &[&str]) -> Option<String> {
        match self.value(names) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(_) => {
                self.fault(names[0], "must be a text");
                None
            }
        }
    }

    fn path(&mut self, names: &[&str]) -> Option<FieldPath> {
        let text = self.text(names)?;
        FieldPath::parse(&text).map_err(|error| self.fault(names[0], error)).ok()
    }

    fn word<T, E: std::fmt::Display>(&mut self, name: &str, parse: fn(&str) -> Result<T, E>) -> Option<T> {
        let text = self.text(&[name])?;
        parse(&text).map_err(|error| self.fault(name, error)).ok()
    }

    fn flag(&mut self, names: &[&str]) -> bool {
        match self.value(names) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(flag)) => *flag,
            Some(_) => {
                self.fault(names[0], "must be true or false");
                false
            }
        }
    }

    /// `transform_type` with `transform_config`, or `transform` as `"direct"` or `{"lookup": {…}}`.
    fn transform(&mut self) -> Transform {
        let config = self.given.get("transform_config").cloned().unwrap_or_default();
        let parsed = match (self.given.get("transform_type"), self.given.get("transform")) {
            (Some(Value::String(kind)), _) | (None, Some(Value::String(kind))) => {
                Transform::parse(kind, &config)
            }
            (None, Some(Value::Object(one))) if one.len() == 1 => {
                let (kind, config) = one.iter().next().expect("it has one member");
                Transform::parse(kind, config)
            }
            (None | Some(Value::Null), None | Some(Value::Null)) => Ok(Transform::Direct),
            _ => {
                self.fault(
                    "transform_type",
                    "must be one of direct, format, lookup, compute, constant, reference",
                );
                return Transform::Direct;
            }
        };
        parsed.unwrap_or_else(|error| {
            self.fault("transform_type", error);
            Transform::Direct
        })
    }
}
