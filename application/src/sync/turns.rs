//! Calls at once per lane: who comes when every place is taken waits for the next free one, in order.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::channel::oneshot;

/// Places of every lane.
#[derive(Clone, Default)]
pub(super) struct Turns(Arc<Mutex<HashMap<String, Places>>>);

#[derive(Default)]
struct Places {
    taken: usize,
    queue: VecDeque<oneshot::Sender<Turn>>,
}

/// A place; free again when it is dropped.
pub(super) struct Turn {
    turns: Turns,
    lane: String,
}

impl Turns {
    /// A place of the `width` that the lane has.
    pub(super) async fn take(&self, lane: &str, width: usize) -> Turn {
        let turn = || Turn { turns: self.clone(), lane: lane.to_owned() };
        let waiting = {
            let mut lanes = self.lanes();
            let places = lanes.entry(lane.to_owned()).or_default();
            if places.taken < width.max(1) {
                places.taken += 1;
                return turn();
            }
            let (sender, receiver) = oneshot::channel();
            places.queue.push_back(sender);
            receiver
        };
        waiting.await.unwrap_or_else(|_| turn())
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<String, Places>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next one who still waits; a place without one is free.
    fn next(&self, lane: &str) -> Option<oneshot::Sender<Turn>> {
        let mut lanes = self.lanes();
        let places = lanes.get_mut(lane)?;
        while let Some(next) = places.queue.pop_front() {
            if !next.is_canceled() {
                return Some(next);
            }
        }
        places.taken = places.taken.saturating_sub(1);
        if places.taken == 0 {
            lanes.remove(lane);
        }
        None
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(next) = self.turns.next(&self.lane) {
            // Handed on; when the receiver is gone meanwhile, it comes back here and goes to the one behind.
            let turn = Self { turns: self.turns.clone(), lane: std::mem::take(&mut self.lane) };
            drop(next.send(turn));
        }
    }
}
