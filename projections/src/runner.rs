//! Feeds projections from the log: reads a page once, hands it to all of them, and writes rows and checkpoint together.

use std::sync::Arc;

use application::ports::Unavailable;
use application::ports::checkpoints::Checkpoints;
use application::ports::clock::Clock;
use application::ports::event_log::EventLog;
use application::ports::read_store::{ReadStore, Table};
use application::ports::wakeups::Wakeups;
use futures::FutureExt as _;
use futures::future::{Either, select, try_join_all};
use futures::lock::Mutex;

mod board;
mod open;
mod slot;
mod wait;

use board::Board;
pub use board::ProjectionStatus;
pub(crate) use slot::Slot;

use crate::projection::{ErasedProjection, shows_contents};
use crate::publication;

/// Events that are read and folded at once.
pub const PAGE: usize = 10_000;

/// What a runner works with.
#[derive(Clone)]
pub struct Ports {
    /// Where events come from.
    pub log: Arc<dyn EventLog>,
    /// Where rows go.
    pub read_store: Arc<dyn ReadStore>,
    /// How far each projection is.
    pub checkpoints: Arc<dyn Checkpoints>,
    /// Time, for leases.
    pub clock: Arc<dyn Clock>,
    /// Hints that there are new events, on the topic `log`.
    pub wakeups: Arc<dyn Wakeups>,
}

/// Keeps projections up with the log. Several processes may run one: each projection is led by one of them at a time.
pub struct Runner {
    pub(crate) ports: Ports,
    pub(crate) holder: String,
    pub(crate) projections: Vec<Arc<dyn ErasedProjection>>,
    page: usize,
    pub(crate) slots: Mutex<Option<Vec<Slot>>>,
    board: Board,
}

impl Runner {
    /// A runner of `projections`; `holder` names this process in leases.
    pub fn new(ports: Ports, holder: &str, projections: Vec<Arc<dyn ErasedProjection>>) -> Self {
        let holder = holder.to_owned();
        Self { ports, holder, projections, page: PAGE, slots: Mutex::default(), board: Board::default() }
    }

    /// The same with other pages, for less memory.
    #[must_use]
    pub fn with_page(self, page: usize) -> Self {
        Self { page: page.max(1), ..self }
    }

    /// Keeps up until `shutdown`, then gives the leases back.
    pub async fn run(&self, shutdown: impl Future<Output = ()> + Send) {
        let mut shutdown = Box::pin(shutdown);
        loop {
            let began = self.ports.clock.now();
            let rest = match self.take_pages().await {
                Ok(taken) if taken >= self.page => futures::future::ready(()).boxed(),
                Ok(1..) => self.ports.wakeups.pause(self.ports.clock.now() - began),
                Ok(0) => self.ports.wakeups.wait("log"),
                Err(why) => {
                    tracing::warn!(%why, "projections stopped for now and will try again");
                    self.ports.wakeups.wait("log")
                }
            };
            if let Either::Left(_) = select(&mut shutdown, rest).await {
                break;
            }
        }
        self.stop().await;
    }

    /// Takes one page each. Answers whether there was anything to take.
    pub async fn catch_up_once(&self) -> Result<bool, Unavailable> {
        Ok(self.take_pages().await? > 0)
    }

    /// The same; answers how many events the longest page had.
    async fn take_pages(&self) -> Result<usize, Unavailable> {
        let mut slots = self.slots.lock().await;
        let outcome = self.step(&mut slots).await;
        if outcome.is_err() {
            // Tables may have been replaced meanwhile: look again at the next try.
            *slots = None;
        }
        outcome
    }

    /// Takes everything there is.
    pub async fn catch_up(&self) -> Result<(), Unavailable> {
        while self.catch_up_once().await? {}
        Ok(())
    }

    /// How far each projection is, as of the last page.
    pub fn status(&self) -> Vec<ProjectionStatus> {
        self.board.statuses()
    }

    /// Saves every position and gives the leases back.
    pub async fn stop(&self) {
        let Some(mut slots) = self.slots.lock().await.take() else { return };
        for slot in &mut slots {
            if let Err(why) = slot.release(&self.ports, &self.holder).await {
                tracing::warn!(%why, table = slot.table.physical(), "lease not given back; it ends by itself");
            }
        }
    }

    async fn step(&self, state: &mut Option<Vec<Slot>>) -> Result<usize, Unavailable> {
        if state.is_none() {
            *state = Some(self.open().await?);
        }
        let slots = state.as_mut().expect("opened above");
        try_join_all(slots.iter_mut().map(|slot| slot.lead(&self.ports, &self.holder))).await?;
        let head = self.ports.log.head().await?;
        let taken = self.round(slots).await?;
        self.complete(slots, head).await?;
        try_join_all(slots.iter_mut().map(|slot| slot.save_in_time(&self.ports))).await?;
        self.board.show(slots, head);
        Ok(taken)
    }

    /// One page for every projection; those at the same place share it. Answers how many events the longest had.
    pub(crate) async fn round(&self, slots: &mut [Slot]) -> Result<usize, Unavailable> {
        let mut waiting: Vec<&mut Slot> = slots.iter_mut().filter(|slot| slot.works()).collect();
        waiting.sort_by_key(|slot| slot.position);
        let mut taken = 0;
        while let Some(first) = waiting.first() {
            let page = self.ports.log.read_opened(first.position, self.page, shows_contents).await?;
            let Some(last) = page.last().map(|event| event.position) else { break };
            let ahead = waiting.split_off(waiting.partition_point(|slot| slot.position < last));
            try_join_all(waiting.into_iter().map(|slot| slot.take(&self.ports, &page))).await?;
            taken = taken.max(page.len());
            waiting = ahead;
        }
        Ok(taken)
    }

    /// Indexes what caught up, and shows what was rebuilt once all of it is there.
    async fn complete(&self, slots: &mut [Slot], head: u64) -> Result<(), Unavailable> {
        for slot in slots.iter_mut().filter(|slot| slot.works() && slot.position >= head) {
            slot.index(&self.ports).await?;
        }
        let ready = |slot: &Slot| slot.live || (slot.works() && slot.indexed && slot.position >= head);
        if slots.iter().all(|slot| slot.live) || !slots.iter().all(ready) {
            return Ok(());
        }
        let tables: Vec<Table> = slots.iter().map(|slot| slot.table.clone()).collect();
        publication::publish(self.ports.read_store.as_ref(), &tables).await?;
        for slot in slots {
            slot.live = true;
        }
        Ok(())
    }
}
