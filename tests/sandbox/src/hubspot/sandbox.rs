//! The simulator as tests and the demonstration hold it.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::Value;

use super::app::{App, router};
use super::config::HubSpotConfig;
use super::keys::duplicates;
use super::properties::kind_of;
use crate::faults::Faults;
use crate::kit::hands::Hands as _;
use crate::kit::poster::Outcome;
use crate::kit::{Recorder, Tokens};
use crate::server::{Running, serve};

/// A running account. Methods act at once, as a person in the user interface would: no token, no
/// throttle, no fault; webhooks are sent as for any change. Entities are named as in paths:
/// `contacts`, `companies`, `deals`, `tickets`, `products`, `line_items`.
///
/// ```no_run
/// # async fn example() -> std::io::Result<()> {
/// use sandbox::hubspot::{HubSpotConfig, start};
///
/// let account = start(HubSpotConfig::unlimited()).await?;
/// let token = account.issue_tokens(&["crm.objects.contacts.read"]).access_token;
/// // Send requests to account.base_url with `Authorization: Bearer {token}`.
/// assert_eq!(account.duplicates(), 0);
/// account.stop().await;
/// # Ok(()) }
/// ```
pub struct HubSpotSandbox {
    /// `http://127.0.0.1:PORT`: base of the API, of OAuth and of `/admin`.
    pub base_url: String,
    /// Where it listens.
    pub addr: SocketAddr,
    /// The account's number: the tenant key.
    pub portal_id: u64,
    /// Faults to inject.
    pub faults: Faults,
    /// Whole exchanges, once switched on.
    pub recorder: Recorder,
    app: Arc<App>,
    running: Running,
}

/// Starts a simulator. Errors: the address cannot be bound, or no thread can be started.
pub async fn start(config: HubSpotConfig) -> io::Result<HubSpotSandbox> {
    let addr = config.addr;
    let app = Arc::new(App::new(config)?);
    let running = serve(router(app.clone()), addr).await?;
    Ok(HubSpotSandbox {
        base_url: running.base_url.clone(),
        addr: running.addr,
        portal_id: app.config.portal_id,
        faults: app.faults.clone(),
        recorder: app.recorder.clone(),
        app,
        running,
    })
}

impl HubSpotSandbox {
    /// Tokens with these scopes without the consent page.
    pub fn issue_tokens(&self, scopes: &[&str]) -> Tokens {
        let grant = self.app.grant(scopes.iter().map(|scope| (*scope).to_owned()).collect());
        let now_ms = self.app.clock.now_ms();
        self.app.grants().issue(grant, now_ms)
    }

    /// The token of the account's private app; it has every scope and no end.
    pub fn private_app_token(&self) -> String {
        self.app.config.private_app_token.clone()
    }

    /// All objects of an entity that are not archived, with all their properties.
    pub fn entities(&self, entity: &str) -> Vec<Value> {
        let Some(kind) = kind_of(entity) else { return Vec::new() };
        let portal = self.app.portal();
        let live = portal.rows(kind).filter(|(_, row)| row.archived_ms.is_none());
        let all = live.map(|(id, row)| (id, row.values.keys().cloned().collect::<Vec<_>>()));
        all.filter_map(|(id, names)| portal.shown(kind, id, &names)).collect()
    }

    /// How many objects of an entity are not archived.
    pub fn count(&self, entity: &str) -> usize {
        let portal = self.app.portal();
        kind_of(entity)
            .map_or(0, |kind| portal.rows(kind).filter(|(_, row)| row.archived_ms.is_none()).count())
    }

    /// One object with all its properties, archived or not; `None` when unknown.
    pub fn get(&self, entity: &str, id: &str) -> Option<Value> {
        self.app.object(entity, id)
    }

    /// Creates an object from its properties. The error is the API's error body.
    pub fn create(&self, entity: &str, properties: Value) -> Result<Value, Value> {
        self.app.create(entity, properties)
    }

    /// Changes properties of an object.
    pub fn edit(&self, entity: &str, id: &str, properties: Value) -> Result<Value, Value> {
        self.app.edit(entity, id, properties)
    }

    /// Archives an object.
    pub fn delete(&self, entity: &str, id: &str) -> Result<Value, Value> {
        self.app.delete(entity, id)
    }

    /// Brings an archived object back.
    pub fn restore(&self, entity: &str, id: &str) {
        self.app.restore(entity, id);
    }

    /// Merges `loser` into `winner`; the losing id finds the winner from then on.
    pub fn merge(&self, entity: &str, winner: &str, loser: &str) -> Result<(), Value> {
        self.app.merge(entity, winner, loser)
    }

    /// Counters since the start or the last reset.
    pub fn stats(&self) -> Value {
        self.app.counted()
    }

    /// Creates through the API by business key (`contacts:ann@example.com`); more than one is a
    /// double write.
    pub fn writes_per_key(&self) -> BTreeMap<String, u64> {
        self.app.tally.group("creates_per_key")
    }

    /// Live objects beyond the first with the same business key.
    pub fn duplicates(&self) -> u64 {
        duplicates(&self.app.portal())
    }

    /// What became of webhooks, oldest first.
    pub fn webhook_outcomes(&self) -> Vec<Outcome> {
        self.app.outcomes()
    }

    /// Ends every access token; refresh tokens stay.
    pub fn expire_access_tokens(&self) {
        self.app.expire_access_tokens();
    }

    /// The app is uninstalled: every token is dead.
    pub fn revoke(&self) {
        self.app.revoke();
    }

    /// While the account is moved between data centres every request is answered 477 with this
    /// `Retry-After` in seconds; `None` ends it.
    pub fn set_migrating(&self, retry_after_s: Option<u64>) {
        *self.app.migrating() = retry_after_s;
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
