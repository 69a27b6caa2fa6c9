//! `GET /v1/sync-runs/{id}/records`

use application::ports::event_log::Filter;
use axum::Json;
use axum::extract::{Path, State};
use domain::event::Event;
use domain::ids::CommandId;
use domain::metadata::Recorded;
use domain::stream::{Kind, SyncRecordKey};
use domain::sync_run::SyncRunEvent;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

use super::filter::run_of;
use crate::http::auth::Caller;
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Events of one page's unit at most: a thousand records with a handful each.
const UNIT: usize = 10_000;

/// Which page of the run.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RecordParams {
    /// The page, from 1.
    page: Option<usize>,
}

/// The records of one page of a run.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RunRecords {
    /// The page shown, from 1.
    page: usize,
    /// Pages so far.
    pages: usize,
    /// Records whose events stand in the page's unit. Unchanged ones leave none.
    items: Vec<RunRecord>,
    /// Remote ids of records that did not fit the page's unit and were redone one by one.
    retried_alone: Vec<String>,
}

/// A record of a run.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RunRecord {
    /// The sync record.
    sync_record_id: String,
    /// Our side's id.
    local_id: String,
    /// What happened to it, in order.
    events: Vec<String>,
}

/// Lists what a run did to records, page by page: a page and its records are one unit of the log.
#[utoipa::path(get, path = "/sync-runs/{id}/records", tag = "sync runs",
    params(("id" = String, Path), RecordParams), responses((status = 200, body = RunRecords)))]
pub(super) async fn records(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Params(asked): Params<RecordParams>,
) -> Result<Json<RunRecords>, Problem> {
    let (_, stream, _) = run_of(&state, &caller, &id).await?;
    let loaded = state.log().load(&stream, 0).await?;
    let done: Vec<_> = loaded.events.iter().filter_map(page_done).collect();
    let page = asked.page.unwrap_or(1);
    let Some((command, position, alone)) = page.checked_sub(1).and_then(|index| done.get(index)) else {
        return Ok(Json(RunRecords {
            page,
            pages: done.len(),
            items: Vec::new(),
            retried_alone: Vec::new(),
        }));
    };
    let items = unit_of(&state, &caller, (*command, *position)).await?;
    Ok(Json(RunRecords { page, pages: done.len(), items, retried_alone: alone.clone() }))
}

fn page_done(recorded: &Recorded<Event>) -> Option<(CommandId, u64, Vec<String>)> {
    match &recorded.event {
        Event::SyncRun(SyncRunEvent::PageDone(page)) => {
            Some((recorded.metadata.command_id, recorded.position, page.retried_alone.clone()))
        }
        _ => None,
    }
}

/// The sync records of the unit that a page was appended with: the same command, around the same position.
async fn unit_of(
    state: &AppState,
    caller: &Caller,
    (command, position): (CommandId, u64),
) -> Result<Vec<RunRecord>, Problem> {
    let from = position.saturating_sub(UNIT as u64);
    let filter = Filter { organization: Some(caller.organization), kinds: vec![Kind::SyncRecord] };
    let around = state.log().read_filtered(from, 2 * UNIT, &filter).await?;
    let mut items: BTreeMap<String, RunRecord> = BTreeMap::new();
    for recorded in around.iter().filter(|recorded| recorded.metadata.command_id == command) {
        let Some(key) = SyncRecordKey::parse(&recorded.stream) else { continue };
        let record = items.entry(recorded.stream.id.clone()).or_insert_with(|| RunRecord {
            sync_record_id: recorded.stream.id.clone(),
            local_id: key.local_id,
            events: Vec::new(),
        });
        record.events.push(named(&recorded.event));
    }
    Ok(items.into_values().collect())
}

/// The event's name, without what it carries.
fn named(event: &Event) -> String {
    let Event::SyncRecord(event) = event else { return String::new() };
    match serde_json::to_value(event) {
        Ok(serde_json::Value::Object(one)) => {
            one.into_iter().next().map(|(name, _)| name).unwrap_or_default()
        }
        _ => String::new(),
    }
}
