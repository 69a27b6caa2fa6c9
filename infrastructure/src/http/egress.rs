//! Where requests may go.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::address::is_public;

/// What an operator allows beyond HTTPS to public addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EgressPolicy {
    /// Destinations.
    #[serde(default)]
    pub allow: Vec<EgressAllow>,
}

/// One destination that may be called though it is private, plain HTTP or on another port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EgressAllow {
    /// `https`, or `http` where there is no TLS.
    pub scheme: String,
    /// Host name or address, as in the URL.
    pub host: String,
    /// Port.
    pub port: u16,
    /// A PEM file with the certificates that this destination, and no other, may be vouched by.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
}

/// Why a request may not leave.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EgressRefusal {
    /// Not a URL that can be called.
    #[error("`{url}` is no web address: write it as https://host/path")]
    NotAnAddress {
        /// What was given, without credentials and query.
        url: String,
    },
    /// A name or password inside the URL.
    #[error("an address must not carry a user name or password")]
    Credentials,
    /// Plain HTTP, or another port than 443.
    #[error(
        "{origin} is not HTTPS on port 443: use such an address, or ask an operator for an egress.allow entry"
    )]
    NotHttps {
        /// Scheme, host and port.
        origin: String,
    },
    /// Loopback, private, link-local or otherwise not public.
    #[error("{host} is not a public address: an operator can allow it with an egress.allow entry")]
    NotPublic {
        /// The host.
        host: String,
    },
}

/// Which client a request takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// The client that reaches public addresses over HTTPS only.
    Public,
    /// The client of the entry at this place.
    Allowed(usize),
}

impl EgressPolicy {
    /// Nothing beyond HTTPS to public addresses.
    pub fn closed() -> Self {
        Self::default()
    }

    /// The same with one more destination, given by any URL of it.
    #[must_use]
    pub fn allowing(mut self, url: &Url) -> Self {
        self.allow.push(EgressAllow {
            scheme: url.scheme().to_owned(),
            host: host(url),
            port: url.port_or_known_default().unwrap_or(0),
            ca_file: None,
        });
        self
    }

    /// Whether an operator named the URL's destination.
    pub fn names(&self, url: &Url) -> bool {
        self.position(url).is_some()
    }

    /// Whether a request to `url` may leave. Names are not resolved here: the client's resolver drops private answers.
    pub fn check(&self, url: &Url) -> Result<(), EgressRefusal> {
        self.route(url).map(|_| ())
    }

    pub(super) fn route(&self, url: &Url) -> Result<Route, EgressRefusal> {
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(EgressRefusal::NotAnAddress { url: plain(url) });
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EgressRefusal::Credentials);
        }
        if let Some(at) = self.position(url) {
            return Ok(Route::Allowed(at));
        }
        if url.scheme() != "https" || url.port_or_known_default() != Some(443) {
            return Err(EgressRefusal::NotHttps { origin: url.origin().ascii_serialization() });
        }
        match url.host() {
            Some(Host::Ipv4(address)) if !is_public(address.into()) => Err(not_public(url)),
            Some(Host::Ipv6(address)) if !is_public(address.into()) => Err(not_public(url)),
            _ => Ok(Route::Public),
        }
    }

    fn position(&self, url: &Url) -> Option<usize> {
        let host = host(url);
        self.allow.iter().position(|entry| {
            entry.scheme == url.scheme()
                && Some(entry.port) == url.port_or_known_default()
                && entry.host.trim_end_matches('.').eq_ignore_ascii_case(&host)
        })
    }
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().trim_end_matches('.').to_owned()
}

fn not_public(url: &Url) -> EgressRefusal {
    EgressRefusal::NotPublic { host: host(url) }
}

/// The URL without what could be secret.
fn plain(url: &Url) -> String {
    url.as_str().split(['?', '#']).next().unwrap_or_default().chars().take(100).collect()
}
