//! What the simulated register holds, and how strictly it is guarded.

use std::net::SocketAddr;

use crate::faults::FaultPlan;

/// The register and its keys. `Default` has the published limit.
#[derive(Clone, Debug)]
pub struct CompaniesHouseConfig {
    /// Where to listen; a free local port when absent.
    pub addr: Option<SocketAddr>,
    /// Keys that are taken.
    pub keys: Vec<String>,
    /// Calls in five minutes for each key; 0 switches the limit off (provider: 600).
    pub calls_per_window: u32,
    /// Whether answers carry the `X-Ratelimit-*` headers, which are commonly seen and nowhere documented.
    pub limit_headers: bool,
    /// Whether companies of the sample are in the register.
    pub sample: bool,
    /// Faults to inject.
    pub faults: FaultPlan,
}

impl Default for CompaniesHouseConfig {
    fn default() -> Self {
        Self {
            addr: None,
            keys: vec!["ch-key".into()],
            calls_per_window: 600,
            limit_headers: true,
            sample: true,
            faults: FaultPlan::default(),
        }
    }
}

impl CompaniesHouseConfig {
    /// The default register without its limit.
    pub fn unlimited() -> Self {
        Self { calls_per_window: 0, ..Self::default() }
    }
}
