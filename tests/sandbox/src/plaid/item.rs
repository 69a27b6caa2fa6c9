//! An item: one login at one bank, with what its bank has told.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::bank::Bank;
use super::refusal::Refusal;
use crate::kit::clock::rfc3339_millis;
use crate::kit::decimals::Object;

/// How a transaction came and went: at which step of the log, and whether it was there after it.
type Steps = Vec<(u64, bool)>;

/// A login at a bank.
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) bank: &'static Bank,
    /// Who logged in: the same login twice is a duplicate item.
    pub(crate) login: String,
    pub(crate) webhook: Option<String>,
    pub(crate) products: Vec<String>,
    pub(crate) accounts: Vec<Value>,
    pub(crate) error: Option<(String, Option<String>)>,
    /// Removed by `/item/remove`: nothing of it is left.
    pub(crate) removed: bool,
    pub(crate) created_ms: i64,
    pub(crate) consent_until_ms: Option<i64>,
    /// History in days and the moment it was fixed: when transactions were first wanted.
    pub(crate) wanted: Option<(i64, i64)>,
    /// Whether `/transactions/sync` was ever called: before it no sync webhook is sent.
    pub(crate) synced: bool,
    /// How far the history has come: 0 nothing, 1 the last 30 days, 2 all of it.
    pub(crate) stage: u8,
    pub(crate) pulled_ms: i64,
    pub(crate) last_webhook: Option<(i64, String)>,
    /// What the bank has that was not fetched yet.
    pub(crate) held: Vec<Object>,
    pub(crate) transactions: BTreeMap<String, Object>,
    pub(crate) log: Vec<(String, String)>,
    steps: HashMap<String, Steps>,
}

impl Item {
    pub(crate) fn new(id: String, bank: &'static Bank, login: &str, now_ms: i64) -> Self {
        Self {
            id,
            bank,
            login: login.to_owned(),
            webhook: None,
            products: Vec::new(),
            accounts: Vec::new(),
            error: None,
            removed: false,
            created_ms: now_ms,
            consent_until_ms: None,
            wanted: None,
            synced: false,
            stage: 0,
            pulled_ms: now_ms,
            last_webhook: None,
            held: Vec::new(),
            transactions: BTreeMap::new(),
            log: Vec::new(),
            steps: HashMap::new(),
        }
    }

    /// The newest step of the log.
    pub(crate) fn head(&self) -> u64 {
        self.log.len() as u64
    }

    fn step(&mut self, id: &str, account: &str, there: bool) {
        self.log.push((id.to_owned(), account.to_owned()));
        let head = self.head();
        self.steps.entry(id.to_owned()).or_default().push((head, there));
    }

    /// Stores a transaction, new or changed.
    pub(crate) fn put(&mut self, id: &str, body: Object) {
        let account = body.get("account_id").and_then(Value::as_str).unwrap_or_default().to_owned();
        self.transactions.insert(id.to_owned(), body);
        self.step(id, &account, true);
    }

    /// Takes a transaction away. Answers whether it was there.
    pub(crate) fn take(&mut self, id: &str) -> bool {
        let Some(body) = self.transactions.remove(id) else { return false };
        let account = body.get("account_id").and_then(Value::as_str).unwrap_or_default().to_owned();
        self.step(id, &account, false);
        true
    }

    /// Whether a transaction was there at a step.
    pub(crate) fn was_there(&self, id: &str, at: u64) -> bool {
        let steps = self.steps.get(id).map(Vec::as_slice).unwrap_or_default();
        steps.iter().rev().find(|(step, _)| *step <= at).is_some_and(|(_, there)| *there)
    }

    /// How often a transaction changed after a step.
    pub(crate) fn changes_since(&self, id: &str, at: u64) -> usize {
        self.steps.get(id).map_or(0, |steps| steps.iter().filter(|(step, _)| *step > at).count())
    }

    /// The accounts asked for, or all.
    pub(crate) fn accounts_of(&self, wanted: Option<&Value>) -> Result<Vec<Value>, Refusal> {
        if self.accounts.is_empty() {
            return Err(Refusal::item("NO_ACCOUNTS", None));
        }
        let Some(wanted) = wanted.and_then(Value::as_array) else { return Ok(self.accounts.clone()) };
        let find = |id: &Value| self.accounts.iter().find(|account| account["account_id"] == *id).cloned();
        let found: Option<Vec<Value>> = wanted.iter().map(find).collect();
        found.ok_or_else(|| Refusal::input("INVALID_ACCOUNT_ID", "one or more of the account IDs is invalid"))
    }

    /// Refused while the user must do something.
    pub(crate) fn usable(&self) -> Result<(), Refusal> {
        match &self.error {
            Some((code, reason)) => Err(Refusal::item(code, reason.as_deref())),
            None => Ok(()),
        }
    }

    /// As answers carry it.
    pub(crate) fn shown(&self) -> Value {
        let error = self.error.as_ref().map(|(code, reason)| Refusal::item(code, reason.as_deref()).body(""));
        let available: Vec<&&str> = self
            .bank
            .products
            .iter()
            .filter(|product| !self.products.iter().any(|own| own == *product))
            .collect();
        json!({
            "auth_method": null,
            "available_products": available,
            "billed_products": self.products,
            "consent_expiration_time": self.consent_until_ms.map(rfc3339_millis),
            "consented_products": self.products,
            "created_at": rfc3339_millis(self.created_ms),
            "error": error,
            "institution_id": self.bank.id,
            "institution_name": self.bank.name,
            "item_id": self.id,
            "products": self.products,
            "update_type": "background",
            "webhook": self.webhook.clone().unwrap_or_default()
        })
    }

    /// `status` of `/item/get`.
    pub(crate) fn status(&self) -> Value {
        let updated = (self.stage > 0).then(|| rfc3339_millis(self.pulled_ms));
        let webhook = self.last_webhook.as_ref();
        let webhook = webhook.map(|(at, code)| json!({"sent_at": rfc3339_millis(*at), "code_sent": code}));
        json!({
            "investments": null,
            "last_webhook": webhook,
            "transactions": {"last_failed_update": null, "last_successful_update": updated}
        })
    }
}
