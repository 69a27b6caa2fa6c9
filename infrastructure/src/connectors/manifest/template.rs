//! Text with holes. A template belongs to one context, which escapes what goes into its holes; there is no raw one.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::{Deserialize, Deserializer};

use super::context::Context;

mod hole;
pub(crate) mod moment;

pub use hole::{Hole, Values};
pub use moment::Format;

/// Why a template cannot be read or filled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A brace without its partner.
    #[error("a brace is not closed: write {{{{ or }}}} for a brace itself")]
    Unbalanced,
    /// No such hole.
    #[error(
        "`{{{name}}}` is unknown: use realm, id, key, reference, version_token, value, since, now, cursor, limit, start, offset, page, last_id, fields, number, job, version, record, setting.<name>, param.<name> or context.<name>"
    )]
    UnknownHole {
        /// What stands between the braces.
        name: String,
    },
    /// No such format.
    #[error(
        "`{{{name}}}` has an unknown format: use rfc3339, millis, local, offset, http_date, epoch, epoch_ms, date, host or upper, as in {{since:epoch}}"
    )]
    UnknownFormat {
        /// What stands between the braces.
        name: String,
    },
    /// The fixed text does not fit the context.
    #[error("{why}")]
    Literal {
        /// What is wrong, and what to do.
        why: &'static str,
    },
    /// Nothing to fill a hole with.
    #[error("{hole} has no value")]
    Absent {
        /// The hole.
        hole: String,
    },
    /// A value the context cannot carry.
    #[error("the value of {hole} cannot stand in {context}")]
    Unfit {
        /// The hole.
        hole: String,
        /// Where it should stand.
        context: &'static str,
    },
}

/// A hole and how its value is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// What fills it.
    pub hole: Hole,
    /// How it is written.
    pub format: Option<Format>,
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Fixed text.
    Text(String),
    /// A hole.
    Hole(Slot),
}

/// Text with holes, in the context `C`.
#[derive(Clone, PartialEq, Eq)]
pub struct Template<C> {
    parts: Box<[Part]>,
    context: PhantomData<C>,
}

impl<C: Context> Template<C> {
    /// Reads a template.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let parts = parts(text)?;
        C::check_literal(&parts).map_err(|why| TemplateError::Literal { why })?;
        Ok(Self { parts: parts.into(), context: PhantomData })
    }

    /// Fills the holes, escaped for the context.
    pub fn fill(&self, values: &Values<'_>) -> Result<String, TemplateError> {
        self.fill_with(values, |value, hole, out| C::escape(value, hole.is_bare(), out))
    }

    /// Fills the holes, escaped by `escape`, which says no to a value that cannot stand there.
    pub(super) fn fill_with(
        &self,
        values: &Values<'_>,
        escape: impl Fn(&str, &Hole, &mut String) -> bool,
    ) -> Result<String, TemplateError> {
        let mut out = String::new();
        for (at, part) in self.parts.iter().enumerate() {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Hole(Slot { hole, format }) => {
                    let value = values.text(hole, *format);
                    let mut value = value.ok_or_else(|| TemplateError::Absent { hole: hole.to_string() })?;
                    if C::DOUBLES_QUOTES && value.contains('\'') && self.is_quoted(at) {
                        value = value.replace('\'', "''").into();
                    }
                    if !escape(&value, hole, &mut out) {
                        return Err(TemplateError::Unfit { hole: hole.to_string(), context: C::NAME });
                    }
                }
            }
        }
        Ok(out)
    }

    /// Whether a part stands between single quotes.
    fn is_quoted(&self, at: usize) -> bool {
        let text = |at: Option<usize>| match at.and_then(|at| self.parts.get(at)) {
            Some(Part::Text(text)) => text.as_str(),
            _ => "",
        };
        text(at.checked_sub(1)).ends_with('\'') && text(at.checked_add(1)).starts_with('\'')
    }

    /// The holes, in order.
    pub fn holes(&self) -> impl Iterator<Item = &Hole> {
        self.parts.iter().filter_map(|part| match part {
            Part::Hole(slot) => Some(&slot.hole),
            Part::Text(_) => None,
        })
    }

    /// Its pieces, in order.
    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }
}

fn parts(text: &str) -> Result<Vec<Part>, TemplateError> {
    let mut parts = Vec::new();
    let mut fixed = String::new();
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        match letter {
            '{' | '}' if rest.peek() == Some(&letter) => {
                rest.next();
                fixed.push(letter);
            }
            '{' => {
                let name: String = rest.by_ref().take_while(|letter| *letter != '}').collect();
                if rest.peek().is_none() && !text.ends_with('}') {
                    return Err(TemplateError::Unbalanced);
                }
                if !fixed.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut fixed)));
                }
                parts.push(Part::Hole(slot(&name)?));
            }
            '}' => return Err(TemplateError::Unbalanced),
            _ => fixed.push(letter),
        }
    }
    if !fixed.is_empty() {
        parts.push(Part::Text(fixed));
    }
    Ok(parts)
}

/// `since:epoch`: a hole and its format.
fn slot(text: &str) -> Result<Slot, TemplateError> {
    let Some((name, format)) = text.split_once(':') else {
        return Ok(Slot { hole: Hole::parse(text)?, format: None });
    };
    let hole = Hole::parse(name)?;
    match Format::parse(format) {
        Some(format) => Ok(Slot { hole, format: Some(format) }),
        None => Err(TemplateError::UnknownFormat { name: text.to_owned() }),
    }
}

impl<C> fmt::Debug for Template<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.parts).finish()
    }
}

impl<'de, C: Context> Deserialize<'de> for Template<C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl<C> schemars::JsonSchema for Template<C> {
    fn schema_name() -> Cow<'static, str> {
        "Template".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "Text with holes such as {realm}, {id}, {key}, {value}, {since}, {since:epoch} (also millis, local, offset, http_date, epoch_ms, date), {cursor}, {limit}, {start}, {offset}, {page}, {last_id}, {setting.name}, {param.name}, in bodies {record}; what fills them is escaped for the place."
        })
    }
}
