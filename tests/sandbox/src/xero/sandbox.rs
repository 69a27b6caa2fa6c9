//! The simulator as tests and the demonstration hold it.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::Value;

use super::config::XeroConfig;
use super::identity::scopes;
use super::kind::Kind;
use super::render::{WHOLE, shown};
use super::routes::{App, router};
use crate::admin::stats_of;
use crate::faults::Faults;
use crate::kit::hands::Hands as _;
use crate::kit::poster::Outcome;
use crate::kit::{Recorder, Tokens};
use crate::server::{Running, serve};

/// Running organisations. Methods act at once, as a bookkeeper in the user interface would: no
/// throttle, no fault; webhooks are sent as for any change. Without a tenant they act on the
/// first organisation.
///
/// ```no_run
/// # async fn example() -> std::io::Result<()> {
/// use sandbox::xero::{XeroConfig, start};
///
/// let books = start(XeroConfig::unlimited()).await?;
/// let token = books.issue_tokens().access_token;
/// // Send requests to books.api_url() with `Authorization: Bearer {token}` and
/// // `xero-tenant-id: {books.tenant_id}`, then look inside:
/// assert_eq!(books.duplicates(), 0);
/// books.stop().await;
/// # Ok(()) }
/// ```
pub struct XeroSandbox {
    /// `http://127.0.0.1:PORT`: base of the API, of OAuth, of connections and of `/admin`.
    pub base_url: String,
    /// Where it listens.
    pub addr: SocketAddr,
    /// The first organisation.
    pub tenant_id: String,
    /// Faults to inject.
    pub faults: Faults,
    /// Exchanges, once it is on.
    pub recorder: Recorder,
    app: Arc<App>,
    running: Running,
}

/// Starts a simulator. Errors: the address cannot be bound, or no thread can be started.
pub async fn start(config: XeroConfig) -> io::Result<XeroSandbox> {
    let addr = config.addr;
    let app = Arc::new(App::new(config)?);
    let running = serve(router(&app), addr).await?;
    Ok(XeroSandbox {
        base_url: running.base_url.clone(),
        addr: running.addr,
        tenant_id: app.first_tenant().to_owned(),
        faults: app.faults.clone(),
        recorder: app.recorder.clone(),
        app,
        running,
    })
}

impl XeroSandbox {
    /// `{base_url}/api.xro/2.0`.
    pub fn api_url(&self) -> String {
        format!("{}/api.xro/2.0", self.base_url)
    }

    /// `{base_url}/identity/connect/authorize`.
    pub fn authorize_url(&self) -> String {
        format!("{}/identity/connect/authorize", self.base_url)
    }

    /// `{base_url}/connect/token`.
    pub fn token_url(&self) -> String {
        format!("{}/connect/token", self.base_url)
    }

    /// Tokens with every scope of the app without the consent page; all organisations are connected.
    pub fn issue_tokens(&self) -> Tokens {
        let config = &self.app.config;
        self.issue_tokens_for(&scopes(config.granular_scopes))
    }

    /// Tokens with these scopes.
    pub fn issue_tokens_for(&self, scopes: &[String]) -> Tokens {
        let now_ms = self.app.clock.now_ms();
        let mut people = self.app.people();
        let grant = people.consent(&self.app.config, scopes.to_vec(), now_ms);
        people.grants.issue(grant, now_ms)
    }

    /// All objects of an entity (`Invoice` or `Invoices`), voided and archived ones included.
    pub fn entities(&self, entity: &str) -> Vec<Value> {
        self.entities_of(&self.tenant_id, entity)
    }

    /// All objects of an entity of one organisation.
    pub fn entities_of(&self, tenant: &str, entity: &str) -> Vec<Value> {
        let (Some(kind), Some(book)) = (Kind::named(entity), self.app.book(tenant)) else {
            return Vec::new();
        };
        let rows = book.rows(kind).map(|(_, row)| Value::Object(shown(&book, kind, &row.body, WHOLE)));
        rows.collect()
    }

    /// How many objects of an entity there are.
    pub fn count(&self, entity: &str) -> usize {
        let kind = Kind::named(entity);
        kind.and_then(|kind| Some(self.app.book(&self.tenant_id)?.count(kind))).unwrap_or(0)
    }

    /// One object by id, number or code; `None` when unknown.
    pub fn get(&self, entity: &str, id: &str) -> Option<Value> {
        let kind = Kind::named(entity)?;
        let book = self.app.book(&self.tenant_id)?;
        let id = book.find(kind, id)?;
        Some(Value::Object(shown(&book, kind, book.body(kind, &id)?, WHOLE)))
    }

    /// Creates an object. The error is the API's body.
    pub fn create(&self, entity: &str, body: Value) -> Result<Value, Value> {
        self.app.create(entity, body)
    }

    /// Creates an object in another organisation.
    pub fn create_in(&self, tenant: &str, entity: &str, body: Value) -> Result<Value, Value> {
        self.app.by_hand((tenant, entity), None, body)
    }

    /// Merges `patch` into an object, as a POST on it would.
    pub fn edit(&self, entity: &str, id: &str, patch: Value) -> Result<Value, Value> {
        self.app.edit(entity, id, patch)
    }

    /// Deletes, voids or archives an object, whichever its state allows.
    pub fn delete(&self, entity: &str, id: &str) -> Result<Value, Value> {
        self.app.delete(entity, id)
    }

    /// Sets the period lock date (`YYYY-MM-DD`): documents dated on or before it are refused.
    pub fn lock_before(&self, date: &str) {
        self.app.lock_before(&self.tenant_id, date);
    }

    /// The counters with the faults sent, as `GET /admin/stats` shows them.
    pub fn stats(&self) -> Value {
        stats_of(self.app.as_ref())
    }

    /// Creates through the API by business key (`Invoice:1001`); more than one is a double write.
    pub fn writes_per_key(&self) -> BTreeMap<String, u64> {
        self.app.tally.group("creates_per_key")
    }

    /// Objects that count beyond the first with the same business key.
    pub fn duplicates(&self) -> u64 {
        self.app.duplicates()
    }

    /// Ends every access token; refresh tokens stay.
    pub fn expire_access_tokens(&self) {
        self.app.expire_access_tokens();
    }

    /// Ends all connections and tokens: a refresh answers `invalid_grant`.
    pub fn revoke(&self) {
        self.app.revoke();
    }

    /// The user removes one organisation in the provider's interface: 403 for it alone.
    pub fn disconnect(&self, tenant: &str) {
        self.app.people().connections.retain(|own| own.tenant_id != tenant);
    }

    /// The user connects an organisation again; tokens work for it at once.
    pub fn connect(&self, tenant: &str) {
        let now_ms = self.app.clock.now_ms();
        self.app.people().connect_by_hand(tenant, now_ms);
    }

    /// Sends the intent to receive and answers whether the webhook is active after it.
    pub async fn verify_webhook(&self) -> bool {
        match &self.app.announcer {
            Some(announcer) => announcer.verify().await,
            None => false,
        }
    }

    /// Whether the webhook is active; a delivery that failed to its last attempt disables it.
    pub fn webhook_enabled(&self) -> bool {
        self.app.announcer.as_ref().is_some_and(super::webhooks::Announcer::is_enabled)
    }

    /// What became of the webhook's POSTs.
    pub fn webhook_outcomes(&self) -> Vec<Outcome> {
        self.app.announcer.as_ref().map(super::webhooks::Announcer::outcomes).unwrap_or_default()
    }

    /// Moves the simulator's clock forward by `seconds`: tokens expire, changes age.
    pub fn advance_clock(&self, seconds: u32) {
        self.app.advance_clock(seconds);
    }

    /// Stops at once; the port is free when this returns.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}
