//! What the demo is played with: a simulated company, its faults, and shortened times.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use application::ports::connector::Timing;
use sandbox::faults::FaultPlan;
use sandbox::quickbooks::{
    self, QuickBooksConfig, QuickBooksSandbox, RequestIds, WebhookConfig, WebhookShape,
};
use url::Url;

use crate::config::{
    Config, ConnectorsConfig, DataConfig, EgressConfig, KeysConfig, ListenConfig, TimingConfig,
};

/// Where the hub listens if the port is free.
const USUAL_PORT: u16 = 8080;
/// Calls per minute, on both sides.
pub(super) const CALLS_PER_MINUTE: u32 = 60_000;
/// Times around a write; a provider's are minutes.
pub(super) const TIMING: Timing = Timing {
    request_timeout: Duration::from_secs(1),
    send_window: Duration::from_secs(1),
    settle: Some(Duration::from_millis(400)),
};

/// An address of this machine for the hub. Somebody else may take it before the hub does; then the demo says so.
pub(super) fn address(usual: bool) -> std::io::Result<SocketAddr> {
    let free = |port: u16| std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?.local_addr();
    if usual { free(USUAL_PORT).or_else(|_| free(0)) } else { free(0) }
}

/// A company that will send its webhooks to the hub. Nothing goes wrong yet.
pub(super) async fn company(
    hub: &str,
    request_id: RequestIds,
    seed: u64,
) -> std::io::Result<QuickBooksSandbox> {
    let url = format!("{hub}/v1/webhooks/quickbooks");
    let config = QuickBooksConfig {
        redirect_uris: vec![format!("{hub}/v1/oauth/quickbooks/callback")],
        webhook: Some(WebhookConfig::new(url, WebhookShape::CloudEvents)),
        request_id,
        seed,
        ..QuickBooksConfig::unlimited()
    };
    quickbooks::start(config).await
}

/// What goes wrong from then on.
pub(super) fn faults(seed: u64) -> FaultPlan {
    FaultPlan {
        seed,
        p429: 0.02,
        p500: 0.02,
        error_after: 0.01,
        slow: 0.02,
        slow_ms: 1_500,
        truncate: 0.01,
        drop_before: 0.01,
        drop_after: 0.03,
        html: 0.0,
        retry_after_s: Some(1),
        search_lag_ms: 150,
        webhook_duplicate: 0.2,
        webhook_late_ms: 150,
        webhook_forged: 0.2,
    }
}

/// The hub's settings.
pub(super) fn hub(folder: &Path, listen: SocketAddr, company: &Url) -> Config {
    Config {
        data: DataConfig::in_folder(folder),
        keys: KeysConfig::default(),
        listen: ListenConfig { listen, ..ListenConfig::default() },
        connectors: ConnectorsConfig::simulated_quickbooks(company),
        egress: EgressConfig::default().allowing(company),
        timing: TimingConfig::from(TIMING),
    }
}
