//! Events of runs, folded into their rows.

use chrono::TimeDelta;
use domain::event::Event;
use domain::metadata::{Actor, Recorded};
use domain::stream::Kind;
use domain::sync_run::{Counts, PageDone, RunCancelled, RunEnded, RunFoundNothing, RunStarted, SyncRunEvent};
use domain::value::{RunStatus, RunType, TriggeredBy};
use serde_json::Value;

use super::row::SyncRunRow;
use crate::projection::{Poison, Projection};
use crate::row::json;

/// Folds runs.
#[derive(Clone, Copy, Debug)]
pub struct SyncRunProjection;

impl Projection for SyncRunProjection {
    type Row = SyncRunRow;

    const KINDS: &'static [Kind] = &[Kind::SyncRun];

    fn begins(&self, event: &Recorded<Event>) -> bool {
        event.sequence == 1
    }

    fn apply(
        &self,
        key: &str,
        row: Option<SyncRunRow>,
        recorded: &Recorded<Event>,
    ) -> Result<Option<SyncRunRow>, Poison> {
        let Event::SyncRun(event) = &recorded.event else { return Ok(row) };
        Ok(match event {
            SyncRunEvent::RunStarted(started) => Some(begun(key, started, recorded)),
            SyncRunEvent::RunLogged(logged) => {
                Some(ended(begun(key, &logged.run, recorded), &logged.outcome, recorded))
            }
            SyncRunEvent::RunFoundNothing(nothing) => Some(empty(key, nothing, recorded)),
            SyncRunEvent::PageDone(page) => row.map(|row| paged(row, page, recorded)),
            SyncRunEvent::RunCancelled(stopped) => row.map(|row| cancelled(row, stopped, recorded)),
            SyncRunEvent::RunEnded(end) => row.map(|row| ended(row, end, recorded)),
        })
    }
}

fn begun(key: &str, started: &RunStarted, recorded: &Recorded<Event>) -> SyncRunRow {
    let user = match &recorded.metadata.actor {
        Actor::User(id) => Some(id.clone()),
        Actor::ApiKey(_) | Actor::System(_) => recorded.metadata.on_behalf_of.clone(),
    };
    SyncRunRow {
        id: key.to_owned(),
        organization_id: recorded.organization,
        project_id: started.project.to_string(),
        integration_id: started.integration.to_string(),
        sync_config_id: started.config.to_string(),
        external_realm_id: started.realm.clone(),
        sync_type: started.run_type,
        direction: started.direction,
        triggered_by: started.triggered_by,
        triggered_by_user_id: user,
        status: RunStatus::Pending,
        records_processed: 0,
        records_created: 0,
        records_updated: 0,
        records_deleted: 0,
        records_failed: 0,
        records_skipped: 0,
        records_conflicted: 0,
        pages: 0,
        cursor_before: started.cursor.clone(),
        cursor_after: started.cursor.clone(),
        errors: Value::Array(Vec::new()),
        error_count: 0,
        last_error: None,
        started_at: recorded.recorded_at,
        completed_at: None,
        duration_ms: None,
        created_at: recorded.recorded_at,
        updated_at: recorded.recorded_at,
    }
}

fn paged(mut row: SyncRunRow, page: &PageDone, recorded: &Recorded<Event>) -> SyncRunRow {
    let mut counts = counts(&row);
    counts += page.counts;
    row = counted(row, counts);
    row.status = RunStatus::Running;
    row.pages += 1;
    row.cursor_after.clone_from(&page.cursor_after);
    row.updated_at = recorded.recorded_at;
    row
}

fn cancelled(mut row: SyncRunRow, stopped: &RunCancelled, recorded: &Recorded<Event>) -> SyncRunRow {
    row.status = RunStatus::Cancelled;
    row.last_error.clone_from(&stopped.reason);
    row.completed_at = Some(recorded.recorded_at);
    row.updated_at = recorded.recorded_at;
    row
}

fn ended(row: SyncRunRow, end: &RunEnded, recorded: &Recorded<Event>) -> SyncRunRow {
    let mut row = counted(row, end.totals);
    row.status = end.status;
    row.errors = json(&end.errors);
    row.error_count = end.more_errors + end.errors.len() as u64;
    if let Some(first) = end.errors.first() {
        row.last_error = Some(first.message.clone());
    }
    if end.cursor.is_some() {
        row.cursor_after.clone_from(&end.cursor);
    }
    row.duration_ms = Some(end.duration_ms);
    row.completed_at = Some(recorded.recorded_at);
    row.updated_at = recorded.recorded_at;
    if recorded.sequence == 1 {
        // A group of real-time work is logged when it is over.
        let took = i64::try_from(end.duration_ms).ok().and_then(TimeDelta::try_milliseconds);
        row.started_at -= took.unwrap_or_default();
    }
    row
}

fn empty(key: &str, nothing: &RunFoundNothing, recorded: &Recorded<Event>) -> SyncRunRow {
    let started = RunStarted {
        project: nothing.project,
        integration: nothing.integration,
        config: nothing.config,
        direction: nothing.direction,
        realm: nothing.realm.clone(),
        run_type: RunType::Incremental,
        triggered_by: TriggeredBy::Schedule,
        cursor: None,
    };
    let mut row = begun(key, &started, recorded);
    row.cursor_after.clone_from(&nothing.cursor);
    row.status = RunStatus::Completed;
    row.completed_at = Some(recorded.recorded_at);
    row
}

fn counts(row: &SyncRunRow) -> Counts {
    Counts {
        processed: row.records_processed,
        created: row.records_created,
        updated: row.records_updated,
        deleted: row.records_deleted,
        failed: row.records_failed,
        skipped: row.records_skipped,
        conflicted: row.records_conflicted,
    }
}

fn counted(mut row: SyncRunRow, counts: Counts) -> SyncRunRow {
    row.records_processed = counts.processed;
    row.records_created = counts.created;
    row.records_updated = counts.updated;
    row.records_deleted = counts.deleted;
    row.records_failed = counts.failed;
    row.records_skipped = counts.skipped;
    row.records_conflicted = counts.conflicted;
    row
}
