use domain::event::Event;
use domain::ids::{DEFAULT_ORGANIZATION, DEFAULT_PROJECT, OrganizationId};
use domain::local_record::{LocalRecordEvent, Put, Source};
use domain::stream::{LocalRecordKey, StreamId};
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::keys::SubjectKey;
use super::{Open, cipher, is_sealed, take};
use crate::event_log::codec;

const NAME: &str = "local_record.put";

fn stream(entity: &str) -> StreamId {
    let key = LocalRecordKey { project: DEFAULT_PROJECT, entity: entity.into(), local_id: "17".into() };
    key.stream()
}

fn put(fields: &serde_json::Value) -> Event {
    let fields = fields.as_object().unwrap().clone();
    LocalRecordEvent::from(Put {
        created: true,
        fields,
        cleared: vec![],
        source: Source::Client,
        updated_at: None,
    })
    .into()
}

fn key(byte: u8) -> SubjectKey {
    Arc::new(Zeroizing::new([byte; 32]))
}

fn open(stream: &StreamId) -> Open<'_> {
    Open { organization: DEFAULT_ORGANIZATION, stream, event_type: NAME }
}

/// The stored payload of `event`.
fn sealed(stream: &StreamId, mut event: Event) -> String {
    let taken = take(stream, &mut event).unwrap();
    open(stream).seal(&key(7), &taken, String::from_utf8(codec::write(&event)).unwrap())
}

#[test]
fn personal_fields_of_a_known_entity_are_sealed_and_the_rest_stays_readable() {
    let event =
        put(&json!({"name": "Mrs Miller", "email": "m@example.org", "active": true, "favourite": 12}));
    let stream = stream("customer");
    let payload = sealed(&stream, event.clone());
    assert!(is_sealed(&payload));
    for plain in ["Miller", "example.org", "favourite"] {
        assert!(!payload.contains(plain), "{payload}");
    }
    assert!(payload.contains("\"active\":true"), "{payload}");
    let mut read = codec::read(NAME, "1", &payload, &[]).unwrap();
    assert!(open(&stream).unseal(Some(&key(7)), &payload, &mut read));
    assert_eq!(read, event);
}

#[test]
fn without_a_schema_everything_with_text_is_sealed_and_numbers_keep_their_digits() {
    let fields = r#"{"owner":{"name":"Mrs Miller"},"weight":1.50,"tags":["x",0.10],"empty":[],"ok":null}"#;
    let event = put(&serde_json::from_str(fields).unwrap());
    let stream = stream("aquarium");
    let payload = sealed(&stream, event.clone());
    assert!(!payload.contains("owner") && !payload.contains("tags"), "{payload}");
    assert!(payload.contains("\"weight\":1.50") && payload.contains("\"empty\":[]"), "{payload}");
    let mut read = codec::read(NAME, "1", &payload, &[]).unwrap();
    assert!(open(&stream).unseal(Some(&key(7)), &payload, &mut read));
    assert_eq!(read, event);
}

#[test]
fn a_destroyed_key_leaves_the_open_fields() {
    let stream = stream("customer");
    let payload = sealed(&stream, put(&json!({"name": "Mrs Miller", "active": true})));
    let mut read = codec::read(NAME, "1", &payload, &[]).unwrap();
    assert!(open(&stream).unseal(None, &payload, &mut read));
    assert_eq!(read, put(&json!({"active": true})));
}

#[test]
fn a_sealed_part_opens_only_where_it_belongs() {
    let home = stream("customer");
    let payload = sealed(&home, put(&json!({"name": "Mrs Miller"})));
    let other = stream("vendor");
    let stranger = OrganizationId(Uuid::from_u128(9));
    let places = [
        (open(&other), key(7)),
        (Open { organization: stranger, ..open(&home) }, key(7)),
        (Open { event_type: "local_record.deleted", ..open(&home) }, key(7)),
        (open(&home), key(8)),
    ];
    for (place, key) in places {
        let mut read = codec::read(NAME, "1", &payload, &[]).unwrap();
        assert!(!place.unseal(Some(&key), &payload, &mut read));
        assert_eq!(read, put(&json!({})));
    }
}

#[test]
fn content_that_looks_like_a_sealed_part_is_none() {
    let stream = stream("aquarium");
    for fields in
        [json!({"sealed": "AAAA"}), json!({"a": "\",\"sealed\":\"AAAA\"}"}), json!({"a": {"sealed": "AAAA"}})]
    {
        let event = put(&fields);
        let plain = String::from_utf8(codec::write(&event)).unwrap();
        assert!(!is_sealed(&plain), "{plain}");
        let payload = sealed(&stream, event.clone());
        let mut read = codec::read(NAME, "1", &payload, &[]).unwrap();
        assert!(open(&stream).unseal(Some(&key(7)), &payload, &mut read));
        assert_eq!(read, event);
    }
}

#[test]
fn events_without_personal_contents_stay_as_they_are() {
    let mut event = put(&json!({"weight": 3, "ok": true}));
    assert!(take(&stream("aquarium"), &mut event).is_none());
}

#[test]
fn one_message_sealed_twice_gives_two_ciphertexts_and_an_altered_one_does_not_open() {
    let (one, two) = (cipher::seal(&[1; 32], b"x", b"text"), cipher::seal(&[1; 32], b"x", b"text"));
    assert_ne!(one, two);
    assert_eq!(cipher::open(&[1; 32], b"x", &one).unwrap(), b"text");
    for place in 0..one.len() {
        let mut altered = one.clone();
        altered[place] ^= 1;
        assert!(cipher::open(&[1; 32], b"x", &altered).is_none());
    }
    assert!(cipher::open(&[1; 32], b"x", &one[..11]).is_none());
}
