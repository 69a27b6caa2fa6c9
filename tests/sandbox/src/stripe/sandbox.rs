//! The simulator as tests and the demonstration hold it.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::{Value, json};

use super::actions::{Verb, dispute, payout};
use super::admin::by_hand;
use super::config::StripeConfig;
use super::kind::Kind;
use super::render::render;
use super::routes::{App, router};
use crate::faults::Faults;
use crate::kit::hands::Hands as _;
use crate::kit::poster::Outcome;
use crate::kit::recorder::Recorder;
use crate::server::{Running, serve};

/// A running account. Methods act at once on the platform's test objects, as a person at the
/// dashboard: no key, no limit, no fault; webhooks are sent as for any change. Bodies are the API's
/// parameters as JSON, answers are in the account's default version, errors are the API's bodies.
///
/// ```no_run
/// # async fn example() -> std::io::Result<()> {
/// use sandbox::stripe::{StripeConfig, start};
///
/// let stripe = start(StripeConfig::unlimited()).await?;
/// let customer = stripe.create("customer", serde_json::json!({"email": "a@example.com"})).unwrap();
/// // Requests go to stripe.base_url with `Authorization: Bearer {stripe.secret_key}`.
/// assert_eq!(stripe.entities("customer"), [customer]);
/// stripe.stop().await;
/// # Ok(()) }
/// ```
pub struct StripeSandbox {
    /// `http://127.0.0.1:PORT`: base of `/v1`, `/v2`, `/oauth` and `/admin`.
    pub base_url: String,
    /// Where it listens.
    pub addr: SocketAddr,
    /// The test mode's secret key, as configured.
    pub secret_key: String,
    /// Faults to inject.
    pub faults: Faults,
    /// Whole exchanges, once switched on.
    pub recorder: Recorder,
    app: Arc<App>,
    running: Running,
}

/// Starts a simulator. Errors: the address cannot be bound, no thread can be started, or the
/// configured version is none.
pub async fn start(config: StripeConfig) -> io::Result<StripeSandbox> {
    let addr = config.addr;
    let app = Arc::new(App::new(config)?);
    let running = serve(router(&app), addr).await?;
    Ok(StripeSandbox {
        base_url: running.base_url.clone(),
        addr: running.addr,
        secret_key: app.config.secret_key.clone(),
        faults: app.faults.clone(),
        recorder: app.recorder.clone(),
        app,
        running,
    })
}

impl StripeSandbox {
    /// All objects of a kind (`customer`, `invoice`, …) that are not deleted, newest first.
    pub fn entities(&self, entity: &str) -> Vec<Value> {
        let Some(kind) = Kind::named(entity) else { return Vec::new() };
        let done = self.app.at_hand(|work| {
            let rows = work.ledger.table(kind).newest();
            Ok(rows.map(|(_, body)| render(work.ledger, kind, body, work.version)).collect())
        });
        done.unwrap_or_default()
    }

    /// How many objects of a kind there are.
    pub fn count(&self, entity: &str) -> usize {
        let kind = Kind::named(entity);
        let count = kind.map(|kind| self.app.at_hand(|work| Ok(work.ledger.table(kind).len())));
        count.and_then(Result::ok).unwrap_or(0)
    }

    /// One object; `None` when unknown or deleted.
    pub fn get(&self, entity: &str, id: &str) -> Option<Value> {
        let kind = Kind::named(entity)?;
        self.app
            .at_hand(|work| {
                work.find(kind, id, "id")?;
                Ok(work.shown(kind, id))
            })
            .ok()
    }

    /// Creates an object.
    pub fn create(&self, entity: &str, body: Value) -> Result<Value, Value> {
        self.app.create(entity, body)
    }

    /// Creates an object of a connected account.
    pub fn create_for(&self, account: &str, entity: &str, body: &Value) -> Result<Value, Value> {
        self.app.at_hand_of(account, |work| by_hand(work, (Verb::Create, entity), "", body))
    }

    /// Changes an object.
    pub fn edit(&self, entity: &str, id: &str, patch: Value) -> Result<Value, Value> {
        self.app.edit(entity, id, patch)
    }

    /// Deletes a customer, product, draft, invoice item or webhook endpoint.
    pub fn delete(&self, entity: &str, id: &str) -> Result<Value, Value> {
        self.app.delete(entity, id)
    }

    /// Finalizes a draft.
    pub fn finalize(&self, invoice: &str) -> Result<Value, Value> {
        self.app.act((Verb::Finalize, "invoice"), invoice, &json!({}))
    }

    /// Pays an open invoice with a test method (`pm_card_visa`), or outside when there is none.
    pub fn pay(&self, invoice: &str, method: Option<&str>) -> Result<Value, Value> {
        let how = method
            .map_or_else(|| json!({"paid_out_of_band": true}), |method| json!({"payment_method": method}));
        self.app.act((Verb::Pay, "invoice"), invoice, &how)
    }

    /// Voids an open invoice.
    pub fn void(&self, invoice: &str) -> Result<Value, Value> {
        self.app.act((Verb::Void, "invoice"), invoice, &json!({}))
    }

    /// Sends all that is available in a currency to the bank.
    pub fn payout(&self, currency: &str) -> Result<Value, Value> {
        self.app.at_hand(|work| {
            let id = payout(work, currency)?;
            Ok(work.shown(Kind::Payout, &id))
        })
    }

    /// The cardholder disputes a charge.
    pub fn dispute(&self, charge: &str, reason: &str) -> Result<Value, Value> {
        self.app.at_hand(|work| {
            let id = dispute(work, charge, reason)?;
            Ok(work.shown(Kind::Dispute, &id))
        })
    }

    /// A new signing secret of an endpoint; the old one signs along for `overlap_s` seconds.
    pub fn roll_secret(&self, endpoint: &str, overlap_s: u64) -> Result<String, Value> {
        self.app.roll_secret(endpoint, overlap_s)
    }

    /// The next `times` writes to this object are answered 429 `lock_timeout`.
    pub fn lock(&self, id: &str, times: u32) {
        self.app.world().locked.insert(id.to_owned(), times);
    }

    /// Connects an account without the page; answers the access token.
    pub fn connect(&self, account: &str) -> String {
        self.app.callers().connect(account, self.app.clock.now_ms()).access_token
    }

    /// A connected account throws the platform out.
    pub fn deauthorize(&self, account: &str) {
        self.app.callers().deauthorize(account);
    }

    /// A new secret key; the old ones of that mode are expired.
    pub fn roll_key(&self, livemode: bool) -> String {
        self.app.callers().roll(livemode)
    }

    /// What became of the webhooks sent, oldest first.
    pub fn outcomes(&self) -> Vec<Outcome> {
        self.app.poster.outcomes()
    }

    /// Counters since the start or the last reset.
    pub fn stats(&self) -> Value {
        self.app.counted()
    }

    /// Creates through the API by business key (`customer:hw-1`); more than one is a double write.
    pub fn writes_per_key(&self) -> BTreeMap<String, u64> {
        self.app.tally.group("creates_per_key")
    }

    /// Live objects beyond the first with the same business key.
    pub fn duplicates(&self) -> u64 {
        self.app.duplicates()
    }

    /// Every key is answered 401 `api_key_expired`.
    pub fn expire_access_tokens(&self) {
        self.app.expire_access_tokens();
    }

    /// Every key is deleted and every connected account leaves.
    pub fn revoke(&self) {
        self.app.revoke();
    }

    /// Moves the simulator's clock forward: drafts finalize, payouts arrive, keys are pruned.
    pub fn advance_clock(&self, seconds: u32) {
        self.app.advance_clock(seconds);
    }

    /// Stops at once; the port is free when this returns.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}
