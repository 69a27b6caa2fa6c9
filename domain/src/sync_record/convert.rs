//! One rule at work: a value of one side made into the other side's.

use std::collections::BTreeMap;

use serde_json::{Number, Value};

use super::canonical::same;
use super::plan::PlannedRule;
use crate::catalogue::FieldType;
use crate::expression::Input;
use crate::fields::Fields;
use crate::money::normal_digits;
use crate::sync_config::mapping::{Known, MappingProblem, Need, key_text};
use crate::sync_config::transform::{Format, Transform};
use crate::value::Side;

/// Where a rule reads: the record, and inside an array the element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    pub(crate) record: &'a Fields,
    pub(crate) item: Option<&'a Value>,
}

/// Why a value cannot be made.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Fault {
    Problem(MappingProblem),
    Missing(Need),
}

type Made = Result<Option<Value>, Fault>;

/// A value that is there and not null.
pub(crate) fn present(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}

impl PlannedRule {
    /// What stands at the rule's path of this side.
    pub(crate) fn read<'a>(&self, side: Side, source: Source<'a>) -> Option<&'a Value> {
        let path = if side == Side::Local { &self.local } else { &self.remote };
        match source.item {
            None => path.as_ref()?.get(source.record),
            Some(item) => path.as_ref()?.get(item.as_object()?),
        }
    }

    /// The type of the field on this side.
    pub(crate) fn kind(&self, side: Side) -> &FieldType {
        if side == Side::Local { &self.local_kind } else { &self.remote_kind }
    }

    /// The value for the side `to`, made of the other side's record.
    pub(crate) fn make(&self, to: Side, source: Source<'_>, known: &Known) -> Made {
        let value = present(self.read(other(to), source));
        let made = match &self.transform {
            Transform::Constant { value } => Some(value.clone()),
            Transform::Compute { .. } => self.compute(to, source, value)?,
            _ => match value {
                Some(value) => Some(self.transformed(to, value, known)?),
                None => None,
            },
        };
        let fills = (to == Side::Remote) == self.flow.sends;
        let made = match made {
            None if fills => self.default.as_ref().map(|default| self.coerced(to, default)).transpose()?,
            made => made,
        };
        if made.is_none() && fills && self.required {
            return Err(self.fault("it is required and has no value: fill it in, or give the rule a default"));
        }
        Ok(made)
    }

    fn compute(&self, to: Side, source: Source<'_>, value: Option<&Value>) -> Made {
        let Some(expression) = &self.expression else { return Ok(None) };
        let input = Input { record: source.record, value, item: source.item };
        let result = expression.evaluate(&input).map_err(|error| self.fault(error.to_string()))?;
        result.map(|result| self.coerced(to, &result)).transpose()
    }

    fn transformed(&self, to: Side, value: &Value, known: &Known) -> Result<Value, Fault> {
        match &self.transform {
            Transform::Format(format) => {
                let one_way = to == Side::Local
                    && matches!(format, Format::Text(_))
                    && !format.has_inverse(&self.local_kind);
                let made = match to {
                    Side::Local if !one_way => format.to_local(value, &self.local_kind),
                    _ => format.to_remote(value),
                };
                made.map_err(|error| self.fault(error.to_string()))
            }
            Transform::Lookup { table, inverse } => {
                let key =
                    key_text(value).ok_or_else(|| self.fault("only a text or a number can be looked up"))?;
                let entries = known.lookups.get(table);
                let entries = entries.ok_or_else(|| {
                    self.fault(format!("the lookup table `{table}` does not exist: create it"))
                })?;
                let found = match to {
                    Side::Remote => entries.get(&key).cloned(),
                    Side::Local => self.looked_back(table, entries, inverse, &key)?,
                };
                let shown: String = key.chars().take(80).collect();
                let found = found.ok_or_else(|| {
                    self.fault(format!("the lookup table `{table}` has no entry for `{shown}`: add one"))
                })?;
                self.coerced(to, &Value::String(found))
            }
            Transform::Reference { entity } => {
                let id = key_text(value).ok_or_else(|| self.fault("only a text or a number can be an id"))?;
                let need = Need { entity: entity.clone(), id };
                let ids = if to == Side::Remote { &known.remote_of } else { &known.local_of };
                match ids.get(&need) {
                    Some(id) => self.coerced(to, &Value::String(id.clone())),
                    None => Err(Fault::Missing(need)),
                }
            }
            _ => self.coerced(to, value),
        }
    }

    /// Our value for one of the provider's, which several of ours may share.
    fn looked_back(
        &self,
        table: &str,
        entries: &BTreeMap<String, String>,
        inverse: &BTreeMap<String, String>,
        key: &str,
    ) -> Result<Option<String>, Fault> {
        if let Some(chosen) = inverse.get(key) {
            return Ok(Some(chosen.clone()));
        }
        let mut ours = entries.iter().filter(|(_, theirs)| *theirs == key).map(|(ours, _)| ours);
        match (ours.next(), ours.next()) {
            (Some(_), Some(_)) => {
                let shown: String = key.chars().take(80).collect();
                Err(self.fault(format!(
                    "several of our values map to `{shown}` in the lookup table `{table}`: name one in the rule's `inverse`"
                )))
            }
            (only, _) => Ok(only.cloned()),
        }
    }

    fn coerced(&self, to: Side, value: &Value) -> Result<Value, Fault> {
        let kind = self.kind(to);
        coerce(to, value, kind).ok_or_else(|| {
            self.fault(format!("the value is no {kind}: correct it, or change the rule's transform"))
        })
    }

    fn fault(&self, message: impl Into<String>) -> Fault {
        Fault::Problem(self.problem(message))
    }

    /// Whether the two sides' values map to each other, in a direction the rule has. Null counts as absent here.
    pub(crate) fn agrees(&self, local: Source<'_>, remote: Source<'_>, known: &Known) -> bool {
        let maps = |to: Side, from: Source<'_>, target: Source<'_>| {
            let there = present(self.read(to, target));
            self.make(to, from, known).is_ok_and(|made| same(present(made.as_ref()), there, self.kind(to)))
        };
        (self.flow.sends && maps(Side::Remote, local, remote))
            || (self.flow.receives && maps(Side::Local, remote, local))
    }

    /// Whether what the rule reads on the side opposite to `to` has changed. Without a base, having something is a change.
    pub(crate) fn changed(&self, to: Side, now: Source<'_>, base: Option<Source<'_>>, known: &Known) -> bool {
        let from = other(to);
        let Some(base) = base else {
            return match &self.transform {
                Transform::Constant { .. } => true,
                Transform::Compute { .. } => !matches!(self.make(to, now, known), Ok(None)),
                _ => present(self.read(from, now)).is_some(),
            };
        };
        match &self.transform {
            Transform::Constant { .. } => false,
            Transform::Compute { .. } => {
                !self.reads_same(from, now, base)
                    && match (self.make(to, now, known), self.make(to, base, known)) {
                        (Ok(now), Ok(base)) => !same(now.as_ref(), base.as_ref(), self.kind(to)),
                        _ => true,
                    }
            }
            _ => !same(self.read(from, now), self.read(from, base), self.kind(from)),
        }
    }

    /// Whether an expression would read the same in both.
    fn reads_same(&self, from: Side, now: Source<'_>, base: Source<'_>) -> bool {
        let Some(reads) = self.reads() else { return true };
        let any = &FieldType::Any;
        let value = !reads.value || same(self.read(from, now), self.read(from, base), self.kind(from));
        let item = !reads.item || same(now.item, base.item, any);
        let fields = reads.fields.iter().all(|name| same(now.record.get(name), base.record.get(name), any));
        value && item && fields && (!reads.whole || now.record == base.record)
    }
}

/// The opposite side.
pub(crate) fn other(side: Side) -> Side {
    if side == Side::Local { Side::Remote } else { Side::Local }
}

/// A value spelled for a field of this type; none when it cannot be. Providers get numbers as JSON numbers (a `format`
/// makes texts of them); ours stay as they are spelled.
fn coerce(to: Side, value: &Value, kind: &FieldType) -> Option<Value> {
    use FieldType::{Any, Array, Boolean, Date, DateTime, Decimal, Integer, Money, Object, Reference, Text};
    Some(match (kind, value) {
        (Integer, Value::Number(number)) if normal_digits(number.as_str())?.contains('.') => return None,
        (Integer | Decimal | Money, Value::Number(_))
        | (Text | Reference(_) | Date | DateTime, Value::String(_))
        | (Boolean, Value::Bool(_))
        | (Array, Value::Array(_))
        | (Object, Value::Object(_))
        | (Any, _) => value.clone(),
        (Integer | Decimal | Money, Value::String(text)) => {
            let number = Value::Number(serde_json::from_str::<Number>(text.trim()).ok()?);
            let number = coerce(to, &number, kind)?;
            if to == Side::Remote { number } else { value.clone() }
        }
        (Text | Reference(_), Value::Number(number)) => Value::String(number.as_str().to_owned()),
        (Text, Value::Bool(flag)) => Value::String(flag.to_string()),
        (Boolean, Value::String(text)) => Value::Bool(text.parse().ok()?),
        _ => return None,
    })
}
