//! The simulator as tests and the command line hold it.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::Value;

use super::config::HmrcConfig;
use super::routes::{App, router};
use crate::admin::stats_of;
use crate::faults::Faults;
use crate::kit::grants::Grant;
use crate::kit::hands::Hands as _;
use crate::kit::{Recorder, Tokens};
use crate::server::{Running, serve};

/// A running tax account.
pub struct HmrcSandbox {
    /// `http://127.0.0.1:PORT`
    pub base_url: String,
    /// Where it listens.
    pub addr: SocketAddr,
    /// The trader.
    pub vrn: String,
    /// Faults to inject.
    pub faults: Faults,
    /// Exchanges, once it is on.
    pub recorder: Recorder,
    app: Arc<App>,
    running: Running,
}

/// Starts a simulator. Errors: the address cannot be bound, or no thread can be started.
pub async fn start(config: HmrcConfig) -> io::Result<HmrcSandbox> {
    let addr = config.addr;
    let app = Arc::new(App::new(config));
    let running = serve(router(&app), addr).await?;
    Ok(HmrcSandbox {
        base_url: running.base_url.clone(),
        addr: running.addr,
        vrn: app.config.vrn.clone(),
        faults: app.faults.clone(),
        recorder: app.recorder.clone(),
        app,
        running,
    })
}

impl HmrcSandbox {
    /// Tokens with these scopes, without the consent page.
    pub fn issue_tokens(&self, scopes: &[&str]) -> Tokens {
        let grant = Grant {
            client_id: self.app.config.client_id.clone(),
            subject: self.vrn.clone(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            ..Grant::default()
        };
        self.app.grants().issue(grant, self.app.clock.now_ms())
    }

    /// Returns that were filed, as submitted.
    pub fn returns(&self) -> Vec<Value> {
        self.app.trader().returns.iter().cloned().map(Value::Object).collect()
    }

    /// A payment arrives: `{"amount", "received"}`.
    pub fn pay(&self, payment: Value) {
        self.app.trader().payments.push(payment);
    }

    /// The counters with the faults sent, as `GET /admin/stats` shows them.
    pub fn stats(&self) -> Value {
        stats_of(self.app.as_ref())
    }

    /// Submissions taken, by period.
    pub fn writes_per_key(&self) -> BTreeMap<String, u64> {
        self.app.tally.group("creates_per_key")
    }

    /// Ends every access token; refresh tokens stay.
    pub fn expire_access_tokens(&self) {
        self.app.expire_access_tokens();
    }

    /// The user takes access away in the tax account.
    pub fn revoke(&self) {
        self.app.revoke();
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
