//! The bytes that a signature is over, as text with holes for parts of the delivery.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};

/// Text with holes: `{body}`, `{body_sha256}`, `{body_crc32}`, `{method}`, `{url}`, `{timestamp}`, `{header.<name>}`,
/// `{query.<name>}`, `{secret.<name>}`, `{setting.<name>}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Over(pub Vec<OverPart>);

/// A part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OverPart {
    /// Fixed text.
    Text(String),
    /// The raw body.
    Body,
    /// The SHA-256 of the raw body, in lower-case hexadecimal.
    BodySha256,
    /// The CRC-32 (IEEE 802.3) of the raw body, as an unsigned decimal.
    BodyCrc32,
    /// The method.
    Method,
    /// Our URL as it was called, with its query.
    Url,
    /// The timestamp, as written.
    Timestamp,
    /// A header; nothing where it is missing.
    Header(String),
    /// A query parameter; nothing where it is missing.
    Query(String),
    /// A secret; nothing where it is missing.
    Secret(String),
    /// A setting of the connection; nothing where it is missing.
    Setting(String),
}

impl Over {
    /// Reads it. Errors: an unknown hole, a brace without its partner.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some(at) = rest.find(['{', '}']) {
            if !rest[at..].starts_with('{') {
                return Err("a brace is not opened".to_owned());
            }
            if at > 0 {
                parts.push(OverPart::Text(rest[..at].to_owned()));
            }
            let end = rest[at..].find('}').ok_or_else(|| "a brace is not closed".to_owned())? + at;
            parts.push(hole(&rest[at + 1..end])?);
            rest = &rest[end + 1..];
        }
        if !rest.is_empty() {
            parts.push(OverPart::Text(rest.to_owned()));
        }
        Ok(Self(parts))
    }
}

fn hole(name: &str) -> Result<OverPart, String> {
    Ok(match name {
        "body" => OverPart::Body,
        "body_sha256" => OverPart::BodySha256,
        "body_crc32" => OverPart::BodyCrc32,
        "method" => OverPart::Method,
        "url" => OverPart::Url,
        "timestamp" => OverPart::Timestamp,
        other => match other.split_once('.') {
            Some(("header", name)) if !name.is_empty() => OverPart::Header(name.to_owned()),
            Some(("query", name)) if !name.is_empty() => OverPart::Query(name.to_owned()),
            Some(("secret", name)) if !name.is_empty() => OverPart::Secret(name.to_owned()),
            Some(("setting", name)) if !name.is_empty() => OverPart::Setting(name.to_owned()),
            _ => {
                return Err(format!(
                    "`{{{other}}}` is unknown: use body, body_sha256, body_crc32, method, url, timestamp, header.<name>, query.<name>, secret.<name> or setting.<name>"
                ));
            }
        },
    })
}

impl<'de> Deserialize<'de> for Over {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Over {
    fn schema_name() -> Cow<'static, str> {
        "Over".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "Text with holes for parts of a delivery: {body}, {body_sha256}, {body_crc32}, {method}, {url}, {timestamp}, {header.name}, {query.name}, {secret.name}."
        })
    }
}
