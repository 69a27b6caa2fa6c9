//! Changes that are told, not shown: events about records, and deletions that stand apart.

use std::collections::BTreeMap;

use application::ports::connector::{CallError, Page, RemoteRecord};
use chrono::{DateTime, TimeDelta, Utc};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::value::RawValue;

use super::super::answer::holds;
use super::super::answer::text_at;
use super::super::connection::ManifestConnection;
use super::super::read::{Step, ended, foreign, rows, seconds, stopped, unreadable};
use super::super::records::moment_as;
use super::super::records::{row, tombstone};
use super::cursor::{Leg, Position};
use super::paging::{LastRow, Shown, advance};
use crate::connectors::manifest::{Entity, EventOf, Order};

/// What the events of a page say of one record.
struct Said<'a> {
    at: Option<DateTime<Utc>>,
    gone: bool,
    record: Option<&'a RawValue>,
}

/// A record, and when its event happened.
type Dated = (RemoteRecord, Option<DateTime<Utc>>);

impl ManifestConnection {
    /// A page of events: each record they name is read anew, once, so that their order is of no matter.
    pub(in super::super) async fn told(
        &self,
        name: &str,
        entity: &Entity,
        mut position: Position,
    ) -> Result<Page, CallError> {
        let (step, event) = telling(entity, position.leg).ok_or_else(foreign)?;
        let call = self.page_call((name, entity), step.request, &position, Some(step.pages))?;
        let good = self.ask(&call).await?;
        if position.began.is_none() {
            position.began = good.time;
        }
        let raws = rows(&good, step.items)?;
        if position.shows_again(&raws) {
            return Err(stopped("the provider gave the same page twice"));
        }
        let said = said(event, &raws)?;
        position.newest = position.newest.max(said.values().filter_map(|said| said.at).max());
        let mut records = Vec::new();
        for (record, at) in self.records_of(name, entity, said).await? {
            let record = RemoteRecord { updated_at: record.updated_at.or(at), ..record };
            if !position.is_repeated(&record, step.overlap) {
                records.push(record);
            }
        }
        let last = raws.last().map(|raw| named(event, raw)).transpose()?;
        let last = last.map(|(id, at)| LastRow { at: Some(at), id });
        let shown = Shown::of(&good, &raws, last);
        if advance(self, &mut position, step, &shown)? {
            return Ok(Page { records, next: Some(position.cursor()), resume: None });
        }
        Ok(ended(entity, records, &position, true))
    }

    /// The records that a page's events name, as many read at once as the provider takes.
    async fn records_of(
        &self,
        name: &str,
        entity: &Entity,
        said: BTreeMap<String, Said<'_>>,
    ) -> Result<Vec<Dated>, CallError> {
        let at_once = usize::try_from(self.manifest().limits.concurrency.max(1)).unwrap_or(1);
        let mut reads = Vec::with_capacity(said.len());
        for (id, said) in said {
            reads.push(self.dated(name, entity, (id, said)));
        }
        let found: Vec<Option<Dated>> = stream::iter(reads).buffered(at_once).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn dated(
        &self,
        name: &str,
        entity: &Entity,
        (id, said): (String, Said<'_>),
    ) -> Result<Option<Dated>, CallError> {
        let record = self.record_of(name, entity, (&id, &said)).await?;
        Ok(record.map(|record| (record, said.at)))
    }

    /// The record an event names: its payload where the manifest takes that, else as it is now.
    async fn record_of(
        &self,
        name: &str,
        entity: &Entity,
        (id, said): (&str, &Said<'_>),
    ) -> Result<Option<RemoteRecord>, CallError> {
        if said.gone {
            return Ok(Some(tombstone(entity, id, said.at)));
        }
        if let Some(raw) = said.record {
            let row = row(self.manifest(), entity, raw).map_err(unreadable)?;
            return Ok(row.meant.then_some(row.record));
        }
        self.admitted().await?;
        match self.any_by_id(name, id).await? {
            None => Ok(Some(tombstone(entity, id, said.at))),
            Some(row) => Ok(row.meant.then_some(row.record)),
        }
    }

    /// A page of deletions.
    pub(in super::super) async fn gone(
        &self,
        name: &str,
        entity: &Entity,
        mut position: Position,
    ) -> Result<Page, CallError> {
        let deletions = entity.deletions.as_ref().ok_or_else(foreign)?;
        let call = self.page_call((name, entity), &deletions.request, &position, Some(&deletions.pages))?;
        let good = self.ask(&call).await?;
        let raws = rows(&good, &deletions.items)?;
        if position.shows_again(&raws) {
            return Err(stopped("the provider gave the same page twice"));
        }
        let mut records = Vec::new();
        for raw in &raws {
            let place = deletions.id.as_ref().unwrap_or(&entity.id);
            let id = text_at(raw.get(), place).filter(|id| !id.is_empty());
            let id = id.ok_or_else(|| unreadable("a deletion names no record"))?;
            let at = deletions.at.as_ref().and_then(|place| moment_as(None, &text_at(raw.get(), place)?));
            if at.zip(position.since).is_none_or(|(at, since)| at >= since) {
                records.push(tombstone(entity, &id, at));
            }
        }
        let step = Step {
            request: &deletions.request,
            items: &deletions.items,
            record: None,
            pages: &deletions.pages,
            order: Order::None,
            overlap: TimeDelta::zero(),
        };
        let shown = Shown::of(&good, &raws, None);
        if advance(self, &mut position, step, &shown)? {
            return Ok(Page { records, next: Some(position.cursor()), resume: None });
        }
        Ok(ended(entity, records, &position, true))
    }
}

/// The call of a leg whose elements name records, and where they do.
pub(super) fn telling(entity: &Entity, leg: Leg) -> Option<(Step<'_>, &EventOf)> {
    let overlap = entity.changes.as_ref().map_or(TimeDelta::zero(), |changes| seconds(changes.overlap_s));
    let (request, items, pages, event) = match leg {
        Leg::List => {
            entity.list.as_ref().map(|list| (&list.request, &list.items, &list.pages, list.event.as_ref()))?
        }
        Leg::Changes => entity
            .changes
            .as_ref()
            .map(|changes| (&changes.request, &changes.items, &changes.pages, changes.event.as_ref()))?,
        _ => return None,
    };
    Some((Step { request, items, record: None, pages, order: Order::None, overlap }, event?))
}

/// The record an event names, and when it happened.
fn named(event: &EventOf, raw: &RawValue) -> Result<(String, DateTime<Utc>), CallError> {
    let text = raw.get();
    let id = text_at(text, &event.id).filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| unreadable("an event names no record"))?;
    let at = text_at(text, &event.at).and_then(|at| moment_as(event.at_as, &at));
    Ok((id, at.ok_or_else(|| unreadable("an event does not say when it happened"))?))
}

/// What a page says of each record: its latest event.
fn said<'a>(event: &EventOf, raws: &[&'a RawValue]) -> Result<BTreeMap<String, Said<'a>>, CallError> {
    let mut all: BTreeMap<String, Said<'a>> = BTreeMap::new();
    for raw in raws {
        let text = raw.get();
        if event.ignore.as_ref().is_some_and(|is| holds(is, text)) {
            continue;
        }
        let (id, at) = named(event, raw)?;
        let at = Some(at);
        let gone = event.deleted.as_ref().is_some_and(|is| holds(is, text));
        let record = match &event.record {
            None => None,
            Some(place) => super::super::pluck::one(text, place).map_err(unreadable)?,
        };
        match all.get(&id) {
            Some(known) if known.at > at => {}
            _ => drop(all.insert(id, Said { at, gone, record })),
        }
    }
    Ok(all)
}
