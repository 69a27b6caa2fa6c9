//! Bulk jobs: started, asked for until they are done, and fetched piece by piece.

use application::ports::connector::{CallError, Page, RemoteRecord};
use chrono::TimeDelta;
use domain::value::ErrorClass;
use serde_json::value::RawValue;
use url::Url;

use super::super::answer::holds;
use super::super::answer::lines;
use super::super::answer::{Good, text_at};
use super::super::call::refused;
use super::super::connection::ManifestConnection;
use super::super::read::{Step, ended, foreign, rows, stopped, unreadable};
use super::super::wire::failure;
use super::cursor::{Leg, Position};
use super::paging::{Shown, advance};
use crate::connectors::manifest::{
    Bulk, BulkFormat, Download, Entity, Order, PageKind, Pages, Place, Request, Submit, origin_fits,
};
use crate::http::Outgoing;

/// How much of a result is fetched at once; a record is never longer.
const PIECE: u64 = 8 * 1024 * 1024;

impl ManifestConnection {
    /// One step of a bulk read: start, ask, or fetch a piece.
    pub(in super::super) async fn bulk(
        &self,
        name: &str,
        entity: &Entity,
        position: Position,
    ) -> Result<Page, CallError> {
        let bulk = entity.bulk.as_ref().ok_or_else(foreign)?;
        match (&position.job, position.result.clone()) {
            (None, _) => self.start_job(name, entity, (&bulk.submit, position)).await,
            (Some(_), None) => self.ask_for_job(name, entity, (bulk, position)).await,
            (Some(_), Some(result)) => match (&bulk.download.request, result.is_empty()) {
                (Some(request), true) => self.result_pages(name, entity, (bulk, request, position)).await,
                (_, true) => Ok(ended(entity, Vec::new(), &position, false)),
                (_, false) => self.result_piece(entity, (bulk, &result, position)).await,
            },
        }
    }

    async fn start_job(
        &self,
        name: &str,
        entity: &Entity,
        (submit, mut position): (&Submit, Position),
    ) -> Result<Page, CallError> {
        let call = self.page_call((name, entity), &submit.request, &position, None)?;
        match self.ask(&call).await {
            Ok(good) => {
                let job =
                    text_at(&good.text, &submit.job).ok_or_else(|| unreadable("the job has no name"))?;
                position.began = good.time;
                position.job = Some(job);
                Ok(nothing_yet(&position))
            }
            Err(error) if error.class == ErrorClass::Validation && entity.list.is_some() => {
                tracing::info!(entity = name, %error, "no bulk job can be started; reading page by page");
                self.listed(name, entity, position.turn(Leg::List, position.since)).await
            }
            Err(error) => Err(error),
        }
    }

    async fn ask_for_job(
        &self,
        name: &str,
        entity: &Entity,
        (bulk, mut position): (&Bulk, Position),
    ) -> Result<Page, CallError> {
        let poll = &bulk.poll;
        let wait = TimeDelta::seconds(i64::from(poll.every_s.clamp(1, 60)));
        self.services.clock.sleep_until(self.services.clock.now() + wait).await;
        let call = self.page_call((name, entity), &poll.request, &position, None)?;
        let good = self.ask(&call).await?;
        let state = text_at(&good.text, &poll.state).unwrap_or_default();
        if poll.failed.contains(&state) {
            return Err(refused(
                ErrorClass::Transient,
                format!("the provider's bulk job ended as `{state}`"),
            ));
        }
        if !poll.done.contains(&state) {
            position.pages += 1;
            if position.pages.saturating_mul(poll.every_s) > poll.longest_s {
                return Err(stopped("the provider's bulk job is not done in time"));
            }
            return Ok(nothing_yet(&position));
        }
        let url = poll.url.as_ref().and_then(|place| text_at(&good.text, place)).unwrap_or_default();
        if url.is_empty() && bulk.download.request.is_none() {
            return Ok(ended(entity, Vec::new(), &position, false));
        }
        position.result = Some(url);
        position.pages = 0;
        Ok(nothing_yet(&position))
    }

    /// A page of a result that the provider gives by a request of its own.
    async fn result_pages(
        &self,
        name: &str,
        entity: &Entity,
        (bulk, request, mut position): (&Bulk, &Request, Position),
    ) -> Result<Page, CallError> {
        let pages = bulk.download.pages.clone().unwrap_or_else(whole);
        let mut call = self.page_call((name, entity), request, &position, Some(&pages))?;
        call.reading.lines = Some(bulk.download.format);
        let good = self.ask(&call).await?;
        let place = items_place();
        let raws = rows(&good, &place)?;
        let records = self.of_result(entity, bulk, (&raws, &mut position))?;
        let step = Step {
            request,
            items: &place,
            record: None,
            pages: &pages,
            order: Order::None,
            overlap: TimeDelta::zero(),
        };
        let shown = Shown::of(&good, &raws, None);
        if advance(self, &mut position, step, &shown)? {
            return Ok(Page { records, next: Some(position.cursor()), resume: None });
        }
        Ok(ended(entity, records, &position, false))
    }

    /// A piece of a result that lies at an address, cut at the end of a line. No credentials go there.
    async fn result_piece(
        &self,
        entity: &Entity,
        (bulk, address, mut position): (&Bulk, &str, Position),
    ) -> Result<Page, CallError> {
        let (mut body, whole) = self.fetch(&bulk.download, address, position.offset).await?;
        let last = whole || u64::try_from(body.len()).unwrap_or(u64::MAX) < PIECE;
        if !last {
            let end = body.iter().rposition(|byte| *byte == b'\n');
            body.truncate(end.ok_or_else(|| stopped("a line of the result is longer than 8 MiB"))? + 1);
        }
        let passed = u64::try_from(body.len()).unwrap_or(u64::MAX);
        let text = lines::items(bulk.download.format, body).map_err(unreadable)?;
        let good = Good { text, ..Good::default() };
        let raws = rows(&good, &items_place())?;
        let records = self.of_result(entity, bulk, (&raws, &mut position))?;
        if last {
            return Ok(ended(entity, records, &position, false));
        }
        position.offset += passed;
        Ok(Page { records, next: Some(position.cursor()), resume: None })
    }

    /// The bytes of a result from an offset on, and whether that was all of it.
    async fn fetch(
        &self,
        download: &Download,
        address: &str,
        offset: u64,
    ) -> Result<(Vec<u8>, bool), CallError> {
        let url = Url::parse(address).map_err(unreadable)?;
        let origin = url.origin().ascii_serialization();
        let named = download.origins.iter().any(|allowed| origin_fits(allowed, &origin));
        if !named && !self.services.http.policy().names(&url) {
            return Err(stopped(&format!("the result is at {origin}, which the manifest does not name")));
        }
        let table = download.format == BulkFormat::Csv;
        let range = format!("bytes={offset}-{}", offset + PIECE - 1);
        let mut headers = vec![("Accept-Encoding".to_owned(), "identity".to_owned())];
        if !table {
            headers.push(("Range".to_owned(), range));
        }
        let request = Outgoing {
            method: "GET".to_owned(),
            url,
            headers,
            secret_headers: Vec::new(),
            body: None,
            timeout: self.timeout(),
        };
        let answer = self.services.http.send(request).await.map_err(|error| failure(&error).error)?;
        match answer.status {
            206 => Ok((answer.body, false)),
            // The end fell on the end of a piece.
            416 if offset > 0 => Ok((Vec::new(), true)),
            200 => {
                let from = usize::try_from(offset).unwrap_or(usize::MAX).min(answer.body.len());
                Ok((answer.body[from..].to_vec(), true))
            }
            status => {
                let class = if status >= 500 { ErrorClass::Transient } else { ErrorClass::Unreadable };
                Err(refused(class, format!("the result of the bulk job cannot be fetched: HTTP {status}")))
            }
        }
    }

    fn of_result(
        &self,
        entity: &Entity,
        bulk: &Bulk,
        (raws, position): (&[&RawValue], &mut Position),
    ) -> Result<Vec<RemoteRecord>, CallError> {
        let skip = bulk.skip.as_ref();
        let raws: Vec<&RawValue> =
            raws.iter().filter(|raw| !skip.is_some_and(|is| holds(is, raw.get()))).copied().collect();
        self.fresh(entity, &raws, None, (position, None))
    }
}

fn nothing_yet(position: &Position) -> Page {
    Page { records: Vec::new(), next: Some(position.cursor()), resume: None }
}

/// Lines are read as `{ "items": [...] }`.
fn items_place() -> Place {
    Place("items".parse().expect("`items` is a path"))
}

fn whole() -> Pages {
    Pages {
        kind: PageKind::Whole,
        size: 1,
        next: None,
        next_item: None,
        next_header: None,
        end: Vec::new(),
        more: None,
        last: None,
        total: None,
        first_id: String::new(),
        repeats_last: false,
        max_pages: 1,
    }
}
