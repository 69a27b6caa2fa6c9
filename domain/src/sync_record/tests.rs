//! given / when / then of the sync record.

use chrono::DateTime;
use serde_json::json;
use uuid::Uuid;

use super::commands::SyncRecordCommand as Command;
use super::events::*;
use super::{SyncRecord, SyncRecordError, SyncRecordEvent, contents};
use crate::aggregate::Aggregate;
use crate::claim::{ClaimChange, ClaimKey};
use crate::digest::{Digest, DigestKey};
use crate::fields::Fields;
use crate::ids::{CallId, SyncConfigId};
use crate::stream::SyncRecordKey;
use crate::sync_config::mapping::{MappingVersion, Need};
use crate::testing::given;
use crate::value::{ErrorClass, Operation, Strategy, SyncStatus};

fn digest(of: &str) -> Digest {
    DigestKey::new(&[7; 32]).digest(of.as_bytes())
}

fn version() -> MappingVersion {
    MappingVersion { mapping: 1, lookups: 0 }
}

fn call(number: u128) -> CallId {
    CallId(Uuid::from_u128(number))
}

fn ours(version_seen: u64, says: &str) -> LocalObserved {
    LocalObserved { version: version_seen, digest: digest(says), updated_at: None, mapping: version() }
}

fn seen(says: &str) -> Observation {
    let mut changed = Fields::new();
    changed.insert("Name".to_owned(), json!(says));
    Observation {
        changed,
        removed: Vec::new(),
        digest: digest(says),
        observed: digest(&format!("whole {says}")),
        version_token: Some("0".to_owned()),
        updated_at: None,
    }
}

fn theirs(says: &str) -> RemoteObserved {
    RemoteObserved { remote_id: "17".to_owned(), seen: seen(says), call: None, mapping: version() }
}

fn intent(number: u32, id: u128, body: &str) -> WriteBegun {
    WriteBegun {
        intent: number,
        attempt: 1,
        call: call(id),
        item: "i0".to_owned(),
        operation: Operation::Create,
        key: format!("key-{number}"),
        reference: "C-1".to_owned(),
        body_digest: digest(body),
        send_before: DateTime::UNIX_EPOCH,
        recover_after: DateTime::UNIX_EPOCH,
        local_version: 1,
        local_digest: digest("Ada"),
        base_observation: 0,
        mapping: version(),
        used: Fields::new(),
        blob: "b/1".to_owned(),
        claim: "04ff".to_owned(),
        provider_time: None,
    }
}

fn done(says: &str) -> Confirmation {
    Confirmation { remote_id: "17".to_owned(), stored: seen(says), assumed: false, differences: Vec::new() }
}

fn created() -> Vec<SyncRecordEvent> {
    vec![
        ours(1, "Ada").into(),
        intent(1, 1, "Ada").into(),
        WriteConfirmed { call: call(1), confirmation: done("Ada") }.into(),
    ]
}

#[test]
fn a_version_seen_before_is_no_event() {
    given::<SyncRecord>([ours(2, "Ada").into()]).when(Command::ObserveLocal(ours(1, "Bob"))).then_nothing();
}

#[test]
fn a_version_that_says_the_same_to_the_mapping_is_no_event() {
    given::<SyncRecord>([ours(1, "Ada").into()]).when(Command::ObserveLocal(ours(2, "Ada"))).then_nothing();
}

#[test]
fn a_confirmed_create_links_and_is_in_step() {
    let state = given::<SyncRecord>(created()).state();
    assert_eq!(state.status(), SyncStatus::Synced);
    assert_eq!(state.remote_id.as_deref(), Some("17"));
    assert_eq!(state.base.map(|base| (base.through, base.observation)), Some((0, 3)));
}

#[test]
fn no_second_intent_while_one_is_open() {
    given::<SyncRecord>([ours(1, "Ada").into(), intent(1, 1, "Ada").into()])
        .when(Command::BeginWrite(Box::new(intent(2, 2, "Bob"))))
        .then_refused(&SyncRecordError::WriteOpen);
}

#[test]
fn the_same_intent_again_is_already_so() {
    given::<SyncRecord>([intent(1, 1, "Ada").into()])
        .when(Command::BeginWrite(Box::new(intent(1, 1, "Ada"))))
        .then_nothing();
}

#[test]
fn a_body_never_changes_under_one_key() {
    let mut other = intent(1, 2, "Bob");
    other.key = "key-1".to_owned();
    given::<SyncRecord>([
        intent(1, 1, "Ada").into(),
        OutcomeResolved { call: call(1), by: ResolvedBy::LookUp, confirmed: None }.into(),
    ])
    .when(Command::BeginWrite(Box::new(other)))
    .then_refused(&SyncRecordError::BodyChangedUnderKey);
}

#[test]
fn a_refused_intent_leaves_no_key_behind_for_the_next_one() {
    let refused = WriteRejected {
        call: Some(call(1)),
        class: ErrorClass::StaleVersion,
        code: None,
        message: "stale".to_owned(),
        next_step: None,
        local_version: 1,
    };
    let state = given::<SyncRecord>([intent(1, 1, "Ada").into(), refused.into()]).state();
    assert_eq!((state.last, state.intents), (None, 1));
}

#[test]
fn a_refusal_is_forgotten_once_both_sides_are_in_step_without_the_write() {
    let refused = WriteRejected {
        call: Some(call(1)),
        class: ErrorClass::StaleVersion,
        code: None,
        message: "stale".to_owned(),
        next_step: None,
        local_version: 2,
    };
    let taken =
        |complete| InboundApplied { observation: 4, local_version: 3, local_digest: digest("Eve"), complete };
    let before = || {
        let mut events = created();
        events.extend([theirs("Eve").into(), intent(2, 2, "Bob").into(), refused.clone().into()]);
        events
    };
    let with = |complete: bool| {
        let mut events = before();
        events.push(taken(complete).into());
        given::<SyncRecord>(events).state()
    };
    assert!(with(false).error.is_some());
    assert_eq!((with(true).error, with(true).status()), (None, SyncStatus::Synced));
}

#[test]
fn an_unknown_outcome_is_never_retried_only_resolved() {
    let unknown = OutcomeUnknown {
        call: call(1),
        reason: "timeout".to_owned(),
        needs_decision: None,
        looked_up_at: None,
    };
    given::<SyncRecord>([ours(1, "Ada").into(), intent(1, 1, "Ada").into(), unknown.into()])
        .when(Command::Retry)
        .then_refused(&SyncRecordError::NotAllowed { status: SyncStatus::OutcomeUnknown, asked: "retried" });
}

#[test]
fn a_look_up_that_finds_nothing_is_remembered_once() {
    let at = DateTime::UNIX_EPOCH;
    let looked = given::<SyncRecord>([intent(1, 1, "Ada").into()])
        .when(Command::NoteLookUp { call: call(1), at })
        .events();
    let mut events = vec![intent(1, 1, "Ada").into()];
    events.extend(looked);
    let state = given::<SyncRecord>(events.clone()).state();
    assert_eq!(state.open.and_then(|open| open.looked_up_at), Some(at));
    given::<SyncRecord>(events).when(Command::NoteLookUp { call: call(1), at }).then_nothing();
}

#[test]
fn the_outcome_of_another_call_is_refused() {
    given::<SyncRecord>([intent(1, 1, "Ada").into()])
        .when(Command::ConfirmWrite { call: call(9), confirmation: Box::new(done("Ada")) })
        .then_refused(&SyncRecordError::NoSuchCall { call: call(9) });
}

#[test]
fn a_local_change_during_a_write_is_the_next_thing_to_send() {
    let state = given::<SyncRecord>([
        ours(1, "Ada").into(),
        intent(1, 1, "Ada").into(),
        ours(2, "Bob").into(),
        WriteConfirmed { call: call(1), confirmation: done("Ada") }.into(),
    ])
    .state();
    assert_eq!(state.status(), SyncStatus::PendingOutbound);
    assert!(state.local_changed() && !state.remote_changed());
}

#[test]
fn an_observation_during_a_write_stays_outside_the_base() {
    let mut begun = intent(1, 1, "Ada");
    begun.operation = Operation::Update;
    begun.base_observation = 3;
    let mut phone = theirs("Ada");
    phone.seen.changed.insert("Phone".to_owned(), json!("555"));
    let mut events = created();
    events.extend([begun.into(), phone.into()]);
    events.push(WriteConfirmed { call: call(1), confirmation: done("Bob") }.into());
    let state = given::<SyncRecord>(events.clone()).state();
    let history: Vec<&SyncRecordEvent> = events.iter().collect();
    let base = contents::remote_base(&history, &state.base.expect("confirmed"));
    assert_eq!(base.get("Phone"), None, "the phone has not reached our side yet");
    assert_eq!(base.get("Name"), Some(&json!("Bob")));
    assert_eq!(contents::remote_now(&events).get("Phone"), Some(&json!("555")));
}

#[test]
fn seeing_the_same_again_is_no_event() {
    given::<SyncRecord>(created()).when(Command::ObserveRemote(theirs("Ada"))).then_nothing();
}

#[test]
fn another_remote_record_is_refused() {
    let mut other = theirs("Ada");
    other.remote_id = "18".to_owned();
    given::<SyncRecord>(created())
        .when(Command::ObserveRemote(other))
        .then_refused(&SyncRecordError::LinkedElsewhere { linked: "17".to_owned() });
}

fn conflict() -> ConflictDetected {
    ConflictDetected {
        collisions: Vec::new(),
        local_digest: digest("Bob"),
        remote_digest: digest("Eve"),
        strategy: Strategy::ManualReview,
        deleted: None,
    }
}

fn decision(push: &[&str]) -> ConflictResolved {
    ConflictResolved {
        by_person: true,
        decisions: Vec::new(),
        push: push.iter().map(|unit| (*unit).to_owned()).collect(),
        pull: Vec::new(),
        given: Fields::new(),
        local_digest: digest("Bob"),
        remote_digest: digest("Eve"),
        winner: None,
    }
}

#[test]
fn a_conflict_is_resolved_once_the_same_way_again_is_already_so() {
    let mut events = created();
    events.extend([conflict().into(), decision(&["name"]).into()]);
    given::<SyncRecord>(events.clone()).when(Command::ResolveConflict(decision(&["name"]))).then_nothing();
    given::<SyncRecord>(events)
        .when(Command::ResolveConflict(decision(&[])))
        .then_refused(&SyncRecordError::ResolvedDifferently);
}

#[test]
fn a_decision_about_sides_that_moved_on_is_refused() {
    let mut events = created();
    events.push(conflict().into());
    let mut late = decision(&["name"]);
    late.remote_digest = digest("Mallory");
    given::<SyncRecord>(events).when(Command::ResolveConflict(late)).then_refused(&SyncRecordError::Moved);
}

#[test]
fn a_decision_stands_until_a_side_moves() {
    let mut events = created();
    events.extend([
        ours(2, "Bob").into(),
        theirs("Eve").into(),
        conflict().into(),
        decision(&["name"]).into(),
    ]);
    assert!(given::<SyncRecord>(events.clone()).state().standing_resolution().is_some());
    events.push(ours(3, "Carol").into());
    assert!(given::<SyncRecord>(events).state().standing_resolution().is_none());
}

#[test]
fn waiting_ends_when_the_write_begins() {
    let needs = vec![Need::new("customer", "C-1")];
    let waiting = DependencyAwaited { needs: needs.clone(), local_version: 1 };
    let state = given::<SyncRecord>([ours(1, "Ada").into(), waiting.clone().into()]).state();
    assert_eq!(state.status(), SyncStatus::Waiting);
    given::<SyncRecord>([ours(1, "Ada").into(), waiting.clone().into()])
        .when(Command::AwaitDependency { needs, local_version: 1 })
        .then_nothing();
    let state =
        given::<SyncRecord>([ours(1, "Ada").into(), waiting.into(), intent(1, 1, "Ada").into()]).state();
    assert_eq!(state.status(), SyncStatus::PendingOutbound);
}

#[test]
fn an_error_ends_with_the_next_change() {
    let refused = WriteRejected {
        call: None,
        class: ErrorClass::Mapping,
        code: None,
        message: "name: too long".to_owned(),
        next_step: None,
        local_version: 1,
    };
    let events = [ours(1, "Ada").into(), SyncRecordEvent::from(refused.clone())];
    assert_eq!(given::<SyncRecord>(events.clone()).state().status(), SyncStatus::Error);
    given::<SyncRecord>(events.clone()).when(Command::RejectWrite(refused)).then_nothing();
    let [first, second] = events;
    let state = given::<SyncRecord>([first, second, ours(2, "Bob").into()]).state();
    assert_eq!(state.status(), SyncStatus::PendingOutbound);
}

#[test]
fn a_remote_deletion_is_deleted_and_a_reappearing_record_revives_it() {
    let mut events = created();
    events.push(RemoteDeletionObserved { updated_at: None }.into());
    assert_eq!(given::<SyncRecord>(events.clone()).state().status(), SyncStatus::Deleted);
    let again = given::<SyncRecord>(events.clone()).when(Command::ObserveRemote(theirs("Ada"))).events();
    events.extend(again);
    assert_eq!(given::<SyncRecord>(events).state().status(), SyncStatus::Synced);
}

#[test]
fn claims_follow_the_intent_and_the_remote_id() {
    let key = SyncRecordKey {
        config: SyncConfigId(Uuid::from_u128(5)),
        realm: "r1".to_owned(),
        local_id: "C-1".to_owned(),
    };
    let stream = key.stream();
    let mut state = SyncRecord::default();
    let mut changes = Vec::new();
    for event in created() {
        changes.push(state.claims(&stream, &event));
        state.apply(&event);
    }
    let open = ClaimKey(vec![0x04, 0xff]);
    let linked = ClaimKey::remote_id(key.config, "r1", "17");
    assert_eq!(changes[1], vec![ClaimChange::Take { key: open.clone(), tag: None }]);
    let tag = Some(digest("whole Ada").tag());
    assert_eq!(changes[2], vec![ClaimChange::Release { key: open }, ClaimChange::Take { key: linked, tag }]);
}

#[test]
fn a_snapshot_holds_no_contents() {
    let state = given::<SyncRecord>(created()).state();
    let text = serde_json::to_string(&state).expect("a state is JSON");
    assert!(!text.contains("Ada") && text.len() < 1_200, "{text}");
}
