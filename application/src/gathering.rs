//! Many who want the same kind of work at once share it: while one group is worked on, the others gather for the next.
//! What a group costs is shared by as many as came meanwhile, and nobody waits for more to come.

#[cfg(test)]
mod tests;

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::channel::oneshot;
use futures::future::{Either, select};

/// How often somebody begins anew whose group was left by the one who worked for it.
const TRIES: usize = 3;

/// One who waits, and where its answer goes.
type Waiting<T, R> = (Arc<T>, oneshot::Sender<R>);

/// Those who wait.
pub struct Gathering<T, R> {
    waiting: Mutex<Vec<Waiting<T, R>>>,
    /// Held by the one who works for a group.
    turn: futures::lock::Mutex<()>,
}

impl<T, R> Default for Gathering<T, R> {
    fn default() -> Self {
        Self { waiting: Mutex::default(), turn: futures::lock::Mutex::default() }
    }
}

impl<T, R> Gathering<T, R> {
    /// What `work` answers for `item`, which it is given with all others that wait: one answer each, in their order. The
    /// work is done by one of those who wait, within its future. `None`: whoever worked was dropped on the way, several
    /// times; what became of it is unknown.
    pub async fn join<F>(&self, item: T, work: impl Fn(Vec<Arc<T>>) -> F) -> Option<R>
    where
        F: Future<Output = Vec<R>>,
    {
        let item = Arc::new(item);
        for _ in 0..TRIES {
            let (reply, mut answer) = oneshot::channel();
            self.waiting().push((Arc::clone(&item), reply));
            let turn = match select(&mut answer, self.turn.lock()).await {
                Either::Left((Ok(done), _)) => return Some(done),
                Either::Left((Err(_), _)) => continue,
                Either::Right((turn, _)) => turn,
            };
            let (items, replies): (Vec<_>, Vec<_>) = std::mem::take(&mut *self.waiting()).into_iter().unzip();
            for (reply, done) in replies.into_iter().zip(work(items).await) {
                // Who no longer waits has dropped the other end.
                let _ = reply.send(done);
            }
            drop(turn);
            if let Ok(done) = answer.await {
                return Some(done);
            }
        }
        None
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting<T, R>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
