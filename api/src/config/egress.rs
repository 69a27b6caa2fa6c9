//! Where the hub may call beyond HTTPS to public addresses.

use clap::Args;
use infrastructure::http::{EgressAllow, EgressPolicy};
use url::Url;

/// The operator's allow-list.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Outside calls")]
pub struct EgressConfig {
    /// Destinations that may be called though they are private, plain HTTP or on another port:
    /// `scheme://host:port`, or `https://host:port;ca=FILE` with the certificates to trust there; several with commas
    #[arg(long, env = "HEADWATER_EGRESS_ALLOW", value_name = "ORIGIN", value_delimiter = ',', value_parser = entry)]
    pub egress_allow: Vec<EgressAllow>,
}

impl EgressConfig {
    /// Allows the origin of `url` too.
    #[must_use]
    pub fn allowing(mut self, url: &Url) -> Self {
        self.egress_allow.extend(EgressPolicy::closed().allowing(url).allow);
        self
    }

    /// The policy of the HTTP client.
    pub fn policy(&self) -> EgressPolicy {
        EgressPolicy { allow: self.egress_allow.clone() }
    }
}

fn entry(text: &str) -> Result<EgressAllow, String> {
    let (origin, ca_file) = match text.split_once(";ca=") {
        Some((origin, file)) => (origin, Some(file.into())),
        None => (text, None),
    };
    let hint = || format!("`{origin}` is no destination: write it as scheme://host:port");
    let url = Url::parse(origin).map_err(|_| hint())?;
    if !matches!(url.scheme(), "http" | "https") || url.path() != "/" || !url.username().is_empty() {
        return Err(hint());
    }
    let mut allow = EgressPolicy::closed().allowing(&url).allow;
    let mut entry = allow.pop().ok_or_else(hint)?;
    entry.ca_file = ca_file;
    Ok(entry)
}
