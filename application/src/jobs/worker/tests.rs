//! The worker must go on with its lanes while it looks for more, and a slow job must hold nobody but itself.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::ids::DEFAULT_ORGANIZATION;
use futures::lock::Mutex;

use super::Worker;
use crate::jobs::{JobHandler, Outbox};
use crate::ports::Unavailable;
use crate::ports::clock::Clock;
use crate::ports::job_queue::{DueLane, Job, JobQueue, NewJob, QueueDepth, Settled};
use crate::ports::wakeups::Wakeups;

/// A queue whose second look needs what the lane under way is about to be handed.
struct Shared {
    connection: Arc<Mutex<()>>,
    looks: AtomicU32,
    settled: std::sync::mpsc::Sender<()>,
}

/// A job that is polled once before it takes the connection and gives it back.
struct Slow(Arc<Mutex<()>>);

struct Still;

/// Is polled once more before it is done.
async fn once_more() {
    let mut polled = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut polled, true) {
            return std::task::Poll::Ready(());
        }
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

fn job(kind: &str, lane: &str, key: &str) -> Job {
    Job {
        organization: DEFAULT_ORGANIZATION,
        kind: kind.to_owned(),
        lane: lane.to_owned(),
        key: key.to_owned(),
        payload: Vec::new(),
        attempts: 0,
        generation: 1,
        epoch: 1,
    }
}

#[async_trait::async_trait]
impl Clock for Still {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }
    async fn sleep_until(&self, _at: DateTime<Utc>) {}
}

#[async_trait::async_trait]
impl Wakeups for Still {
    fn notify(&self, _topic: &'static str) {}
    async fn wait(&self, _topic: &'static str) {}
    async fn pause(&self, _took: chrono::TimeDelta) {}
}

#[async_trait::async_trait]
impl JobHandler for Slow {
    fn kind(&self) -> &'static str {
        "slow"
    }

    async fn run(&self, jobs: Vec<Job>, done: &Outbox) {
        let held = self.0.lock().await;
        // Handed the connection, and not done with it yet.
        once_more().await;
        drop(held);
        for job in jobs {
            done.settle(job, Settled::Done);
        }
    }
}

#[async_trait::async_trait]
impl JobQueue for Shared {
    async fn enqueue(&self, _jobs: Vec<NewJob>) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn due_lanes(&self, _now: DateTime<Utc>) -> Result<Vec<DueLane>, Unavailable> {
        if self.looks.fetch_add(1, Ordering::SeqCst) > 0 {
            let _needs_it_too = self.connection.lock().await;
        }
        Ok(vec![DueLane { lane: "a".to_owned(), due: 1 }])
    }

    async fn take(
        &self,
        lane: &str,
        _limit: usize,
        _now: DateTime<Utc>,
        _until: DateTime<Utc>,
    ) -> Result<Vec<Job>, Unavailable> {
        Ok(vec![job("slow", lane, "1")])
    }

    async fn settle(&self, _outcomes: Vec<(Job, Settled)>) -> Result<(), Unavailable> {
        let _ = self.settled.send(());
        Ok(())
    }

    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, Unavailable> {
        Ok(None)
    }

    async fn depth(&self) -> Result<QueueDepth, Unavailable> {
        Ok(QueueDepth::default())
    }

    async fn parked(&self, _limit: usize) -> Result<Vec<(String, String, String)>, Unavailable> {
        Ok(Vec::new())
    }
}

#[test]
fn a_lane_goes_on_while_the_queue_is_looked_at() {
    let (settled, done) = std::sync::mpsc::channel();
    let connection = Arc::new(Mutex::new(()));
    let queue = Shared { connection: Arc::clone(&connection), looks: AtomicU32::new(0), settled };
    let worker =
        Worker::new(Arc::new(queue), Arc::new(Still), Arc::new(Still), vec![Arc::new(Slow(connection))]);
    std::thread::spawn(move || futures::executor::block_on(worker.run()));
    for _ in 0..3 {
        done.recv_timeout(Duration::from_secs(10)).expect("the lane was left unpolled");
    }
}

/// A queue of one lane, and what was settled in it.
#[derive(Default)]
struct Listed {
    due: std::sync::Mutex<VecDeque<Job>>,
    settled: std::sync::Mutex<Vec<String>>,
}

impl Listed {
    fn of(keys: impl IntoIterator<Item = String>) -> Arc<Self> {
        let due = keys.into_iter().map(|key| job("call", "a", &key)).collect();
        Arc::new(Self { due: std::sync::Mutex::new(due), ..Self::default() })
    }

    fn settled(&self) -> Vec<String> {
        self.settled.lock().unwrap().clone()
    }
}

#[async_trait::async_trait]
impl JobQueue for Listed {
    async fn enqueue(&self, _jobs: Vec<NewJob>) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn due_lanes(&self, _now: DateTime<Utc>) -> Result<Vec<DueLane>, Unavailable> {
        let due = self.due.lock().unwrap().len() as u64;
        Ok((due > 0).then(|| DueLane { lane: "a".to_owned(), due }).into_iter().collect())
    }

    async fn take(
        &self,
        _lane: &str,
        limit: usize,
        _now: DateTime<Utc>,
        _until: DateTime<Utc>,
    ) -> Result<Vec<Job>, Unavailable> {
        let mut due = self.due.lock().unwrap();
        let count = due.len().min(limit);
        Ok(due.drain(..count).collect())
    }

    async fn settle(&self, outcomes: Vec<(Job, Settled)>) -> Result<(), Unavailable> {
        self.settled.lock().unwrap().extend(outcomes.into_iter().map(|(job, _)| job.key));
        Ok(())
    }

    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, Unavailable> {
        Ok(None)
    }

    async fn depth(&self) -> Result<QueueDepth, Unavailable> {
        Ok(QueueDepth::default())
    }

    async fn parked(&self, _limit: usize) -> Result<Vec<(String, String, String)>, Unavailable> {
        Ok(Vec::new())
    }
}

/// Calls of which the first of all ends only when every other job is settled; counts how many are under way.
struct Calls {
    queue: Arc<Listed>,
    others: usize,
    under_way: AtomicU32,
    most: AtomicU32,
}

#[async_trait::async_trait]
impl JobHandler for Calls {
    fn kind(&self) -> &'static str {
        "call"
    }

    fn at_once(&self, _lane: &str) -> usize {
        3
    }

    async fn run(&self, jobs: Vec<Job>, done: &Outbox) {
        let calls = jobs.into_iter().map(|job| async move {
            let under_way = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(under_way, Ordering::SeqCst);
            once_more().await;
            while job.key == "slow" && self.queue.settled().len() < self.others {
                once_more().await;
            }
            self.under_way.fetch_sub(1, Ordering::SeqCst);
            done.settle(job, Settled::Done);
        });
        futures::future::join_all(calls).await;
    }
}

#[test]
fn a_slow_call_holds_its_own_place_and_nobody_elses() {
    let others = (0..500).map(|number| format!("{number}"));
    let queue = Listed::of(["slow".to_owned()].into_iter().chain(others));
    let calls = Arc::new(Calls {
        queue: Arc::clone(&queue),
        others: 500,
        under_way: AtomicU32::new(0),
        most: AtomicU32::new(0),
    });
    let handlers: Vec<Arc<dyn JobHandler>> = vec![Arc::clone(&calls) as _];
    let worker = Worker::new(Arc::clone(&queue) as _, Arc::new(Still), Arc::new(Still), handlers);
    let (sender, ended) = std::sync::mpsc::channel();
    std::thread::spawn(move || sender.send(futures::executor::block_on(worker.drain()).unwrap()));
    let settled = ended.recv_timeout(Duration::from_secs(20)).expect("everybody waits for the slow call");
    assert_eq!(settled, 501);
    assert_eq!(queue.settled().last().map(String::as_str), Some("slow"));
    assert_eq!(calls.most.load(Ordering::SeqCst), 3, "as many calls at once as the lane allows");
}

/// Nothing is let through.
struct Limited;

#[async_trait::async_trait]
impl JobHandler for Limited {
    fn kind(&self) -> &'static str {
        "call"
    }

    async fn run(&self, jobs: Vec<Job>, done: &Outbox) {
        done.rest(DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(1));
        for job in jobs {
            done.settle(job, Settled::Untried("limited".to_owned()));
        }
    }
}

#[test]
fn a_lane_whose_provider_lets_nothing_through_rests() {
    let queue = Listed::of((0..300).map(|number| format!("{number}")));
    let handlers: Vec<Arc<dyn JobHandler>> = vec![Arc::new(Limited)];
    let worker = Worker::new(Arc::clone(&queue) as _, Arc::new(Still), Arc::new(Still), handlers);
    let settled = futures::executor::block_on(worker.drain()).unwrap();
    assert_eq!(settled, 256, "what was taken is given back, and nothing more is begun");
}
