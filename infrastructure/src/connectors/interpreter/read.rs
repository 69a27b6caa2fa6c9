//! Pages of records: everything, or what changed.

use application::ports::connector::{CallError, Cursor, Page, ReadMode, RemoteRecord};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use domain::value::ErrorClass;
use serde_json::value::RawValue;

use super::answer::{Good, Refusal};
use super::call::{Call, call, refused};
use super::connection::ManifestConnection;
use super::pluck::items;
use super::records::{inside, row};
use crate::connectors::manifest::{Changes, Entity, Order, PageKind, Pages, Place, Request, Values};

mod bulk;
pub(super) mod cursor;
mod delta;
mod paging;
mod told;

use cursor::Leg;
pub(super) use cursor::Position;
pub(super) use paging::{LastRow, Shown, advance};
use told::telling;

/// A feed is not asked for a moment closer to its look-back than this.
const LOOK_BACK_MARGIN: TimeDelta = TimeDelta::hours(1);

/// The call a position stands in.
#[derive(Clone, Copy)]
pub(super) struct Step<'m> {
    pub(super) request: &'m Request,
    pub(super) items: &'m Place,
    pub(super) record: Option<&'m Place>,
    pub(super) pages: &'m Pages,
    pub(super) order: Order,
    pub(super) overlap: TimeDelta,
}

impl ManifestConnection {
    pub(super) async fn page(
        &self,
        name: &str,
        mode: ReadMode,
        cursor: Option<&Cursor>,
    ) -> Result<Page, CallError> {
        let entity = self.entity(name)?;
        let position = self.position(entity, mode, cursor)?;
        match position.leg {
            Leg::Feed => self.feed_or_changes(name, entity, position).await,
            Leg::List | Leg::Changes if telling(entity, position.leg).is_some() => {
                self.told(name, entity, position).await
            }
            Leg::Deletions => self.gone(name, entity, position).await,
            Leg::Delta => self.delta(name, entity, position).await,
            Leg::Bulk => self.bulk(name, entity, position).await,
            Leg::List | Leg::Changes | Leg::Resume => self.listed(name, entity, position).await,
        }
    }

    /// Where a read stands, or begins.
    fn position(
        &self,
        entity: &Entity,
        mode: ReadMode,
        cursor: Option<&Cursor>,
    ) -> Result<Position, CallError> {
        let known = cursor.map(|cursor| Position::parse(cursor).ok_or_else(foreign)).transpose()?;
        let Some(position) = known else { return Ok(beginning(entity)) };
        if position.leg != Leg::Resume {
            return Ok(position);
        }
        if mode == ReadMode::Full {
            return Ok(beginning(entity));
        }
        match (&entity.delta, &entity.changes) {
            (Some(_), _) if position.start.is_some() => {
                Ok(Position { leg: Leg::Delta, token: position.start.clone(), ..position })
            }
            (None, Some(changes)) => Ok(self.incremental(entity, changes, position)),
            _ => Ok(beginning(entity)),
        }
    }

    fn incremental(&self, entity: &Entity, changes: &Changes, resume: Position) -> Position {
        let overlap = seconds(changes.overlap_s);
        let since = resume.base.map(|base| (base - overlap).trunc_subsecs(0));
        let now = self.now();
        let young =
            |look_back_s| since.is_some_and(|since| since > now - seconds(look_back_s) + LOOK_BACK_MARGIN);
        let deletions = entity.deletions.as_ref().and_then(|deletions| deletions.look_back_s);
        if [changes.look_back_s, deletions].into_iter().flatten().any(|look_back_s| !young(look_back_s)) {
            tracing::info!("changes cannot be asked for that far back; everything is read again");
            return beginning(entity);
        }
        let leg = match &changes.feed {
            Some(feed) if young(feed.look_back_s) => Leg::Feed,
            _ => Leg::Changes,
        };
        Position { leg, since, ..resume }
    }

    /// The provider's clock as last seen, else ours.
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.realm.time().unwrap_or_else(|| self.services.clock.now())
    }

    /// The call of a page.
    pub(super) fn page_call(
        &self,
        (name, entity): (&str, &Entity),
        request: &Request,
        position: &Position,
        pages: Option<&Pages>,
    ) -> Result<Call, CallError> {
        let fields = self.field_names(name, entity);
        let first = pages.filter(|pages| pages.kind == PageKind::Keyset).map(|pages| pages.first_id.as_str());
        let values = Values {
            since: position.since,
            cursor: position.token.as_deref(),
            limit: pages.map(|pages| pages.size),
            offset: Some(position.offset),
            page: Some(u64::from(position.pages) + 1),
            last_id: position.last_id.as_deref().or(first),
            job: position.job.as_deref(),
            fields: fields.as_deref(),
            ..self.values()
        };
        let mut call = call(self.manifest(), request, &values)?;
        let addressed = pages.is_some_and(|pages| matches!(pages.kind, PageKind::Url | PageKind::Link));
        if let (Some(next), true) = (&position.token, addressed) {
            call.path.clone_from(next);
        }
        Ok(call)
    }

    async fn feed_or_changes(
        &self,
        name: &str,
        entity: &Entity,
        position: Position,
    ) -> Result<Page, CallError> {
        let changes = entity.changes.as_ref().ok_or_else(foreign)?;
        match self.fed(name, entity, (changes, position.clone())).await {
            Err(error) if error.class == ErrorClass::Validation => {
                tracing::info!(entity = name, %error, "the change feed refuses; reading changes instead");
                self.listed(name, entity, Position { leg: Leg::Changes, ..position }).await
            }
            other => other,
        }
    }

    /// The change feed: one answer. One that reaches the cap may be cut off, so reading goes on with the changes call.
    async fn fed(
        &self,
        name: &str,
        entity: &Entity,
        (changes, mut position): (&Changes, Position),
    ) -> Result<Page, CallError> {
        let feed = changes.feed.as_ref().ok_or_else(foreign)?;
        let good = self.ask(&self.page_call((name, entity), &feed.request, &position, None)?).await?;
        position.began = good.time;
        let raws = rows(&good, &feed.items)?;
        let capped = raws.len() >= feed.cap;
        let records = self.fresh(entity, &raws, None, (&mut position, Some(seconds(changes.overlap_s))))?;
        if capped {
            position.leg = Leg::Changes;
            return Ok(Page { records, next: Some(position.cursor()), resume: None });
        }
        Ok(ended(entity, records, &position, true))
    }

    pub(super) async fn listed(
        &self,
        name: &str,
        entity: &Entity,
        mut position: Position,
    ) -> Result<Page, CallError> {
        if let Some(start) = entity.delta.as_ref().and_then(|delta| delta.start.as_ref())
            && position.leg == Leg::List
            && position.start.is_none()
        {
            position.start = self.token_of_now(name, entity, start).await?;
        }
        let step = step(entity, position.leg)?;
        let good =
            self.ask(&self.page_call((name, entity), step.request, &position, Some(step.pages))?).await?;
        if position.began.is_none() {
            position.began = good.time;
        }
        let raws = rows(&good, step.items)?;
        // A page by time may rightly come again from its first moment on.
        let by_time = step.order == Order::UpdatedAt;
        if position.shows_again(&raws) && !(by_time && position.offset == 0) {
            if step.pages.repeats_last {
                return Ok(ended(entity, Vec::new(), &position, by_time));
            }
            return Err(stopped("the provider gave the same page twice"));
        }
        let remembered = by_time || position.leg == Leg::Changes;
        let overlap = remembered.then_some(step.overlap);
        let records = self.fresh(entity, &raws, step.record, (&mut position, overlap))?;
        let last = raws.last().copied();
        let more = {
            let last = last.map(|raw| self.whole_row(entity, raw, step.record)).transpose()?;
            let last = last.map(|record| LastRow { at: record.updated_at, id: record.id });
            let shown = Shown::of(&good, &raws, last);
            advance(self, &mut position, step, &shown)?
        };
        if more {
            return Ok(Page { records, next: Some(position.cursor()), resume: None });
        }
        Ok(ended(entity, records, &position, by_time))
    }

    fn whole_row(
        &self,
        entity: &Entity,
        raw: &RawValue,
        place: Option<&Place>,
    ) -> Result<RemoteRecord, CallError> {
        let raw = inside(raw, place).map_err(unreadable)?;
        row(self.manifest(), entity, raw).map(|row| row.record).map_err(unreadable)
    }

    /// The records that were not handed over before. With `overlap` they are remembered.
    pub(super) fn fresh(
        &self,
        entity: &Entity,
        raws: &[&RawValue],
        place: Option<&Place>,
        (position, overlap): (&mut Position, Option<TimeDelta>),
    ) -> Result<Vec<RemoteRecord>, CallError> {
        let mut records = Vec::with_capacity(raws.len());
        for raw in raws {
            let raw = inside(raw, place).map_err(unreadable)?;
            let row = row(self.manifest(), entity, raw).map_err(unreadable)?;
            let record = row.record;
            if !row.meant {
                position.newest = position.newest.max(record.updated_at);
                continue;
            }
            match overlap {
                Some(overlap) if position.is_repeated(&record, overlap) => {}
                Some(_) => records.push(record),
                None => {
                    position.newest = position.newest.max(record.updated_at);
                    records.push(record);
                }
            }
        }
        Ok(records)
    }
}

/// Where a read without a cursor begins.
fn beginning(entity: &Entity) -> Position {
    let leg = match &entity.delta {
        Some(delta) if delta.start.is_none() => Leg::Delta,
        _ if entity.bulk.is_some() => Leg::Bulk,
        _ => Leg::List,
    };
    Position { leg, since: Some(DateTime::UNIX_EPOCH), ..Position::default() }
}

/// The end of a leg: deletions follow changes, and then the next read's beginning is told.
pub(super) fn ended(entity: &Entity, records: Vec<RemoteRecord>, position: &Position, by_time: bool) -> Page {
    if entity.deletions.is_some() && position.leg == Leg::Changes {
        let changes = entity.changes.as_ref().map_or(0, |changes| changes.overlap_s);
        let since = position.base.map(|base| base - seconds(changes));
        let next = position.turn(Leg::Deletions, since.or(position.since));
        return Page { records, next: Some(next.cursor()), resume: None };
    }
    if entity.delta.is_some() {
        let resume = position
            .start
            .clone()
            .map(|start| Position { leg: Leg::Resume, start: Some(start), ..Position::default() }.cursor());
        return Page { records, next: None, resume };
    }
    let resume = entity.changes.as_ref().and_then(|_| position.resume(by_time));
    Page { records, next: None, resume: resume.map(|position| position.cursor()) }
}

fn step(entity: &Entity, leg: Leg) -> Result<Step<'_>, CallError> {
    let overlap = entity.changes.as_ref().map_or(TimeDelta::zero(), |changes| seconds(changes.overlap_s));
    match (leg, &entity.list, &entity.changes) {
        (Leg::Changes, _, Some(changes)) => {
            let Changes { request, items, record, pages, order, .. } = &**changes;
            Ok(Step { request, items, record: record.as_ref(), pages, order: *order, overlap })
        }
        (Leg::List, Some(list), _) => Ok(Step {
            request: &list.request,
            items: &list.items,
            record: list.record.as_ref(),
            pages: &list.pages,
            order: list.order,
            overlap,
        }),
        (Leg::List, None, _) => {
            Err(refused(ErrorClass::Validation, "this entity cannot be listed at this provider"))
        }
        _ => Err(foreign()),
    }
}

/// The rows of an answer; none where it says that there is nothing.
pub(super) fn rows<'a>(good: &'a Good, place: &Place) -> Result<Vec<&'a RawValue>, CallError> {
    if good.bare || good.text.is_empty() {
        return Ok(Vec::new());
    }
    items(&good.text, place).map_err(unreadable)
}

pub(super) fn seconds(seconds: u64) -> TimeDelta {
    TimeDelta::try_seconds(i64::try_from(seconds).unwrap_or(i64::MAX)).unwrap_or(TimeDelta::MAX)
}

pub(super) fn unreadable(why: impl std::fmt::Display) -> CallError {
    Refusal::unreadable(why).error
}

/// A read that would never end, with its reason.
pub(super) fn stopped(why: &str) -> CallError {
    refused(ErrorClass::Unreadable, format!("the read was stopped: {why}"))
}

pub(super) fn foreign() -> CallError {
    refused(ErrorClass::Validation, "the cursor does not belong to this entity: start the read again")
}
