//! Paths to fields: RFC 9535 queries that name one place (`$.address['city']`) or one place in every element of an
//! array (`$.lines[*].quantity`). The plain spelling without `$` (`address.city`) means the same.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::fields::Fields;

mod scanner;
#[cfg(test)]
mod tests;

/// Most characters a path may have.
pub const PATH_LIMIT: usize = 255;
/// Largest index a path may name, so that a write through it cannot ask for a huge array.
const INDEX_LIMIT: i64 = 999;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Segment {
    /// The member of an object.
    Name(String),
    /// One element of an array; negative counts from the end.
    Index(i64),
    /// Every element of an array.
    Each,
}

/// A parsed path; never empty, and it starts with a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldPath {
    segments: Box<[Segment]>,
}

/// Why a text is no path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldPathError {
    /// Nothing there.
    #[error("the field path is empty: name a field, such as `name` or `address.city`")]
    Empty,
    /// Over 255 characters.
    #[error("the field path has {length} characters: 255 are allowed")]
    TooLong {
        /// Characters given.
        length: usize,
    },
    /// It does not start with a member name.
    #[error("the field path `{path}` must start with a field name")]
    NoRoot {
        /// The text.
        path: String,
    },
    /// A selector that can name many places, other than `[*]`.
    #[error("the field path `{path}` uses {what}: only names, indexes and `[*]` are allowed")]
    NotSingular {
        /// The text.
        path: String,
        /// The selector, in words.
        what: &'static str,
    },
    /// Not a path at all.
    #[error("the field path `{path}` is not readable at character {at}: {hint}")]
    Syntax {
        /// The text.
        path: String,
        /// Where, from 1.
        at: usize,
        /// What to do.
        hint: &'static str,
    },
    /// An index beyond what a path may write.
    #[error("the field path `{path}` names index {index}: at most 999 is allowed")]
    IndexTooLarge {
        /// The text.
        path: String,
        /// The index.
        index: i64,
    },
}

impl FieldPath {
    /// Reads a path in either spelling.
    pub fn parse(text: &str) -> Result<Self, FieldPathError> {
        scanner::scan(text).map(Self::of)
    }

    fn of(segments: Vec<Segment>) -> Self {
        Self { segments: segments.into_boxed_slice() }
    }

    /// The top-level field.
    pub fn root(&self) -> &str {
        match self.segments.first() {
            Some(Segment::Name(name)) => name,
            _ => "",
        }
    }

    /// The steps.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// How many `[*]` it has.
    pub fn depth(&self) -> usize {
        self.segments.iter().filter(|segment| **segment == Segment::Each).count()
    }

    /// Whether it stands for one place only.
    pub fn is_singular(&self) -> bool {
        self.depth() == 0
    }

    /// Whether `self` is `other` or leads to it.
    pub fn covers(&self, other: &Self) -> bool {
        other.segments.starts_with(&self.segments)
    }

    /// The path to the first array with `[*]`, and the path inside its elements. A path that ends in `[*]` has none.
    pub fn each(&self) -> Option<(Self, Self)> {
        let at = self.segments.iter().position(|segment| *segment == Segment::Each)?;
        let inside = self.segments[at + 1..].to_vec();
        matches!(inside.first(), Some(Segment::Name(_)))
            .then(|| (Self::of(self.segments[..at].to_vec()), Self::of(inside)))
    }

    /// The path of `inside` in every element of the array that `self` names.
    pub(crate) fn element(&self, inside: &Self) -> Self {
        let mut segments = self.segments.to_vec();
        segments.push(Segment::Each);
        segments.extend_from_slice(&inside.segments);
        Self::of(segments)
    }

    /// The value at a singular path.
    pub fn get<'a>(&self, fields: &'a Fields) -> Option<&'a Value> {
        let (Segment::Name(root), rest) = self.segments.split_first()? else { return None };
        rest.iter().try_fold(fields.get(root)?, step)
    }

    /// Every value the path names: one at most for a singular path, one per element that has it for `[*]`.
    pub fn select<'a>(&self, fields: &'a Fields) -> Vec<&'a Value> {
        let Some((Segment::Name(root), rest)) = self.segments.split_first() else { return Vec::new() };
        let mut found: Vec<&Value> = fields.get(root).into_iter().collect();
        for segment in rest {
            found = match segment {
                Segment::Each => found.into_iter().filter_map(Value::as_array).flatten().collect(),
                one => found.into_iter().filter_map(|value| step(value, one)).collect(),
            };
        }
        found
    }

    /// Writes the value of a singular path, making the objects on the way. A path with `[*]`, or through an index
    /// that is not there and not the next one, writes nothing.
    pub fn set(&self, fields: &mut Fields, value: Value) {
        let Some((Segment::Name(root), rest)) = self.segments.split_first() else { return };
        let mut place = fields.entry(root.clone()).or_insert(Value::Null);
        for segment in rest {
            match enter(place, segment) {
                Some(next) => place = next,
                None => return,
            }
        }
        *place = value;
    }

    /// Takes the value of a singular path away; objects that it leaves empty go with it. An element of an array
    /// becomes null, so that the others keep their places.
    pub fn remove(&self, fields: &mut Fields) {
        let Some((Segment::Name(root), rest)) = self.segments.split_first() else { return };
        if rest.is_empty() {
            fields.remove(root);
            return;
        }
        if fields.get_mut(root).is_some_and(|value| drop_below(value, rest)) {
            fields.remove(root);
        }
    }
}

/// One step down from `value`.
fn step<'a>(value: &'a Value, segment: &Segment) -> Option<&'a Value> {
    match segment {
        Segment::Name(name) => value.as_object()?.get(name),
        Segment::Index(index) => {
            let items = value.as_array()?;
            items.get(offset(*index, items.len())?)
        }
        Segment::Each => None,
    }
}

/// The place that an index means in an array of this length; its end is a place too, for writing.
pub(crate) fn offset(index: i64, length: usize) -> Option<usize> {
    match usize::try_from(index) {
        Ok(index) => Some(index),
        Err(_) => length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?),
    }
}

/// One step down for writing: what is no object on the way becomes one.
fn enter<'a>(place: &'a mut Value, segment: &Segment) -> Option<&'a mut Value> {
    match segment {
        Segment::Name(name) => {
            if !place.is_object() {
                *place = Value::Object(Fields::new());
            }
            Some(place.as_object_mut()?.entry(name.clone()).or_insert(Value::Null))
        }
        Segment::Index(index) => {
            if !place.is_array() {
                *place = Value::Array(Vec::new());
            }
            let items = place.as_array_mut()?;
            let at = offset(*index, items.len())?;
            if at == items.len() {
                items.push(Value::Null);
            }
            items.get_mut(at)
        }
        Segment::Each => None,
    }
}

/// Removes what `path` names below `value`; true when `value` is an object and empty now.
fn drop_below(value: &mut Value, path: &[Segment]) -> bool {
    let Some((first, rest)) = path.split_first() else { return false };
    match (first, value) {
        (Segment::Name(name), Value::Object(object)) => {
            let gone = rest.is_empty() || object.get_mut(name).is_some_and(|inner| drop_below(inner, rest));
            if gone {
                object.remove(name);
            }
            gone && object.is_empty()
        }
        (Segment::Index(index), Value::Array(items)) => {
            let place = offset(*index, items.len()).and_then(|at| items.get_mut(at));
            match place {
                Some(place) if rest.is_empty() => *place = Value::Null,
                Some(place) => {
                    drop_below(place, rest);
                }
                None => {}
            }
            false
        }
        _ => false,
    }
}

/// Whether a name can stand in the plain spelling as it is.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('$')
        && name.trim() == name
        && !name.contains(['.', '[', ']', '\'', '"', '*', '\\'])
        && !name.chars().any(char::is_control)
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, segment) in self.segments.iter().enumerate() {
            match segment {
                Segment::Name(name) if is_plain(name) && at == 0 => f.write_str(name)?,
                Segment::Name(name) if is_plain(name) => write!(f, ".{name}")?,
                Segment::Name(name) => {
                    let root = if at == 0 { "$" } else { "" };
                    write!(f, "{root}['{}']", name.replace('\\', "\\\\").replace('\'', "\\'"))?;
                }
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Each => f.write_str("[*]")?,
            }
        }
        Ok(())
    }
}

impl FromStr for FieldPath {
    type Err = FieldPathError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for FieldPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FieldPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}
