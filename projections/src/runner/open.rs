//! The start: which tables are in use, and which have to be filled anew.

use std::collections::BTreeMap;

use application::ports::Unavailable;
use application::ports::read_store::Table;

use super::{Runner, Slot};
use crate::publication::{self, checkpoint_name, first_number, numbered, version_of};

/// A table that is further behind is filled without indexes, which follow at the end.
const BARE_BEYOND: u64 = 20_000;

impl Runner {
    /// The projections at their tables. The views exist afterwards, if they can: those of a projection whose version
    /// changed stay as they were until the new table is full.
    pub(super) async fn open(&self) -> Result<Vec<Slot>, Unavailable> {
        let store = self.ports.read_store.as_ref();
        let published = publication::published(self.ports.checkpoints.as_ref(), store).await?;
        let mut slots: Vec<Slot> = self
            .projections
            .iter()
            .map(|projection| {
                let mut slot = Slot::new(projection.clone(), projection.table());
                place(&mut slot, &published);
                slot
            })
            .collect();
        let head = self.ports.log.head().await?;
        let positions: BTreeMap<String, u64> = self.ports.checkpoints.list().await?.into_iter().collect();
        for slot in slots.iter_mut().filter(|slot| slot.failed.is_none()) {
            let position = positions.get(&checkpoint_name(&slot.table)).copied().unwrap_or_default();
            let bare = head.saturating_sub(position) > BARE_BEYOND;
            store.prepare(&slot.table, bare).await?;
            slot.indexed = !bare;
            // Publishing makes the indexes, which a first fill does without.
            slot.live &= slot.indexed || !published.is_empty();
        }
        if slots.iter().all(|slot| slot.live && slot.failed.is_none()) {
            let tables: Vec<Table> = slots.iter().map(|slot| slot.table.clone()).collect();
            publication::publish(store, &tables).await?;
        }
        Ok(slots)
    }
}

/// Finds the table of a projection: the one in use, if it is of this version; else a new one.
fn place(slot: &mut Slot, published: &BTreeMap<String, u32>) {
    let code = slot.table.clone();
    let number = published.get(code.name).copied();
    slot.live = published.is_empty();
    match number {
        Some(number) if version_of(number) == code.version => {
            slot.live = true;
            slot.table = numbered(&code, number);
        }
        Some(number) if version_of(number) > code.version => {
            slot.live = true;
            slot.table = numbered(&code, number);
            slot.failed = Some(format!(
                "its table is of version {}, made by a newer program than this one, which knows version {}: \
                 run the newer one, or rebuild the projection with this one",
                version_of(number),
                code.version
            ));
        }
        _ => slot.table = numbered(&code, first_number(&code)),
    }
}
