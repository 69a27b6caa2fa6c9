//! Pages of records: everything, or what changed.

use application::ports::connector::{CallError, Cursor, Page, ReadMode, RemoteRecord};
use chrono::{DateTime, SecondsFormat, SubsecRound, TimeDelta, Utc};
use domain::value::ErrorClass;
use serde_json::value::RawValue;

use super::answer::{Good, Refusal};
use super::call::{call, refused};
use super::connection::ManifestConnection;
use super::cursor::{Leg, Position};
use super::pluck::{items, one, scalar};
use super::records::record;
use crate::connectors::manifest::{Changes, Entity, Order, PageKind, Pages, Place, Request, Values};

/// A feed is not asked for a moment closer to its look-back than this.
const LOOK_BACK_MARGIN: TimeDelta = TimeDelta::hours(1);

/// The call a position stands in.
#[derive(Clone, Copy)]
struct Step<'m> {
    request: &'m Request,
    items: &'m Place,
    pages: &'m Pages,
    order: Order,
    overlap: TimeDelta,
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
        if position.leg != Leg::Feed {
            return self.listed(entity, position).await;
        }
        let changes = entity.changes.as_ref().ok_or_else(foreign)?;
        match self.fed(entity, changes, position.clone()).await {
            Err(error) if error.class == ErrorClass::Validation => {
                tracing::info!(entity = name, %error, "the change feed refuses; reading changes instead");
                self.listed(entity, Position { leg: Leg::Changes, ..position }).await
            }
            other => other,
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
        match (known, &entity.changes, mode) {
            (Some(position), ..) if position.leg != Leg::Resume => Ok(position),
            (Some(resume), Some(changes), ReadMode::Incremental) => Ok(self.incremental(changes, resume)),
            _ => Ok(Position { since: Some(DateTime::UNIX_EPOCH), ..Position::default() }),
        }
    }

    fn incremental(&self, changes: &Changes, resume: Position) -> Position {
        let overlap = seconds(changes.overlap_s);
        let since = resume.base.map(|base| (base - overlap).trunc_subsecs(0));
        let now = self.realm.time().unwrap_or_else(|| self.services.clock.now());
        let young =
            |look_back_s| since.is_some_and(|since| since > now - seconds(look_back_s) + LOOK_BACK_MARGIN);
        let leg = match &changes.feed {
            Some(feed) if young(feed.look_back_s) => Leg::Feed,
            _ => Leg::Changes,
        };
        Position { leg, since, ..resume }
    }

    async fn fetch(
        &self,
        request: &Request,
        position: &Position,
        pages: Option<&Pages>,
    ) -> Result<Good, CallError> {
        let since = position.since.map(|since| since.to_rfc3339_opts(SecondsFormat::Secs, true));
        let values = Values {
            since: since.as_deref(),
            cursor: position.token.as_deref(),
            limit: pages.map(|pages| pages.size),
            offset: Some(position.offset),
            ..self.values()
        };
        let mut call = call(self.manifest(), request, &values)?;
        if let (Some(next), Some(Pages { kind: PageKind::Url, .. })) = (&position.token, pages) {
            call.path.clone_from(next);
        }
        self.ask(&call).await
    }

    /// The change feed: one answer. One that reaches the cap may be cut off, so reading goes on with the changes call.
    async fn fed(
        &self,
        entity: &Entity,
        changes: &Changes,
        mut position: Position,
    ) -> Result<Page, CallError> {
        let feed = changes.feed.as_ref().ok_or_else(foreign)?;
        let good = self.fetch(&feed.request, &position, None).await?;
        position.began = good.time;
        let raws = items(&good.text, &feed.items).map_err(unreadable)?;
        let capped = raws.len() >= feed.cap;
        let records = fresh(entity, &raws, &mut position, Some(seconds(changes.overlap_s)))?;
        if capped {
            position.leg = Leg::Changes;
            return Ok(Page { records, next: Some(position.cursor()), resume: None });
        }
        Ok(Page { records, next: None, resume: position.resume(true).map(|position| position.cursor()) })
    }

    async fn listed(&self, entity: &Entity, mut position: Position) -> Result<Page, CallError> {
        let step = step(entity, position.leg)?;
        let good = self.fetch(step.request, &position, Some(step.pages)).await?;
        if position.began.is_none() {
            position.began = good.time;
        }
        let raws = items(&good.text, step.items).map_err(unreadable)?;
        let by_time = step.order == Order::UpdatedAt;
        let overlap = (by_time || position.leg == Leg::Changes).then_some(step.overlap);
        let records = fresh(entity, &raws, &mut position, overlap)?;
        let last = raws.last().and_then(|raw| record(entity, raw).ok()).and_then(|last| last.updated_at);
        let more = self.advance(&mut position, step, (&good.text, raws.len(), last))?;
        if more {
            return Ok(Page { records, next: Some(position.cursor()), resume: None });
        }
        let resume = entity.changes.as_ref().and_then(|_| position.resume(by_time));
        Ok(Page { records, next: None, resume: resume.map(|position| position.cursor()) })
    }

    /// Moves to the next page; false at the end.
    fn advance(
        &self,
        position: &mut Position,
        step: Step<'_>,
        (text, rows, last): (&str, usize, Option<DateTime<Utc>>),
    ) -> Result<bool, CallError> {
        match step.pages.kind {
            PageKind::Whole => Ok(false),
            PageKind::Rows => Ok(next_rows(position, step, rows, last)),
            PageKind::Cursor | PageKind::Url => {
                let next = next_token(text, step.pages)?;
                let next = next.map(|next| {
                    if step.pages.kind == PageKind::Url { self.same_origin(&next) } else { Ok(next) }
                });
                let next = next.transpose()?;
                if next.is_some() && next == position.token {
                    return Err(unreadable("the next page is the same page again"));
                }
                position.token = next;
                Ok(position.token.is_some())
            }
        }
    }

    /// The path and query of the next page's address, which must be below the same base URL.
    fn same_origin(&self, address: &str) -> Result<String, CallError> {
        let url = self.base.join(address).map_err(unreadable)?;
        let base = self.base.path().trim_end_matches('/');
        let below = url.path().strip_prefix(base).filter(|path| path.starts_with('/'));
        match below {
            Some(path) if url.origin() == self.base.origin() => {
                Ok(url.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")))
            }
            _ => Err(unreadable("the next page is at another address")),
        }
    }
}

fn step(entity: &Entity, leg: Leg) -> Result<Step<'_>, CallError> {
    let overlap = entity.changes.as_ref().map_or(TimeDelta::zero(), |changes| seconds(changes.overlap_s));
    match (leg, &entity.list, &entity.changes) {
        (Leg::Changes, _, Some(changes)) => {
            let Changes { request, items, pages, order, .. } = changes;
            Ok(Step { request, items, pages, order: *order, overlap })
        }
        (Leg::List, Some(list), _) => Ok(Step {
            request: &list.request,
            items: &list.items,
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

/// The records that were not handed over before. With `overlap` they are remembered.
fn fresh(
    entity: &Entity,
    raws: &[&RawValue],
    position: &mut Position,
    overlap: Option<TimeDelta>,
) -> Result<Vec<RemoteRecord>, CallError> {
    let mut records = Vec::with_capacity(raws.len());
    for raw in raws {
        let record = record(entity, raw).map_err(unreadable)?;
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

/// Counts on, or starts again at the last time seen where the order allows.
fn next_rows(position: &mut Position, step: Step<'_>, rows: usize, last: Option<DateTime<Utc>>) -> bool {
    if rows < usize::try_from(step.pages.size).unwrap_or(usize::MAX) {
        return false;
    }
    let last = last.map(|last| last.trunc_subsecs(0));
    match (step.order, last) {
        (Order::UpdatedAt, Some(last)) if position.since.is_none_or(|since| last > since) => {
            position.since = Some(last);
            position.offset = 0;
        }
        _ => position.offset += u64::from(step.pages.size),
    }
    true
}

fn next_token(text: &str, pages: &Pages) -> Result<Option<String>, CallError> {
    let Some(place) = &pages.next else { return Ok(None) };
    let raw = one(text, place).map_err(unreadable)?;
    Ok(raw.and_then(scalar).filter(|next| !next.is_empty()).map(std::borrow::Cow::into_owned))
}

fn seconds(seconds: u64) -> TimeDelta {
    TimeDelta::try_seconds(i64::try_from(seconds).unwrap_or(i64::MAX)).unwrap_or(TimeDelta::MAX)
}

fn unreadable(why: impl std::fmt::Display) -> CallError {
    Refusal::unreadable(why).error
}

fn foreign() -> CallError {
    refused(ErrorClass::Validation, "the cursor does not belong to this entity: start the read again")
}
