//! Conflicts: events in, rows out.

use domain::sync_record::difference::Collision;
use domain::sync_record::events::{ConflictDetected, ConflictResolved, SyncRecordEvent};
use domain::value::Strategy;
use serde_json::json;

use super::{ConflictProjection, ConflictStatus};
use crate::testing::{Log, at, digest, sync_record_stream};

fn collision() -> Collision {
    let collision = json!({"unit": "phone", "base": "1", "local": "2", "remote": "3"});
    serde_json::from_value(collision).unwrap()
}

fn found(ours: &str) -> SyncRecordEvent {
    let found = ConflictDetected {
        collisions: vec![collision()],
        local_digest: digest(ours),
        remote_digest: digest("theirs"),
        strategy: Strategy::ManualReview,
        deleted: None,
    };
    found.into()
}

fn settled(ours: &str) -> SyncRecordEvent {
    let settled = ConflictResolved {
        by_person: true,
        decisions: Vec::new(),
        push: vec!["phone".to_owned()],
        pull: Vec::new(),
        local_digest: digest(ours),
        remote_digest: digest("theirs"),
        given: serde_json::Map::new(),
        winner: None,
    };
    settled.into()
}

#[test]
fn a_conflict_shows_what_collides_and_who_settled_it() {
    let log = Log::of(&sync_record_stream("c1"), [found("ours"), settled("ours")]);
    let row = log.row(ConflictProjection);
    assert!(row.resolved);
    assert_eq!((row.resolved_by_person, row.resolved_by.as_deref()), (Some(true), Some("user:u1")));
    assert_eq!((row.detected_at, row.resolved_at), (at(1), Some(at(2))));
    assert_eq!(row.collisions[0]["unit"], "phone");
    assert_eq!(row.push, json!(["phone"]));
}

#[test]
fn a_second_conflict_of_a_record_is_a_row_of_its_own() {
    let log = Log::of(&sync_record_stream("c1"), [found("ours"), found("ours again"), settled("ours again")]);
    let mut resolved: Vec<_> = log.rows(ConflictProjection).iter().map(|row| row.resolved).collect();
    resolved.sort_unstable();
    assert_eq!(resolved, [false, true]);
}

#[test]
fn the_same_collision_found_again_is_open_again() {
    let log = Log::of(&sync_record_stream("c1"), [found("ours"), settled("ours"), found("ours")]);
    let row = log.row(ConflictProjection);
    assert!(!row.resolved && row.resolved_at.is_none());
    assert_eq!(row.detected_at, at(3));
}

#[test]
fn states_of_conflicts_are_read_by_their_words() {
    for status in [ConflictStatus::Open, ConflictStatus::Resolved, ConflictStatus::Superseded] {
        assert_eq!(ConflictStatus::parse(status.as_str()), Some(status));
    }
    assert_eq!(ConflictStatus::parse("closed"), None);
}
