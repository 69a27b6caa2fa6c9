//! The simulator as tests and the command line hold it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::Value;

use super::config::SapB1Config;
use super::kinds::{KINDS, kind};
use super::routes::{App, router};
use super::service::business_key;
use crate::admin::stats_of;
use crate::faults::Faults;
use crate::kit::Recorder;
use crate::kit::hands::Hands as _;
use crate::server::{Running, serve};

/// A running company.
pub struct SapB1Sandbox {
    /// `http://127.0.0.1:PORT`; the service is below `/b1s/v2`.
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
pub async fn start(config: SapB1Config) -> io::Result<SapB1Sandbox> {
    let addr = config.addr;
    let app = Arc::new(App::new(config));
    let running = serve(router(&app), addr).await?;
    Ok(SapB1Sandbox {
        base_url: running.base_url.clone(),
        addr: running.addr,
        faults: app.faults.clone(),
        recorder: app.recorder.clone(),
        app,
        running,
    })
}

impl SapB1Sandbox {
    /// Every entity of a set (`BusinessPartners`, `Items`, `Orders`, `Invoices`), by key.
    pub fn entities(&self, set: &str) -> Vec<Value> {
        let book = self.app.book();
        kind(set).into_iter().flat_map(|kind| book.rows(kind)).map(|row| Value::Object(row.shown())).collect()
    }

    /// A user of the company creates an entity. Errors: the company's refusal.
    pub fn create(&self, set: &str, body: Value) -> Result<Value, Value> {
        self.app.create(set, body)
    }

    /// A user changes an entity; `{"Cancel": true}` and `{"Close": true}` do that to a document. Errors: the refusal.
    pub fn edit(&self, set: &str, id: &str, patch: Value) -> Result<Value, Value> {
        self.app.edit(set, id, patch)
    }

    /// A user removes an entity. Errors: the company's refusal.
    pub fn delete(&self, set: &str, id: &str) -> Result<Value, Value> {
        self.app.delete(set, id)
    }

    /// The counters with the faults sent, as `GET /admin/stats` shows them.
    pub fn stats(&self) -> Value {
        stats_of(self.app.as_ref())
    }

    /// One of the counters: `logins`, `logouts`, `unauthorized`, `throttled`, `stale`, `not_modelled`, ….
    pub fn count(&self, name: &str) -> u64 {
        self.app.tally.count(name)
    }

    /// How often each thing was created through the service, by set and business key.
    pub fn writes_per_key(&self) -> BTreeMap<String, u64> {
        self.app.tally.group("creates_per_key")
    }

    /// Entities beyond the first that a person would take for the same: partners and items of one name, documents of
    /// one customer with one reference.
    pub fn duplicates(&self) -> u64 {
        let book = self.app.book();
        let mut seen = BTreeSet::new();
        let rows = KINDS.iter().flat_map(|kind| book.rows(kind).map(move |row| (kind, row)));
        let named = rows.filter(|(kind, row)| {
            let is_own = row.fields.get("CancelStatus") != Some(&serde_json::json!("csCancellation"));
            is_own && !(kind.numbered && row.fields["NumAtCard"].is_null())
        });
        let keys = named.map(|(kind, row)| (kind.set, business_key(kind, row)));
        keys.fold(0, |more, key| more + u64::from(!seen.insert(key)))
    }

    /// Sessions that are open now.
    pub fn sessions(&self) -> usize {
        self.app.sessions().count()
    }

    /// Every session ends; the user may open another.
    pub fn expire_sessions(&self) {
        self.app.expire_access_tokens();
    }

    /// The user is locked, and its sessions end.
    pub fn revoke(&self) {
        self.app.revoke();
    }

    /// The user may sign in again.
    pub fn restore(&self) {
        self.app.sessions().lock(false);
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
