//! Runs: events in, rows out.

use domain::ids::DEFAULT_PROJECT;
use domain::sync_run::{
    Counts, PageDone, RunCancelled, RunEnded, RunError, RunFoundNothing, RunLogged, RunStarted, SyncRunEvent,
};
use domain::value::{Direction, ErrorClass, RunStatus, RunType, TriggeredBy};

use super::SyncRunProjection;
use crate::testing::{Log, at, config, integration, run_stream};

fn started() -> RunStarted {
    RunStarted {
        project: DEFAULT_PROJECT,
        integration: integration(),
        config: config(),
        direction: Direction::Inbound,
        realm: "9130".to_owned(),
        run_type: RunType::Full,
        triggered_by: TriggeredBy::Manual,
        cursor: None,
    }
}

fn page(cursor: &str, created: u64) -> SyncRunEvent {
    let counts = Counts { processed: created, created, ..Counts::default() };
    let cursor_after = Some(cursor.to_owned());
    PageDone { cursor_before: None, cursor_after, last: false, counts, retried_alone: Vec::new() }.into()
}

fn ended() -> RunEnded {
    let error = RunError {
        class: ErrorClass::Validation,
        message: "DocNumber is too long".to_owned(),
        local_id: Some("7".to_owned()),
        remote_id: None,
    };
    RunEnded {
        status: RunStatus::Partial,
        totals: Counts { processed: 30, created: 29, failed: 1, ..Counts::default() },
        errors: vec![error],
        more_errors: 4,
        duration_ms: 1_500,
        cursor: Some("c9".to_owned()),
    }
}

#[test]
fn pages_add_up_until_the_totals_are_known() {
    let stream = run_stream();
    let log = Log::of(&stream, [started().into(), page("c1", 10), page("c2", 20)]);
    let row = log.row(SyncRunProjection);
    assert_eq!((row.status, row.pages), (RunStatus::Running, 2));
    assert_eq!((row.records_processed, row.records_created), (30, 30));
    assert_eq!(row.cursor_after.as_deref(), Some("c2"));
    let row = log.and(&stream, [SyncRunEvent::from(ended())]).row(SyncRunProjection);
    assert_eq!((row.status, row.records_created, row.records_failed), (RunStatus::Partial, 29, 1));
    assert_eq!((row.error_count, row.last_error.as_deref()), (5, Some("DocNumber is too long")));
    assert_eq!((row.completed_at, row.duration_ms), (Some(at(4)), Some(1_500)));
    assert_eq!(row.errors[0]["local_id"], "7");
    assert_eq!(row.triggered_by_user_id.as_deref(), Some("u1"));
}

#[test]
fn a_cancelled_run_says_why_and_keeps_its_status_when_totals_follow() {
    let end = RunEnded { status: RunStatus::Cancelled, errors: Vec::new(), ..ended() };
    let stop = RunCancelled { reason: Some("wrong company".to_owned()) };
    let log = Log::of(&run_stream(), [SyncRunEvent::from(started()), stop.into(), end.into()]);
    let row = log.row(SyncRunProjection);
    assert_eq!((row.status, row.last_error.as_deref()), (RunStatus::Cancelled, Some("wrong company")));
}

#[test]
fn a_group_of_real_time_work_is_one_finished_run_that_began_before_it_was_logged() {
    let logged = RunLogged { run: started(), outcome: ended() };
    let row = Log::of(&run_stream(), [SyncRunEvent::from(logged)]).row(SyncRunProjection);
    assert_eq!(row.completed_at, Some(at(1)));
    assert_eq!((at(1) - row.started_at).num_milliseconds(), 1_500);
}

#[test]
fn a_poll_that_found_nothing_is_a_completed_run() {
    let nothing = RunFoundNothing {
        project: DEFAULT_PROJECT,
        integration: integration(),
        config: config(),
        direction: Direction::Inbound,
        realm: "9130".to_owned(),
        cursor: Some("c9".to_owned()),
    };
    let row = Log::of(&run_stream(), [SyncRunEvent::from(nothing)]).row(SyncRunProjection);
    assert_eq!((row.status, row.records_processed), (RunStatus::Completed, 0));
    assert_eq!(row.cursor_after.as_deref(), Some("c9"));
}
