//! given / when / then of inbound sync.

use chrono::TimeDelta;
use domain::event::Event;
use domain::ids::{DEFAULT_PROJECT, SyncRunId};
use domain::integration::{Enabled, IntegrationEvent};
use domain::stream::{Kind, StreamId};
use domain::sync_config::{Changed, Schedule, SyncConfigEvent};
use domain::sync_run::{RunEnded, RunStarted, SyncRunEvent};
use domain::value::{Direction, RunStatus, RunType, TriggeredBy};
use uuid::Uuid;

use super::InboundSync;
use super::reactions::cursor_key;
use crate::ports::checkpoints::Instance;
use crate::process_managers::testing::*;
use crate::process_managers::{Knowledge, ProcessManager};

fn run_stream() -> StreamId {
    StreamId::of(Kind::SyncRun, SyncRunId(Uuid::from_u128(9)).0)
}

fn started(direction: Direction) -> SyncRunEvent {
    RunStarted {
        project: DEFAULT_PROJECT,
        integration: INTEGRATION,
        config: CUSTOMERS,
        direction,
        realm: "r1".to_owned(),
        run_type: RunType::Full,
        triggered_by: TriggeredBy::System,
        cursor: None,
    }
    .into()
}

fn ended(cursor: Option<&str>) -> SyncRunEvent {
    let mut end: RunEnded =
        serde_json::from_value(serde_json::json!({"status": "completed", "totals": {}, "duration_ms": 1}))
            .expect("a run's end");
    end.status = RunStatus::Completed;
    end.cursor = cursor.map(str::to_owned);
    end.into()
}

fn cursor(knowledge: &Knowledge) -> Option<String> {
    let instance = knowledge.instance(&cursor_key(CUSTOMERS, "r1"))?;
    serde_json::from_slice(&instance.state).ok()
}

#[test]
fn enabling_starts_a_run_each_way_for_every_config() {
    let enabled: IntegrationEvent = Enabled { automatic: false }.into();
    let reactions = react(&InboundSync, &mut live(), integration_stream(), enabled);
    let jobs = jobs(&reactions);
    assert_eq!(jobs.len(), 4);
    assert!(jobs.iter().all(|(kind, _)| kind == "start_run"));
}

#[test]
fn an_inbound_run_pulls_and_an_outbound_run_pushes_pages() {
    let mut knowledge = live();
    let inbound = react(&InboundSync, &mut knowledge, run_stream(), started(Direction::Inbound));
    assert_eq!(jobs(&inbound)[0].0, "pull_page");
    let outbound = react(&InboundSync, &mut knowledge, run_stream(), started(Direction::Outbound));
    assert_eq!(jobs(&outbound)[0].0, "push_page");
}

#[test]
fn the_cursor_of_a_finished_run_is_where_the_next_one_begins() {
    let mut knowledge = live();
    react(&InboundSync, &mut knowledge, run_stream(), started(Direction::Inbound));
    let event = recorded(run_stream(), 3, ended(Some("2026-01-01")));
    for reaction in InboundSync.react(&knowledge, &event, now()) {
        if let crate::process_managers::Reaction::Remember(change) = reaction {
            knowledge.follow(&change);
        }
    }
    assert_eq!(cursor(&knowledge).as_deref(), Some("2026-01-01"));
}

#[test]
fn a_run_that_gave_up_leaves_the_cursor_alone() {
    let mut knowledge = live();
    react(&InboundSync, &mut knowledge, run_stream(), started(Direction::Inbound));
    let event: domain::metadata::Recorded<Event> = recorded(run_stream(), 3, ended(None));
    for reaction in InboundSync.react(&knowledge, &event, now()) {
        if let crate::process_managers::Reaction::Remember(change) = reaction {
            knowledge.follow(&change);
        }
    }
    assert_eq!(cursor(&knowledge), None);
}

#[test]
fn a_schedule_wakes_at_its_time_and_starts_an_incremental_run() {
    let mut knowledge = live();
    let schedule = Some(Schedule::every(15).expect("a schedule"));
    let changed: SyncConfigEvent = Changed { schedule, ..Changed::default() }.into();
    knowledge.routes.apply(&recorded(config_stream(CUSTOMERS), 2, changed.clone()));
    react(&InboundSync, &mut knowledge, config_stream(CUSTOMERS), changed);
    let key = format!("schedule/{CUSTOMERS}");
    let instance: Instance = knowledge.instance(&key).cloned().expect("the schedule is remembered");
    assert_eq!(instance.wake_at, Some(now() + TimeDelta::minutes(15)));
    let woken = InboundSync.wake(&knowledge, &instance, now() + TimeDelta::minutes(15));
    assert_eq!(jobs(&woken), [("start_run".to_owned(), format!("{CUSTOMERS}/inbound"))]);
}
