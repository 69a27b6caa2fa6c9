//! All accounts in both modes, and what happens between them by itself.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::actions::{arrive, auto_finalize, settle_funds};
use super::config::StripeConfig;
use super::events::notices::{self, Notice};
use super::idempotency::Keys;
use super::kind::Kind;
use super::ledger::Ledger;
use super::limits::Limits;
use super::version::Version;
use super::work::{Cause, Work, int, is};
use crate::kit::clock::seconds_ms;
use crate::kit::decimals::{Object, text_of};

/// How often the clock's own work is looked for, in milliseconds.
const TICK_MS: i64 = 1000;
/// A draft is finalized this long after its notice was taken, in seconds.
const GRACE_S: i64 = 3600;

/// Ids of events a receiver has taken.
pub(crate) type Acks = Arc<Mutex<Vec<String>>>;

/// Everything that changes.
pub(crate) struct World {
    platform: String,
    seed: u64,
    pub(crate) account_version: Version,
    ledgers: BTreeMap<(String, bool), Ledger>,
    pub(crate) keys: Keys,
    pub(crate) limits: Limits,
    /// Objects another process is working on: how many more requests meet that.
    pub(crate) locked: HashMap<String, u32>,
    acks: Acks,
    ticked_ms: i64,
}

impl World {
    pub(crate) fn new(config: &StripeConfig, account_version: Version, acks: Acks) -> Self {
        let mut world = Self {
            platform: config.account_id.clone(),
            seed: config.seed,
            account_version,
            ledgers: BTreeMap::new(),
            keys: Keys::new(seconds_ms(config.idempotency_ttl_s)),
            limits: Limits::new(config),
            locked: HashMap::new(),
            acks,
            ticked_ms: 0,
        };
        if let Some(webhook) = &config.webhook {
            let ledger = world.ledger(&config.account_id, false);
            notices::preset(ledger, webhook);
        }
        world
    }

    /// The objects of an account in a mode.
    pub(crate) fn ledger(&mut self, account: &str, livemode: bool) -> &mut Ledger {
        let seed = self.seed;
        let place = (account.to_owned(), livemode);
        self.ledgers.entry(place).or_insert_with(|| Ledger::new(account, livemode, seed))
    }

    /// The platform's ledgers and those of connected accounts.
    pub(crate) fn ledgers(&self) -> impl Iterator<Item = &Ledger> {
        self.ledgers.values()
    }

    /// Work on an account's objects in a version.
    pub(crate) fn work<T>(
        &mut self,
        (account, livemode): (&str, bool),
        version: &Version,
        (cause, now_ms): (Cause, i64),
        what: impl FnOnce(&mut Work) -> T,
    ) -> T {
        let account_version = self.account_version.clone();
        let ledger = self.ledger(account, livemode);
        let mut work = Work { ledger, now_ms, version, account_version: &account_version, cause };
        what(&mut work)
    }

    /// Whether the other mode has an object of this id.
    pub(crate) fn is_in_other_mode(&self, account: &str, livemode: bool, kind: Kind, id: &str) -> bool {
        let other = self.ledgers.get(&(account.to_owned(), !livemode));
        other.is_some_and(|ledger| ledger.get(kind, id).is_some())
    }

    /// What the clock brings: drafts that finalize themselves, money that becomes available, payouts
    /// that arrive, notices that were taken.
    pub(crate) fn tick(&mut self, now_ms: i64) {
        if now_ms - self.ticked_ms < TICK_MS {
            return;
        }
        self.ticked_ms = now_ms;
        self.acknowledge(now_ms / 1000);
        let places: Vec<(String, bool)> = self.ledgers.keys().cloned().collect();
        let version = self.account_version.clone();
        for (account, livemode) in places {
            self.work((&account, livemode), &version, (Cause::default(), now_ms), |work| {
                for id in ripe(work) {
                    auto_finalize(work, &id);
                }
                settle_funds(work);
                arrive(work);
            });
        }
    }

    fn acknowledge(&mut self, now: i64) {
        let taken = std::mem::take(&mut *self.acks.lock().expect("no code panics while it holds the list"));
        for event in taken {
            for ledger in self.ledgers.values_mut() {
                acknowledged(ledger, &event, now);
            }
        }
    }

    /// Takes the events nobody was told of, as notices to those who listen.
    pub(crate) fn dispatch(&mut self) -> Vec<Notice> {
        let mut out = Vec::new();
        let places: Vec<(String, bool)> = self.ledgers.keys().cloned().collect();
        for place in places {
            let events = self.ledgers.get_mut(&place).map(|ledger| std::mem::take(&mut ledger.outbox));
            for event in events.unwrap_or_default() {
                out.extend(self.notices_of(&place, &event));
            }
        }
        out
    }

    fn notices_of(&mut self, place: &(String, bool), event: &str) -> Vec<Notice> {
        let platform = (self.platform.clone(), place.1);
        let Some(ledger) = self.ledgers.get(place) else { return Vec::new() };
        let mut listeners = notices::listeners(ledger, event, false);
        if place.0 != self.platform {
            let theirs = self.ledgers.get(&platform);
            listeners.extend(
                theirs.into_iter().flat_map(|hooks| notices::connect_listeners(hooks, ledger, event)),
            );
        }
        let count = listeners.len();
        if count > 0 {
            let now_ms = self.ticked_ms;
            if let Some(ledger) = self.ledgers.get_mut(place) {
                ledger.table_mut(Kind::Event).alter(event, now_ms, |body| {
                    body.insert("pending_webhooks".into(), json!(count));
                });
            }
        }
        let Some(ledger) = self.ledgers.get(place) else { return Vec::new() };
        let account = (place.0 != self.platform).then_some(place.0.as_str());
        listeners.iter().map(|hook| notices::notice(ledger, event, hook, account)).collect()
    }
}

/// Drafts whose hour is over.
fn ripe(work: &Work) -> Vec<String> {
    let now = work.now();
    let drafts = work.ledger.table(Kind::Invoice).newest().filter(|(_, body)| {
        let at = body.get("automatically_finalizes_at").and_then(Value::as_i64);
        text_of(body, "status") == "draft" && at.is_some_and(|at| at <= now)
    });
    drafts.map(|(_, body)| text_of(body, "id").to_owned()).collect()
}

/// A receiver took an event: of a draft's making, its hour begins.
fn acknowledged(ledger: &mut Ledger, event: &str, now: i64) {
    let Some(body) = ledger.get(Kind::Event, event).cloned() else { return };
    let left = (int(&body, "pending_webhooks") - 1).max(0);
    ledger.table_mut(Kind::Event).alter(event, now * 1000, |body: &mut Object| {
        body.insert("pending_webhooks".into(), json!(left));
    });
    if text_of(&body, "type") != "invoice.created" || left > 0 {
        return;
    }
    let invoice = body.get("_after").and_then(|after| after["id"].as_str()).unwrap_or_default();
    ledger.table_mut(Kind::Invoice).alter(invoice, now * 1000, |body| {
        body.insert("webhooks_delivered_at".into(), json!(now));
        if is(body, "auto_advance") && text_of(body, "status") == "draft" {
            body.insert("automatically_finalizes_at".into(), json!(now + GRACE_S));
        }
    });
}
