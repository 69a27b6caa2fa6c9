//! Connectors beyond those in the binary, and addresses in place of theirs.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use infrastructure::connectors::{Endpoints, RegistryOptions};
use url::Url;

/// Folder and addresses.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Connectors")]
pub struct ConnectorsConfig {
    /// Folder with connectors of your own, one per folder: `<DIR>/<key>/manifest.toml`; they add to the built-in ones
    /// or replace them
    #[arg(long, env = "HEADWATER_CONNECTORS", value_name = "DIR")]
    pub connectors: Option<PathBuf>,

    /// Addresses in place of a manifest's (a proxy, a test system, `headwater sandbox`): `<provider>=URL` for
    /// everything of a provider, or `<provider>.<base_url|authorize_url|token_url|revoke_url>=URL` for one; several
    /// with commas. Name their origins in HEADWATER_EGRESS_ALLOW too
    #[arg(long = "endpoint", env = "HEADWATER_ENDPOINTS", value_name = "NAME=URL", value_delimiter = ',',
        value_parser = endpoint)]
    pub endpoints: Vec<Endpoint>,

    /// Facts of this installation that some providers want in their requests (`hmrc`: `public_ip`, `local_ips`,
    /// `mac_addresses`, `device_id`, `user_agent`, `license_ids`, `timezone`), ready to be sent; several with semicolons
    #[arg(long = "connector-context", env = "HEADWATER_CONNECTOR_CONTEXT", value_name = "NAME=VALUE",
        value_delimiter = ';', value_parser = fact)]
    pub context: Vec<(String, String)>,
}

/// One address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    provider: String,
    which: Which,
    url: Url,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Origin,
    Base,
    Authorize,
    Token,
    Revoke,
}

impl ConnectorsConfig {
    /// Every address of QuickBooks at a simulator.
    pub fn simulated_quickbooks(at: &Url) -> Self {
        Self::simulated("quickbooks", at)
    }

    /// Every address of a provider at a simulator.
    pub fn simulated(provider: &str, at: &Url) -> Self {
        let endpoint = Endpoint { provider: provider.to_owned(), which: Which::Origin, url: at.clone() };
        let endpoints = vec![endpoint];
        Self { endpoints, ..Self::default() }
    }

    /// What the registry is given.
    pub fn options(&self) -> RegistryOptions {
        let mut endpoints: BTreeMap<String, Endpoints> = BTreeMap::new();
        for Endpoint { provider, which, url } in &self.endpoints {
            let of = endpoints.entry(provider.clone()).or_default();
            let slot = match which {
                Which::Origin => &mut of.origin,
                Which::Base => &mut of.base_url,
                Which::Authorize => &mut of.authorize_url,
                Which::Token => &mut of.token_url,
                Which::Revoke => &mut of.revoke_url,
            };
            *slot = Some(url.clone());
        }
        let context = self.context.iter().cloned().collect();
        RegistryOptions { folder: self.connectors.clone(), endpoints, timing: None, context }
    }
}

fn endpoint(text: &str) -> Result<Endpoint, String> {
    let hint = || format!("`{text}` is no address: write it as quickbooks=http://127.0.0.1:9000");
    let (name, url) = text.split_once('=').ok_or_else(hint)?;
    let (provider, which) = name.split_once('.').unwrap_or((name, ""));
    let which = match which {
        "" => Which::Origin,
        "base_url" => Which::Base,
        "authorize_url" => Which::Authorize,
        "token_url" => Which::Token,
        "revoke_url" => Which::Revoke,
        _ => return Err(hint()),
    };
    let url = Url::parse(url).map_err(|_| hint())?;
    Ok(Endpoint { provider: provider.to_owned(), which, url })
}

fn fact(text: &str) -> Result<(String, String), String> {
    let hint = || format!("`{text}` is no fact: write it as public_ip=203.0.113.6");
    let (name, value) = text.split_once('=').ok_or_else(hint)?;
    let plain =
        !name.is_empty() && name.chars().all(|letter| letter == '_' || letter.is_ascii_alphanumeric());
    if plain { Ok((name.to_owned(), value.to_owned())) } else { Err(hint()) }
}
