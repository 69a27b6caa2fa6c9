//! Holes of a template, and what fills them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use domain::fields::Fields;
use domain::sync_config::field_path::FieldPath;
use serde_json::Value;

use super::super::template::TemplateError;
use super::moment::Format;

/// What a hole stands for; written `{realm}`, `{setting.shop}`, `{since:epoch}`. `{{` and `}}` are braces.
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
    /// `{since}`: changes from this moment on.
    Since,
    /// `{now}`: the provider's clock as last seen.
    Now,
    /// `{cursor}`: the provider's page token.
    Cursor,
    /// `{limit}`: rows of a page.
    Limit,
    /// `{start}`: the first row of a page, from 1.
    Start,
    /// `{offset}`: the first row of a page, from 0.
    Offset,
    /// `{page}`: the page's number, from 1.
    Page,
    /// `{last_id}`: the id of the last row seen at the moment `{since}`.
    LastId,
    /// `{fields}`: names of the fields that the entity describes and that are mapped beyond them, joined by commas; alone
    /// in a body, an array of them.
    Fields,
    /// `{number}`: the item of a batch, from 1.
    Number,
    /// `{job}`: a bulk job.
    Job,
    /// `{version}`: the version of `[version]`.
    Version,
    /// `{record}`, `{record.<place>}`: the record of a write, or a member of it; in bodies only.
    Record(String),
    /// `{setting.<name>}`: a setting of the connection.
    Setting(String),
    /// `{param.<name>}`: a parameter of a lookup or submission.
    Param(String),
    /// `{secret.<name>}`, `{webhook.<name>}`, `{hosted.<name>}`, `{context.<name>}`: a secret (in calls of `[auth]` and
    /// `[webhooks]` only), a part of a webhook's subscription, of a hosted page, a fact of this installation or of the
    /// person who asked.
    Named(String),
}

/// Holes without a name behind a dot.
const PLAIN: [(&str, Hole); 18] = [
    ("realm", Hole::Realm),
    ("id", Hole::Id),
    ("key", Hole::Key),
    ("reference", Hole::Reference),
    ("version_token", Hole::VersionToken),
    ("value", Hole::Value),
    ("since", Hole::Since),
    ("now", Hole::Now),
    ("cursor", Hole::Cursor),
    ("limit", Hole::Limit),
    ("start", Hole::Start),
    ("offset", Hole::Offset),
    ("page", Hole::Page),
    ("last_id", Hole::LastId),
    ("fields", Hole::Fields),
    ("number", Hole::Number),
    ("job", Hole::Job),
    ("version", Hole::Version),
];

impl Hole {
    pub(super) fn parse(name: &str) -> Result<Self, TemplateError> {
        if let Some((_, hole)) = PLAIN.iter().find(|(known, _)| *known == name) {
            return Ok(hole.clone());
        }
        let unknown = || TemplateError::UnknownHole { name: name.to_owned() };
        if name == "record" {
            return Ok(Self::Record(String::new()));
        }
        let (group, rest) = name.split_once('.').filter(|(_, rest)| !rest.is_empty()).ok_or_else(unknown)?;
        match group {
            "record" if FieldPath::parse(rest).is_ok() => Ok(Self::Record(rest.to_owned())),
            "setting" => Ok(Self::Setting(rest.to_owned())),
            "param" => Ok(Self::Param(rest.to_owned())),
            "secret" | "webhook" | "context" | "hosted" => Ok(Self::Named(name.to_owned())),
            _ => Err(unknown()),
        }
    }

    /// Whether its value is made by us and stands bare, also where texts are quoted.
    pub(in super::super) fn is_bare(&self) -> bool {
        self.is_number() || *self == Self::Fields
    }

    /// Whether its value is a number that we made.
    pub(in super::super) fn is_number(&self) -> bool {
        matches!(self, Self::Limit | Self::Start | Self::Offset | Self::Page)
    }

    /// Whether its value is a moment that we made.
    pub(in super::super) fn is_moment(&self) -> bool {
        matches!(self, Self::Since | Self::Now)
    }
}

impl fmt::Display for Hole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((name, _)) = PLAIN.iter().find(|(_, hole)| hole == self) {
            return write!(f, "{{{name}}}");
        }
        match self {
            Self::Record(place) if place.is_empty() => f.write_str("{record}"),
            Self::Record(place) => write!(f, "{{record.{place}}}"),
            Self::Setting(name) => write!(f, "{{setting.{name}}}"),
            Self::Param(name) => write!(f, "{{param.{name}}}"),
            Self::Named(name) => write!(f, "{{{name}}}"),
            _ => f.write_str("{}"),
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
    pub since: Option<DateTime<Utc>>,
    /// `{now}`.
    pub now: Option<DateTime<Utc>>,
    /// `{cursor}`.
    pub cursor: Option<&'a str>,
    /// `{limit}`.
    pub limit: Option<u32>,
    /// `{offset}`, and `{start}` one more.
    pub offset: Option<u64>,
    /// `{page}`.
    pub page: Option<u64>,
    /// `{last_id}`.
    pub last_id: Option<&'a str>,
    /// `{fields}`.
    pub fields: Option<&'a str>,
    /// `{number}`.
    pub number: Option<&'a str>,
    /// `{job}`.
    pub job: Option<&'a str>,
    /// `{version}`.
    pub version: Option<&'a str>,
    /// `{record}`.
    pub record: Option<&'a Value>,
    /// `{setting.*}`.
    pub settings: Option<&'a Fields>,
    /// `{param.*}`.
    pub params: Option<&'a Fields>,
    /// `{secret.*}`, `{webhook.*}`, `{hosted.*}`, `{context.*}`, by their whole names.
    pub named: Option<&'a BTreeMap<String, String>>,
}

impl Values<'_> {
    /// The text of a hole in a format.
    pub(super) fn text(&self, hole: &Hole, format: Option<Format>) -> Option<Cow<'_, str>> {
        let written = |at: DateTime<Utc>| Cow::Owned(format.unwrap_or_default().write(at));
        let text = match hole {
            Hole::Since => return self.since.map(written),
            Hole::Now => return self.now.map(written),
            Hole::Limit => return self.limit.map(|limit| limit.to_string().into()),
            Hole::Start => return self.offset.map(|offset| (offset + 1).to_string().into()),
            Hole::Offset => return self.offset.map(|offset| offset.to_string().into()),
            Hole::Page => return self.page.map(|page| page.to_string().into()),
            Hole::Setting(name) => scalar(self.settings?.get(name)?)?,
            Hole::Param(name) => scalar(self.params?.get(name)?)?,
            Hole::Record(place) => scalar(member(self.record?, place)?)?,
            other => Cow::Borrowed(self.plain(other)?),
        };
        match format {
            None => Some(text),
            Some(format) => format.respelled(&text).map(Cow::Owned),
        }
    }

    /// Whether a hole has a value.
    pub(in super::super) fn has(&self, hole: &Hole) -> bool {
        self.text(hole, None).is_some() || self.json(hole).is_some()
    }

    fn plain(&self, hole: &Hole) -> Option<&str> {
        match hole {
            Hole::Realm => self.realm,
            Hole::Id => self.id,
            Hole::Key => self.key,
            Hole::Reference => self.reference,
            Hole::VersionToken => self.version_token,
            Hole::Value => self.value,
            Hole::Cursor => self.cursor,
            Hole::LastId => self.last_id,
            Hole::Fields => self.fields,
            Hole::Number => self.number,
            Hole::Job => self.job,
            Hole::Version => self.version,
            Hole::Named(name) => self.named?.get(name).map(String::as_str),
            _ => None,
        }
    }

    /// The JSON value of a hole that stands alone in a body, where it is more than text.
    pub(in super::super) fn json(&self, hole: &Hole) -> Option<Value> {
        match hole {
            Hole::Record(place) => member(self.record?, place).cloned(),
            Hole::Param(name) => self.params?.get(name).filter(|value| !value.is_null()).cloned(),
            Hole::Fields => Some(self.fields?.split(',').map(Value::from).collect()),
            hole if hole.is_number() => self.text(hole, None)?.parse::<u64>().ok().map(Value::from),
            _ => None,
        }
    }
}

/// The text of a scalar.
fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(_) | Value::Bool(_) => Some(Cow::Owned(value.to_string())),
        _ => None,
    }
}

fn member<'v>(record: &'v Value, place: &str) -> Option<&'v Value> {
    if place.is_empty() {
        return Some(record);
    }
    FieldPath::parse(place).ok()?.get(record.as_object()?).filter(|value| !value.is_null())
}
