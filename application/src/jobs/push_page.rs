//! Goes through our own records of an outbound run, page by page in key order, and brings each into step.

use std::sync::Arc;
use std::time::Duration;

use domain::ids::SyncRunId;
use domain::stream::{Kind, LocalRecordKey, StreamId, SyncRecordKey};
use domain::sync_record::SyncRecord;
use domain::sync_run::{Counts, EndRun, PageDone, SyncRun, SyncRunCommand};
use domain::value::SyncStatus;

use super::push_records::again;
use super::runs::PUSH_PAGE;
use super::{JobHandler, Outbox};
use crate::dispatcher::{Persisted, Working};
use crate::ports::Unavailable;
use crate::ports::job_queue::{Job, Settled};
use crate::sync::Engine;
use crate::sync::context::Context;

/// Records of one page.
const PAGE: usize = 500;

/// Runs `push_page`.
pub struct PushPage(pub Arc<Engine>);

#[async_trait::async_trait]
impl JobHandler for PushPage {
    fn kind(&self) -> &'static str {
        PUSH_PAGE
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

impl PushPage {
    async fn page(&self, job: &Job) -> Result<Settled, Unavailable> {
        let engine = &self.0;
        let Ok(run) = serde_json::from_slice::<SyncRunId>(&job.payload) else {
            return Ok(Settled::Park("the job's payload is unreadable".to_owned()));
        };
        let stream = StreamId::of(Kind::SyncRun, run.0);
        let mut working: Working<SyncRun> = engine.ports.dispatcher.load(&stream).await?;
        let Some(scope) = working.state.scope.clone() else { return Ok(Settled::Done) };
        if !working.state.is_active() {
            return Ok(Settled::Done);
        }
        let context = match engine.context(scope.config).await {
            Ok((_, context)) => context,
            Err(error) => {
                tracing::info!(%error, "outbound run ends early");
                return self.store(&mut working, scope.config, None, true).await;
            }
        };
        let ids = self.next_ids(&context, working.state.cursor.as_deref()).await?;
        let last = ids.len() < PAGE;
        self.enqueue(&context, &ids).await?;
        let processed = u64::try_from(ids.len()).unwrap_or(u64::MAX);
        let page = PageDone {
            cursor_before: working.state.cursor.clone(),
            cursor_after: ids.last().cloned().or_else(|| working.state.cursor.clone()),
            last,
            counts: Counts { processed, ..Counts::default() },
            retried_alone: Vec::new(),
        };
        self.store(&mut working, scope.config, Some(page), last).await
    }

    /// Local ids after the cursor, in key order.
    async fn next_ids(&self, context: &Context, after: Option<&str>) -> Result<Vec<String>, Unavailable> {
        let prefix = local_key(context, "").stream().id;
        let after = after.map(|id| local_key(context, id).stream().id);
        let log = &self.0.ports.dispatcher.log;
        let streams = log.list_streams(Kind::LocalRecord, &prefix, after.as_deref(), PAGE).await?;
        Ok(streams.iter().filter_map(LocalRecordKey::parse).map(|key| key.local_id).collect())
    }

    /// Each record that is out of step becomes a job of its own.
    async fn enqueue(&self, context: &Context, ids: &[String]) -> Result<(), Unavailable> {
        let engine = &self.0;
        let routes = engine.directory.now().await?;
        let Some(live) = routes.live(context.config_id) else { return Ok(()) };
        let keys = self.out_of_step(context, ids).await?;
        let jobs = keys.iter().map(|key| super::push_records::push_job(&live, key, engine.now()));
        engine.ports.queue.enqueue(jobs.collect()).await
    }

    /// Records whose newest version was not brought into step under the mapping in force, as far as the snapshots and
    /// the heads of the local streams tell.
    async fn out_of_step(
        &self,
        context: &Context,
        ids: &[String],
    ) -> Result<Vec<SyncRecordKey>, Unavailable> {
        let log = &self.0.ports.dispatcher.log;
        let keys: Vec<SyncRecordKey> = ids
            .iter()
            .map(|local_id| SyncRecordKey {
                config: context.config_id,
                realm: context.realm.clone(),
                local_id: local_id.clone(),
            })
            .collect();
        let ours: Vec<StreamId> = ids.iter().map(|id| local_key(context, id).stream()).collect();
        let theirs: Vec<StreamId> = keys.iter().map(SyncRecordKey::stream).collect();
        let heads = log.load_many(&ours, None).await?;
        let states = log.load_many(&theirs, <SyncRecord as Persisted>::SHAPE).await?;
        let both = heads.iter().zip(&states);
        let late = both.map(|(ours, theirs)| {
            let state = Working::<SyncRecord>::loaded(theirs).state;
            let seen = state.base.as_ref().is_some_and(|base| base.local_version == ours.head());
            !(seen && state.mapping == Some(context.version) && state.status() == SyncStatus::Synced)
        });
        Ok(keys.into_iter().zip(late).filter_map(|(key, late)| late.then_some(key)).collect())
    }

    async fn store(
        &self,
        working: &mut Working<SyncRun>,
        config: domain::ids::SyncConfigId,
        page: Option<PageDone>,
        last: bool,
    ) -> Result<Settled, Unavailable> {
        let engine = &self.0;
        let gave_up = page.is_none();
        if let Some(page) = page
            && let Err(refusal) = working.execute(SyncRunCommand::CompletePage(page))
        {
            return Ok(again(engine.now(), Duration::from_secs(1), 0, &refusal.to_string()));
        }
        if last {
            let totals = working.state.counts;
            let duration_ms = engine.since_start(&working.stream).await?;
            let end = EndRun { totals, errors: Vec::new(), gave_up, duration_ms, cursor: None };
            if let Err(refusal) = working.execute(SyncRunCommand::End(end)) {
                tracing::debug!(%refusal, "run ended already");
            }
        }
        let organization = engine.organization_of_config(config).await?;
        let mut unit = engine.unit(organization, "outbound_sync");
        unit.add(working.clone());
        if unit.is_empty() {
            return Ok(Settled::Done);
        }
        match engine.ports.dispatcher.append_one(unit.build()).await? {
            Ok(_) if last => Ok(Settled::Done),
            Ok(_) => Ok(Settled::RetryAt(engine.now(), "next page".to_owned())),
            Err(refused) => Ok(again(engine.now(), Duration::from_secs(1), 0, &refused.to_string())),
        }
    }
}

fn local_key(context: &Context, local_id: &str) -> LocalRecordKey {
    LocalRecordKey {
        project: context.project,
        entity: context.local_entity.clone(),
        local_id: local_id.to_owned(),
    }
}
