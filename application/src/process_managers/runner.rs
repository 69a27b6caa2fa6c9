//! Runs a process manager: page of events → reactions → one transaction with state, jobs and checkpoint.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use domain::event::Event;
use domain::metadata::Recorded;

use super::{Knowledge, ProcessManager, Reaction, Routes};
use crate::ports::Unavailable;
use crate::ports::checkpoints::{Checkpoint, Checkpoints, Save, SaveError, StateChange};
use crate::ports::clock::Clock;
use crate::ports::event_log::{EventLog, Filter};
use crate::ports::job_queue::NewJob;
use crate::ports::wakeups::Wakeups;

/// Events of one page.
const PAGE: usize = 2_000;
/// How long a lease lasts without renewal.
const LEASE: TimeDelta = TimeDelta::seconds(30);
/// A lease that ends within this time is renewed.
const RENEW: TimeDelta = TimeDelta::seconds(20);
/// A position at which nothing was decided is saved after this time at the latest.
const SAVE: TimeDelta = TimeDelta::seconds(1);

/// Handles pages and wake-ups for ever; ends when dropped. The managers take turns, so that all of them take the page that
/// the first one read.
pub async fn run(managers: &[Arc<Runner>]) {
    let Some(first) = managers.first() else { return };
    loop {
        let began = first.clock.now();
        let mut turn = Turn::Nothing;
        for manager in managers {
            turn = turn.max(manager.work().await);
        }
        match turn {
            Turn::Full => {}
            Turn::Some => first.wakeups.pause(first.clock.now() - began).await,
            Turn::Nothing => first.wakeups.wait("log").await,
        }
    }
}

/// One process manager at work.
pub struct Runner {
    manager: Arc<dyn ProcessManager>,
    log: Arc<dyn EventLog>,
    checkpoints: Arc<dyn Checkpoints>,
    clock: Arc<dyn Clock>,
    wakeups: Arc<dyn Wakeups>,
    holder: String,
    state: futures::lock::Mutex<Option<Held>>,
    /// Position of the last event it has reacted to.
    reached: AtomicU64,
}

/// What is held with the lease.
struct Held {
    /// As it is saved.
    saved: Checkpoint,
    /// Reacted to up to here; nothing between `saved` and here has led to anything.
    position: u64,
    knowledge: Knowledge,
    lease_until: DateTime<Utc>,
    saved_at: DateTime<Utc>,
}

/// What a turn came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    /// There was nothing to do.
    Nothing,
    /// What there was is done.
    Some,
    /// A full page: there is more.
    Full,
}

impl Runner {
    /// A runner of `manager`; `holder` names this process in leases.
    pub fn new(
        manager: Arc<dyn ProcessManager>,
        log: Arc<dyn EventLog>,
        checkpoints: Arc<dyn Checkpoints>,
        (clock, wakeups): (Arc<dyn Clock>, Arc<dyn Wakeups>),
        holder: &str,
    ) -> Self {
        let state = futures::lock::Mutex::new(None);
        let (holder, reached) = (holder.to_owned(), AtomicU64::default());
        Self { manager, log, checkpoints, clock, wakeups, holder, state, reached }
    }

    /// Its process manager's name.
    pub fn name(&self) -> &'static str {
        self.manager.name()
    }

    /// Position of the last event that it has reacted to in this process. Its checkpoint may be a second behind, as
    /// long as nothing came of the events between.
    pub fn reached(&self) -> u64 {
        self.reached.load(Ordering::SeqCst)
    }

    /// One turn; a manager that fails begins anew at its next one, and holds nobody else up.
    async fn work(&self) -> Turn {
        match self.turn().await {
            Ok(turn) => turn,
            Err(error) => {
                tracing::warn!(manager = self.name(), %error, "process manager pauses");
                Turn::Nothing
            }
        }
    }

    /// Handles one page, or what is due; `false` when there was nothing to do.
    pub async fn step(&self) -> Result<bool, SaveError> {
        Ok(self.turn().await? != Turn::Nothing)
    }

    async fn turn(&self) -> Result<Turn, SaveError> {
        let mut state = self.state.lock().await;
        let now = self.clock.now();
        self.hold(&mut state, now).await?;
        // Taken out until all of it holds: after a turn that fails or is dropped on its way, what is known may be ahead of
        // what was saved, or behind it.
        let Some(mut held) = state.take() else { return Ok(Turn::Nothing) };
        let page = self.log.read_closed(held.position, PAGE).await?;
        let turn = if page.len() == PAGE { Turn::Full } else { Turn::Some };
        let (save, to) = match page.last() {
            Some(last) => (self.react(&mut held.knowledge, &page, now), last.position),
            None => (self.due(&mut held.knowledge, now).await?, held.position),
        };
        let decided = !(save.jobs.is_empty() && save.changes.is_empty());
        let moved = to > held.position;
        let enqueued = !save.jobs.is_empty();
        let late = to > held.saved.position && now >= held.saved_at + SAVE;
        if decided || late {
            self.checkpoints.save(self.name(), held.saved, to, save).await?;
            (held.saved.position, held.saved_at) = (to, now);
        }
        held.position = to;
        *state = Some(held);
        self.reached.store(to, Ordering::SeqCst);
        drop(state);
        if enqueued {
            self.wakeups.notify("jobs");
        }
        Ok(if moved || decided { turn } else { Turn::Nothing })
    }

    /// Takes or renews the lease; gathers everything known anew when it was not ours.
    async fn hold(&self, state: &mut Option<Held>, now: DateTime<Utc>) -> Result<(), Unavailable> {
        if state.as_ref().is_some_and(|held| now + RENEW < held.lease_until) {
            return Ok(());
        }
        let lease_until = now + LEASE;
        let leased = self.checkpoints.lease(self.name(), &self.holder, now, lease_until).await?;
        let Some(saved) = leased else {
            *state = None;
            return Ok(());
        };
        match state {
            Some(held) if held.saved == saved => held.lease_until = lease_until,
            _ => {
                let routes = self.fold_routes(saved.position).await?;
                let instances = self.checkpoints.all(self.name()).await?;
                let knowledge = Knowledge::new(routes, instances);
                let position = saved.position;
                *state = Some(Held { saved, position, knowledge, lease_until, saved_at: now });
            }
        }
        Ok(())
    }

    async fn fold_routes(&self, through: u64) -> Result<Routes, Unavailable> {
        let kinds = Routes::KINDS.to_vec();
        let filter = Filter { organization: None, kinds };
        let mut routes = Routes::default();
        let mut position = 0;
        loop {
            let page = self.log.read_filtered(position, PAGE, &filter).await?;
            for event in page.iter().take_while(|event| event.position <= through) {
                routes.apply(event);
            }
            match page.last() {
                Some(last) if last.position < through => position = last.position,
                _ => return Ok(routes),
            }
        }
    }

    fn react(&self, knowledge: &mut Knowledge, page: &[Recorded<Event>], now: DateTime<Utc>) -> Save {
        let mut collected = Collected::default();
        for event in page {
            knowledge.routes.apply(event);
            let reactions = self.manager.react(knowledge, event, now);
            collected.add(knowledge, reactions);
        }
        collected.save
    }

    async fn due(&self, knowledge: &mut Knowledge, now: DateTime<Utc>) -> Result<Save, Unavailable> {
        let mut collected = Collected::default();
        for instance in self.checkpoints.due(self.name(), now, PAGE).await? {
            let reactions = self.manager.wake(knowledge, &instance, now);
            collected.add(knowledge, reactions);
        }
        Ok(collected.save)
    }
}

/// Of several reactions about one job or instance the last one holds.
#[derive(Default)]
struct Collected {
    save: Save,
    /// Where the change of an instance stands, and whether nothing of it was stored before.
    places: HashMap<String, (usize, bool)>,
}

impl Collected {
    fn add(&mut self, knowledge: &mut Knowledge, reactions: Vec<Reaction>) {
        for reaction in reactions {
            match reaction {
                Reaction::Enqueue(job) => self.job(job),
                Reaction::Withdraw(kind, key) => self.withdraw(kind, &key),
                Reaction::Remember(change) => {
                    let known = knowledge.instance(key(&change)).is_some();
                    knowledge.follow(&change);
                    self.change(change, known);
                }
            }
        }
    }

    fn job(&mut self, job: NewJob) {
        let mut last = self.save.jobs.iter_mut().rev().take(64);
        match last.find(|old| old.kind == job.kind && old.key == job.key) {
            Some(old) => *old = job,
            None => self.save.jobs.push(job),
        }
    }

    fn withdraw(&mut self, kind: &str, key: &str) {
        let places = (0..self.save.jobs.len()).rev().take(64);
        let same = |job: &NewJob| job.kind == kind && job.key == key;
        if let Some(place) = places.into_iter().find(|place| same(&self.save.jobs[*place])) {
            self.save.jobs.remove(place);
        }
    }

    /// `known` says whether there was something to be remembered under this key before.
    fn change(&mut self, change: StateChange, known: bool) {
        let key = key(&change).to_owned();
        match (self.places.get(&key).copied(), &change) {
            // What came and went within the page was never stored.
            (Some((place, true)), StateChange::Delete { .. }) => self.forget(place),
            (Some((place, _)), _) => self.save.changes[place] = change,
            (None, StateChange::Delete { .. }) if !known => {}
            (None, _) => {
                self.places.insert(key, (self.save.changes.len(), !known));
                self.save.changes.push(change);
            }
        }
    }

    fn forget(&mut self, place: usize) {
        let gone = self.save.changes.swap_remove(place);
        self.places.remove(key(&gone));
        if let Some(moved) = self.save.changes.get(place)
            && let Some((at, _)) = self.places.get_mut(key(moved))
        {
            *at = place;
        }
    }
}

fn key(change: &StateChange) -> &str {
    let (StateChange::Put { key, .. } | StateChange::Delete { key }) = change;
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(key: &str) -> Reaction {
        let (index, wake_at, state) = (None, None, Vec::new());
        Reaction::Remember(StateChange::Put { key: key.to_owned(), index, wake_at, state })
    }

    fn delete(key: &str) -> Reaction {
        Reaction::Remember(StateChange::Delete { key: key.to_owned() })
    }

    #[test]
    fn a_job_that_is_done_within_the_page_is_not_enqueued() {
        let job = |key: &str| {
            Reaction::Enqueue(NewJob {
                organization: domain::ids::DEFAULT_ORGANIZATION,
                kind: "process".to_owned(),
                lane: "lane".to_owned(),
                key: key.to_owned(),
                payload: Vec::new(),
                not_before: DateTime::UNIX_EPOCH,
            })
        };
        let done = |kind: &'static str, key: &str| Reaction::Withdraw(kind, key.to_owned());
        let mut page = Collected::default();
        page.add(
            &mut Knowledge::default(),
            vec![job("a"), job("b"), done("process", "a"), done("other", "b")],
        );
        let left: Vec<&str> = page.save.jobs.iter().map(|job| job.key.as_str()).collect();
        assert_eq!(left, ["b"]);
    }

    #[test]
    fn what_came_and_went_within_a_page_is_not_stored() {
        let mut knowledge = Knowledge::default();
        let mut before = Collected::default();
        before.add(&mut knowledge, vec![put("stored")]);
        // when: a page in which it is forgotten, and others come and go
        let mut page = Collected::default();
        page.add(&mut knowledge, vec![put("a"), put("b"), put("c"), delete("a"), put("c"), delete("stored")]);
        page.add(&mut knowledge, vec![delete("c"), put("stored"), delete("stored"), delete("never")]);
        // then
        let mut keys: Vec<&str> = page.save.changes.iter().map(key).collect();
        keys.sort_unstable();
        assert_eq!(keys, ["b", "stored"]);
        assert!(knowledge.instance("stored").is_none() && knowledge.instance("b").is_some());
    }
}
