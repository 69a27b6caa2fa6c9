//! What the projections of this process show of themselves, and who waits for them.

use std::sync::{Mutex, MutexGuard};

use futures::channel::oneshot;

use super::Slot;

/// How far a projection is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectionStatus {
    /// Its name: its table's, without number.
    pub name: &'static str,
    /// Its version.
    pub version: u32,
    /// The table it fills.
    pub table: String,
    /// Whether the views read that table; not so while a rebuild fills it.
    pub live: bool,
    /// Whether this process moves it.
    pub leading: bool,
    /// Position of the last event it took.
    pub position: u64,
    /// Position of the log's last event.
    pub head: u64,
    /// Positions it is behind.
    pub lag: u64,
    /// Why it stopped, if it did.
    pub failed: Option<String>,
}

#[derive(Default)]
pub(super) struct Board(Mutex<Shown>);

#[derive(Default)]
struct Shown {
    statuses: Vec<ProjectionStatus>,
    waiting: Vec<oneshot::Sender<()>>,
}

impl Board {
    pub(super) fn statuses(&self) -> Vec<ProjectionStatus> {
        self.shown().statuses.clone()
    }

    /// Completes at the next change. Listen first, then look.
    pub(super) fn listen(&self) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        let mut shown = self.shown();
        shown.waiting.retain(|waiting| !waiting.is_canceled());
        shown.waiting.push(sender);
        receiver
    }

    pub(super) fn show(&self, slots: &[Slot], head: u64) {
        let mut shown = self.shown();
        shown.statuses = slots.iter().map(|slot| status(slot, head)).collect();
        for waiting in shown.waiting.drain(..) {
            // Who no longer listens has its answer.
            let _ = waiting.send(());
        }
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.0.lock().expect("no holder of this lock panics")
    }
}

fn status(slot: &Slot, head: u64) -> ProjectionStatus {
    let head = head.max(slot.position);
    ProjectionStatus {
        name: slot.table.name,
        version: slot.projection.table().version,
        table: slot.table.physical(),
        live: slot.live,
        leading: slot.saved.is_some(),
        position: slot.position,
        head,
        lag: head - slot.position,
        failed: slot.failed.clone(),
    }
}
