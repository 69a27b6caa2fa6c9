//! Where a base URL may point: HTTPS, inside the allowed origins, and to no private address.
//!
//! Only an operator's `egress.allow` entry opens plain HTTP or a private address. Names that resolve to a private
//! address are caught where the call is made.

use std::net::{IpAddr, Ipv4Addr};

use url::{Host, Url};

use super::facts::ProviderFacts;

/// Why a base URL is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// It does not parse, or has no host.
    #[error("base_url is no URL with a host: write it as https://host/path")]
    NotAUrl,
    /// It carries a user, a password, a query or a fragment.
    #[error("base_url carries a user, password, query or fragment: put credentials into PUT …/credentials")]
    Decorated,
    /// It is plain HTTP, or something else.
    #[error("base_url must use https: an operator may open one plain HTTP origin with egress.allow")]
    NotHttps,
    /// It points into a private network.
    #[error("base_url points to a private address: an operator may open one origin with egress.allow")]
    Private,
    /// It is outside what the manifest and the administrator allow.
    #[error("base_url is outside the allowed origins ({allowed}): ask an administrator to add its origin")]
    NotAllowed {
        /// The origins that are allowed.
        allowed: String,
    },
}

impl BaseUrlError {
    /// The stable code of the refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAUrl => "base_url_must_be_a_url",
            Self::Decorated => "base_url_must_be_plain",
            Self::NotHttps => "base_url_must_be_https",
            Self::Private => "base_url_must_be_public",
            Self::NotAllowed { .. } => "base_url_must_be_allowed",
        }
    }
}

/// Checks `text` against what the provider and the operator allow.
pub(super) fn check(text: &str, facts: &ProviderFacts) -> Result<(), BaseUrlError> {
    let url = Url::parse(text).map_err(|_| BaseUrlError::NotAUrl)?;
    let host = url.host().ok_or(BaseUrlError::NotAUrl)?;
    let decorated = !url.username().is_empty() || url.password().is_some();
    if decorated || url.query().is_some() || url.fragment().is_some() {
        return Err(BaseUrlError::Decorated);
    }
    let origin = url.origin().ascii_serialization();
    if facts.operator_origins.iter().any(|allowed| same_origin(allowed, &origin)) {
        return Ok(());
    }
    if url.scheme() != "https" {
        return Err(BaseUrlError::NotHttps);
    }
    if is_private(&host) {
        return Err(BaseUrlError::Private);
    }
    if facts.allowed_origins.iter().any(|pattern| fits(pattern, &url)) {
        return Ok(());
    }
    Err(BaseUrlError::NotAllowed { allowed: facts.allowed_origins.join(", ") })
}

fn same_origin(allowed: &str, origin: &str) -> bool {
    Url::parse(allowed).is_ok_and(|allowed| allowed.origin().ascii_serialization() == origin)
}

/// Whether `url` has the origin `https://host[:port]`, in which `*` stands for the host or for its first labels.
fn fits(pattern: &str, url: &Url) -> bool {
    let Some(rest) = pattern.strip_prefix("https://") else {
        return false;
    };
    let rest = rest.trim_end_matches('/');
    let (wanted, port) = match rest.rsplit_once(':').map(|(host, port)| (host, port.parse::<u16>())) {
        Some((host, Ok(port))) => (host, port),
        _ => (rest, 443),
    };
    let Some(host) = url.host_str() else {
        return false;
    };
    let same_host = match wanted.strip_prefix('*') {
        Some("") => true,
        Some(suffix) => host.len() > suffix.len() && host.ends_with(&suffix.to_ascii_lowercase()),
        None => host.eq_ignore_ascii_case(wanted),
    };
    same_host && url.port_or_known_default() == Some(port)
}

fn is_private(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            name.eq_ignore_ascii_case("localhost")
                || [".localhost", ".local", ".internal"]
                    .iter()
                    .any(|end| name.to_ascii_lowercase().ends_with(end))
        }
        Host::Ipv4(address) => is_private_v4(*address),
        Host::Ipv6(address) => match address.to_canonical() {
            IpAddr::V4(address) => is_private_v4(address),
            IpAddr::V6(address) => {
                address.is_loopback()
                    || address.is_unspecified()
                    || address.is_multicast()
                    || address.is_unique_local()
                    || address.is_unicast_link_local()
            }
        },
    }
}

/// RFC 6890's special ranges that lead nowhere public, 100.64.0.0/10 (shared address space) among them.
fn is_private_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || first == 0
        || (first == 100 && (64..128).contains(&second))
}
