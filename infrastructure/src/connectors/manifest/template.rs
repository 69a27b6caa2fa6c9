//! Text with holes. A template belongs to one context, which escapes what goes into its holes; there is no raw one.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use domain::fields::Fields;
use serde::{Deserialize, Deserializer};

use super::context::Context;

/// What a hole stands for; written `{realm}`, `{setting.shop}`. `{{` and `}}` are braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hole {
    /// `{realm}`: the remote company.
    Realm,
    /// `{id}`: the record's id.
    Id,
    /// `{key}`: the idempotency key.
    Key,
    /// `{reference}`: our reference.
    Reference,
    /// `{version_token}`: the version a write was made for.
    VersionToken,
    /// `{value}`: what is searched for.
    Value,
    /// `{since}`: changes from this moment on, RFC 3339 in UTC.
    Since,
    /// `{cursor}`: the provider's page token.
    Cursor,
    /// `{limit}`: rows of a page.
    Limit,
    /// `{start}`: the first row of a page, from 1.
    Start,
    /// `{offset}`: the first row of a page, from 0.
    Offset,
    /// `{setting.<name>}`: a setting of the connection.
    Setting(String),
}

impl Hole {
    fn parse(name: &str) -> Result<Self, TemplateError> {
        Ok(match name {
            "realm" => Self::Realm,
            "id" => Self::Id,
            "key" => Self::Key,
            "reference" => Self::Reference,
            "version_token" => Self::VersionToken,
            "value" => Self::Value,
            "since" => Self::Since,
            "cursor" => Self::Cursor,
            "limit" => Self::Limit,
            "start" => Self::Start,
            "offset" => Self::Offset,
            other => match other.strip_prefix("setting.") {
                Some(setting) if !setting.is_empty() => Self::Setting(setting.to_owned()),
                _ => return Err(TemplateError::UnknownHole { name: other.to_owned() }),
            },
        })
    }

    /// Whether its value is a number that we made.
    fn is_number(&self) -> bool {
        matches!(self, Self::Limit | Self::Start | Self::Offset)
    }
}

impl fmt::Display for Hole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Realm => f.write_str("{realm}"),
            Self::Id => f.write_str("{id}"),
            Self::Key => f.write_str("{key}"),
            Self::Reference => f.write_str("{reference}"),
            Self::VersionToken => f.write_str("{version_token}"),
            Self::Value => f.write_str("{value}"),
            Self::Since => f.write_str("{since}"),
            Self::Cursor => f.write_str("{cursor}"),
            Self::Limit => f.write_str("{limit}"),
            Self::Start => f.write_str("{start}"),
            Self::Offset => f.write_str("{offset}"),
            Self::Setting(name) => write!(f, "{{setting.{name}}}"),
        }
    }
}

/// What fills the holes of one request.
#[derive(Clone, Debug, Default)]
pub struct Values<'a> {
    /// `{realm}`.
    pub realm: Option<&'a str>,
    /// `{id}`.
    pub id: Option<&'a str>,
    /// `{key}`.
    pub key: Option<&'a str>,
    /// `{reference}`.
    pub reference: Option<&'a str>,
    /// `{version_token}`.
    pub version_token: Option<&'a str>,
    /// `{value}`.
    pub value: Option<&'a str>,
    /// `{since}`.
    pub since: Option<&'a str>,
    /// `{cursor}`.
    pub cursor: Option<&'a str>,
    /// `{limit}`.
    pub limit: Option<u32>,
    /// `{offset}`, and `{start}` one more.
    pub offset: Option<u64>,
    /// `{setting.*}`.
    pub settings: Option<&'a Fields>,
}

impl Values<'_> {
    fn get(&self, hole: &Hole) -> Option<Cow<'_, str>> {
        let text = match hole {
            Hole::Realm => self.realm,
            Hole::Id => self.id,
            Hole::Key => self.key,
            Hole::Reference => self.reference,
            Hole::VersionToken => self.version_token,
            Hole::Value => self.value,
            Hole::Since => self.since,
            Hole::Cursor => self.cursor,
            Hole::Limit => return self.limit.map(|limit| limit.to_string().into()),
            Hole::Start => return self.offset.map(|offset| (offset + 1).to_string().into()),
            Hole::Offset => return self.offset.map(|offset| offset.to_string().into()),
            Hole::Setting(name) => self.settings?.get(name)?.as_str(),
        };
        text.map(Cow::Borrowed)
    }
}

/// Why a template cannot be read or filled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A brace without its partner.
    #[error("a brace is not closed: write {{{{ or }}}} for a brace itself")]
    Unbalanced,
    /// No such hole.
    #[error(
        "`{{{name}}}` is unknown: use realm, id, key, reference, version_token, value, since, cursor, limit, start, offset or setting.<name>"
    )]
    UnknownHole {
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

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Fixed text.
    Text(String),
    /// A hole.
    Hole(Hole),
}

/// Text with holes, in the context `C`.
#[derive(Clone, PartialEq, Eq)]
pub struct Template<C> {
    parts: Vec<Part>,
    context: PhantomData<C>,
}

impl<C: Context> Template<C> {
    /// Reads a template.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let parts = parts(text)?;
        C::check_literal(&parts).map_err(|why| TemplateError::Literal { why })?;
        Ok(Self { parts, context: PhantomData })
    }

    /// Fills the holes, escaped for the context.
    pub fn fill(&self, values: &Values<'_>) -> Result<String, TemplateError> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Hole(hole) => Self::fill_hole(hole, values, &mut out)?,
            }
        }
        Ok(out)
    }

    fn fill_hole(hole: &Hole, values: &Values<'_>, out: &mut String) -> Result<(), TemplateError> {
        let value = values.get(hole).ok_or_else(|| TemplateError::Absent { hole: hole.to_string() })?;
        if C::escape(&value, hole.is_number(), out) {
            Ok(())
        } else {
            Err(TemplateError::Unfit { hole: hole.to_string(), context: C::NAME })
        }
    }

    /// The holes, in order.
    pub fn holes(&self) -> impl Iterator<Item = &Hole> {
        self.parts.iter().filter_map(|part| match part {
            Part::Hole(hole) => Some(hole),
            Part::Text(_) => None,
        })
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
                parts.push(Part::Hole(Hole::parse(&name)?));
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
            "description": "Text with holes such as {realm}, {id}, {key}, {value}, {since}, {cursor}, {limit}, {start}, {offset}, {setting.name}; what fills them is escaped for the place."
        })
    }
}
