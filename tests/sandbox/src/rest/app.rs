//! The state of one REST simulator and what a request does to it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use serde_json::{Value, json};

use super::change::{self, Change, Committed, Kind, Terms};
use super::clock::now_ms;
use super::collection::Collection;
use super::config::RestConfig;
use super::counts::Counts;
use super::generate::{self, Shape};
use super::idempotency::Replays;
use super::layout::Layout;
use super::page::{Page, page};
use super::problem::Problem;
use super::query::ListQuery;
use super::rate::RateLimit;
use super::webhook::Webhooks;
use crate::admin::Admin;
use crate::faults::Faults;

#[derive(Debug)]
pub(super) struct App {
    pub(super) config: RestConfig,
    pub(super) faults: Faults,
    pub(super) rate: Option<RateLimit>,
    collections: BTreeMap<String, RwLock<Collection>>,
    counts: Mutex<Counts>,
    replays: Mutex<Replays>,
    webhooks: Option<Webhooks>,
}

impl App {
    /// Generates the records and starts the webhook task. Errors: no HTTP client can be made.
    pub(super) fn new(config: RestConfig) -> std::io::Result<Self> {
        let faults = Faults::new(config.faults.clone());
        let target = config.webhook.clone();
        let webhooks = target.map(|target| Webhooks::start(target, faults.clone()));
        let collections = config.collections.iter();
        Ok(Self {
            collections: collections.map(|name| generated(&config, name)).collect(),
            rate: config.rate_per_minute.map(RateLimit::new),
            webhooks: webhooks.transpose()?,
            counts: Mutex::default(),
            replays: Mutex::default(),
            faults,
            config,
        })
    }

    pub(super) fn knows(&self, collection: &str) -> bool {
        self.collections.contains_key(collection)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.collections.keys().map(String::as_str)
    }

    /// A page of what lists show now.
    pub(super) fn list(&self, collection: &str, query: &ListQuery) -> Result<Page, Problem> {
        let now = now_ms();
        if self.read(collection)?.unsettled(now) {
            self.edit(collection)?.settle(now);
        }
        Ok(page(self.read(collection)?.listed(), query))
    }

    /// Stores a change and announces it.
    pub(super) fn change(&self, collection: &str, change: Change) -> Result<Committed, Problem> {
        let mut records = self.edit(collection)?;
        let now_ms = now_ms();
        let terms = Terms {
            unique_external_id: self.config.unique_external_id,
            now_ms,
            visible_ms: now_ms.saturating_add_unsigned(self.faults.plan().search_lag_ms),
        };
        let committed = change::apply(&mut records, change, terms)?;
        // Announced under the lock, so that webhooks leave in the order of the changes.
        self.announce(collection, &committed);
        Ok(committed)
    }

    /// Reads a collection. Errors: there is none of this name.
    pub(super) fn read(&self, name: &str) -> Result<RwLockReadGuard<'_, Collection>, Problem> {
        let collection = self.collections.get(name).ok_or_else(|| unknown(name))?;
        Ok(collection.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes a collection. Errors: there is none of this name.
    pub(super) fn edit(&self, name: &str) -> Result<RwLockWriteGuard<'_, Collection>, Problem> {
        let collection = self.collections.get(name).ok_or_else(|| unknown(name))?;
        Ok(collection.write().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn replays(&self) -> MutexGuard<'_, Replays> {
        self.replays.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn announce(&self, collection: &str, committed: &Committed) {
        if let Some(webhooks) = &self.webhooks {
            let what = match committed.kind {
                Kind::Created => "created",
                Kind::Updated => "updated",
                Kind::Deleted => "deleted",
            };
            webhooks.announce(format!("{collection}.{what}"), committed.id.clone());
        }
    }

    fn live(&self) -> BTreeMap<&str, usize> {
        let live = |name| self.read(name).map_or(0, |records| records.current().live());
        self.names().map(|name| (name, live(name))).collect()
    }
}

impl Admin for App {
    fn faults(&self) -> &Faults {
        &self.faults
    }

    fn stats(&self) -> Value {
        let mut stats = self.counts().to_json();
        stats["records"] = json!(self.live());
        stats["webhooks"] = json!(self.webhooks.as_ref().map(Webhooks::counts));
        stats
    }

    fn reset(&self) {
        *self.counts() = Counts::default();
        if let Some(webhooks) = &self.webhooks {
            webhooks.reset();
        }
    }
}

fn generated(config: &RestConfig, name: &str) -> (String, RwLock<Collection>) {
    let layout = Layout::new(name, config.stamp_granularity, config.versions);
    let rows = generate::rows(Shape::of(name), &layout, config.records, config.seed);
    (name.to_owned(), RwLock::new(Collection::new(name, layout, rows)))
}

fn unknown(name: &str) -> Problem {
    Problem::not_modelled(format!("there is no collection {name}"))
}
