//! The simulator as tests and the demonstration hold it.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde_json::Value;

use super::config::PlaidConfig;
use super::routes::{App, router};
use crate::faults::Faults;
use crate::kit::hands::Hands as _;
use crate::kit::poster::Outcome;
use crate::kit::recorder::Recorder;
use crate::server::{Running, serve};

/// A running simulator. Methods act at once, as a user or a bank; webhooks are sent as for any
/// change. Errors are the API's bodies.
///
/// ```no_run
/// # async fn example() -> std::io::Result<()> {
/// use sandbox::plaid::{PlaidConfig, start};
/// use serde_json::json;
///
/// let plaid = start(PlaidConfig::unlimited()).await?;
/// let item = plaid.create("item", json!({})).unwrap();
/// let account = item["accounts"][0]["account_id"].clone();
/// plaid.create("transaction", json!({"account_id": account, "amount": 12.5})).unwrap();
/// // Requests go to plaid.base_url with `access_token` item["access_token"].
/// plaid.stop().await;
/// # Ok(()) }
/// ```
pub struct PlaidSandbox {
    /// `http://127.0.0.1:PORT`
    pub base_url: String,
    /// Where it listens.
    pub addr: SocketAddr,
    /// Faults to inject.
    pub faults: Faults,
    /// Whole exchanges, once switched on.
    pub recorder: Recorder,
    app: Arc<App>,
    running: Running,
}

/// Starts a simulator. Errors: the address cannot be bound, or no key or thread can be made.
pub async fn start(config: PlaidConfig) -> io::Result<PlaidSandbox> {
    let addr = config.addr;
    let app = App::new(config)?;
    let running = serve(router(&app), addr).await?;
    Ok(PlaidSandbox {
        base_url: running.base_url.clone(),
        addr: running.addr,
        faults: app.faults.clone(),
        recorder: app.recorder.clone(),
        app,
        running,
    })
}

impl PlaidSandbox {
    /// A user goes through Link with `link_token` as `login` at a bank. The public token of a new
    /// item; `None` after an update.
    pub fn link(&self, link_token: &str, institution: &str, login: &str) -> Result<Option<String>, Value> {
        self.app.link(link_token, (institution, login))
    }

    /// Creates a `transaction` (`account_id`, `amount`, `name`, `date`, `pending`, …) or an `item`
    /// (`institution_id`, `login`, `webhook`, `days_requested`: all optional; answers its token).
    pub fn create(&self, entity: &str, body: Value) -> Result<Value, Value> {
        self.app.create(entity, body)
    }

    /// Changes a `transaction` or an `account`.
    pub fn edit(&self, entity: &str, id: &str, patch: Value) -> Result<Value, Value> {
        self.app.edit(entity, id, patch)
    }

    /// Deletes a `transaction`; takes an `account` out of the consent, or ends that of an `item`.
    pub fn delete(&self, entity: &str, id: &str) -> Result<Value, Value> {
        self.app.delete(entity, id)
    }

    /// A pending transaction is posted, at another amount where one is given: the old id goes, a new
    /// one comes and points back (unless configured not to). Answers the new one.
    pub fn post(&self, transaction: &str, amount: Option<Decimal>) -> Result<Value, Value> {
        let linked = self.app.config.link_pending;
        self.app.at_hand(|world, now_ms| world.post(transaction, (amount, linked), now_ms))
    }

    /// The items that were not removed: `item_id`, `accounts`, `webhook`, `error` and what else `/item/get` shows.
    pub fn items(&self) -> Vec<Value> {
        let world = self.app.world();
        let live = world.items.values().filter(|item| !item.removed);
        live.map(|item| {
            let mut shown = item.shown();
            shown["accounts"] = item.accounts.clone().into();
            shown
        })
        .collect()
    }

    /// All transactions an item shows.
    pub fn transactions(&self, item: &str) -> Vec<Value> {
        let world = self.app.world();
        let rows = world.items.get(item).map(|item| item.transactions.values());
        rows.into_iter().flatten().cloned().map(Value::Object).collect()
    }

    /// Puts an item into a bad state: `ITEM_LOGIN_REQUIRED` with `OAUTH_CONSENT_EXPIRED`, ….
    pub fn fail(&self, item: &str, code: &str, reason: Option<&str>) {
        self.app.with(|world, now_ms| world.fail(item, code, reason, now_ms));
    }

    /// The user repaired a login without the client's Link (`LOGIN_REPAIRED`).
    pub fn repair(&self, item: &str) {
        self.app.repair(item);
    }

    /// A bank stops answering with this code (`INSTITUTION_DOWN`), or works again.
    pub fn set_bank_error(&self, institution: &str, code: Option<&str>) {
        let mut world = self.app.world();
        match code {
            Some(code) => world.down.insert(institution.to_owned(), code.to_owned()),
            None => world.down.remove(institution),
        };
    }

    /// The next `times` follow-up pages of a sync are answered
    /// `TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION`.
    pub fn spoil_pages(&self, times: u32) {
        self.app.world().spoilt_pages = times;
    }

    /// Another key signs webhooks; the old ones are expired. Answers its id.
    pub fn rotate_key(&self) -> io::Result<String> {
        self.app.signer.rotate(self.app.clock.now_ms())
    }

    /// What became of the webhooks sent, oldest first.
    pub fn outcomes(&self) -> Vec<Outcome> {
        self.app.poster.outcomes()
    }

    /// Counters since the start or the last reset; `billed_items` is the number of items now.
    pub fn stats(&self) -> Value {
        self.app.counted()
    }

    /// Exchanges by bank and login (`item:ins_109508:user_good`); more than one is a double item.
    pub fn writes_per_key(&self) -> BTreeMap<String, u64> {
        self.app.tally.group("creates_per_key")
    }

    /// Items beyond the first of the same login at the same bank.
    pub fn duplicates(&self) -> u64 {
        self.app.duplicates()
    }

    /// Access tokens never expire: every login breaks instead (`ITEM_LOGIN_REQUIRED`).
    pub fn expire_access_tokens(&self) {
        self.app.expire_access_tokens();
    }

    /// Every user revokes the permission at the bank.
    pub fn revoke(&self) {
        self.app.revoke();
    }

    /// Moves the simulator's clock forward: histories arrive, banks are visited, tokens expire.
    pub fn advance_clock(&self, seconds: u32) {
        self.app.advance_clock(seconds);
    }

    /// Stops at once; the port is free when this returns.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}
