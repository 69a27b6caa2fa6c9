//! Which records a config or a trigger is about: an object of conditions, or a CEL expression over `record`.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::field_path::FieldPath;
use super::mapping::{Named, find, look_alike};
use crate::catalogue::{EntitySchema, FieldType};
use crate::expression::{Expression, ExpressionError, Input, Kinds, Place};
use crate::fields::Fields;
use crate::sync_record::canonical::same;

#[cfg(test)]
mod tests;

/// A filter as it was given. The empty object lets every record through.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Field → wanted value; all must hold. A scalar must be equal, of a list one must be; `<field>_after` and
    /// `<field>_before` compare times, unless the schema has a field of that name. `null` means "has no value".
    Object(Fields),
    /// A CEL expression that gives yes or no.
    Expression(String),
}

/// Why a filter is refused, or cannot judge a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// A key that is no path.
    #[error("the filter key `{key}` is no field path: {reason}")]
    Path {
        /// The key.
        key: String,
        /// Why.
        reason: String,
    },
    /// A field that the entity lacks.
    #[error("the filter names `{key}`, which {entity} lacks: {hint}")]
    UnknownField {
        /// The key.
        key: String,
        /// The entity.
        entity: String,
        /// What to do.
        hint: String,
    },
    /// An object, or a list of lists.
    #[error("the filter value of `{key}` must be a text, number, boolean, null or a list of these")]
    Value {
        /// The key.
        key: String,
    },
    /// No time to compare with.
    #[error("the filter value of `{key}` is no time: write RFC 3339 or YYYY-MM-DD")]
    Time {
        /// The key.
        key: String,
    },
    /// The expression.
    #[error(transparent)]
    Expression(#[from] ExpressionError),
}

/// A filter ready to judge records.
#[derive(Clone, Debug)]
pub struct CompiledFilter(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Conditions(Vec<Condition>),
    Expression(Box<Expression>),
}

#[derive(Clone, Debug)]
struct Condition {
    path: FieldPath,
    kind: FieldType,
    test: Test,
}

#[derive(Clone, Debug)]
enum Test {
    AnyOf(Vec<Value>),
    After(DateTime<Utc>),
    Before(DateTime<Utc>),
}

impl Default for Filter {
    fn default() -> Self {
        Self::Object(Fields::new())
    }
}

impl Filter {
    /// Whether it lets every record through.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Object(conditions) if conditions.is_empty())
    }

    /// Checks it and makes it ready. Without a schema any field may be named.
    pub fn compile(&self, schema: Option<&EntitySchema>) -> Result<CompiledFilter, FilterError> {
        match self {
            Self::Object(conditions) => {
                let conditions = conditions.iter().map(|(key, value)| condition(key, value, schema));
                Ok(CompiledFilter(Kind::Conditions(conditions.collect::<Result<_, _>>()?)))
            }
            Self::Expression(source) => {
                let kinds = schema.map(|schema| Kinds::of(&schema.fields)).unwrap_or_default();
                let expression =
                    Expression::parse(source, &Place { kinds: Some(&kinds), ..Place::default() })?;
                Ok(CompiledFilter(Kind::Expression(Box::new(expression))))
            }
        }
    }

    /// Judges one record. For many, compile once.
    pub fn matches(&self, record: &Fields, schema: Option<&EntitySchema>) -> Result<bool, FilterError> {
        self.compile(schema)?.matches(record)
    }
}

impl CompiledFilter {
    /// Whether `record` fits. An expression that reads a field which the record lacks does not fit.
    pub fn matches(&self, record: &Fields) -> Result<bool, FilterError> {
        match &self.0 {
            Kind::Conditions(conditions) => Ok(conditions.iter().all(|condition| condition.holds(record))),
            Kind::Expression(expression) => {
                match expression.holds(&Input { record, value: None, item: None }) {
                    Err(ExpressionError::Absent { .. }) => Ok(false),
                    answer => Ok(answer?),
                }
            }
        }
    }
}

impl Condition {
    fn holds(&self, record: &Fields) -> bool {
        let value = self.path.get(record).filter(|value| !value.is_null());
        match &self.test {
            Test::AnyOf(wanted) => wanted.iter().any(|wanted| match value {
                None => wanted.is_null(),
                Some(_) => same(value, Some(wanted), &self.kind),
            }),
            Test::After(moment) => value.and_then(time).is_some_and(|time| time > *moment),
            Test::Before(moment) => value.and_then(time).is_some_and(|time| time < *moment),
        }
    }
}

fn condition(key: &str, value: &Value, schema: Option<&EntitySchema>) -> Result<Condition, FilterError> {
    let path = |text: &str| {
        let path = FieldPath::parse(text).map_err(|error| error.to_string());
        let path = path.and_then(|path| {
            if path.is_singular() {
                Ok(path)
            } else {
                Err("a filter looks at one place, without `[*]`".to_owned())
            }
        });
        path.map_err(|reason| FilterError::Path { key: key.to_owned(), reason })
    };
    let own = path(key)?;
    let known = schema.map(|schema| find(&schema.fields, &own));
    if !matches!(known, Some(Named::Listed(_))) {
        for (suffix, test) in [("_after", Test::After as fn(_) -> _), ("_before", Test::Before as fn(_) -> _)]
        {
            if let Some(field) = key.strip_suffix(suffix).filter(|field| !field.is_empty()) {
                let path = path(field)?;
                listed(&path, field, schema)?;
                let moment = time(value).ok_or_else(|| FilterError::Time { key: key.to_owned() })?;
                return Ok(Condition { path, kind: FieldType::DateTime, test: test(moment) });
            }
        }
    }
    let kind = listed(&own, key, schema)?;
    let wanted = match value {
        Value::Array(items) => items.clone(),
        one => vec![one.clone()],
    };
    if wanted.iter().any(|value| value.is_array() || value.is_object()) {
        return Err(FilterError::Value { key: key.to_owned() });
    }
    Ok(Condition { path: own, kind, test: Test::AnyOf(wanted) })
}

fn listed(path: &FieldPath, key: &str, schema: Option<&EntitySchema>) -> Result<FieldType, FilterError> {
    let Some(schema) = schema else { return Ok(FieldType::Any) };
    match find(&schema.fields, path) {
        Named::Unknown => Err(FilterError::UnknownField {
            key: key.to_owned(),
            entity: schema.name.clone(),
            hint: look_alike(key, &schema.fields),
        }),
        known => Ok(known.kind()),
    }
}

/// A moment, or the midnight (UTC) that a day begins with.
fn time(value: &Value) -> Option<DateTime<Utc>> {
    let text = value.as_str()?;
    let moment = DateTime::parse_from_rfc3339(text).map(|moment| moment.with_timezone(&Utc));
    let day =
        || NaiveDate::parse_from_str(text, "%Y-%m-%d").map(|day| day.and_time(NaiveTime::MIN).and_utc());
    moment.or_else(|_| day()).ok()
}

impl Serialize for Filter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Object(conditions) => conditions.serialize(serializer),
            Self::Expression(source) => serializer.serialize_str(source),
        }
    }
}

impl<'de> Deserialize<'de> for Filter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Null => Ok(Self::default()),
            Value::Object(conditions) => Ok(Self::Object(conditions)),
            Value::String(source) => Ok(Self::Expression(source)),
            _ => Err(serde::de::Error::custom(
                "a filter is an object of conditions or a text with an expression",
            )),
        }
    }
}
