//! Sync records: the walk of one customer, and the status that is the aggregate's own.

use domain::aggregate::Aggregate;
use domain::event::Event;
use domain::ids::{CallId, DEFAULT_PROJECT};
use domain::sync_config::MappingVersion;
use domain::sync_config::mapping::Need;
use domain::sync_record::SyncRecord;
use domain::sync_record::events::{
    Confirmation, ConflictDetected, DependencyAwaited, LocalObserved, Observation, OutcomeResolved,
    OutcomeUnknown, RemoteObserved, ResolvedBy, SyncRecordEvent, Unlinked, WriteBegun, WriteRejected,
};
use domain::value::{ErrorClass, Operation, Strategy, SyncStatus};

use super::SyncRecordProjection;
use crate::conflicts::conflict_id;
use crate::testing::{Log, at, config, digest, sync_record_stream};

const CALL: CallId = CallId(DEFAULT_PROJECT.0);
const MAPPING: MappingVersion = MappingVersion { mapping: 1, lookups: 2 };

fn local(version: u64, content: &str) -> SyncRecordEvent {
    let updated_at = Some(at(0));
    LocalObserved { version, digest: digest(content), updated_at, mapping: MAPPING }.into()
}

fn seen(content: &str, token: &str) -> Observation {
    Observation {
        changed: serde_json::Map::new(),
        removed: Vec::new(),
        digest: digest(content),
        observed: digest(content),
        version_token: Some(token.to_owned()),
        updated_at: Some(at(100)),
    }
}

fn begun(operation: Operation, local_content: &str) -> SyncRecordEvent {
    let begun = WriteBegun {
        intent: 1,
        attempt: 1,
        call: CALL,
        item: "1".to_owned(),
        operation,
        key: "k1".to_owned(),
        reference: "r1".to_owned(),
        body_digest: digest("body"),
        send_before: at(30),
        recover_after: at(90),
        local_version: 1,
        local_digest: digest(local_content),
        base_observation: 0,
        mapping: MAPPING,
        used: serde_json::Map::new(),
        blob: "b1".to_owned(),
        claim: "00".to_owned(),
        provider_time: None,
    };
    begun.into()
}

fn confirmation() -> Confirmation {
    Confirmation {
        remote_id: "58".to_owned(),
        stored: seen("theirs", "0"),
        assumed: false,
        differences: vec!["Phone".to_owned()],
    }
}

fn unknown(needs_decision: Option<&str>) -> SyncRecordEvent {
    let needs_decision = needs_decision.map(ToOwned::to_owned);
    OutcomeUnknown {
        call: CALL,
        reason: "the connection was reset".to_owned(),
        needs_decision,
        looked_up_at: None,
    }
    .into()
}

/// Every prefix of `events` shows the status that the aggregate has.
fn check_statuses(log: &Log) -> Vec<SyncStatus> {
    let mut state = SyncRecord::default();
    let mut statuses = Vec::new();
    for length in 1..=log.0.len() {
        let Event::SyncRecord(event) = &log.0[length - 1].event else { panic!("a sync record's event") };
        state.apply(event);
        let row = Log(log.0[..length].to_vec()).row(SyncRecordProjection);
        assert_eq!((row.sync_status, &row.state.0), (state.status(), &state));
        statuses.push(row.sync_status);
    }
    statuses
}

#[test]
fn an_unknown_create_that_is_found_ends_synced_and_linked_by_the_write() {
    let resolved = OutcomeResolved { call: CALL, by: ResolvedBy::LookUp, confirmed: Some(confirmation()) };
    let events = [local(1, "ours"), begun(Operation::Create, "ours"), unknown(None), resolved.into()];
    let log = Log::of(&sync_record_stream("c1"), events);
    assert_eq!(
        check_statuses(&log),
        [
            SyncStatus::PendingOutbound,
            SyncStatus::PendingOutbound,
            SyncStatus::OutcomeUnknown,
            SyncStatus::Synced,
        ]
    );
    let row = Log(log.0[..3].to_vec()).row(SyncRecordProjection);
    assert_eq!(row.reason.as_deref(), Some("the connection was reset"));
    assert_eq!((row.open_operation, row.open_attempt), (Some(Operation::Create), Some(1)));
    assert_eq!(row.recover_after, Some(at(90)));
    let row = log.row(SyncRecordProjection);
    assert_eq!((row.remote_id.as_deref(), row.linked_by.as_deref()), (Some("58"), Some("write")));
    assert_eq!((row.linked_at, row.last_synced_at), (Some(at(4)), Some(at(4))));
    assert_eq!((row.version_token.as_deref(), row.open_call_id, row.reason), (Some("0"), None, None));
    assert_eq!(row.differences, serde_json::json!(["Phone"]));
    assert_eq!(
        (row.local_hash, row.remote_hash),
        (Some(digest("ours").to_string()), Some(digest("theirs").to_string()))
    );
    assert_eq!((row.mapping_number, row.lookups_number, row.writes), (Some(1), Some(2), 1));
    assert_eq!(row.sync_config_id, config().to_string());
    assert_eq!((row.external_realm_id.as_str(), row.local_id.as_str()), ("9130", "c1"));
}

#[test]
fn an_outcome_that_only_a_person_can_tell_says_why() {
    let decide = unknown(Some("two records carry our reference"));
    let log =
        Log::of(&sync_record_stream("c1"), [local(1, "ours"), begun(Operation::Create, "ours"), decide]);
    assert_eq!(check_statuses(&log).last(), Some(&SyncStatus::NeedsDecision));
    assert_eq!(log.row(SyncRecordProjection).reason.as_deref(), Some("two records carry our reference"));
}

#[test]
fn a_refusal_shows_what_to_do_until_the_record_changes() {
    let stream = sync_record_stream("c1");
    let rejected = WriteRejected {
        call: Some(CALL),
        class: ErrorClass::Validation,
        code: Some("6240".to_owned()),
        message: "the name is taken".to_owned(),
        next_step: Some("choose another name".to_owned()),
        local_version: 1,
    };
    let log = Log::of(&stream, [local(1, "ours"), begun(Operation::Create, "ours"), rejected.into()]);
    let row = log.row(SyncRecordProjection);
    assert_eq!(row.sync_status, SyncStatus::Error);
    assert_eq!((row.error_class, row.error_code.as_deref()), (Some(ErrorClass::Validation), Some("6240")));
    assert_eq!(row.error_next_step.as_deref(), Some("choose another name"));
    assert_eq!(row.error_at, Some(at(3)));
    let row = log.and(&stream, [local(2, "ours again")]).row(SyncRecordProjection);
    assert_eq!((row.sync_status, row.error_message, row.error_at), (SyncStatus::PendingOutbound, None, None));
}

#[test]
fn a_waiting_record_names_what_it_waits_for() {
    let awaited = DependencyAwaited { needs: vec![Need::new("customer", "7")], local_version: 1 };
    let log = Log::of(&sync_record_stream("i1"), [local(1, "ours"), awaited.into()]);
    let row = log.row(SyncRecordProjection);
    assert_eq!(row.sync_status, SyncStatus::Waiting);
    assert_eq!(row.waiting_for, serde_json::json!([{"entity": "customer", "id": "7"}]));
}

#[test]
fn a_conflict_names_its_row_and_an_unlinked_record_its_reason() {
    let stream = sync_record_stream("c1");
    let remote = RemoteObserved {
        remote_id: "58".to_owned(),
        seen: seen("theirs", "1"),
        call: None,
        mapping: MAPPING,
    };
    let found = ConflictDetected {
        collisions: Vec::new(),
        local_digest: digest("ours"),
        remote_digest: digest("theirs"),
        strategy: Strategy::ManualReview,
        deleted: None,
    };
    let log = Log::of(&stream, [local(1, "ours"), remote.into(), found.into()]);
    assert_eq!(check_statuses(&log).last(), Some(&SyncStatus::Conflict));
    let id = conflict_id(&stream.id, digest("ours"), digest("theirs"));
    assert_eq!(log.row(SyncRecordProjection).conflict_id, Some(id));
    let unlinked = Unlinked { reason: "another company was connected".to_owned() };
    let row = log.and(&stream, [SyncRecordEvent::from(unlinked)]).row(SyncRecordProjection);
    assert_eq!(row.sync_status, SyncStatus::Unlinked);
    assert_eq!(row.reason.as_deref(), Some("another company was connected"));
}
