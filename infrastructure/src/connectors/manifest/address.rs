//! An absolute URL with holes: `https://{setting.shop}.myshopify.com/admin`. A value fills a part of a host name or of a
//! path, and can be nothing else there.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use url::Url;

use super::context::{Context, Path};
use super::template::{Hole, Part, Template, TemplateError, Values};

/// A part of a host name: letters, digits, `-`, and `.` between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Host;

impl Context for Host {
    const NAME: &'static str = "a host name";

    fn escape(value: &str, _: bool, out: &mut String) -> bool {
        out.push_str(value);
        let label = |label: &str| {
            !label.is_empty()
                && label.chars().all(|letter| letter == '-' || letter.is_ascii_alphanumeric())
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        value.len() <= 253 && value.split('.').all(label)
    }

    fn check_literal(parts: &[Part]) -> Result<(), &'static str> {
        let plain = |letter: char| matches!(letter, '-' | '.' | ':') || letter.is_ascii_alphanumeric();
        let fixed = parts.iter().all(|part| match part {
            Part::Text(text) => text.chars().all(plain),
            Part::Hole(_) => true,
        });
        // What a setting says must stay below a domain that the manifest names.
        let bound = match parts.iter().rposition(|part| matches!(part, Part::Hole(_))) {
            None => true,
            Some(last) => {
                matches!(parts.get(last + 1), Some(Part::Text(text)) if text.matches('.').count() >= 2)
            }
        };
        if fixed && bound {
            Ok(())
        } else {
            Err("a host ends in a fixed domain: https://{setting.shop}.example.com")
        }
    }
}

/// An absolute URL with holes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    scheme: &'static str,
    host: Template<Host>,
    path: Option<Template<Path>>,
    text: String,
}

/// Why an address cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// A hole without a value, or with one that cannot stand there.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// No URL.
    #[error("`{0}` is no absolute https URL")]
    NoUrl(String),
}

impl Address {
    /// Reads an address. Errors: no absolute URL, a host without a fixed domain.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let no_url = || AddressError::NoUrl(text.to_owned());
        let (scheme, rest) = text.split_once("://").ok_or_else(no_url)?;
        let scheme = match scheme {
            "https" => "https",
            "http" => "http",
            _ => return Err(no_url()),
        };
        let (host, path) = match rest.find('/') {
            Some(at) => (&rest[..at], rest[at..].trim_end_matches('/')),
            None => (rest, ""),
        };
        if host.is_empty() {
            return Err(no_url());
        }
        let path = (!path.is_empty()).then(|| Template::parse(path)).transpose()?;
        let address = Self { scheme, host: Template::parse(host)?, path, text: text.to_owned() };
        if address.holes().next().is_none() {
            Url::parse(text).map_err(|_| no_url())?;
        }
        Ok(address)
    }

    /// The URL, filled.
    pub fn fill(&self, values: &Values<'_>) -> Result<Url, AddressError> {
        let host = self.host.fill(values)?;
        let path = self.path.as_ref().map(|path| path.fill(values)).transpose()?.unwrap_or_default();
        let text = format!("{}://{host}{path}", self.scheme);
        Url::parse(&text).map_err(|_| AddressError::NoUrl(text))
    }

    /// Whether it is encrypted on the way.
    pub fn is_https(&self) -> bool {
        self.scheme == "https"
    }

    /// Its holes.
    pub fn holes(&self) -> impl Iterator<Item = &Hole> {
        self.host.holes().chain(self.path.iter().flat_map(Template::holes))
    }

    /// As written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The origin as `origins` lists it; a host that begins with a hole is a wildcard (`https://*.example.com`).
    pub fn origin(&self) -> String {
        let mut host = String::new();
        for (at, part) in self.host.parts().iter().enumerate() {
            match part {
                Part::Text(text) => host.push_str(text),
                Part::Hole(_) if at == 0 => host.push('*'),
                Part::Hole(_) => {
                    // `https://eu-{setting.x}.example.com` is covered by `https://*.example.com` only.
                    "*".clone_into(&mut host);
                }
            }
        }
        let host = match host.split_once('.') {
            Some((first, rest)) if first.starts_with('*') => format!("*.{rest}"),
            _ => host,
        };
        format!("{}://{host}", self.scheme)
    }
}

/// Whether `origin` (`https://host[:port]`) is `allowed`, which may begin with one wildcard label
/// (`https://*.example.com`, which means one label or more).
pub fn origin_fits(allowed: &str, origin: &str) -> bool {
    let allowed = allowed.trim_end_matches('/');
    let Some((scheme, domain)) = allowed.split_once("://*.") else { return allowed == origin };
    let Some((given, host)) = origin.split_once("://") else { return false };
    scheme == given && host.strip_suffix(domain).is_some_and(|left| left.len() > 1 && left.ends_with('.'))
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Address {
    fn schema_name() -> Cow<'static, str> {
        "Address".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "An absolute URL; {setting.name} and {realm} may fill a part of the host or of the path: https://{setting.shop}.myshopify.com/admin."
        })
    }
}

#[cfg(test)]
mod tests;
