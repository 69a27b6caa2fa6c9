//! What can be wrong with one rule.

use super::fit::{self, look_alike};
use super::shape::{Named, find};
use super::{Mapping, MappingProblem, MappingRule, RemoteShape, whole};
use crate::catalogue::{EntitySchema, FieldSchema, FieldType};
use crate::sync_config::field_path::FieldPath;
use crate::sync_config::mapping_rule::Flow;
use crate::sync_config::transform::{Format, Transform};
use crate::value::Direction;

/// What a mapping is checked against.
pub(super) struct Sides<'a> {
    pub(super) local: Option<&'a EntitySchema>,
    pub(super) remote: &'a RemoteShape,
    pub(super) direction: Direction,
}

impl Sides<'_> {
    pub(super) fn local_kind(&self, rule: &MappingRule) -> FieldType {
        super::local_kind(self.local, rule.local.as_ref())
    }

    pub(super) fn remote_kind(&self, rule: &MappingRule) -> FieldType {
        rule.remote.as_ref().map_or(FieldType::Any, |path| self.remote.kind(path))
    }

    pub(super) fn flow(&self, rule: &MappingRule) -> Flow {
        rule.flow(self.direction, &self.local_kind(rule))
    }
}

/// Everything wrong with `mapping`.
pub(super) fn check(mapping: &Mapping, sides: &Sides<'_>) -> Vec<MappingProblem> {
    let mut problems = Vec::new();
    for rule in &mapping.rules {
        let found = Checker { mapping, rule, sides }.all();
        problems.extend(found.into_iter().map(|(field, message)| MappingProblem {
            rule: Some(rule.id.clone()),
            field,
            message,
        }));
    }
    problems.extend(whole::check(mapping, sides));
    problems
}

struct Checker<'a> {
    mapping: &'a Mapping,
    rule: &'a MappingRule,
    sides: &'a Sides<'a>,
}

type Found = Vec<(String, String)>;

impl Checker<'_> {
    fn all(&self) -> Found {
        let mut found = self.paths();
        if !found.is_empty() {
            return found;
        }
        found.extend(self.known_fields());
        found.extend(self.direction());
        if found.is_empty() {
            found.extend(self.transform());
            found.extend(self.default());
        }
        found
    }

    fn here(&self, message: impl Into<String>) -> Found {
        vec![(self.rule.field(), message.into())]
    }

    fn paths(&self) -> Found {
        let rule = self.rule;
        if rule.id.trim().is_empty() || rule.id.chars().count() > 255 {
            return self.here("give the rule an id of 1 to 255 characters");
        }
        let (Some(local), Some(remote)) = (&rule.local, &rule.remote) else {
            if rule.transform.needs_source() {
                return self.here(format!("a `{}` rule needs a field on both sides", rule.transform.kind()));
            }
            return match rule.local.as_ref().or(rule.remote.as_ref()) {
                None => self.here("name the field that the rule writes"),
                Some(target) => self.lonely(target),
            };
        };
        if local.depth() != remote.depth() {
            return self.here(format!("`{local}` and `{remote}` need `[*]` at the same depth"));
        }
        [local, remote].into_iter().find_map(bad_array).map(|message| self.here(message)).unwrap_or_default()
    }

    /// A rule with one path only: inside an array, other rules must say which array of the other side it goes with.
    fn lonely(&self, target: &FieldPath) -> Found {
        if let Some(message) = bad_array(target) {
            return self.here(message);
        }
        let Some((array, _)) = target.each() else { return Found::new() };
        let ours = self.rule.local.is_some();
        let paired = self.mapping.rules.iter().any(|other| {
            let (Some(local), Some(remote)) = (&other.local, &other.remote) else { return false };
            let same = if ours { local.each() } else { remote.each() };
            remote.depth() == 1 && local.depth() == 1 && same.is_some_and(|(other, _)| other == array)
        });
        if paired {
            return Found::new();
        }
        self.here(format!("no other rule maps the elements of `{array}`: add one with `[*]` on both sides"))
    }

    fn known_fields(&self) -> Found {
        let mut found = Found::new();
        if let (Some(schema), Some(path)) = (self.sides.local, &self.rule.local)
            && find(&schema.fields, path) == Named::Unknown
        {
            found.push(unknown(path, &format!("the entity {}", schema.name), &schema.fields));
        }
        let shape = self.sides.remote;
        if let Some(path) = &self.rule.remote {
            let custom = shape.open && !shape.fields.iter().any(|field| field.root() == path.root());
            if !shape.fields.is_empty() && !custom && find(&shape.fields, path) == Named::Unknown {
                found.push(unknown(path, "the provider's record", &shape.fields));
            }
        }
        found
    }

    fn direction(&self) -> Found {
        let (rule, config) = (self.rule, self.sides.direction);
        let flow = self.sides.flow(rule);
        if let Some(own) = rule.direction {
            let more = (own.sends() && !config.sends()) || (own.receives() && !config.receives());
            if more && own != Direction::Bidirectional {
                return self
                    .here(format!("the rule is {own} but its config is {config}: change one of them"));
            }
            if own == Direction::Bidirectional && config == own && !flow.both() {
                let kind = rule.transform.kind();
                return self
                    .here(format!("this `{kind}` works one way only: make the rule inbound or outbound"));
            }
        }
        if flow.any() {
            return Found::new();
        }
        self.here(format!("the rule has no field to write in an {config} config: add the field it writes"))
    }

    fn transform(&self) -> Found {
        let flow = self.sides.flow(self.rule);
        let (local, remote) = (self.sides.local_kind(self.rule), self.sides.remote_kind(self.rule));
        let message = match &self.rule.transform {
            Transform::Direct => fit::direct(flow, &local, &remote),
            Transform::Format(format) => fit::format(format, flow, &local, &remote),
            Transform::Lookup { table, .. } => fit::lookup(table, &local, &remote),
            Transform::Compute { expression } => self.expression(expression, flow),
            Transform::Constant { value } => fit::literal(value, if flow.sends { &remote } else { &local })
                .map(|why| format!("the constant {why}")),
            Transform::Reference { entity } => fit::reference(entity, &local, &remote),
        };
        let late = match &self.rule.transform {
            Transform::Format(Format::Date(_)) if !flow.sends && !self.rule.transform.has_inverse(&local) => {
                Some("no date can be read back from this pattern: it needs YYYY, MM and DD".to_owned())
            }
            _ => None,
        };
        message.or(late).map(|message| self.here(message)).unwrap_or_default()
    }

    fn expression(&self, source: &str, flow: Flow) -> Option<String> {
        let fields = match (flow.sends, self.sides.local) {
            (true, Some(schema)) => &schema.fields[..],
            (true, None) => &[],
            (false, _) => &self.sides.remote.fields[..],
        };
        fit::expression(source, fields, self.rule, flow).err()
    }

    fn default(&self) -> Found {
        let Some(default) = &self.rule.default else { return Found::new() };
        let sends = self.sides.flow(self.rule).sends;
        let kind = if sends { self.sides.remote_kind(self.rule) } else { self.sides.local_kind(self.rule) };
        fit::literal(default, &kind).map(|why| self.here(format!("the default {why}"))).unwrap_or_default()
    }
}

fn bad_array(path: &FieldPath) -> Option<String> {
    if path.depth() > 1 {
        return Some(format!("`{path}` has `[*]` twice: map one array level"));
    }
    (path.depth() == 1 && path.each().is_none()).then(|| {
        format!("`{path}` must name a field of the elements after `[*]`, or map the whole array without it")
    })
}

fn unknown(path: &FieldPath, whose: &str, fields: &[FieldSchema]) -> (String, String) {
    let hint = look_alike(&path.to_string(), fields);
    (path.to_string(), format!("{whose} has no field `{path}`: {hint}"))
}
