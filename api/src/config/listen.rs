//! Where the hub listens, and who may speak to it.

use std::net::{Ipv4Addr, SocketAddr};

use clap::Args;
use secrecy::SecretString;
use url::Url;

/// Address, public URL and token.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "HTTP")]
pub struct ListenConfig {
    /// Address to listen on
    #[arg(long, env = "HEADWATER_LISTEN", value_name = "HOST:PORT", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// URL under which browsers and providers reach the hub [default: http://<listen>]
    #[arg(long, env = "HEADWATER_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<Url>,

    /// Token that API clients must send as `Authorization: Bearer …`; required to listen on anything but loopback
    #[arg(long, env = "HEADWATER_API_TOKEN", value_name = "TOKEN", hide_env_values = true, value_parser = secret)]
    pub api_token: Option<SecretString>,

    /// Addresses an authorization may send the browser back to, beside the hub's own callback
    #[arg(long, env = "HEADWATER_REDIRECTS", value_name = "URL", value_delimiter = ',')]
    pub redirects: Vec<Url>,
}

/// The hub would be open to anybody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "listening on {0} without a token would let anybody in: set HEADWATER_API_TOKEN, or listen on 127.0.0.1"
)]
pub struct Exposed(pub SocketAddr);

impl Default for ListenConfig {
    fn default() -> Self {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
        Self { listen, public_url: None, api_token: None, redirects: Vec::new() }
    }
}

impl ListenConfig {
    /// A free port of this machine.
    pub fn anywhere() -> Self {
        Self { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), ..Self::default() }
    }

    /// Refuses to be open to other machines without a token.
    pub fn check(&self) -> Result<(), Exposed> {
        if self.listen.ip().is_loopback() || self.api_token.is_some() {
            Ok(())
        } else {
            Err(Exposed(self.listen))
        }
    }

    /// The public URL when it listens on `bound`, without a slash at the end.
    pub fn public(&self, bound: SocketAddr) -> String {
        match &self.public_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => format!("http://{bound}"),
        }
    }
}

fn secret(text: &str) -> Result<SecretString, String> {
    if text.len() < 16 {
        return Err("a token has at least 16 characters".to_owned());
    }
    Ok(SecretString::from(text.to_owned()))
}
