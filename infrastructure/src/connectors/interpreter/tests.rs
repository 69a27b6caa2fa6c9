use application::ports::connector::RemoteRecord;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::value::RawValue;

use super::answer::soundness::{Unsound, sound};
use super::pluck::{items, one, pluck, scalar};
use super::read::cursor::{Leg, Position};
use crate::connectors::manifest::Place;

mod answers;
mod bulk;
mod changes;
mod connecting;
mod door;
mod hooks;
mod hosted;
mod keyed;
mod links;
mod naming;
mod operations;
mod paging;
mod reading;
mod requests;
mod rig;
mod secrets;
mod subscriptions;
mod tokens;
mod writing;

fn place(text: &str) -> Place {
    Place(text.parse().unwrap())
}

#[test]
fn values_are_picked_out_of_text_as_they_stand() {
    let text = r#"{"a":{"b":[{"c":"x"},{"c":9007199254740993.10}]},"d":"\u00e9\"","e":null,"a2":[1,[2,3]]}"#;
    let at = |path: &str| one(text, &place(path)).unwrap().map(RawValue::get);
    assert_eq!(at("a.b[1].c"), Some("9007199254740993.10"));
    assert_eq!(at("a.b[0]"), Some(r#"{"c":"x"}"#));
    assert_eq!(
        (at("a.x"), at("x.y"), at("e"), at("d.f"), at("a2[1][0]")),
        (None, None, Some("null"), None, Some("2"))
    );
    let both = [place("a"), place("a.b[0].c"), place("d")];
    let [whole, inner, last] = pluck(text, [Some(&both[0]), Some(&both[1]), Some(&both[2])]).unwrap();
    assert_eq!((whole.is_some(), inner.and_then(scalar).as_deref()), (true, Some("x")));
    assert_eq!(last.and_then(scalar).as_deref(), Some("é\""));
    assert_eq!(items(text, &place("e")).unwrap().len(), 0);
    assert!(items(text, &place("d")).is_err());
    assert!(one(r#"{"a":{"b":"#, &place("a")).is_err());
    assert!(one(r#"{"a":1} x"#, &place("a")).is_err());
}

#[test]
fn a_body_is_sound_or_says_why_not() {
    assert_eq!(sound(b"<html>".to_vec()), Err(Unsound::Markup));
    assert_eq!(sound(b"  ".to_vec()), Err(Unsound::Empty));
    assert_eq!(sound(vec![b'"', 0xff, b'"']), Err(Unsound::NotText));
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels)).into_bytes();
    assert!(sound(deep(64)).is_ok());
    assert_eq!(sound(deep(65)), Err(Unsound::TooDeep));
    assert_eq!(sound(deep(100_000)), Err(Unsound::TooDeep));
    assert!(sound(format!("\"{}\"", "[".repeat(100)).into_bytes()).is_ok());
}

#[test]
fn the_zero_character_is_replaced_and_its_escaped_spelling_is_not() {
    let text = sound(br#"{"a":"x\u0000y","b":"\\u0000"}"#.to_vec()).unwrap();
    assert_eq!(text, r#"{"a":"x\ufffdy","b":"\\u0000"}"#);
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + second, 0).unwrap()
}

fn record(id: &str, second: i64, version: &str) -> RemoteRecord {
    RemoteRecord {
        id: id.to_owned(),
        body: RawValue::from_string("{}".to_owned()).unwrap(),
        version_token: Some(version.to_owned()),
        updated_at: Some(at(second)),
        created_at: None,
        deleted: false,
    }
}

#[test]
fn a_record_is_handed_over_once_per_state() {
    let overlap = TimeDelta::seconds(10);
    let mut position = Position::default();
    assert!(!position.is_repeated(&record("1", 0, "1"), overlap));
    assert!(position.is_repeated(&record("1", 0, "1"), overlap));
    assert!(!position.is_repeated(&record("1", 0, "2"), overlap));
    assert!(!position.is_repeated(&record("2", 0, "1"), overlap));
    let restored = Position::parse(&position.cursor()).unwrap();
    assert_eq!(restored, position);
    assert!(position.cursor().len() < 400, "{}", position.cursor());
}

#[test]
fn a_cursor_stays_small_however_many_records_pass() {
    let mut position = Position::default();
    for number in 0..5000 {
        position.is_repeated(&record(&number.to_string(), 0, "1"), TimeDelta::seconds(10));
    }
    assert!(position.cursor().len() < 4096, "{}", position.cursor().len());
}

#[test]
fn an_incremental_read_begins_no_later_than_what_is_surely_covered() {
    let position = |began, newest, base| Position { base, began, newest, ..Position::default() };
    let resume = |position: Position, by_time| position.resume(by_time).and_then(|resume| resume.base);
    let (early, late) = (Some(at(0)), Some(at(60)));
    assert_eq!(resume(position(early, late, None), false), early);
    assert_eq!(resume(position(late, early, None), false), early);
    assert_eq!(
        resume(position(None, late, None), false),
        None,
        "rows without order and without a clock cover nothing"
    );
    assert_eq!(resume(position(None, late, None), true), late);
    assert_eq!(resume(position(late, None, None), false), late);
    assert_eq!(
        resume(position(None, None, early), true),
        early,
        "a quiet read without a clock stays where it was"
    );
    assert_eq!(resume(position(Some(at(7200)), None, early), true), Some(at(3600)));
    assert_eq!(resume(position(late, Some(at(-60)), early), true), early, "it never goes back");
    let resumed = position(early, late, None).resume(false).unwrap();
    assert_eq!((resumed.leg, resumed.newest, resumed.began), (Leg::Resume, None, None));
}
