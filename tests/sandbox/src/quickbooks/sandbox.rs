//! The simulator as tests and the demonstration hold it.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::Value;

use super::business_keys::duplicates;
use super::config::{Preference, QuickBooksConfig};
use super::decimals::Object;
use super::faultbody::Refusal;
use super::kind::Kind;
use super::routes::{App, key, router};
use super::stats::Stats;
use super::tokens::Tokens;
use super::write::Verb;
use crate::faults::Faults;
use crate::kit::Recorder;
use crate::server::{Running, serve};

/// A running company. Methods act at once, as a bookkeeper in the user interface would: no sync
/// token, no throttle, no fault; webhooks are sent as for any change.
///
/// ```no_run
/// # async fn example() -> std::io::Result<()> {
/// use sandbox::quickbooks::{QuickBooksConfig, start};
///
/// let books = start(QuickBooksConfig::unlimited()).await?;
/// let token = books.issue_tokens().access_token;
/// // Send requests to books.company_url() with `Authorization: Bearer {token}`, then look inside:
/// assert_eq!(books.duplicates(), 0);
/// books.stop().await;
/// # Ok(()) }
/// ```
pub struct QuickBooksSandbox {
    /// `http://127.0.0.1:PORT`: base of the API, of OAuth and of `/admin`.
    pub base_url: String,
    /// Where it listens.
    pub addr: SocketAddr,
    /// The company id.
    pub realm_id: String,
    /// Faults to inject.
    pub faults: Faults,
    /// Exchanges, once it is on.
    pub recorder: Recorder,
    app: Arc<App>,
    running: Running,
}

/// Starts a simulator. Errors: the address cannot be bound, or no thread can be started.
pub async fn start(config: QuickBooksConfig) -> io::Result<QuickBooksSandbox> {
    let addr = config.addr;
    let app = Arc::new(App::new(config)?);
    let running = serve(router(app.clone()), addr).await?;
    Ok(QuickBooksSandbox {
        base_url: running.base_url.clone(),
        addr: running.addr,
        realm_id: app.config.realm_id.clone(),
        faults: app.faults.clone(),
        recorder: app.recorder.clone(),
        app,
        running,
    })
}

/// The fault of a refused edit, as the API would answer it.
fn fault(refusal: &Refusal) -> Value {
    refusal.body("")
}

impl QuickBooksSandbox {
    /// `{base_url}/v3/company/{realmId}`.
    pub fn company_url(&self) -> String {
        format!("{}/v3/company/{}", self.base_url, self.realm_id)
    }

    /// Tokens without the consent page.
    pub fn issue_tokens(&self) -> Tokens {
        let now_ms = self.app.clock.now_ms();
        self.app.grants().issue(now_ms)
    }

    /// All objects of an entity (`Invoice`), inactive ones included, deleted ones not.
    pub fn entities(&self, entity: &str) -> Vec<Value> {
        let company = self.app.company();
        let Some(kind) = Kind::named(entity) else { return Vec::new() };
        let ids: Vec<u64> = company.table(kind).rows().map(|(id, _)| id).collect();
        ids.into_iter().filter_map(|id| company.render(kind, id)).collect()
    }

    /// How many objects of an entity there are, inactive ones included.
    pub fn count(&self, entity: &str) -> usize {
        Kind::named(entity).map_or(0, |kind| self.app.company().table(kind).len())
    }

    /// One object; `None` when unknown or deleted.
    pub fn get(&self, entity: &str, id: &str) -> Option<Value> {
        self.app.company().render(Kind::named(entity)?, key(id).ok()?)
    }

    /// Creates an object. The error is the API's fault body.
    pub fn create(&self, entity: &str, body: Value) -> Result<Value, Value> {
        self.by_hand(Verb::Save, entity, None, body)
    }

    /// Merges `patch` into an object: its sync token and change time move on.
    pub fn edit(&self, entity: &str, id: &str, patch: Value) -> Result<Value, Value> {
        self.by_hand(Verb::Save, entity, Some(id), patch)
    }

    /// Makes a list object inactive.
    pub fn deactivate(&self, entity: &str, id: &str) -> Result<Value, Value> {
        self.by_hand(Verb::Save, entity, Some(id), serde_json::json!({"Active": false}))
    }

    /// Deletes a transaction.
    pub fn delete(&self, entity: &str, id: &str) -> Result<Value, Value> {
        self.by_hand(Verb::Delete, entity, Some(id), Value::Null)
    }

    /// Voids an invoice, a payment or a bill payment.
    pub fn void(&self, entity: &str, id: &str) -> Result<Value, Value> {
        self.by_hand(Verb::Void, entity, Some(id), Value::Null)
    }

    fn by_hand(&self, verb: Verb, entity: &str, id: Option<&str>, body: Value) -> Result<Value, Value> {
        let body = match body {
            Value::Object(body) => body,
            _ => Object::new(),
        };
        self.app.by_hand(verb, entity, id, body).map_err(|refusal| fault(&refusal))
    }

    /// Counters since the start or the last reset.
    pub fn stats(&self) -> Stats {
        self.app.counted()
    }

    /// Creates through the API by business key (`Invoice:1001`); more than one is a double write.
    pub fn writes_per_key(&self) -> BTreeMap<String, u64> {
        self.app.tally.snapshot().creates_per_key
    }

    /// Live objects beyond the first with the same business key.
    pub fn duplicates(&self) -> u64 {
        duplicates(&self.app.company())
    }

    /// Changes a company setting.
    pub fn set_company_preference(&self, preference: Preference) {
        self.app.company().set_preference(preference);
    }

    /// Ends every access token; refresh tokens stay.
    pub fn expire_access_tokens(&self) {
        self.app.grants().expire_access();
    }

    /// Ends the connection: every token is dead, a refresh answers `invalid_grant`.
    pub fn revoke(&self) {
        self.app.grants().revoke_all();
    }

    /// Moves the simulator's clock forward by `seconds`: tokens expire, changes age.
    pub fn advance_clock(&self, seconds: u32) {
        self.app.clock.advance(i64::from(seconds));
    }

    /// Stops at once; the port is free when this returns.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}
