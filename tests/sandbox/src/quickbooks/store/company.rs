//! The company as a whole: tables, ids, and the one place where an object is stored.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::table::{Row, Table};
use crate::quickbooks::answer::Answer;
use crate::quickbooks::clock::{Clock, stamp};
use crate::quickbooks::config::{Preference, QuickBooksConfig};
use crate::quickbooks::decimals::Object;
use crate::quickbooks::kind::Kind;
use crate::quickbooks::stats::Tally;

/// Settings of the company that change what the books accept.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) us: bool,
    pub(crate) home_currency: &'static str,
    pub(crate) unique_doc_numbers: bool,
    pub(crate) custom_txn_numbers: bool,
    pub(crate) multi_currency: bool,
    pub(crate) tax_rate_percent: Decimal,
    pub(crate) notes_filterable: bool,
    pub(crate) reference_marker: Option<String>,
}

/// What happened to an object, as webhooks name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Create,
    Update,
    Delete,
    Void,
}

/// A change to tell webhook receivers of.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) kind: Kind,
    pub(crate) id: u64,
    pub(crate) operation: Operation,
    pub(crate) at_ms: i64,
}

/// The first answer to a `requestid`, and what was asked then.
pub(crate) struct Replay {
    pub(crate) question: u64,
    pub(crate) answer: Answer,
}

/// Everything one company holds.
pub(crate) struct Company {
    pub(crate) clock: Clock,
    pub(crate) tally: Tally,
    pub(crate) settings: Settings,
    pub(crate) replays: HashMap<String, Replay>,
    /// Changes not yet handed to the webhook sender.
    pub(crate) changes: Vec<Change>,
    /// Whether rows keep their previous state for lagging queries.
    pub(crate) keep_previous: bool,
    /// What payments apply to each transaction: target, then payment, then amount.
    pub(super) applied: HashMap<u64, BTreeMap<u64, Decimal>>,
    /// Open balance by customer and vendor.
    pub(super) balances: HashMap<u64, Decimal>,
    tables: Vec<Table>,
    pub(super) next_list: [u64; Kind::ALL.len()],
    next_name: u64,
    next_txn: u64,
    pub(crate) next_doc_number: u64,
}

impl Company {
    pub(crate) fn new(config: &QuickBooksConfig, clock: Clock, tally: Tally) -> Self {
        let mut company = Self {
            clock,
            tally,
            settings: Settings {
                us: config.company_country == "US",
                home_currency: home_currency(&config.company_country),
                unique_doc_numbers: config.enforce_unique_doc_number,
                custom_txn_numbers: config.custom_txn_numbers,
                multi_currency: config.multi_currency,
                tax_rate_percent: config.tax_rate_percent,
                notes_filterable: config.notes_filterable,
                reference_marker: config.reference_marker.clone(),
            },
            replays: HashMap::new(),
            changes: Vec::new(),
            keep_previous: false,
            applied: HashMap::new(),
            balances: HashMap::new(),
            tables: Kind::ALL.into_iter().map(Table::new).collect(),
            next_name: 1,
            next_txn: 1,
            next_list: [1; Kind::ALL.len()],
            next_doc_number: 1001,
        };
        // The company was founded a year ago: its seeds are no recent changes.
        company.clock.advance(-FOUNDED_S);
        company.seed(&config.company_country);
        company.clock.advance(FOUNDED_S);
        company
    }

    pub(crate) fn table(&self, kind: Kind) -> &Table {
        &self.tables[kind.slot()]
    }

    pub(crate) fn row(&self, kind: Kind, id: u64) -> Option<&Row> {
        self.table(kind).get(id)
    }

    /// The row a reference names; `None` when unknown or inactive.
    pub(crate) fn usable(&self, kind: Kind, id: &str) -> Option<&Row> {
        self.row(kind, key_of_id(id)?).filter(|row| row.active)
    }

    /// The id of the next object: customers and vendors share a sequence, as do transactions.
    pub(crate) fn next_id(&mut self, kind: Kind) -> u64 {
        let counter = if kind.is_name() {
            &mut self.next_name
        } else if kind.is_transaction() {
            &mut self.next_txn
        } else {
            &mut self.next_list[kind.slot()]
        };
        *counter += 1;
        *counter - 1
    }

    /// Stores `body` as the new state of the object: sets id, token, times and the fixed properties,
    /// keeps balances and indexes, and notes the change.
    pub(crate) fn put(&mut self, kind: Kind, id: u64, mut body: Object, operation: Operation) {
        let now_ms = self.clock.now_ms();
        let old = self.table(kind).get(id).cloned();
        let token = old.as_ref().map_or(0, |row| row.token + 1);
        let created = old.as_ref().and_then(|row| row.body.get("MetaData")?.get("CreateTime").cloned());
        let now = stamp(now_ms);
        body.insert(
            "MetaData".into(),
            json!({"CreateTime": created.unwrap_or_else(|| Value::from(now.as_str())), "LastUpdatedTime": now}),
        );
        body.insert("Id".into(), Value::from(id_text(id)));
        body.insert("SyncToken".into(), Value::from(token.to_string()));
        body.insert("domain".into(), Value::from("QBO"));
        body.insert("sparse".into(), Value::Bool(false));
        if let Some(old) = &old {
            self.shift_balance(kind, &old.body, false);
        }
        self.shift_balance(kind, &body, true);
        let row = Row {
            active: body.get("Active").and_then(Value::as_bool).unwrap_or(true),
            voided: operation == Operation::Void || old.as_ref().is_some_and(|row| row.voided),
            previous: if self.keep_previous { old.map(|row| row.body) } else { None },
            body: Arc::new(body),
            token,
            updated_ms: now_ms,
        };
        self.tables[kind.slot()].put(id, row);
        self.changes.push(Change { kind, id, operation, at_ms: now_ms });
    }

    /// Deletes a transaction.
    pub(crate) fn remove(&mut self, kind: Kind, id: u64) {
        let now_ms = self.clock.now_ms();
        let Some(row) = self.tables[kind.slot()].remove(id, now_ms) else { return };
        self.shift_balance(kind, &row.body, false);
        self.changes.push(Change { kind, id, operation: Operation::Delete, at_ms: now_ms });
    }

    /// Changes a setting, as a bookkeeper does in the company's preferences.
    pub(crate) fn set_preference(&mut self, preference: Preference) {
        match preference {
            Preference::UniqueDocNumbers(on) => self.settings.unique_doc_numbers = on,
            Preference::CustomTxnNumbers(on) => self.settings.custom_txn_numbers = on,
            Preference::MultiCurrency(on) => self.settings.multi_currency = on,
            Preference::TaxRatePercent(percent) => self.settings.tax_rate_percent = percent,
        }
        self.seed_preferences();
    }
}

/// Age of a new company in seconds.
const FOUNDED_S: i64 = 365 * 24 * 3600;

/// US tax "codes" are words, not numbers; they get the two highest row keys.
const TAX: u64 = u64::MAX - 1;
const NON: u64 = u64::MAX;

/// The row key of an id; `None` for what cannot be one.
pub(crate) fn key_of_id(id: &str) -> Option<u64> {
    match id {
        "TAX" => Some(TAX),
        "NON" => Some(NON),
        _ => id.parse().ok().filter(|key| *key < TAX),
    }
}

/// The id of a row key.
pub(crate) fn id_text(key: u64) -> String {
    match key {
        TAX => "TAX".into(),
        NON => "NON".into(),
        _ => key.to_string(),
    }
}

fn home_currency(country: &str) -> &'static str {
    match country {
        "GB" => "GBP",
        "CA" => "CAD",
        "AU" => "AUD",
        "DE" | "FR" | "IE" | "NL" | "ES" | "IT" => "EUR",
        _ => "USD",
    }
}
