//! The simulator as tests and the command line hold it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::Value;

use super::config::CompaniesHouseConfig;
use super::routes::{App, router};
use crate::admin::stats_of;
use crate::faults::Faults;
use crate::kit::Recorder;
use crate::kit::hands::Hands as _;
use crate::server::{Running, serve};

/// A running register.
pub struct CompaniesHouseSandbox {
    /// `http://127.0.0.1:PORT`
    pub base_url: String,
    /// Where it listens.
    pub addr: SocketAddr,
    /// Faults to inject.
    pub faults: Faults,
    /// Exchanges, once it is on.
    pub recorder: Recorder,
    app: Arc<App>,
    running: Running,
}

/// Starts a simulator. Errors: the address cannot be bound, or no thread can be started.
pub async fn start(config: CompaniesHouseConfig) -> io::Result<CompaniesHouseSandbox> {
    let addr = config.addr;
    let app = Arc::new(App::new(config));
    let running = serve(router(&app), addr).await?;
    Ok(CompaniesHouseSandbox {
        base_url: running.base_url.clone(),
        addr: running.addr,
        faults: app.faults.clone(),
        recorder: app.recorder.clone(),
        app,
        running,
    })
}

impl CompaniesHouseSandbox {
    /// Enters a company, or changes its profile.
    pub fn put(&self, number: &str, profile: Value) -> Value {
        self.app.register().put(number, profile)
    }

    /// Files something for a company; it comes first in its history.
    pub fn file(&self, number: &str, category: &str, date: &str) -> Option<Value> {
        self.app.register().file(number, category, date)
    }

    /// Takes a company out of the register.
    pub fn remove(&self, number: &str) {
        self.app.register().remove(number);
    }

    /// The counters with the faults sent, as `GET /admin/stats` shows them.
    pub fn stats(&self) -> Value {
        stats_of(self.app.as_ref())
    }

    /// No key is taken any more.
    pub fn revoke(&self) {
        self.app.revoke(true);
    }

    /// The keys of the configuration are taken again.
    pub fn restore(&self) {
        self.app.revoke(false);
    }

    /// Moves the simulator's clock forward by `seconds`.
    pub fn advance_clock(&self, seconds: u32) {
        self.app.advance_clock(seconds);
    }

    /// Stops at once; the port is free when this returns.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}
