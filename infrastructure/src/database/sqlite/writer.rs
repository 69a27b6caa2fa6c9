//! The writer: one connection on its own thread. What waits is written together and made durable once: a group of small
//! writes costs one `fsync`, and nobody is answered before it.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use application::ports::Unavailable;
use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::database::away;

/// Writes that are made durable together at most.
const TOGETHER: usize = 64;

/// Tells the caller; only after the commit.
type Reply = Box<dyn FnOnce() + Send>;

/// Work within the writer's transaction; it undoes its own part (a savepoint) where it fails.
type Work = Box<dyn FnOnce(&mut Connection) -> Reply + Send>;

/// A write that waits.
enum Job {
    /// Shares a transaction with others.
    Small(Work),
    /// Takes long: nobody should wait for its commit.
    Large(Work),
    /// Has the connection for itself, outside a transaction.
    Alone(Box<dyn FnOnce(&mut Connection) + Send>),
}

/// In which order a write is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Before everything else that waits.
    First,
    /// After every append that waits.
    Then,
    /// The same, in a transaction of its own.
    ByItself,
}

#[derive(Default)]
pub(super) struct Writer {
    state: Mutex<Waiting>,
    ready: Condvar,
}

#[derive(Default)]
struct Waiting {
    appends: VecDeque<Job>,
    others: VecDeque<Job>,
    closed: bool,
}

impl Writer {
    /// Runs `work` in a transaction that it may share with others; answers when that is committed.
    pub(super) async fn together<T: Send + 'static>(
        &self,
        order: Order,
        work: impl FnOnce(&mut Connection) -> T + Send + 'static,
    ) -> Result<T, Unavailable> {
        let (reply, answer) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            let done = work(connection);
            Box::new(move || {
                // Who no longer waits has dropped the other end.
                let _ = reply.send(done);
            })
        });
        self.push(order, if order == Order::ByItself { Job::Large(work) } else { Job::Small(work) });
        answer.await.map_err(|_| unanswered())
    }

    /// Runs `work` with the connection for itself.
    pub(super) async fn alone<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> T + Send + 'static,
    ) -> Result<T, Unavailable> {
        let (reply, answer) = oneshot::channel();
        let job = Job::Alone(Box::new(move |connection| {
            let _ = reply.send(work(connection));
        }));
        self.push(Order::Then, job);
        answer.await.map_err(|_| unanswered())
    }

    fn push(&self, order: Order, job: Job) {
        let mut waiting = self.waiting();
        if waiting.closed {
            return;
        }
        match order {
            Order::First => waiting.appends.push_back(job),
            Order::Then | Order::ByItself => waiting.others.push_back(job),
        }
        self.ready.notify_one();
    }

    /// Ends the thread once what waits is written.
    pub(super) fn close(&self) {
        self.waiting().closed = true;
        self.ready.notify_one();
    }

    /// What is written next; none when there will be nothing more.
    fn next(&self) -> Vec<Job> {
        let mut waiting = self.waiting();
        loop {
            let group = waiting.group();
            if !group.is_empty() || waiting.closed {
                return group;
            }
            waiting = self.ready.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Works until it is closed.
    pub(super) fn serve(&self, mut connection: Connection) {
        loop {
            let group = self.next();
            if group.is_empty() {
                return;
            }
            write(&mut connection, group);
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn group(&mut self) -> Vec<Job> {
        let mut group = Vec::new();
        for queue in [&mut self.appends, &mut self.others] {
            while group.len() < TOGETHER
                && let Some(job) = queue.pop_front()
            {
                match job {
                    Job::Small(_) => group.push(job),
                    Job::Large(_) | Job::Alone(_) if group.is_empty() => return vec![job],
                    Job::Large(_) | Job::Alone(_) => {
                        queue.push_front(job);
                        return group;
                    }
                }
            }
        }
        group
    }
}

fn write(connection: &mut Connection, group: Vec<Job>) {
    let mut small = Vec::with_capacity(group.len());
    for job in group {
        match job {
            Job::Small(work) | Job::Large(work) => small.push(work),
            Job::Alone(work) => {
                // One that panics rolled its transaction back; whoever asked sees the answer missing.
                if catch_unwind(AssertUnwindSafe(|| work(connection))).is_err() {
                    tracing::error!("a write panicked");
                }
            }
        }
    }
    if !small.is_empty()
        && let Err(error) = committed(connection, small)
    {
        // The replies are gone, and with them the answers: nobody is told that it was written.
        tracing::error!(%error, "writes were not committed");
        if !connection.is_autocommit()
            && let Err(error) = connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "nor rolled back");
        }
    }
}

fn committed(connection: &mut Connection, group: Vec<Work>) -> rusqlite::Result<()> {
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    let mut replies = Vec::with_capacity(group.len());
    for work in group {
        if let Ok(reply) = catch_unwind(AssertUnwindSafe(|| work(connection))) {
            replies.push(reply);
        } else {
            tracing::error!("a write panicked");
        }
        // A full disk rolls everything back, what was there before included.
        if connection.is_autocommit() {
            return Err(rusqlite::Error::InvalidQuery);
        }
    }
    connection.prepare_cached("COMMIT")?.execute([])?;
    for reply in replies {
        reply();
    }
    Ok(())
}

fn unanswered() -> Unavailable {
    away("the write was not answered; what it wrote is unknown")
}
