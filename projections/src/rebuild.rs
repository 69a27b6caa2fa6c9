//! Fills read models anew beside the ones in use, then lets the views read the new ones.

use std::collections::BTreeMap;

use application::ports::Unavailable;
use application::ports::read_store::Table;

use crate::publication::{self, next_number, numbered, version_of};
use crate::runner::{Runner, Slot};

/// Why a rebuild did not come to its end. The views still read the tables they read before.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RebuildError {
    /// There is no such projection.
    #[error("there is no projection `{name}`: use one of {known}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// Those there are.
        known: String,
    },
    /// An event could not be folded.
    #[error("projection `{name}` cannot be rebuilt: {why}")]
    Poisoned {
        /// The projection.
        name: &'static str,
        /// The event and the reason.
        why: String,
    },
    /// Another projection needs a rebuild too before the views can be made.
    #[error("projection `{name}` has a new version too: rebuild it as well, or all of them")]
    Pending {
        /// The projection.
        name: &'static str,
    },
    /// Another process took the new table over.
    #[error("another process is rebuilding `{name}`: wait until it is done")]
    Busy {
        /// The projection.
        name: &'static str,
    },
    /// The store is away.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// How far a rebuild is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RebuildProgress {
    /// Position that every table has taken.
    pub position: u64,
    /// Position of the log's last event.
    pub head: u64,
}

impl Runner {
    /// Rebuilds the projections `names` (all, if empty): fresh tables without indexes, filled from the log's beginning,
    /// indexed at the end, then shown in one transaction. `report` is called after each page.
    pub async fn rebuild(
        &self,
        names: &[&str],
        report: &(dyn Fn(RebuildProgress) + Sync),
    ) -> Result<(), RebuildError> {
        let mut slots = self.fresh(names).await?;
        loop {
            let head = self.ports.log.head().await?;
            for slot in &mut slots {
                slot.lead(&self.ports, &self.holder).await?;
            }
            let progressed = self.round(&mut slots).await? > 0;
            check(&slots)?;
            let position = slots.iter().map(|slot| slot.position).min().unwrap_or(head);
            report(RebuildProgress { position, head: head.max(position) });
            if !progressed {
                break;
            }
        }
        for slot in &mut slots {
            slot.index(&self.ports).await?;
            slot.release(&self.ports, &self.holder).await?;
        }
        self.show(&slots).await
    }

    /// New tables, bare, for the named projections.
    async fn fresh(&self, names: &[&str]) -> Result<Vec<Slot>, RebuildError> {
        let known: Vec<&str> = self.projections.iter().map(|projection| projection.table().name).collect();
        if let Some(name) = names.iter().find(|name| !known.contains(name)) {
            return Err(RebuildError::Unknown { name: (*name).to_owned(), known: known.join(", ") });
        }
        let mut slots = Vec::new();
        for projection in &self.projections {
            let code = projection.table();
            if !names.is_empty() && !names.contains(&code.name) {
                continue;
            }
            let number = next_number(self.ports.checkpoints.as_ref(), &code).await?;
            let slot = Slot::new(projection.clone(), numbered(&code, number));
            self.ports.read_store.prepare(&slot.table, true).await?;
            slots.push(slot);
        }
        Ok(slots)
    }

    /// Lets the views read the new tables. No page is written meanwhile.
    async fn show(&self, fresh: &[Slot]) -> Result<(), RebuildError> {
        let mut running = self.slots.lock().await;
        let store = self.ports.read_store.as_ref();
        let whole = fresh.len() == self.projections.len();
        // Without any view left, only a rebuild of everything can tell which tables there are.
        let published = match publication::published(self.ports.checkpoints.as_ref(), store).await {
            Err(_) if whole => BTreeMap::new(),
            published => published?,
        };
        let mut tables: Vec<Table> = Vec::new();
        for code in self.projections.iter().map(|projection| projection.table()) {
            let new = fresh.iter().map(|slot| &slot.table).find(|table| table.name == code.name).cloned();
            let old = || {
                let number =
                    published.get(code.name).filter(|number| version_of(**number) == code.version)?;
                Some(numbered(&code, *number))
            };
            tables.push(new.or_else(old).ok_or(RebuildError::Pending { name: code.name })?);
        }
        publication::publish(store, &tables).await?;
        *running = None;
        Ok(())
    }
}

fn check(slots: &[Slot]) -> Result<(), RebuildError> {
    for slot in slots {
        let name = slot.table.name;
        match &slot.failed {
            Some(why) => return Err(RebuildError::Poisoned { name, why: why.clone() }),
            None if slot.saved.is_none() => return Err(RebuildError::Busy { name }),
            None => {}
        }
    }
    Ok(())
}
