//! Serves lanes round-robin, so that one busy realm never starves another.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};

use super::JobHandler;
use crate::ports::Unavailable;
use crate::ports::clock::Clock;
use crate::ports::job_queue::{Job, JobQueue, Settled};
use crate::ports::wakeups::Wakeups;

/// A job not settled within this is taken again by somebody.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// Lanes at work at once.
const LANES: usize = 16;
/// Jobs taken of a lane at once, at most.
const TAKE: usize = 128;

/// Takes due jobs and hands them to their handlers.
pub struct Worker {
    queue: Arc<dyn JobQueue>,
    clock: Arc<dyn Clock>,
    wakeups: Arc<dyn Wakeups>,
    handlers: BTreeMap<&'static str, Arc<dyn JobHandler>>,
    /// The lane served last, so that the next round begins behind it.
    last: Mutex<Option<String>>,
}

type Busy<'a> = FuturesUnordered<BoxFuture<'a, String>>;

impl Worker {
    /// A worker with these handlers.
    pub fn new(
        queue: Arc<dyn JobQueue>,
        clock: Arc<dyn Clock>,
        wakeups: Arc<dyn Wakeups>,
        handlers: Vec<Arc<dyn JobHandler>>,
    ) -> Self {
        let handlers = handlers.into_iter().map(|handler| (handler.kind(), handler)).collect();
        Self { queue, clock, wakeups, handlers, last: Mutex::new(None) }
    }

    /// Works for ever; ends when dropped.
    ///
    /// Lanes under way are polled all the time, also while the queue is looked at: a lane that was handed something
    /// shared (a database connection) and is not polled would keep everybody else from it.
    pub async fn run(&self) {
        let mut busy: Busy<'_> = FuturesUnordered::new();
        let mut lanes: HashSet<String> = HashSet::new();
        loop {
            let due = self.look(&mut busy, &mut lanes).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "worker pauses");
                Vec::new()
            });
            let started = self.start(due, &mut busy, &mut lanes);
            self.next(&mut busy, &mut lanes, started).await;
        }
    }

    /// Works until nothing is due; answers how many jobs were settled. For tests with a clock of their own.
    pub async fn drain(&self) -> Result<usize, Unavailable> {
        let mut settled = 0;
        loop {
            let due = self.round().await?;
            let Some(lane) = due.into_iter().next() else { return Ok(settled) };
            settled += self.serve(&lane).await?;
        }
    }

    /// Due lanes, while those under way go on.
    async fn look(
        &self,
        busy: &mut Busy<'_>,
        lanes: &mut HashSet<String>,
    ) -> Result<Vec<String>, Unavailable> {
        let mut round = std::pin::pin!(self.round());
        loop {
            if busy.is_empty() {
                return round.await;
            }
            match futures::future::select(round.as_mut(), busy.next()).await {
                futures::future::Either::Left((due, _)) => return due,
                futures::future::Either::Right((done, _)) => {
                    if let Some(lane) = done {
                        lanes.remove(&lane);
                    }
                }
            }
        }
    }

    fn start<'a>(&'a self, due: Vec<String>, busy: &mut Busy<'a>, lanes: &mut HashSet<String>) -> bool {
        let mut started = false;
        for lane in due {
            if lanes.len() >= LANES {
                break;
            }
            if lanes.insert(lane.clone()) {
                started = true;
                busy.push(Box::pin(async move {
                    if let Err(error) = self.serve(&lane).await {
                        tracing::warn!(%error, lane, "jobs stay queued");
                    }
                    lane
                }));
            }
        }
        started
    }

    /// Waits until a lane is done or something new is there.
    async fn next(&self, busy: &mut Busy<'_>, lanes: &mut HashSet<String>, started: bool) {
        if busy.is_empty() {
            if !started {
                self.wakeups.wait("jobs").await;
            }
            return;
        }
        let news = std::pin::pin!(self.wakeups.wait("jobs"));
        match futures::future::select(busy.next(), news).await {
            futures::future::Either::Left((Some(lane), _)) => {
                lanes.remove(&lane);
            }
            futures::future::Either::Left((None, _)) | futures::future::Either::Right(_) => {}
        }
    }

    /// Due lanes, beginning behind the one served last.
    async fn round(&self) -> Result<Vec<String>, Unavailable> {
        let mut lanes: Vec<String> =
            self.queue.due_lanes(self.clock.now()).await?.into_iter().map(|due| due.lane).collect();
        lanes.sort();
        let last = self.last.lock().map(|last| last.clone()).unwrap_or_default();
        if let Some(last) = last {
            let behind = lanes.iter().position(|lane| *lane > last).unwrap_or(0);
            lanes.rotate_left(behind);
        }
        Ok(lanes)
    }

    async fn serve(&self, lane: &str) -> Result<usize, Unavailable> {
        if let Ok(mut last) = self.last.lock() {
            *last = Some(lane.to_owned());
        }
        let now = self.clock.now();
        let jobs = self.queue.take(lane, TAKE, now, now + LEASE).await?;
        let Some(first) = jobs.first() else { return Ok(0) };
        let Some(handler) = self.handlers.get(first.kind.as_str()) else {
            let reason = format!("no handler for jobs of kind `{}`", first.kind);
            let parked: Vec<(Job, Settled)> =
                jobs.into_iter().map(|job| (job, Settled::Park(reason.clone()))).collect();
            let count = parked.len();
            self.queue.settle(parked).await?;
            return Ok(count);
        };
        let mut count = 0;
        let mut jobs = jobs.into_iter().peekable();
        while jobs.peek().is_some() {
            let batch: Vec<Job> = jobs.by_ref().take(handler.batch().max(1)).collect();
            let outcomes = handler.run(batch).await;
            count += outcomes.len();
            self.queue.settle(outcomes).await?;
        }
        Ok(count)
    }
}
