//! Runs a process manager: page of events → reactions → one transaction with state, jobs and checkpoint.

use std::collections::HashMap;
use std::sync::Arc;

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

/// One process manager at work.
pub struct Runner {
    manager: Arc<dyn ProcessManager>,
    log: Arc<dyn EventLog>,
    checkpoints: Arc<dyn Checkpoints>,
    clock: Arc<dyn Clock>,
    wakeups: Arc<dyn Wakeups>,
    holder: String,
    state: futures::lock::Mutex<Option<(Checkpoint, Knowledge)>>,
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
        Self { manager, log, checkpoints, clock, wakeups, holder: holder.to_owned(), state }
    }

    /// Its process manager's name.
    pub fn name(&self) -> &'static str {
        self.manager.name()
    }

    /// Handles pages and wake-ups for ever; ends when dropped.
    pub async fn run(&self) {
        loop {
            match self.step().await {
                Ok(true) => {}
                Ok(false) => self.wakeups.wait("log").await,
                Err(error) => {
                    tracing::warn!(manager = self.name(), %error, "process manager pauses");
                    *self.state.lock().await = None;
                    self.wakeups.wait("log").await;
                }
            }
        }
    }

    /// Handles one page, or what is due; `false` when there was nothing to do.
    pub async fn step(&self) -> Result<bool, SaveError> {
        let mut state = self.state.lock().await;
        let now = self.clock.now();
        if !self.hold(&mut state, now).await? {
            return Ok(false);
        }
        let Some((checkpoint, knowledge)) = state.as_mut() else { return Ok(false) };
        let page = self.log.read_closed(checkpoint.position, PAGE).await?;
        let (save, to) = match page.last() {
            Some(last) => (self.react(knowledge, &page, now), last.position),
            None => (self.due(knowledge, now).await?, checkpoint.position),
        };
        if to == checkpoint.position && save.jobs.is_empty() && save.changes.is_empty() {
            return Ok(false);
        }
        let enqueued = !save.jobs.is_empty();
        if let Err(error) = self.checkpoints.save(self.name(), *checkpoint, to, save).await {
            // What is known ran ahead of what was saved.
            *state = None;
            return Err(error);
        }
        checkpoint.position = to;
        drop(state);
        if enqueued {
            self.wakeups.notify("jobs");
        }
        Ok(true)
    }

    /// Takes or renews the lease; gathers everything known anew when it was not ours.
    async fn hold(
        &self,
        state: &mut Option<(Checkpoint, Knowledge)>,
        now: DateTime<Utc>,
    ) -> Result<bool, Unavailable> {
        let leased = self.checkpoints.lease(self.name(), &self.holder, now, now + LEASE).await?;
        let Some(checkpoint) = leased else {
            *state = None;
            return Ok(false);
        };
        if state.as_ref().is_none_or(|(held, _)| *held != checkpoint) {
            let routes = self.fold_routes(checkpoint.position).await?;
            let instances = self.checkpoints.all(self.name()).await?;
            *state = Some((checkpoint, Knowledge::new(routes, instances)));
        }
        Ok(true)
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
    /// Where the change of an instance stands.
    places: HashMap<String, usize>,
}

impl Collected {
    fn add(&mut self, knowledge: &mut Knowledge, reactions: Vec<Reaction>) {
        for reaction in reactions {
            match reaction {
                Reaction::Enqueue(job) => self.job(job),
                Reaction::Remember(change) => {
                    knowledge.follow(&change);
                    self.change(change);
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

    fn change(&mut self, change: StateChange) {
        let (StateChange::Put { key, .. } | StateChange::Delete { key }) = &change;
        if let Some(place) = self.places.get(key) {
            self.save.changes[*place] = change;
        } else {
            self.places.insert(key.clone(), self.save.changes.len());
            self.save.changes.push(change);
        }
    }
}
