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

    /// Addresses in place of a manifest's (a proxy, a test system, `headwater sandbox`), each as
    /// `<provider>.<base_url|authorize_url|token_url|revoke_url>=URL`; several with commas. Name their origins in
    /// HEADWATER_EGRESS_ALLOW too
    #[arg(long = "endpoint", env = "HEADWATER_ENDPOINTS", value_name = "NAME=URL", value_delimiter = ',',
        value_parser = endpoint)]
    pub endpoints: Vec<Endpoint>,
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
    Base,
    Authorize,
    Token,
    Revoke,
}

impl ConnectorsConfig {
    /// Every address of QuickBooks at a simulator.
    pub fn simulated_quickbooks(at: &Url) -> Self {
        let endpoint = |which, path: &str| {
            let mut url = at.clone();
            url.set_path(path);
            Endpoint { provider: "quickbooks".to_owned(), which, url }
        };
        let endpoints = vec![
            endpoint(Which::Base, ""),
            endpoint(Which::Authorize, "/connect/oauth2"),
            endpoint(Which::Token, "/oauth2/v1/tokens/bearer"),
            endpoint(Which::Revoke, "/v2/oauth2/tokens/revoke"),
        ];
        Self { connectors: None, endpoints }
    }

    /// What the registry is given.
    pub fn options(&self) -> RegistryOptions {
        let mut endpoints: BTreeMap<String, Endpoints> = BTreeMap::new();
        for Endpoint { provider, which, url } in &self.endpoints {
            let of = endpoints.entry(provider.clone()).or_default();
            let slot = match which {
                Which::Base => &mut of.base_url,
                Which::Authorize => &mut of.authorize_url,
                Which::Token => &mut of.token_url,
                Which::Revoke => &mut of.revoke_url,
            };
            *slot = Some(url.clone());
        }
        RegistryOptions { folder: self.connectors.clone(), endpoints, timing: BTreeMap::new() }
    }
}

fn endpoint(text: &str) -> Result<Endpoint, String> {
    let hint = || format!("`{text}` is no address: write it as quickbooks.base_url=http://127.0.0.1:9000");
    let (name, url) = text.split_once('=').ok_or_else(hint)?;
    let (provider, which) = name.split_once('.').ok_or_else(hint)?;
    let which = match which {
        "base_url" => Which::Base,
        "authorize_url" => Which::Authorize,
        "token_url" => Which::Token,
        "revoke_url" => Which::Revoke,
        _ => return Err(hint()),
    };
    let url = Url::parse(url).map_err(|_| hint())?;
    Ok(Endpoint { provider: provider.to_owned(), which, url })
}
