//! One projection at its place in the log.

use std::sync::Arc;

use application::ports::Unavailable;
use application::ports::checkpoints::{Checkpoint, SaveError};
use application::ports::read_store::{RowChanges, Table};
use chrono::{DateTime, TimeDelta, Utc};
use domain::event::Event;
use domain::metadata::Recorded;

use super::Ports;
use crate::projection::{ErasedProjection, Poisoned};
use crate::publication::checkpoint_name;

/// How long a lease holds without being renewed.
const LEASE: TimeDelta = TimeDelta::seconds(30);
/// A lease that ends within this time is renewed.
const RENEW: TimeDelta = TimeDelta::seconds(20);
/// Another's lease is asked for again after this time.
const RETRY: TimeDelta = TimeDelta::seconds(1);
/// A position that changed no row is saved after this time at the latest.
const SAVE: TimeDelta = TimeDelta::seconds(1);

/// A projection, the table it fills, and how far it is.
pub(crate) struct Slot {
    pub(crate) projection: Arc<dyn ErasedProjection>,
    pub(crate) table: Table,
    /// Whether the views read this table.
    pub(crate) live: bool,
    /// Whether the table has its indexes.
    pub(crate) indexed: bool,
    /// The position as saved and the lease's epoch, while this process leads.
    pub(crate) saved: Option<Checkpoint>,
    /// How far it has folded.
    pub(crate) position: u64,
    /// Why it stopped for good.
    pub(crate) failed: Option<String>,
    lease_until: DateTime<Utc>,
    retry_at: DateTime<Utc>,
    saved_at: DateTime<Utc>,
}

impl Slot {
    pub(crate) fn new(projection: Arc<dyn ErasedProjection>, table: Table) -> Self {
        Self {
            projection,
            table,
            live: false,
            indexed: false,
            saved: None,
            position: 0,
            failed: None,
            lease_until: DateTime::UNIX_EPOCH,
            retry_at: DateTime::UNIX_EPOCH,
            saved_at: DateTime::UNIX_EPOCH,
        }
    }

    /// Whether this process may move it.
    pub(crate) fn works(&self) -> bool {
        self.saved.is_some() && self.failed.is_none()
    }

    /// Takes or renews the lease. Another's place is looked up, to show it.
    pub(crate) async fn lead(&mut self, ports: &Ports, holder: &str) -> Result<(), Unavailable> {
        let now = ports.clock.now();
        let rests = if self.saved.is_some() { now + RENEW < self.lease_until } else { now < self.retry_at };
        if self.failed.is_some() || rests {
            return Ok(());
        }
        let name = checkpoint_name(&self.table);
        let until = now + LEASE;
        let lease = ports.checkpoints.lease(&name, holder, now, until).await?;
        match lease {
            Some(checkpoint) if self.saved == Some(checkpoint) => {}
            Some(checkpoint) => {
                self.position = checkpoint.position;
                self.saved_at = now;
            }
            None => {
                self.retry_at = now + RETRY;
                let known = ports.checkpoints.list().await?;
                self.position =
                    known.iter().find(|(other, _)| *other == name).map_or(0, |(_, position)| *position);
            }
        }
        self.saved = lease;
        self.lease_until = until;
        Ok(())
    }

    /// Folds what of `page` it has not seen, and writes rows and position together.
    pub(crate) async fn take(&mut self, ports: &Ports, page: &[Recorded<Event>]) -> Result<(), Unavailable> {
        let mut events = &page[page.partition_point(|event| event.position <= self.position)..];
        let changes = loop {
            match self.fold(ports, events).await? {
                Ok(changes) => break changes,
                Err(poisoned) => {
                    let event = &events[poisoned.event];
                    let why = format!("event {} of {}: {}", event.position, event.stream, poisoned.why);
                    tracing::error!(projection = self.table.name, why, "projection stopped at an event");
                    self.failed = Some(why);
                    events = &events[..poisoned.event];
                }
            }
        };
        match events.last() {
            Some(last) => self.write(ports, last.position, changes).await,
            None => Ok(()),
        }
    }

    async fn fold(
        &self,
        ports: &Ports,
        events: &[Recorded<Event>],
    ) -> Result<Result<RowChanges, Poisoned>, Unavailable> {
        let plan = self.projection.plan(events);
        let stored = match plan.reads.as_slice() {
            [] => Vec::new(),
            keys => ports.read_store.rows(&self.table, keys).await?,
        };
        Ok(self.projection.fold(events, plan, stored))
    }

    async fn write(&mut self, ports: &Ports, to: u64, changes: RowChanges) -> Result<(), Unavailable> {
        if changes.rows.is_empty() {
            self.position = to;
            return Ok(());
        }
        self.save(ports, to, vec![(self.table.clone(), changes)]).await
    }

    async fn save(
        &mut self,
        ports: &Ports,
        to: u64,
        changes: Vec<(Table, RowChanges)>,
    ) -> Result<(), Unavailable> {
        let Some(from) = self.saved else { return Ok(()) };
        match ports.read_store.write(&checkpoint_name(&self.table), from, to, changes).await {
            Ok(()) => {
                self.saved = Some(Checkpoint { position: to, ..from });
                self.position = to;
                self.saved_at = ports.clock.now();
                Ok(())
            }
            Err(SaveError::Fenced { name }) => {
                tracing::info!(name, "another process leads this projection now");
                self.saved = None;
                Ok(())
            }
            Err(SaveError::Unavailable(why)) => Err(why),
        }
    }

    /// Saves a position that only this process knows, once a second.
    pub(crate) async fn save_in_time(&mut self, ports: &Ports) -> Result<(), Unavailable> {
        let unsaved = self.saved.is_some_and(|saved| saved.position < self.position);
        if unsaved && ports.clock.now() >= self.saved_at + SAVE {
            return self.save(ports, self.position, Vec::new()).await;
        }
        Ok(())
    }

    /// Makes the indexes that a bare table lacks.
    pub(crate) async fn index(&mut self, ports: &Ports) -> Result<(), Unavailable> {
        if !self.indexed {
            ports.read_store.prepare(&self.table, false).await?;
            self.indexed = true;
        }
        Ok(())
    }

    /// Saves the position and ends the lease now.
    pub(crate) async fn release(&mut self, ports: &Ports, holder: &str) -> Result<(), Unavailable> {
        if self.saved.is_some_and(|saved| saved.position < self.position) {
            self.save(ports, self.position, Vec::new()).await?;
        }
        if self.saved.take().is_some() {
            let now = ports.clock.now();
            ports.checkpoints.lease(&checkpoint_name(&self.table), holder, now, now).await?;
        }
        Ok(())
    }
}
