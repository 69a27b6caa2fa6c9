//! Read models as they were: the same folds over a prefix of the log, into memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use application::ports::Unavailable;
use application::ports::event_log::EventLog;
use application::ports::read_store::{Row, RowChanges};
use domain::event::Event;
use domain::metadata::Recorded;

use crate::projection::{ErasedProjection, Poisoned, shows_contents};

#[cfg(test)]
mod tests;

/// Events that are read at once.
const PAGE: usize = 5_000;

/// Why there is no picture of then.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AsOfError {
    /// An event cannot be folded.
    #[error("projection `{name}` cannot take an event: {why}")]
    Poisoned {
        /// The projection.
        name: &'static str,
        /// Why.
        why: String,
    },
    /// The log is away.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The rows of one projection, in memory.
pub struct Memory {
    projection: Arc<dyn ErasedProjection>,
    /// Rows by key.
    pub rows: BTreeMap<String, Row>,
}

impl Memory {
    /// No rows yet.
    pub fn new(projection: Arc<dyn ErasedProjection>) -> Self {
        Self { projection, rows: BTreeMap::new() }
    }

    /// The projection's name.
    pub fn name(&self) -> &'static str {
        self.projection.table().name
    }

    /// Folds the next events.
    pub fn take(&mut self, events: &[Recorded<Event>]) -> Result<(), Poisoned> {
        let plan = self.projection.plan(events);
        let stored = plan.reads.iter().map(|key| self.rows.get(key).cloned()).collect();
        let RowChanges { rows } = self.projection.fold(events, plan, stored)?;
        for (key, row) in rows {
            match row {
                Some(row) => self.rows.insert(key, row),
                None => self.rows.remove(&key),
            };
        }
        Ok(())
    }
}

/// The rows of `projections` after the event at `position`.
pub async fn as_of(
    log: &dyn EventLog,
    projections: Vec<Arc<dyn ErasedProjection>>,
    position: u64,
) -> Result<Vec<Memory>, AsOfError> {
    let mut memories: Vec<Memory> = projections.into_iter().map(Memory::new).collect();
    let mut after = 0;
    loop {
        let mut page = log.read_opened(after, PAGE, shows_contents).await?;
        let Some(last) = page.last().map(|event| event.position) else { break };
        page.truncate(page.partition_point(|event| event.position <= position));
        for memory in &mut memories {
            let name = memory.name();
            memory
                .take(&page)
                .map_err(|poisoned| AsOfError::Poisoned { name, why: poisoned.why.to_string() })?;
        }
        if last >= position {
            break;
        }
        after = last;
    }
    Ok(memories)
}
