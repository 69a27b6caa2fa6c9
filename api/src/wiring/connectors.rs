//! Connectors and the way out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use application::ports::connector::{Connectors, Timing};
use application::ports::credentials::Credentials;
use infrastructure::connectors::manifest;
use infrastructure::connectors::{ConnectorRegistry, RegistryError, RegistryOptions, Services};
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
    let options = config.connectors.options();
    Ok(match config.timing.timing() {
        None => ConnectorRegistry::try_new(services, &options)?,
        Some(timing) => with_timing(services, options, timing)?,
    })
}

/// An operator's times hold for every provider; one without a settle time has none to shorten.
fn with_timing(
    services: Services,
    options: RegistryOptions,
    set: Timing,
) -> Result<ConnectorRegistry, RegistryError> {
    let known = ConnectorRegistry::try_new(services.clone(), &options)?;
    let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let of = |settles: bool| manifest::Timing {
        request_timeout_ms: ms(set.request_timeout),
        send_window_ms: ms(set.send_window),
        settle_ms: set.settle.filter(|_| settles).map(ms),
    };
    let providers = known.providers();
    let timing: BTreeMap<String, manifest::Timing> = providers
        .iter()
        .map(|provider| (provider.key.clone(), of(provider.timing.settle.is_some())))
        .collect();
    ConnectorRegistry::try_new(services, &RegistryOptions { timing, ..options })
}
