//! Serves lanes round-robin, so that one busy realm never starves another, and keeps each lane's calls in flight: a slow
//! one holds its own place, nobody else's. A round serves every lane with due work once.

mod floor;
mod rota;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};

use futures::future::{Either, select};

use self::floor::Floor;
use self::rota::Rota;
use super::JobHandler;
use crate::ports::Unavailable;
use crate::ports::clock::Clock;
use crate::ports::job_queue::{Job, JobQueue, Settled};
use crate::ports::wakeups::Wakeups;

/// A job not settled within this is taken again by somebody.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// Lanes at work at once.
const LANES: usize = 256;
/// Jobs taken of a lane at once, at most.
const TAKE: usize = 256;
/// Why a job is given back that nobody tried.
const RESTS: &str = "waits for the provider's rate limit";

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

impl Turn {
    fn and(self, other: Self) -> Self {
        Self { settled: self.settled + other.settled, started: self.started | other.started }
    }
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
        let (mut floor, mut rota) = (Floor::new(&self.resting), Rota::default());
        loop {
            let turn = self.turn(&mut floor, &mut rota).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "worker pauses");
                Turn::default()
            });
            if !turn.started && floor.wait(self.news(rota.next())).await == Some(true) {
                rota.told();
            }
        }
    }

    /// `true` at news of the queue, `false` when it is time for something.
    async fn news(&self, time: Option<DateTime<Utc>>) -> bool {
        let news = std::pin::pin!(self.wakeups.wait("jobs"));
        let Some(time) = time else {
            news.await;
            return true;
        };
        let time = std::pin::pin!(self.clock.sleep_until(time));
        matches!(select(news, time).await, Either::Left(_))
    }

    /// Works until nothing is due; answers how many jobs were settled. For tests with a clock of their own.
    pub async fn drain(&self) -> Result<usize, Unavailable> {
        let (mut floor, mut rota) = (Floor::new(&self.resting), Rota::default());
        let mut settled = 0;
        loop {
            let now = self.clock.now();
            rota.found(floor.alongside(self.due()).await?, (now, now));
            let turn = self.turn(&mut floor, &mut rota).await?;
            settled += turn.settled;
            if turn.started {
                continue;
            }
            if floor.is_empty() {
                return Ok(settled);
            }
            floor.wait(std::future::pending::<()>()).await;
        }
    }

    /// Settles what is done, and fills the places that are free.
    async fn turn<'a>(&'a self, floor: &mut Floor<'a>, rota: &mut Rota) -> Result<Turn, Unavailable> {
        let mut turn = Turn { settled: self.settle(floor, rota).await?, started: false };
        for lane in floor.lanes_waiting() {
            turn.started |= self.start(floor, &lane);
        }
        let now = self.clock.now();
        rota.wake(now);
        if rota.wants_look(now) {
            let lanes = floor.alongside(self.due()).await?;
            rota.found(lanes, (now, self.clock.now()));
        }
        // Lanes that cannot use a turn now keep their places.
        let mut passed = Vec::new();
        let round = self.round(floor, rota, &mut passed).await;
        for lane in passed {
            rota.add(lane);
        }
        Ok(turn.and(round?))
    }

    /// Serves every lane that waits for its turn and can use it, once; the others are `passed`.
    async fn round<'a>(
        &'a self,
        floor: &mut Floor<'a>,
        rota: &mut Rota,
        passed: &mut Vec<String>,
    ) -> Result<Turn, Unavailable> {
        let mut turn = Turn::default();
        for _ in 0..rota.len() {
            let Some(lane) = rota.take() else { break };
            if !floor.works(&lane) && floor.lanes() >= LANES {
                passed.push(lane);
                break;
            }
            if let Some(until) = floor.rest_of(&lane, self.clock.now()) {
                rota.rest(lane, until);
            } else if floor.waits(&lane) || floor.room(&lane, self.width(&lane)) == 0 {
                passed.push(lane);
            } else {
                turn = turn.and(self.serve(floor, rota, lane).await?);
            }
        }
        Ok(turn)
    }

    /// Takes a lane's next jobs and begins them.
    async fn serve<'a>(
        &'a self,
        floor: &mut Floor<'a>,
        rota: &mut Rota,
        lane: String,
    ) -> Result<Turn, Unavailable> {
        rota.serve(&lane);
        let limit = rota.share(&lane, (TAKE, self.places(floor, &lane)));
        let now = self.clock.now();
        let jobs = floor.alongside(self.queue.take(&lane, limit, now, now + LEASE)).await?;
        if let Ok(mut last) = self.last.lock() {
            *last = Some(lane.clone());
        }
        let started = !jobs.is_empty();
        if jobs.len() >= limit {
            // There may be more of them.
            rota.add(lane.clone());
        }
        let parked = self.keep(floor, &lane, jobs);
        let settled = parked.len();
        if settled > 0 {
            floor.alongside(self.queue.settle(parked)).await?;
        }
        self.start(floor, &lane);
        Ok(Turn { settled, started })
    }

    /// Settles what is done, and gives back what was taken of lanes that rest by now.
    async fn settle(&self, floor: &mut Floor<'_>, rota: &mut Rota) -> Result<usize, Unavailable> {
        let mut outcomes = floor.told();
        let now = self.clock.now();
        for lane in floor.lanes_waiting() {
            if floor.rest_of(&lane, now).is_some() {
                let back = floor.give_back(&lane).into_iter();
                outcomes.extend(back.map(|job| (job, Settled::Untried(RESTS.to_owned()))));
            }
        }
        if outcomes.is_empty() {
            return Ok(0);
        }
        let count = outcomes.len();
        for (job, outcome) in &outcomes {
            match outcome {
                Settled::Untried(_) => {
                    rota.refused(&job.lane);
                    rota.add(job.lane.clone());
                }
                Settled::RetryAt(at, _) if *at <= now => rota.add(job.lane.clone()),
                // One that was enqueued again while it ran is due anew.
                Settled::Done | Settled::RetryAt(..) | Settled::Park(_) => rota.told(),
            }
        }
        floor.alongside(self.queue.settle(outcomes)).await?;
        Ok(count)
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
        if room == 0 || floor.prepares(lane) {
            return false;
        }
        floor.start(lane, (room, per_call), handler.prepares(), |jobs, done| {
            Box::pin(async move { handler.run(jobs, &done).await })
        });
        true
    }

    /// Jobs that a lane's free places carry.
    fn places(&self, floor: &Floor<'_>, lane: &str) -> usize {
        let per_call = self.handlers.values().map(|handler| handler.per_call(lane)).max().unwrap_or(1).max(1);
        floor.room(lane, self.width(lane)).saturating_mul(per_call)
    }

    /// Calls at once in a lane.
    fn width(&self, lane: &str) -> usize {
        self.handlers.values().map(|handler| handler.at_once(lane)).max().unwrap_or(1).max(1)
    }
}
