//! Serves lanes round-robin, so that one busy realm never starves another, and keeps each lane's calls in flight: a slow
//! one holds its own place, nobody else's.

mod floor;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};

use self::floor::Floor;
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
    /// Lanes whose provider lets nothing through, and until when.
    resting: Mutex<BTreeMap<String, DateTime<Utc>>>,
}

/// What one look at the queue came to.
#[derive(Clone, Copy, Debug, Default)]
struct Turn {
    settled: usize,
    started: bool,
}

impl Worker {
    /// A worker with these handlers.
    pub fn new(
        queue: Arc<dyn JobQueue>,
        clock: Arc<dyn Clock>,
        wakeups: Arc<dyn Wakeups>,
        handlers: Vec<Arc<dyn JobHandler>>,
    ) -> Self {
        let handlers = handlers.into_iter().map(|handler| (handler.kind(), handler)).collect();
        Self { queue, clock, wakeups, handlers, last: Mutex::new(None), resting: Mutex::default() }
    }

    /// Works for ever; ends when dropped.
    ///
    /// What is under way is polled all the time, also while the queue is asked: a job that was handed something shared
    /// (a database connection) and is not polled would keep everybody else from it.
    pub async fn run(&self) {
        let mut floor = Floor::new(&self.resting);
        loop {
            let turn = self.turn(&mut floor).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "worker pauses");
                Turn::default()
            });
            if !turn.started {
                floor.wait(self.wakeups.wait("jobs")).await;
            }
        }
    }

    /// Works until nothing is due; answers how many jobs were settled. For tests with a clock of their own.
    pub async fn drain(&self) -> Result<usize, Unavailable> {
        let mut floor = Floor::new(&self.resting);
        let mut settled = 0;
        loop {
            let turn = self.turn(&mut floor).await?;
            settled += turn.settled;
            if turn.started {
                continue;
            }
            if floor.is_empty() {
                return Ok(settled);
            }
            floor.wait(std::future::pending()).await;
        }
    }

    /// Settles what is done, and fills the places that are free.
    async fn turn<'a>(&'a self, floor: &mut Floor<'a>) -> Result<Turn, Unavailable> {
        let outcomes = floor.told();
        let mut turn = Turn { settled: outcomes.len(), started: false };
        if !outcomes.is_empty() {
            floor.alongside(self.queue.settle(outcomes)).await?;
        }
        for lane in floor.lanes_waiting() {
            turn.started |= self.start(floor, &lane);
        }
        for lane in floor.alongside(self.due()).await? {
            if floor.rests(&lane, self.clock.now())
                || floor.waits(&lane)
                || floor.room(&lane, self.width(&lane)) == 0
            {
                continue;
            }
            if !floor.works(&lane) && floor.lanes() >= LANES {
                break;
            }
            let now = self.clock.now();
            let jobs = floor.alongside(self.queue.take(&lane, TAKE, now, now + LEASE)).await?;
            if let Ok(mut last) = self.last.lock() {
                *last = Some(lane.clone());
            }
            turn.started |= !jobs.is_empty();
            let parked = self.keep(floor, &lane, jobs);
            turn.settled += parked.len();
            if !parked.is_empty() {
                floor.alongside(self.queue.settle(parked)).await?;
            }
            self.start(floor, &lane);
        }
        Ok(turn)
    }

    /// Due lanes, beginning behind the one served last.
    async fn due(&self) -> Result<Vec<String>, Unavailable> {
        let mut lanes: Vec<String> =
            self.queue.due_lanes(self.clock.now()).await?.into_iter().map(|due| due.lane).collect();
        lanes.sort();
        lanes.dedup();
        let last = self.last.lock().map(|last| last.clone()).unwrap_or_default();
        if let Some(last) = last {
            let behind = lanes.iter().position(|lane| *lane > last).unwrap_or(0);
            lanes.rotate_left(behind);
        }
        Ok(lanes)
    }

    /// Keeps jobs for free places; answers those that nobody here can run.
    fn keep(&self, floor: &mut Floor<'_>, lane: &str, jobs: Vec<Job>) -> Vec<(Job, Settled)> {
        let (known, unknown): (Vec<Job>, Vec<Job>) =
            jobs.into_iter().partition(|job| self.handlers.contains_key(job.kind.as_str()));
        floor.keep(lane, known);
        let park = |job: Job| {
            let reason = format!("no handler for jobs of kind `{}`", job.kind);
            (job, Settled::Park(reason))
        };
        unknown.into_iter().map(park).collect()
    }

    /// Begins as many of a lane's jobs as there are places for.
    fn start<'a>(&'a self, floor: &mut Floor<'a>, lane: &str) -> bool {
        let Some(handler) = floor.kind(lane).and_then(|kind| self.handlers.get(kind)) else { return false };
        let (room, per_call) = (floor.room(lane, self.width(lane)), handler.per_call(lane).max(1));
        if room == 0 {
            return false;
        }
        floor.start(lane, (room, per_call), |jobs, done| {
            Box::pin(async move { handler.run(jobs, &done).await })
        });
        true
    }

    /// Calls at once in a lane.
    fn width(&self, lane: &str) -> usize {
        self.handlers.values().map(|handler| handler.at_once(lane)).max().unwrap_or(1).max(1)
    }
}
