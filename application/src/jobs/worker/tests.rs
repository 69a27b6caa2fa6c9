//! The worker must go on with its lanes while it looks for more.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::ids::DEFAULT_ORGANIZATION;
use futures::lock::Mutex;

use super::Worker;
use crate::jobs::JobHandler;
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
}

#[async_trait::async_trait]
impl JobHandler for Slow {
    fn kind(&self) -> &'static str {
        "slow"
    }

    async fn run(&self, jobs: Vec<Job>) -> Vec<(Job, Settled)> {
        let held = self.0.lock().await;
        // Handed the connection, and not done with it yet.
        once_more().await;
        drop(held);
        jobs.into_iter().map(|job| (job, Settled::Done)).collect()
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
        let (kind, lane, key) = ("slow".to_owned(), lane.to_owned(), "1".to_owned());
        let organization = DEFAULT_ORGANIZATION;
        let payload = Vec::new();
        Ok(vec![Job { organization, kind, lane, key, payload, attempts: 0, generation: 1, epoch: 1 }])
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
