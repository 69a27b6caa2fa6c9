use uuid::Uuid;

use super::*;
use crate::aggregate::Aggregate;
use crate::claim::{ClaimChange, ClaimKey, ClaimKind};
use crate::ids::{DEFAULT_PROJECT, IntegrationId, SyncConfigId};
use crate::stream::{Kind, StreamId};
use crate::testing::given;
use crate::value::{Direction, ErrorClass, RunStatus, RunType, TriggeredBy};

fn start() -> StartRun {
    RunStarted {
        project: DEFAULT_PROJECT,
        integration: IntegrationId(Uuid::from_u128(1)),
        config: SyncConfigId(Uuid::from_u128(2)),
        direction: Direction::Inbound,
        realm: "4620816365".to_owned(),
        run_type: RunType::Full,
        triggered_by: TriggeredBy::Manual,
        cursor: None,
    }
}

fn page(before: Option<&str>, after: Option<&str>, last: bool) -> PageDone {
    PageDone {
        cursor_before: before.map(str::to_owned),
        cursor_after: after.map(str::to_owned),
        last,
        counts: Counts { processed: 2, created: 1, skipped: 1, ..Counts::default() },
        retried_alone: Vec::new(),
    }
}

fn end(failed: u64, gave_up: bool) -> EndRun {
    EndRun { totals: Counts { processed: 4, failed, ..Counts::default() }, gave_up, ..EndRun::default() }
}

fn ended(status: RunStatus, failed: u64) -> RunEnded {
    let totals = Counts { processed: 4, failed, ..Counts::default() };
    RunEnded { status, totals, errors: Vec::new(), more_errors: 0, duration_ms: 0, cursor: None }
}

fn cancelled() -> SyncRunEvent {
    RunCancelled { reason: None }.into()
}

fn found_nothing() -> FindNothing {
    let RunStarted { project, integration, config, direction, realm, .. } = start();
    RunFoundNothing { project, integration, config, direction, realm, cursor: Some("c9".to_owned()) }
}

#[test]
fn a_run_starts_once() {
    given::<SyncRun>([]).when(SyncRunCommand::Start(start())).then([start().into()]);
    given::<SyncRun>([start().into()])
        .when(SyncRunCommand::Start(start()))
        .then_refused(&SyncRunError::AlreadyStarted);
}

#[test]
fn a_run_goes_one_way() {
    let both = || RunStarted { direction: Direction::Bidirectional, ..start() };
    let log = Box::new(LogRun { run: both(), end: end(0, false) });
    let nothing = RunFoundNothing { direction: Direction::Bidirectional, ..found_nothing() };
    for command in
        [SyncRunCommand::Start(both()), SyncRunCommand::Log(log), SyncRunCommand::FindNothing(nothing)]
    {
        given::<SyncRun>([]).when(command).then_refused(&SyncRunError::NotOneWay);
    }
}

#[test]
fn pages_follow_one_another_along_the_cursor() {
    let first = page(None, Some("p2"), false);
    let second = page(Some("p2"), Some("since"), true);
    given::<SyncRun>([start().into()])
        .when(SyncRunCommand::CompletePage(first.clone()))
        .then([first.clone().into()]);
    let state = given::<SyncRun>([start().into(), first.into(), second.into()]).state();
    assert_eq!((state.pages, state.exhausted, state.cursor.as_deref()), (2, true, Some("since")));
    assert_eq!(state.counts, Counts { processed: 4, created: 2, skipped: 2, ..Counts::default() });
    assert_eq!(state.status, Some(RunStatus::Running));
}

#[test]
fn a_page_that_another_worker_has_done_is_refused() {
    let past = || [start().into(), page(None, Some("p2"), false).into()];
    given::<SyncRun>(past())
        .when(SyncRunCommand::CompletePage(page(None, Some("p2"), false)))
        .then_refused(&SyncRunError::PageOutOfTurn);
    given::<SyncRun>(past().into_iter().chain([page(Some("p2"), Some("p2"), true).into()]))
        .when(SyncRunCommand::CompletePage(page(Some("p2"), Some("p2"), true)))
        .then_refused(&SyncRunError::PageOutOfTurn);
}

#[test]
fn a_run_without_failures_is_completed_with_some_partial_and_given_up_failed() {
    for (failed, gave_up, status) in [
        (0, false, RunStatus::Completed),
        (1, false, RunStatus::Partial),
        (0, true, RunStatus::Failed),
        (3, true, RunStatus::Failed),
    ] {
        given::<SyncRun>([start().into()])
            .when(SyncRunCommand::End(end(failed, gave_up)))
            .then([ended(status, failed).into()]);
    }
}

#[test]
fn ending_twice_changes_nothing() {
    given::<SyncRun>([start().into(), ended(RunStatus::Completed, 0).into()])
        .when(SyncRunCommand::End(end(1, false)))
        .then_nothing();
}

#[test]
fn a_cancelled_run_does_no_more_pages_but_records_its_totals() {
    let past = || [start().into(), cancelled()];
    given::<SyncRun>([start().into()]).when(SyncRunCommand::Cancel { reason: None }).then([cancelled()]);
    given::<SyncRun>(past()).when(SyncRunCommand::Cancel { reason: None }).then_nothing();
    given::<SyncRun>(past())
        .when(SyncRunCommand::CompletePage(page(None, None, true)))
        .then_refused(&SyncRunError::Over { status: RunStatus::Cancelled });
    given::<SyncRun>(past())
        .when(SyncRunCommand::End(end(2, true)))
        .then([ended(RunStatus::Cancelled, 2).into()]);
}

#[test]
fn a_run_that_is_over_cannot_be_cancelled_nor_go_on() {
    let past = || [start().into(), ended(RunStatus::Partial, 1).into()];
    let over = SyncRunError::Over { status: RunStatus::Partial };
    given::<SyncRun>(past()).when(SyncRunCommand::Cancel { reason: None }).then_refused(&over);
    given::<SyncRun>(past()).when(SyncRunCommand::CompletePage(page(None, None, true))).then_refused(&over);
}

#[test]
fn a_run_that_never_started_is_not_found() {
    for command in [
        SyncRunCommand::CompletePage(page(None, None, true)),
        SyncRunCommand::Cancel { reason: None },
        SyncRunCommand::End(EndRun::default()),
    ] {
        given::<SyncRun>([]).when(command).then_refused(&SyncRunError::NotFound);
    }
}

#[test]
fn only_the_first_errors_are_kept_and_the_rest_is_counted() {
    let error = |number: usize| RunError {
        class: ErrorClass::Validation,
        message: "x".repeat(900),
        local_id: Some(number.to_string()),
        remote_id: None,
    };
    let command = EndRun { errors: (0..MAX_ERRORS + 3).map(error).collect(), ..end(53, false) };
    let events = given::<SyncRun>([start().into()]).when(SyncRunCommand::End(command)).events();
    let [SyncRunEvent::RunEnded(ended)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((ended.errors.len(), ended.more_errors), (MAX_ERRORS, 3));
    assert_eq!(ended.errors[0].message.len(), 500);
}

#[test]
fn a_group_of_real_time_work_is_one_event_and_takes_no_claim() {
    let run = RunStarted { run_type: RunType::Webhook, triggered_by: TriggeredBy::Webhook, ..start() };
    let logged: SyncRunEvent = RunLogged { run: run.clone(), outcome: ended(RunStatus::Partial, 1) }.into();
    let command = || SyncRunCommand::Log(Box::new(LogRun { run: run.clone(), end: end(1, false) }));
    given::<SyncRun>([]).when(command()).then([logged.clone()]);
    given::<SyncRun>([logged.clone()]).when(command()).then_refused(&SyncRunError::AlreadyStarted);
    assert_eq!(SyncRun::default().claims(&stream(), &logged), []);
    assert!(!given::<SyncRun>([logged]).state().is_active());
}

#[test]
fn a_poll_without_result_is_one_event_that_carries_the_cursor() {
    let event: SyncRunEvent = found_nothing().into();
    given::<SyncRun>([]).when(SyncRunCommand::FindNothing(found_nothing())).then([event.clone()]);
    given::<SyncRun>([event.clone()])
        .when(SyncRunCommand::FindNothing(found_nothing()))
        .then_refused(&SyncRunError::AlreadyStarted);
    let state = given::<SyncRun>([event]).state();
    assert_eq!((state.cursor.as_deref(), state.is_active()), (Some("c9"), false));
}

fn stream() -> StreamId {
    StreamId::of(Kind::SyncRun, Uuid::from_u128(9))
}

#[test]
fn a_full_or_incremental_run_claims_its_direction_until_it_is_over() {
    let key = ClaimKey::active_run(start().config, Direction::Inbound);
    let release = || [ClaimChange::Release { key: key.clone() }];
    let active = given::<SyncRun>([start().into()]).state();
    let stopped = given::<SyncRun>([start().into(), cancelled()]).state();
    let over = ended(RunStatus::Completed, 0).into();
    let taken = SyncRun::default().claims(&stream(), &start().into());
    assert_eq!(taken, [ClaimChange::Take { key: key.clone(), tag: None }]);
    assert_eq!(active.claims(&stream(), &over), release());
    assert_eq!(active.claims(&stream(), &cancelled()), release());
    assert_eq!(stopped.claims(&stream(), &over), [], "given back when cancelled");
}

#[test]
fn runs_of_single_records_claim_nothing() {
    for run_type in [RunType::Manual, RunType::Webhook] {
        let started: SyncRunEvent = RunStarted { run_type, ..start() }.into();
        assert_eq!(SyncRun::default().claims(&stream(), &started), []);
        let active = given::<SyncRun>([started]).state();
        assert_eq!(active.claims(&stream(), &cancelled()), []);
    }
}

#[test]
fn a_taken_claim_names_the_run_that_has_it() {
    let error = SyncRunError::of_claim(ClaimKind::ActiveRun, &stream()).unwrap();
    assert_eq!((error.code(), error.to_string().contains(&stream().id)), ("run_active", true));
    assert_eq!(SyncRunError::of_claim(ClaimKind::RemoteId, &stream()), None);
}

#[test]
fn a_stored_page_leaves_out_what_is_nothing() {
    let text = r#"{"counts":{"processed":2,"created":1,"skipped":1},"last":true}"#;
    let stored = serde_json::to_value(page(None, None, true)).unwrap();
    assert_eq!(stored, serde_json::from_str::<serde_json::Value>(text).unwrap());
}
