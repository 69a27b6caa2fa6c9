//! Loads of few streams that come at the same time, in one query: callers at once share its round trip.

use std::sync::Arc;

use application::ports::Unavailable;
use tokio::sync::{Mutex, mpsc, oneshot};

use super::super::raw::{LoadQuery, RawLoaded, broken};
use super::read;
use crate::database::{Backend, Database, Postgres};

/// Streams of a load that goes with others; one of more goes by itself.
pub(super) const FEW: usize = 8;
/// Loads that go together at most.
const TOGETHER: usize = 64;
/// Loads that may wait.
const WAITING: usize = 1_024;
/// Queries at once. While they run, the next ones gather.
const QUERIES: usize = 2;

type Answer = Result<Vec<RawLoaded>, Unavailable>;

struct Ask {
    query: LoadQuery,
    reply: oneshot::Sender<Answer>,
}

/// The way to the tasks that load. They end when this is dropped.
pub(super) struct Gathered(mpsc::Sender<Ask>);

impl Gathered {
    /// Starts the tasks.
    pub(super) fn start(database: &Database) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..QUERIES {
            tokio::spawn(serve(database.clone(), Arc::clone(&receiver)));
        }
        Self(sender)
    }

    /// The streams, as a query of their own would answer.
    pub(super) async fn load(&self, query: LoadQuery) -> Answer {
        let (reply, answer) = oneshot::channel();
        self.0.send(Ask { query, reply }).await.map_err(|_| broken("the load tasks have ended"))?;
        answer.await.map_err(|_| broken("the load task ended before its answer"))?
    }
}

async fn serve(database: Database, receiver: Arc<Mutex<mpsc::Receiver<Ask>>>) {
    let Backend::Postgres(postgres) = database.backend() else { return };
    loop {
        let mut asks = Vec::new();
        if next(&receiver, &mut asks).await == 0 {
            return;
        }
        asks.retain(|ask| !ask.reply.is_closed());
        for (ask, answer) in answers(postgres, asks).await {
            // Who no longer waits has dropped the other end.
            let _ = ask.send(answer);
        }
    }
}

async fn answers(postgres: &Postgres, asks: Vec<Ask>) -> Vec<(oneshot::Sender<Answer>, Answer)> {
    let (queries, replies): (Vec<LoadQuery>, Vec<_>) =
        asks.into_iter().map(|Ask { query, reply }| (query, reply)).unzip();
    if queries.len() > 1 {
        let all: Vec<&LoadQuery> = queries.iter().collect();
        if let Ok(loaded) = read::load_together(postgres.loads(), &all).await {
            return replies.into_iter().zip(loaded.into_iter().map(Ok)).collect();
        }
    }
    // Alone, or after a failure: one that cannot be read must not fail the others.
    let mut answered = Vec::with_capacity(queries.len());
    for (query, reply) in queries.iter().zip(replies) {
        answered.push((reply, read::load(postgres, query).await));
    }
    answered
}

async fn next(receiver: &Mutex<mpsc::Receiver<Ask>>, asks: &mut Vec<Ask>) -> usize {
    let mut receiver = receiver.lock().await;
    let first = receiver.recv_many(asks, TOGETHER).await;
    // Callers whose appends were answered together come together: those that are ready join.
    tokio::task::yield_now().await;
    while asks.len() < TOGETHER
        && let Ok(ask) = receiver.try_recv()
    {
        asks.push(ask);
    }
    first
}
