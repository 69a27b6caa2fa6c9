//! What a projection is: a pure fold of events into rows.

use std::collections::HashMap;

use application::ports::read_store::{Row, RowChanges, Table};
use domain::event::Event;
use domain::metadata::Recorded;
use domain::stream::Kind;
use domain::sync_record::SyncRecordEvent;

use crate::row::{BadRow, TableRow};

/// An event that a projection cannot fold. It stops that projection there, and no other.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Poison {
    /// The row it would change cannot be read.
    #[error(transparent)]
    Row(#[from] BadRow),
    /// The event's stream id is not of its kind's form.
    #[error("stream id `{0}` is not of the form its kind has")]
    Stream(String),
}

/// A pure fold: from an event to the keys of the rows it changes, and from a row to the row after it.
pub trait Projection: Send + Sync + 'static {
    /// The row. Its table's version is the projection's: raise it with any change of meaning or shape.
    type Row: TableRow;

    /// Kinds of the events it reads.
    const KINDS: &'static [Kind];

    /// Keys of the rows that `event` changes; the stream's own id, for a projection of one row per stream.
    fn targets(&self, event: &Recorded<Event>) -> Vec<String> {
        vec![event.stream.id.clone()]
    }

    /// Whether `event` is surely the first one of the rows it changes, so that nothing has to be read.
    fn begins(&self, _event: &Recorded<Event>) -> bool {
        false
    }

    /// The row of `key` after `event`; `None` when there is none any more.
    fn apply(
        &self,
        key: &str,
        row: Option<Self::Row>,
        event: &Recorded<Event>,
    ) -> Result<Option<Self::Row>, Poison>;

    /// Fills the columns that follow from the others, once per page and row.
    fn finish(&self, _row: &mut Self::Row) {}
}

/// Whether a view shows sealed contents of `event`. What both sides of a record hold in between is for the engine only.
pub(crate) fn shows_contents(event: &Event) -> bool {
    use SyncRecordEvent as E;
    let Event::SyncRecord(event) = event else { return true };
    !matches!(event, E::RemoteObserved(_) | E::WriteBegun(_) | E::WriteConfirmed(_) | E::OutcomeResolved(_))
}

/// What a page of events changes, before the rows are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Keys of the rows to read.
    pub reads: Vec<String>,
    /// Keys of the rows that begin in the page.
    begun: Vec<String>,
    /// (event, row) in event order; a row is an index into `reads`, then `begun`.
    steps: Vec<(usize, Target)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Read(usize),
    Begun(usize),
}

/// Where in a page a projection had to stop, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poisoned {
    /// Index of the event in the page.
    pub event: usize,
    /// Why.
    pub why: Poison,
}

/// A projection whose row type is forgotten, so that a runner can hold a list.
pub trait ErasedProjection: Send + Sync {
    /// Its table, with the projection's version.
    fn table(&self) -> Table;

    /// Which rows `page` changes.
    fn plan(&self, page: &[Recorded<Event>]) -> Plan;

    /// The rows after `page`; `stored` are those of `plan.reads`, in that order.
    fn fold(
        &self,
        page: &[Recorded<Event>],
        plan: Plan,
        stored: Vec<Option<Row>>,
    ) -> Result<RowChanges, Poisoned>;
}

impl<P: Projection> ErasedProjection for P {
    fn table(&self) -> Table {
        P::Row::TABLE
    }

    fn plan(&self, page: &[Recorded<Event>]) -> Plan {
        let mut plan = Plan::default();
        let mut known = HashMap::new();
        for (index, event) in
            page.iter().enumerate().filter(|(_, event)| P::KINDS.contains(&event.event.kind()))
        {
            for key in self.targets(event) {
                let target = *known.entry(key).or_insert_with_key(|key| plan.add(key, self.begins(event)));
                plan.steps.push((index, target));
            }
        }
        plan
    }

    fn fold(
        &self,
        page: &[Recorded<Event>],
        plan: Plan,
        stored: Vec<Option<Row>>,
    ) -> Result<RowChanges, Poisoned> {
        let first =
            |target| plan.steps.iter().find(|(_, other)| *other == target).map_or(0, |(event, _)| *event);
        let mut rows = Vec::with_capacity(plan.reads.len() + plan.begun.len());
        for (index, row) in stored.into_iter().enumerate() {
            let row = row.map(P::Row::from_cells).transpose();
            rows.push(row.map_err(|why| Poisoned { event: first(Target::Read(index)), why: why.into() })?);
        }
        let known: Vec<bool> = rows.iter().map(Option::is_some).collect();
        rows.resize_with(plan.reads.len() + plan.begun.len(), || None);
        for (event, target) in &plan.steps {
            let (index, key) = plan.slot(*target);
            let row = self.apply(key, rows[index].take(), &page[*event]);
            rows[index] = row.map_err(|why| Poisoned { event: *event, why })?;
        }
        let keys = plan.reads.into_iter().chain(plan.begun);
        let changed = |(index, (key, row)): (usize, (String, Option<P::Row>))| {
            let matters = row.is_some() || known.get(index).copied().unwrap_or_default();
            let finished = |mut row| {
                self.finish(&mut row);
                row.into_cells()
            };
            matters.then(|| (key, row.map(finished)))
        };
        Ok(RowChanges { rows: keys.zip(rows).enumerate().filter_map(changed).collect() })
    }
}

impl Plan {
    fn add(&mut self, key: &str, begins: bool) -> Target {
        let keys = if begins { &mut self.begun } else { &mut self.reads };
        keys.push(key.to_owned());
        let index = keys.len() - 1;
        if begins { Target::Begun(index) } else { Target::Read(index) }
    }

    fn slot(&self, target: Target) -> (usize, &str) {
        match target {
            Target::Read(index) => (index, &self.reads[index]),
            Target::Begun(index) => (self.reads.len() + index, &self.begun[index]),
        }
    }
}

/// A stream id that is not of its kind's form.
pub(crate) fn malformed(event: &Recorded<Event>) -> Poison {
    Poison::Stream(event.stream.id.clone())
}
