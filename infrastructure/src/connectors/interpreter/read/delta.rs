//! Feeds of changes with a token of their own.

use application::ports::connector::{CallError, Page, RemoteRecord};
use chrono::TimeDelta;

use super::super::answer::{Good, Refusal, text_at};
use super::super::answer::{any_meant, holds};
use super::super::connection::ManifestConnection;
use super::super::read::{Step, foreign, rows, stopped, unreadable};
use super::super::records::{inside, tombstone};
use super::cursor::{Leg, Position};
use super::paging::{Shown, advance};
use crate::connectors::manifest::{Delta, Entity, Order, PageKind, Request};

/// How often one read may begin again.
const RESTARTS: u32 = 5;
/// Bytes of records that a read which may begin again holds back, at most.
const HELD_BYTES: usize = 32 * 1024 * 1024;
/// How long it does; a page's job must end within its lease.
const HELD_FOR: TimeDelta = TimeDelta::minutes(2);

impl ManifestConnection {
    /// What the feed shows. Where the provider may break a read off, its pages are handed over together: a record that
    /// an earlier page showed may be gone when the read begins again, and then nothing would tell of it. Only a read
    /// beyond all measure is handed over in parts.
    pub(in super::super) async fn delta(
        &self,
        name: &str,
        entity: &Entity,
        mut position: Position,
    ) -> Result<Page, CallError> {
        let together = entity.delta.as_ref().is_some_and(|delta| !delta.restart.is_empty());
        let until = self.services.clock.now() + HELD_FOR;
        let (mut held, mut bytes) = (Vec::new(), 0);
        loop {
            let mut page = self.delta_page(name, entity, position).await?;
            let next = page.next.as_deref().and_then(Position::parse);
            let next = next.filter(|next| together && next.leg == Leg::Delta);
            if next.as_ref().is_some_and(|next| next.pages == 0) {
                // It begins again: what it showed so far counts for nothing.
                held.clear();
                bytes = 0;
            }
            bytes += page.records.iter().map(|record| record.body.get().len()).sum::<usize>();
            held.append(&mut page.records);
            match next {
                Some(next) if bytes <= HELD_BYTES && self.services.clock.now() < until => position = next,
                _ => return Ok(Page { records: held, ..page }),
            }
            self.admitted().await?;
        }
    }

    /// A page of the feed. A read that the provider breaks off begins again at its first token; a token that is no longer
    /// known means that everything is read again.
    async fn delta_page(
        &self,
        name: &str,
        entity: &Entity,
        mut position: Position,
    ) -> Result<Page, CallError> {
        let delta = entity.delta.as_ref().ok_or_else(foreign)?;
        let call = self.page_call((name, entity), &delta.request, &position, Some(&delta.pages))?;
        let good = match self.exchange(&call, None).await {
            Ok(good) => good,
            Err(refusal) => return again(delta, &position, refusal),
        };
        let records = self.of_feed(entity, delta, (&good, &mut position))?;
        let raw = delta.items.0.last().map(|place| rows(&good, place)).transpose()?.unwrap_or_default();
        let step = Step {
            request: &delta.request,
            items: delta.items.0.first().ok_or_else(foreign)?,
            record: delta.record.as_ref(),
            pages: &delta.pages,
            order: Order::None,
            overlap: TimeDelta::zero(),
        };
        let mut shown = Shown::of(&good, &raw, None);
        shown.rows = records.len();
        if advance(self, &mut position, step, &shown)? {
            return Ok(Page { records, next: Some(position.cursor()), resume: None });
        }
        let kept = self.kept(delta, &good)?.or(position.start);
        let resume = kept
            .map(|start| Position { leg: Leg::Resume, start: Some(start), ..Position::default() }.cursor());
        Ok(Page { records, next: None, resume })
    }

    fn of_feed(
        &self,
        entity: &Entity,
        delta: &Delta,
        (good, position): (&Good, &mut Position),
    ) -> Result<Vec<RemoteRecord>, CallError> {
        let mut records = Vec::new();
        let mark = delta.removed.as_ref().and_then(|removed| removed.when.as_ref());
        for place in &delta.items.0 {
            for raw in rows(good, place)? {
                if mark.is_some_and(|is| holds(is, raw.get())) {
                    let raw = inside(raw, delta.record.as_ref()).map_err(unreadable)?;
                    records.push(tombstone(entity, &removed_id(entity, delta, raw.get())?, None));
                } else {
                    records.extend(self.fresh(
                        entity,
                        &[raw],
                        delta.record.as_ref(),
                        (&mut *position, None),
                    )?);
                }
            }
        }
        if let Some(place) = delta.removed.as_ref().and_then(|removed| removed.items.as_ref()) {
            for raw in rows(good, place)? {
                records.push(tombstone(entity, &removed_id(entity, delta, raw.get())?, None));
            }
        }
        Ok(records)
    }

    /// What the next read begins with.
    fn kept(&self, delta: &Delta, good: &Good) -> Result<Option<String>, CallError> {
        let token = text_at(&good.text, &delta.token).filter(|token| !token.is_empty());
        match (token, delta.pages.kind) {
            (Some(address), PageKind::Url | PageKind::Link) => self.same_origin(&address).map(Some),
            (token, _) => Ok(token),
        }
    }

    /// The token of this moment.
    pub(in super::super) async fn token_of_now(
        &self,
        name: &str,
        entity: &Entity,
        request: &Request,
    ) -> Result<Option<String>, CallError> {
        let delta = entity.delta.as_ref().ok_or_else(foreign)?;
        let call = self.page_call((name, entity), request, &Position::default(), None)?;
        let good = self.ask(&call).await?;
        self.admitted().await?;
        self.kept(delta, &good)
    }
}

fn removed_id(entity: &Entity, delta: &Delta, text: &str) -> Result<String, CallError> {
    let place = delta.removed.as_ref().and_then(|removed| removed.id.as_ref()).unwrap_or(&entity.id);
    text_at(text, place).filter(|id| !id.is_empty()).ok_or_else(|| unreadable("a removal names no record"))
}

/// What a refusal means for the read.
fn again(delta: &Delta, position: &Position, refusal: Refusal) -> Result<Page, CallError> {
    let told = (refusal.status, refusal.error.code.as_deref(), "{}");
    let nothing = |next: Position| Page { records: Vec::new(), next: Some(next.cursor()), resume: None };
    if any_meant(&delta.restart, told) {
        if position.restarts >= RESTARTS {
            return Err(stopped("the provider broke it off again and again"));
        }
        let token = position.start.clone();
        let restarts = position.restarts + 1;
        return Ok(nothing(Position { token, restarts, ..position.turn(Leg::Delta, position.since) }));
    }
    if any_meant(&delta.expired, told) && position.start.is_some() {
        tracing::info!("the provider no longer knows the token of the feed; everything is read again");
        let leg = if delta.start.is_some() { Leg::List } else { Leg::Delta };
        return Ok(nothing(Position { leg, since: position.since, ..Position::default() }));
    }
    Err(refusal.error)
}
