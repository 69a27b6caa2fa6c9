//! All items of the client, the tokens that lead to them, and what their banks do by themselves.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::bank::Bank;
use super::config::{Environment, PlaidConfig};
use super::item::Item;
use super::link::Link;
use super::refusal::Refusal;
use super::transaction;
use super::webhooks::Notice;
use crate::kit::clock::{date, seconds_ms};
use crate::kit::decimals::{Object, number, text_of};
use crate::kit::keyed::Ids;

const DAY_MS: i64 = 86_400_000;
/// Days of the first, quick part of the history.
const INITIAL_DAYS: i64 = 30;
/// Days of history when nothing else was asked for (fact sheet, "Incremental reads").
const DEFAULT_DAYS: i64 = 90;

/// A token that can be exchanged once.
pub(crate) struct Public {
    pub(crate) item: String,
    pub(crate) expires_ms: i64,
    pub(crate) used: bool,
}

/// Everything that changes.
pub(crate) struct World {
    environment: Environment,
    waits_ms: (i64, i64),
    pull_every_ms: i64,
    pub(crate) legacy: bool,
    pub(crate) items: BTreeMap<String, Item>,
    /// Item ids by access token; tokens of removed items stay.
    pub(crate) tokens: HashMap<String, String>,
    pub(crate) publics: HashMap<String, Public>,
    pub(crate) links: BTreeMap<String, Link>,
    /// Banks that do not answer, with the error's code.
    pub(crate) down: BTreeMap<String, String>,
    /// How many more follow-up pages of a sync are spoilt by a change.
    pub(crate) spoilt_pages: u32,
    pub(crate) ids: Ids,
    pub(crate) outbox: Vec<Notice>,
}

impl World {
    pub(crate) fn new(config: &PlaidConfig) -> Self {
        Self {
            environment: config.environment,
            waits_ms: (seconds_ms(config.initial_after_s), seconds_ms(config.historical_after_s)),
            pull_every_ms: seconds_ms(config.pull_every_s),
            legacy: config.legacy_webhooks,
            items: BTreeMap::new(),
            tokens: HashMap::new(),
            publics: HashMap::new(),
            links: BTreeMap::new(),
            down: BTreeMap::new(),
            spoilt_pages: 0,
            ids: Ids::new(config.seed),
            outbox: Vec::new(),
        }
    }

    /// `access-sandbox-…`
    pub(crate) fn token(&mut self, kind: &str) -> String {
        format!("{kind}-{}-{}", self.environment.name(), self.ids.uuid())
    }

    /// The item of an access token that was not removed.
    pub(crate) fn item_of(&mut self, token: &str) -> Result<&mut Item, Refusal> {
        let id = self.tokens.get(token).ok_or_else(Refusal::bad_access_token)?;
        let item = self.items.get_mut(id).filter(|item| !item.removed);
        item.ok_or_else(|| Refusal::item("ITEM_NOT_FOUND", None))
    }

    /// A new item of a login at a bank, without a token.
    pub(crate) fn add_item(&mut self, bank: &'static Bank, login: &str, now_ms: i64) -> &mut Item {
        let id = self.ids.base62("", 37);
        let mut item = Item::new(id.clone(), bank, login, now_ms);
        item.accounts = bank.accounts(login, &mut self.ids);
        self.items.entry(id).or_insert(item)
    }

    /// A public token of an item.
    pub(crate) fn publish(&mut self, item: &str, expires_ms: i64) -> String {
        let token = self.token("public");
        let public = Public { item: item.to_owned(), expires_ms, used: false };
        self.publics.insert(token.clone(), public);
        token
    }

    /// An access token of an item.
    pub(crate) fn grant(&mut self, item: &str) -> String {
        let token = self.token("access");
        self.tokens.insert(token.clone(), item.to_owned());
        token
    }

    /// Transactions of an item are wanted from now on, so many days back; fixed the first time.
    pub(crate) fn want(&mut self, item: &str, days: Option<i64>, now_ms: i64) {
        let waits = self.waits_ms;
        let Some(item) = self.items.get_mut(item) else { return };
        if item.wanted.is_none() {
            item.wanted = Some((days.unwrap_or(DEFAULT_DAYS), now_ms));
            if !item.products.iter().any(|product| product == "transactions") {
                item.products.push("transactions".into());
            }
        }
        if waits == (0, 0) {
            self.tick(now_ms);
        }
    }

    /// What time brings: histories that are there now, visits at the bank.
    pub(crate) fn tick(&mut self, now_ms: i64) {
        let ids: Vec<String> =
            self.items.iter().filter(|(_, item)| !item.removed).map(|(id, _)| id.clone()).collect();
        for id in ids {
            self.advance(&id, now_ms);
            let due = self.pull_every_ms > 0
                && self
                    .items
                    .get(&id)
                    .is_some_and(|item| item.stage > 0 && now_ms >= item.pulled_ms + self.pull_every_ms);
            if due {
                self.pull(&id, now_ms);
            }
        }
    }

    /// The next part of the history, when its time has come.
    fn advance(&mut self, id: &str, now_ms: i64) {
        let (initial, historical) = self.waits_ms;
        let Some(item) = self.items.get_mut(id) else { return };
        let Some((_, since)) = item.wanted else { return };
        let stage = match now_ms - since {
            passed if passed >= historical => 2,
            passed if passed >= initial => 1,
            _ => 0,
        };
        if stage <= item.stage {
            return;
        }
        let first = item.stage == 0;
        item.stage = stage;
        let count = self.release(id, now_ms);
        if first {
            self.tell_legacy(id, "INITIAL_UPDATE", &json!({"new_transactions": count}), now_ms);
        }
        if stage == 2 {
            self.tell_legacy(id, "HISTORICAL_UPDATE", &json!({"new_transactions": count}), now_ms);
        }
        self.tell_sync(id, now_ms);
    }

    /// A visit at the bank: what is new there is fetched.
    pub(crate) fn pull(&mut self, id: &str, now_ms: i64) {
        let count = self.release(id, now_ms);
        if count > 0 {
            self.tell_legacy(id, "DEFAULT_UPDATE", &json!({"new_transactions": count}), now_ms);
            self.tell_sync(id, now_ms);
        }
    }

    /// Moves what the history reaches from the bank into the item; how many. What is older than
    /// the days asked for never comes.
    fn release(&mut self, id: &str, now_ms: i64) -> usize {
        let Some(item) = self.items.get_mut(id) else { return 0 };
        item.pulled_ms = now_ms;
        let Some((days, since)) = item.wanted.filter(|_| item.stage > 0) else { return 0 };
        let reach = if item.stage == 1 { days.min(INITIAL_DAYS) } else { days };
        let oldest = date(since - reach * DAY_MS);
        let (ready, held): (Vec<Object>, Vec<Object>) = std::mem::take(&mut item.held)
            .into_iter()
            .partition(|body| text_of(body, "date") >= oldest.as_str());
        item.held = held;
        for body in &ready {
            item.put(text_of(body, "transaction_id"), body.clone());
        }
        ready.len()
    }

    /// The bank books a transaction.
    pub(crate) fn book(&mut self, id: &str, body: Object, now_ms: i64) {
        let at_once = self.pull_every_ms == 0;
        let Some(item) = self.items.get_mut(id) else { return };
        item.held.push(body);
        if at_once && item.stage > 0 {
            self.pull(id, now_ms);
        }
    }

    /// A pending transaction is posted: the old id goes, a new one comes.
    pub(crate) fn post(
        &mut self,
        id: &str,
        (amount, linked): (Option<Decimal>, bool),
        now_ms: i64,
    ) -> Result<Value, Refusal> {
        let owner = self.owner_of(id)?;
        let fresh = self.ids.base62("", 37);
        let Some(item) = self.items.get_mut(&owner) else { return Err(transaction::unknown()) };
        let mut body = item.transactions.get(id).cloned().ok_or_else(transaction::unknown)?;
        if body.get("pending") != Some(&json!(true)) {
            return Err(Refusal::field("transaction_id", "is not pending"));
        }
        item.take(id);
        body.insert("transaction_id".into(), json!(fresh));
        body.insert("pending".into(), json!(false));
        body.insert("pending_transaction_id".into(), json!(linked.then_some(id)));
        body.insert("date".into(), json!(date(now_ms)));
        if let Some(amount) = amount {
            body.insert("amount".into(), number(amount));
        }
        item.put(&fresh, body.clone());
        let removed = json!({"removed_transactions": [id]});
        self.tell_legacy(&owner, "TRANSACTIONS_REMOVED", &removed, now_ms);
        self.tell_legacy(&owner, "DEFAULT_UPDATE", &json!({"new_transactions": 1}), now_ms);
        self.tell_sync(&owner, now_ms);
        Ok(Value::Object(body))
    }

    /// The item a transaction is of, fetched or not.
    pub(crate) fn owner_of(&self, transaction: &str) -> Result<String, Refusal> {
        let has = |item: &&Item| {
            item.transactions.contains_key(transaction)
                || item.held.iter().any(|body| text_of(body, "transaction_id") == transaction)
        };
        self.items.values().find(has).map(|item| item.id.clone()).ok_or_else(transaction::unknown)
    }

    /// Queues a webhook of an item, when it has an address.
    pub(crate) fn tell(&mut self, id: &str, named: (&str, &str), more: &Value, now_ms: i64) {
        let environment = self.environment.name();
        let Some(item) = self.items.get_mut(id) else { return };
        let Some(url) = item.webhook.clone().filter(|url| !url.is_empty()) else { return };
        let mut all = json!({"item_id": id});
        if let (Some(all), Some(more)) = (all.as_object_mut(), more.as_object()) {
            all.extend(more.clone());
        }
        item.last_webhook = Some((now_ms, named.1.to_owned()));
        self.outbox.push(Notice::new(&url, named, environment, all));
    }

    fn tell_legacy(&mut self, id: &str, code: &str, more: &Value, now_ms: i64) {
        if self.legacy {
            let mut more = more.clone();
            more["error"] = Value::Null;
            self.tell(id, ("TRANSACTIONS", code), &more, now_ms);
        }
    }

    /// Only once a sync was asked for (fact sheet, "Webhooks").
    pub(crate) fn tell_sync(&mut self, id: &str, now_ms: i64) {
        let Some(item) = self.items.get(id).filter(|item| item.synced) else { return };
        let more = json!({
            "initial_update_complete": item.stage > 0,
            "historical_update_complete": item.stage == 2
        });
        self.tell(id, ("TRANSACTIONS", "SYNC_UPDATES_AVAILABLE"), &more, now_ms);
    }

    /// Puts an item into a bad state and tells of it.
    pub(crate) fn fail(&mut self, id: &str, code: &str, reason: Option<&str>, now_ms: i64) {
        let Some(item) = self.items.get_mut(id) else { return };
        item.error = Some((code.to_owned(), reason.map(str::to_owned)));
        let error = Refusal::item(code, reason).body("");
        let named = if code == "USER_PERMISSION_REVOKED" { code } else { "ERROR" };
        self.tell(id, ("ITEM", named), &json!({"error": error}), now_ms);
    }
}
