use application::ports::event_log::{ClaimWrite, CommandRecord};
use domain::claim::{ClaimChange, ClaimKey};
use domain::ids::{CommandId, DEFAULT_ORGANIZATION};
use domain::stream::{Kind, StreamId};
use uuid::Uuid;

use super::super::raw::{RawEvent, RawStream, RawUnit};
use super::queue::{BATCH_BYTES, BATCH_EVENTS, Queue, Waiting};
use super::returning::Returning;

fn stream(id: &str) -> StreamId {
    StreamId { kind: Kind::LocalRecord, id: id.to_owned() }
}

fn unit(id: &str, events: usize) -> RawUnit {
    let event = RawEvent { event_type: "t", event_version: "1", payload: "{}".into(), metadata: "{}".into() };
    let stream = RawStream { stream: stream(id), expected: 0, events: vec![event; events], snapshot: None };
    RawUnit {
        organization: DEFAULT_ORGANIZATION,
        streams: vec![stream],
        claims: Vec::new(),
        keys: Vec::new(),
        command: None,
    }
}

fn claiming(id: &str, key: u8) -> RawUnit {
    let change = ClaimChange::Release { key: ClaimKey(vec![key]) };
    RawUnit { claims: vec![ClaimWrite { stream: stream(id), change }], ..unit(id, 1) }
}

fn commanded(id: &str) -> RawUnit {
    let command = CommandRecord { command_id: CommandId(Uuid::nil()), body_hash: [0; 32] };
    RawUnit { command: Some(command), ..unit(id, 1) }
}

fn queue(units: impl IntoIterator<Item = RawUnit>) -> Queue {
    let mut queue = Queue::default();
    for (place, unit) in units.into_iter().enumerate() {
        queue.push(Waiting { unit, call: 0, place });
    }
    queue
}

/// Places of the units of each batch.
fn batches(mut queue: Queue) -> Vec<Vec<usize>> {
    let mut batches = Vec::new();
    while queue.len() > 0 {
        batches.push(queue.next_batch().iter().map(|waiting| waiting.place).collect());
    }
    batches
}

#[test]
fn a_stream_that_is_in_the_batch_waits_and_its_order_stays() {
    let units = [unit("a", 1), unit("b", 1), unit("a", 1), unit("a", 1), unit("c", 1)];
    assert_eq!(batches(queue(units)), [vec![0, 1, 4], vec![2], vec![3]]);
}

#[test]
fn what_waits_holds_back_what_names_one_of_its_claims() {
    let units = [claiming("a", 1), claiming("b", 1), claiming("c", 2), unit("b", 1)];
    assert_eq!(batches(queue(units)), [vec![0, 2], vec![1], vec![3]]);
}

#[test]
fn one_command_sent_twice_at_once_meets_itself_in_the_next_batch() {
    assert_eq!(batches(queue([commanded("a"), commanded("b")])), [vec![0], vec![1]]);
}

#[test]
fn a_batch_ends_where_the_next_unit_would_pass_its_limit_and_a_larger_unit_goes_alone() {
    let units = [unit("a", 600), unit("b", 600), unit("c", BATCH_EVENTS + 1), unit("d", 1)];
    assert_eq!(batches(queue(units)), [vec![0], vec![1], vec![2], vec![3]]);
    let mut heavy = unit("e", 1);
    heavy.streams[0].events[0].payload = "x".repeat(BATCH_BYTES);
    assert_eq!(batches(queue([unit("a", 1), heavy, unit("b", 1)])), [vec![0], vec![1], vec![2]]);
}

fn at(milliseconds: i64) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_millis(milliseconds).unwrap()
}

#[test]
fn after_a_long_append_its_callers_are_waited_for_half_as_long_at_most() {
    let mut returning = Returning::default();
    assert_eq!(returning.patience(at(0)), None);
    returning.answered(2, at(0), at(8));
    assert_eq!(returning.patience(at(8)), Some(std::time::Duration::from_millis(4)));
    returning.came();
    assert_eq!(returning.patience(at(10)), Some(std::time::Duration::from_millis(2)));
    assert_eq!(returning.patience(at(12)), None);
    assert_eq!(returning.patience(at(13)), None);
    returning.answered(1, at(20), at(20_000));
    assert_eq!(returning.patience(at(20_000)), Some(std::time::Duration::from_millis(10)));
}

#[test]
fn nobody_is_waited_for_when_all_are_back_or_the_append_was_short() {
    let mut returning = Returning::default();
    returning.answered(1, at(0), at(8));
    returning.came();
    returning.came();
    assert_eq!(returning.patience(at(8)), None);
    returning.answered(30, at(10), at(11));
    assert_eq!(returning.patience(at(11)), None);
}
