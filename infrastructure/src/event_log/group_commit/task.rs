//! The append task.

use std::collections::HashMap;
use std::sync::Arc;

use application::ports::Unavailable;
use application::ports::clock::Clock;
use application::ports::event_log::{Appended, Refused};
use application::ports::wakeups::Wakeups;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{mpsc, oneshot};

use super::super::raw::{Batch, Outcome, RawLog, RawUnit, broken};
use super::queue::{BATCH_EVENTS, Queue, UNIT_BYTES, UNIT_EVENTS, Waiting};
use super::returning::Returning;

/// Calls that may wait to be taken into the queue.
const CALLS: usize = 1_024;
/// Units that are written without waiting for more.
const WORTH_A_WRITE: usize = 256;
/// Batches that look first, after one that had to be given up: conflicts come in swarms.
const CAREFUL_BATCHES: u32 = 4;
/// How often expired commands are forgotten.
const PRUNE_EVERY: TimeDelta = TimeDelta::hours(1);

/// One answer per unit of a call.
type Answers = Vec<Result<Appended, Refused>>;

/// Told what became of every unit, before its caller is: `true` when it is stored.
pub(crate) type Settled = Arc<dyn Fn(&RawUnit, bool) + Send + Sync>;

/// Units on their way; none, when there was nothing to append.
pub(crate) struct Submitted(Option<oneshot::Receiver<Result<Answers, Unavailable>>>);

struct Call {
    units: Vec<RawUnit>,
    reply: oneshot::Sender<Result<Answers, Unavailable>>,
}

/// A call with units under way.
struct Pending {
    answers: Vec<Option<Result<Appended, Refused>>>,
    failed: Option<Unavailable>,
    left: usize,
    reply: oneshot::Sender<Result<Answers, Unavailable>>,
}

/// The way to the append task. It ends when the last of these is dropped.
#[derive(Clone)]
pub(crate) struct GroupCommit(mpsc::Sender<Call>);

struct Task {
    raw: Arc<dyn RawLog>,
    clock: Arc<dyn Clock>,
    wakeups: Arc<dyn Wakeups>,
    settled: Settled,
    queue: Queue,
    returning: Returning,
    calls: HashMap<u64, Pending>,
    next_call: u64,
    careful: u32,
    pruned: Option<DateTime<Utc>>,
}

impl GroupCommit {
    /// Starts the task.
    pub(crate) fn start(
        raw: Arc<dyn RawLog>,
        clock: Arc<dyn Clock>,
        wakeups: Arc<dyn Wakeups>,
        settled: Settled,
    ) -> Self {
        let (sender, receiver) = mpsc::channel(CALLS);
        let task = Task {
            raw,
            clock,
            wakeups,
            settled,
            queue: Queue::default(),
            returning: Returning::default(),
            calls: HashMap::new(),
            next_call: 0,
            careful: 0,
            pruned: None,
        };
        tokio::spawn(task.run(receiver));
        Self(sender)
    }

    /// Queues the units.
    pub(crate) async fn submit(&self, units: Vec<RawUnit>) -> Result<Submitted, Unavailable> {
        for unit in &units {
            check_size(unit)?;
        }
        if units.is_empty() {
            return Ok(Submitted(None));
        }
        let (reply, answer) = oneshot::channel();
        self.0.send(Call { units, reply }).await.map_err(|_| broken("the append task has ended"))?;
        Ok(Submitted(Some(answer)))
    }
}

impl Submitted {
    /// Waits until each unit is stored or refused.
    pub(crate) async fn wait(self) -> Result<Answers, Unavailable> {
        let Some(answer) = self.0 else { return Ok(Vec::new()) };
        answer
            .await
            .map_err(|_| broken("the append task ended before its answer; what it wrote is unknown"))?
    }
}

fn check_size(unit: &RawUnit) -> Result<(), Unavailable> {
    let (events, bytes) = (unit.events(), unit.bytes());
    if unit.streams.is_empty() || unit.streams.iter().any(|append| append.events.is_empty()) {
        return Err(broken("a unit appends at least one event to each of its streams"));
    }
    if events > UNIT_EVENTS || bytes > UNIT_BYTES {
        let limits =
            format!("at most {UNIT_EVENTS} events and {UNIT_BYTES} bytes go together: cut it smaller");
        return Err(broken(format!("a unit has {events} events and {bytes} bytes; {limits}")));
    }
    Ok(())
}

impl Task {
    async fn run(mut self, mut calls: mpsc::Receiver<Call>) {
        while let Some(call) = calls.recv().await {
            self.take(call);
            while self.queue.len() > 0 {
                self.gather(&mut calls).await;
                self.write().await;
            }
            self.prune().await;
        }
    }

    /// Takes the calls that are there, and those that a moment's patience brings.
    async fn gather(&mut self, calls: &mut mpsc::Receiver<Call>) {
        loop {
            while self.queue.len() < 4 * BATCH_EVENTS
                && let Ok(call) = calls.try_recv()
            {
                self.take(call);
            }
            if self.queue.len() >= WORTH_A_WRITE {
                return;
            }
            let Some(patience) = self.returning.patience(self.clock.now()) else { return };
            match tokio::time::timeout(patience, calls.recv()).await {
                Ok(Some(call)) => self.take(call),
                Ok(None) | Err(_) => return,
            }
        }
    }

    fn take(&mut self, Call { units, reply }: Call) {
        self.returning.came();
        let call = self.next_call;
        self.next_call += 1;
        let left = units.len();
        let answers = vec![None; left];
        self.calls.insert(call, Pending { answers, failed: None, left, reply });
        for (place, unit) in units.into_iter().enumerate() {
            self.queue.push(Waiting { unit, call, place });
        }
    }

    async fn write(&mut self) {
        let batch = self.queue.next_batch();
        let places: Vec<(u64, usize)> = batch.iter().map(|waiting| (waiting.call, waiting.place)).collect();
        let units = Arc::new(batch.into_iter().map(|waiting| waiting.unit).collect::<Vec<_>>());
        let batch = Batch { units: Arc::clone(&units), now: self.clock.now(), careful: self.careful > 0 };
        let began = batch.now;
        let outcome = self.raw.append(batch).await;
        let before = self.calls.len();
        self.settle(outcome, &units, places);
        self.returning.answered(before - self.calls.len(), began, self.clock.now());
    }

    fn settle(
        &mut self,
        outcome: Result<Outcome, Unavailable>,
        units: &[RawUnit],
        places: Vec<(u64, usize)>,
    ) {
        match outcome {
            Ok(Outcome { answers, conflicted }) => {
                self.careful = if conflicted { CAREFUL_BATCHES } else { self.careful.saturating_sub(1) };
                if answers.iter().any(Result::is_ok) {
                    self.wakeups.notify("log");
                }
                for ((unit, (call, place)), answer) in units.iter().zip(places).zip(answers) {
                    (self.settled)(unit, answer.is_ok());
                    self.answer(call, place, Ok(answer));
                }
            }
            Err(error) => {
                tracing::warn!(%error, units = units.len(), "a batch was not appended");
                for (unit, (call, place)) in units.iter().zip(places) {
                    (self.settled)(unit, false);
                    self.answer(call, place, Err(error.clone()));
                }
            }
        }
    }

    fn answer(&mut self, call: u64, place: usize, answer: Result<Result<Appended, Refused>, Unavailable>) {
        let Some(pending) = self.calls.get_mut(&call) else { return };
        match answer {
            Ok(answer) => pending.answers[place] = Some(answer),
            Err(error) => pending.failed = Some(error),
        }
        pending.left -= 1;
        if pending.left > 0 {
            return;
        }
        if let Some(Pending { answers, failed, reply, .. }) = self.calls.remove(&call) {
            let answers = answers.into_iter().flatten().collect();
            // Who no longer waits has dropped the other end.
            let _ = reply.send(failed.map_or(Ok(answers), Err));
        }
    }

    async fn prune(&mut self) {
        let now = self.clock.now();
        if self.pruned.is_some_and(|last| now - last < PRUNE_EVERY) {
            return;
        }
        self.pruned = Some(now);
        if let Err(error) = self.raw.prune_commands(now).await {
            tracing::warn!(%error, "expired commands were not forgotten");
        }
    }
}
