//! Logs on standard error, and the recorder behind `GET /metrics`.

use std::sync::OnceLock;

use anyhow::{Context as _, anyhow};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, LoggingConfig};

static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();

/// Starts logging; without a filter of the operator's, what `fallback` says.
pub fn logging(config: &LoggingConfig, fallback: &str) -> anyhow::Result<()> {
    let filter = config.log.as_deref().unwrap_or(fallback);
    let filter =
        EnvFilter::try_new(filter).context("--log is no filter: write info, or warn,application=debug")?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match config.log_format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    started.map_err(|error| anyhow!("logging cannot be started: {error}"))
}

/// The process's metrics; one recorder, however often a hub is built.
pub fn metrics() -> anyhow::Result<PrometheusHandle> {
    if let Some(handle) = METRICS.get() {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new().install_recorder().context("metrics cannot be recorded")?;
    Ok(METRICS.get_or_init(|| handle).clone())
}
