//! Names to public addresses. The connection uses the very answer that was filtered, so a name that changes its mind
//! between two questions gains nothing.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::is_public;

/// How a name becomes addresses before they are filtered.
pub(super) type Lookup =
    Arc<dyn Fn(String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> + Send + Sync>;

/// Resolves names and keeps the public addresses.
pub(super) struct PublicResolver {
    lookup: Lookup,
}

/// A name leads to no public address.
#[derive(Debug, thiserror::Error)]
#[error("{name} does not lead to a public address: an operator can allow it with an egress.allow entry")]
pub(super) struct NothingPublic {
    name: String,
}

impl PublicResolver {
    /// A resolver that asks the operating system.
    pub(super) fn system() -> Self {
        Self::new(Arc::new(|name| Box::pin(async move { system(&name).await })))
    }

    pub(super) fn new(lookup: Lookup) -> Self {
        Self { lookup }
    }
}

async fn system(name: &str) -> std::io::Result<Vec<IpAddr>> {
    Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
}

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        let found = (self.lookup)(name.clone());
        Box::pin(async move {
            let public: Vec<SocketAddr> = found
                .await?
                .into_iter()
                .filter(|ip| is_public(*ip))
                .map(|ip| SocketAddr::new(ip, 0))
                .collect();
            if public.is_empty() {
                return Err(NothingPublic { name }.into());
            }
            let addresses: Addrs = Box::new(public.into_iter());
            Ok(addresses)
        })
    }
}
