//! Small writes share a transaction, and its way to the disk: those that wait while one is under way go together with the
//! next. One that fails is undone alone.

use application::ports::Unavailable;
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use super::super::away;

/// A write within somebody's transaction; answers how to tell its caller.
pub(super) type Small = Box<dyn FnOnce(&Connection) -> Told + Send>;
/// Tells the caller, once it is known whether the transaction was committed.
pub(super) type Told = Box<dyn FnOnce(Result<(), Unavailable>) + Send>;

/// A small write, and where its answer comes in.
pub(super) fn small<T, E>(
    job: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
) -> (Small, oneshot::Receiver<Result<T, E>>)
where
    T: Send + 'static,
    E: From<Unavailable> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    let small: Small = Box::new(move |connection| {
        let done = alone(connection, job);
        Box::new(move |committed| {
            let answer = committed.map_err(E::from).and(done);
            // Who no longer waits has dropped the other end.
            let _ = reply.send(answer);
        })
    });
    (small, answer)
}

/// Does all of them in one transaction, and tells their callers.
pub(super) fn run(connection: &mut Connection, all: Vec<Small>) {
    let mut told: Vec<Told> = Vec::with_capacity(all.len());
    let committed = (|| {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        told.extend(all.into_iter().map(|small| small(&transaction)));
        transaction.commit()
    })();
    let committed = committed.map_err(away);
    for tell in told {
        tell(committed.clone());
    }
}

/// Does `job`; what it did is undone when it fails.
fn alone<T, E: From<Unavailable>>(
    connection: &Connection,
    job: impl FnOnce(&Connection) -> Result<T, E>,
) -> Result<T, E> {
    let run = |sql: &str| connection.execute_batch(sql).map_err(|error| E::from(away(error)));
    run("SAVEPOINT small")?;
    let done = job(connection);
    if done.is_err() {
        run("ROLLBACK TO small")?;
    }
    run("RELEASE small")?;
    done
}
