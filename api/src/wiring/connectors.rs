//! Connectors and the way out.

use std::sync::Arc;

use anyhow::Context as _;
use application::ports::credentials::Credentials;
use infrastructure::connectors::{ConnectorRegistry, RegistryOptions, Services};
use infrastructure::http::HttpClient;
use infrastructure::limiter::InProcessLimiter;

use super::store::Store;
use crate::config::Config;

/// Every connector of this process.
pub(super) fn open(
    config: &Config,
    store: &Store,
    credentials: Arc<dyn Credentials>,
) -> anyhow::Result<ConnectorRegistry> {
    let dispatcher = &store.dispatcher;
    let clock = Arc::clone(&dispatcher.clock);
    let services = Services {
        http: HttpClient::try_new(config.egress.policy()).context("the HTTP client cannot be made")?,
        credentials,
        limiter: Arc::new(InProcessLimiter::new(Arc::clone(&clock))),
        clock,
        ids: Arc::clone(&dispatcher.ids),
    };
    let options = RegistryOptions { timing: config.timing.timing(), ..config.connectors.options() };
    Ok(ConnectorRegistry::try_new(services, &options)?)
}
