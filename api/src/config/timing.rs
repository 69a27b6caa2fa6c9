//! Times around a write that an operator sets in place of the manifests'.

use std::time::Duration;

use application::ports::connector::Timing;
use clap::Args;

use super::duration::parse;

/// Give all three or none.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Times around a write (all three or none; the manifests' hold otherwise)")]
pub struct TimingConfig {
    /// Give a request up after this (`800ms`, `30s`, `2m`)
    #[arg(long, env = "HEADWATER_REQUEST_TIMEOUT", value_name = "TIME", value_parser = parse,
        requires_all = ["send_window", "settle"])]
    pub request_timeout: Option<Duration>,

    /// Hand a prepared call to the network no later than this after its intent
    #[arg(long, env = "HEADWATER_SEND_WINDOW", value_name = "TIME", value_parser = parse,
        requires_all = ["request_timeout", "settle"])]
    pub send_window: Option<Duration>,

    /// How long a provider's search may lag behind its writes
    #[arg(long, env = "HEADWATER_SETTLE", value_name = "TIME", value_parser = parse,
        requires_all = ["request_timeout", "send_window"])]
    pub settle: Option<Duration>,
}

impl TimingConfig {
    /// What was set, if anything.
    pub fn timing(&self) -> Option<Timing> {
        let (request_timeout, send_window) = self.request_timeout.zip(self.send_window)?;
        Some(Timing { request_timeout, send_window, settle: self.settle })
    }
}

impl From<Timing> for TimingConfig {
    fn from(timing: Timing) -> Self {
        let Timing { request_timeout, send_window, settle } = timing;
        Self { request_timeout: Some(request_timeout), send_window: Some(send_window), settle }
    }
}
