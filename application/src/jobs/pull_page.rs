//! Reads one page of a run, takes its records and moves the run's cursor, in one append.

use std::sync::Arc;
use std::time::Duration;

use domain::ids::SyncRunId;
use domain::stream::{Kind, StreamId};
use domain::sync_run::{Counts, EndRun, PageDone, RunError, SyncRun, SyncRunCommand};
use domain::value::{ErrorClass, RunType};

use super::push_records::again;
use super::runs::PULL_PAGE;
use super::{JobHandler, Outbox};
use crate::dispatcher::Working;
use crate::jobs::pull_records;
use crate::ports::Unavailable;
use crate::ports::connector::{CallError, Page, ReadMode};
use crate::ports::job_queue::{Job, Settled};
use crate::sync::Engine;
use crate::sync::context::Context;
use crate::sync::engine::NoContext;
use crate::sync::inbound::{self, PageResult};

/// Tries that may fail before the run is given up.
const TRIES: u32 = 8;

/// Runs `pull_page`.
pub struct PullPage(pub Arc<Engine>);

#[async_trait::async_trait]
impl JobHandler for PullPage {
    fn kind(&self) -> &'static str {
        PULL_PAGE
    }

    fn at_once(&self, lane: &str) -> usize {
        self.0.at_once(lane)
    }

    async fn run(&self, jobs: Vec<Job>, done: &Outbox) {
        let pages = jobs.into_iter().map(|job| async move {
            let outcome = self.page(&job).await.unwrap_or_else(|error| {
                again(self.0.now(), Duration::from_secs(1), job.attempts, &error.to_string())
            });
            done.settle(job, outcome);
        });
        futures::future::join_all(pages).await;
    }
}

impl PullPage {
    async fn page(&self, job: &Job) -> Result<Settled, Unavailable> {
        let engine = &self.0;
        let Ok(run) = serde_json::from_slice::<SyncRunId>(&job.payload) else {
            return Ok(Settled::Park("the job's payload is unreadable".to_owned()));
        };
        let stream = StreamId::of(Kind::SyncRun, run.0);
        let working: Working<SyncRun> = engine.ports.dispatcher.load(&stream).await?;
        let Some(scope) = working.state.scope.clone() else { return Ok(Settled::Done) };
        if !working.state.is_active() {
            return Ok(Settled::Done);
        }
        if working.state.exhausted {
            return self.end(working, Vec::new(), false).await;
        }
        let (routes, context) = match engine.context(scope.config).await {
            Ok(found) => found,
            Err(NoContext::Idle(idle)) => {
                let error = run_error(ErrorClass::Permission, &idle.to_string());
                return self.end(working, vec![error], true).await;
            }
            Err(error) => {
                return Ok(again(engine.now(), Duration::from_secs(5), job.attempts, &error.to_string()));
            }
        };
        let since = engine.ports.dispatcher.log.head().await?;
        let page = match self.read(&context, &working.state, scope.run_type).await {
            Ok(page) => page,
            Err(error) => return self.unread(working, &context, job, &error).await,
        };
        engine.note_health(&context, None).await;
        self.take(&routes, &context, working, (page, since)).await
    }

    async fn read(&self, context: &Context, run: &SyncRun, run_type: RunType) -> Result<Page, CallError> {
        let connection = self.0.ports.connectors.open(&context.target)?;
        let mode = if run_type == RunType::Incremental { ReadMode::Incremental } else { ReadMode::Full };
        connection.admit_read().await?;
        connection.read_page(&context.remote.name, mode, run.cursor.as_ref()).await
    }

    /// A page that cannot be read is tried again, then the run is given up; what was taken stays taken.
    async fn unread(
        &self,
        working: Working<SyncRun>,
        context: &Context,
        job: &Job,
        error: &CallError,
    ) -> Result<Settled, Unavailable> {
        let engine = &self.0;
        engine.note_health(context, Some(error)).await;
        let passing = matches!(error.class, ErrorClass::Transient | ErrorClass::RateLimited);
        let failed = failed(job, working.state.pages);
        if error.class == ErrorClass::RateLimited || (passing && failed < TRIES) {
            let wait = error.retry_after.unwrap_or(Duration::from_secs(2));
            // Being told to wait is no failed try.
            let tries = if error.class == ErrorClass::RateLimited { 0 } else { failed };
            return Ok(again(engine.now(), wait, tries, &error.to_string()));
        }
        if error.class == ErrorClass::Unreadable && failed < 3 {
            return Ok(again(engine.now(), Duration::from_secs(2), failed, &error.to_string()));
        }
        self.end(working, vec![run_error(error.class, &error.message)], true).await
    }

    async fn take(
        &self,
        routes: &crate::process_managers::Routes,
        context: &Context,
        working: Working<SyncRun>,
        (page, since): (Page, u64),
    ) -> Result<Settled, Unavailable> {
        let engine = &self.0;
        let last = page.next.is_none();
        let cursor_after = page.next.clone().or_else(|| page.resume.clone());
        let mut units = inbound::units(&page.records);
        let final_unit = units.pop().unwrap_or_default();
        let mut before = PageResult::default();
        for unit in units {
            add(&mut before, engine.take(routes, context, (unit, since), |_| None).await?);
        }
        let result = engine
            .take(routes, context, (final_unit, since), |result| {
                let mut counts = before.counts;
                counts += result.counts;
                checkpoint(&working, counts, cursor_after.clone(), last, &before)
            })
            .await?;
        let whole = result.alone.is_empty();
        add(&mut before, result);
        self.again_later(context, &before).await?;
        if !whole {
            // The last unit was contended, and with it the checkpoint: the same page again.
            return Ok(again(engine.now(), Duration::from_secs(1), 0, "the page was contended"));
        }
        if last {
            let fresh = engine.ports.dispatcher.load(&working.stream).await?;
            return self.end(fresh, Vec::new(), false).await;
        }
        Ok(Settled::RetryAt(engine.now(), "next page".to_owned()))
    }

    /// Records that wait for an open write, or did not fit, are read again by themselves.
    async fn again_later(&self, context: &Context, result: &PageResult) -> Result<(), Unavailable> {
        let engine = &self.0;
        let at = engine.now() + chrono::TimeDelta::seconds(2);
        let jobs = result.later.iter().chain(&result.alone);
        let jobs: Vec<_> = jobs.map(|id| pull_records::job_of(context, id, at)).collect();
        if jobs.is_empty() { Ok(()) } else { engine.ports.queue.enqueue(jobs).await }
    }

    async fn end(
        &self,
        mut working: Working<SyncRun>,
        errors: Vec<RunError>,
        gave_up: bool,
    ) -> Result<Settled, Unavailable> {
        let engine = &self.0;
        let organization = engine.organization_of(&working.state).await?;
        let totals = working.state.counts;
        // Only a run that was read to its end moves the cursor of the next one.
        let cursor = if gave_up { None } else { working.state.cursor.clone() };
        let duration_ms = engine.since_start(&working.stream).await?;
        let end = EndRun { totals, errors, gave_up, duration_ms, cursor };
        if let Err(refusal) = working.execute(SyncRunCommand::End(end)) {
            tracing::debug!(%refusal, "run ended already");
            return Ok(Settled::Done);
        }
        let mut unit = engine.unit(organization, "inbound_sync");
        unit.add(working);
        match engine.ports.dispatcher.append_one(unit.build()).await? {
            Ok(_) => Ok(Settled::Done),
            Err(refused) => Ok(again(engine.now(), Duration::from_secs(1), 0, &refused.to_string())),
        }
    }
}

/// Tries of a run that failed: each page that was read was a try of its job, too. A long read may fail now and then, one
/// time more for every fifty pages.
fn failed(job: &Job, pages: u64) -> u32 {
    let read = u32::try_from(pages + pages / 50).unwrap_or(u32::MAX);
    job.attempts.saturating_sub(read)
}

fn checkpoint(
    working: &Working<SyncRun>,
    counts: Counts,
    cursor_after: Option<String>,
    last: bool,
    before: &PageResult,
) -> Option<Working<SyncRun>> {
    let mut run = working.clone();
    let page = PageDone {
        cursor_before: run.state.cursor.clone(),
        cursor_after,
        last,
        counts,
        retried_alone: before.alone.clone(),
    };
    match run.execute(SyncRunCommand::CompletePage(page)) {
        Ok(_) => Some(run),
        Err(refusal) => {
            tracing::warn!(%refusal, "page checkpoint refused");
            None
        }
    }
}

fn add(sum: &mut PageResult, result: PageResult) {
    sum.counts += result.counts;
    sum.later.extend(result.later);
    sum.alone.extend(result.alone);
}

fn run_error(class: ErrorClass, message: &str) -> RunError {
    RunError { class, message: message.chars().take(500).collect(), local_id: None, remote_id: None }
}
