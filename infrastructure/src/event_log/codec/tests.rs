use chrono::DateTime;
use domain::event::Event;
use domain::ids::CommandId;
use domain::local_record::LocalRecordEvent;
use domain::metadata::{Actor, Metadata};
use uuid::Uuid;

use super::super::upcast::Upcaster;
use super::{CodecError, NAMES, read, read_metadata, write, write_metadata};

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number)
}

fn full() -> Metadata {
    Metadata {
        actor: Actor::User(id(1).to_string()),
        on_behalf_of: Some(id(2).to_string()),
        command_id: CommandId(id(3)),
        correlation_id: CommandId(id(4)),
        causation: Some(1_234_567_890),
        occurred_at: DateTime::from_timestamp_micros(1_790_000_000_123_456),
    }
}

#[test]
fn the_fullest_metadata_takes_at_most_200_bytes_and_comes_back() {
    let text = write_metadata(&full());
    assert!(text.len() <= 200, "{} bytes: {text}", text.len());
    assert_eq!(read_metadata(&text), full());
}

#[test]
fn a_first_commands_metadata_is_short_and_comes_back() {
    for actor in [Actor::system("outbound_sync"), Actor::ApiKey("key~1".into()), Actor::User("~odd".into())] {
        let metadata = Metadata::new(actor, CommandId(id(7)));
        let text = write_metadata(&metadata);
        assert!(text.len() <= 60, "{text}");
        assert_eq!(read_metadata(&text), metadata);
    }
}

#[test]
fn metadata_of_another_program_reads_as_unknown() {
    for text in ["{}", "null", r#"{"user":"x"}"#, r#"{"a":7}"#] {
        let metadata = read_metadata(text);
        assert_eq!(metadata.actor, Actor::system("unknown"), "{text}");
        assert_eq!(metadata.command_id, CommandId(Uuid::nil()), "{text}");
    }
}

#[test]
fn no_name_stands_twice_in_the_table() {
    let mut names: Vec<_> = NAMES.to_vec();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), NAMES.len());
}

#[test]
fn an_unknown_name_and_a_foreign_payload_are_told_apart_without_quoting_values() {
    let unknown = read("local_record.painted", "1", "{}", &[]).unwrap_err();
    assert!(matches!(unknown, CodecError::Unknown { .. }), "{unknown}");
    let foreign = read("local_record.put", "1", r#"{"fields":"Mrs Miller"}"#, &[]).unwrap_err();
    assert!(matches!(foreign, CodecError::Payload { .. }), "{foreign}");
    assert!(!foreign.to_string().contains("Miller"), "{foreign}");
}

/// Version 0 is made up: it called the fields `body`.
const PUT_0_TO_1: Upcaster = Upcaster {
    name: "local_record.put",
    from: "0",
    to: "1",
    convert: |mut payload| {
        if let Some(members) = payload.as_object_mut()
            && let Some(body) = members.remove("body")
        {
            members.insert("fields".into(), body);
        }
        payload
    },
};

#[test]
fn an_old_version_is_read_through_its_upcaster_with_every_digit() {
    let old = r#"{"body":{"total":9007199254740993.10},"source":"client"}"#;
    assert!(read("local_record.put", "0", old, &[]).is_err());
    let event = read("local_record.put", "0", old, &[PUT_0_TO_1]).unwrap();
    let Event::LocalRecord(LocalRecordEvent::Put(put)) = &event else { panic!("{event:?}") };
    assert_eq!(put.fields["total"].to_string(), "9007199254740993.10");
    assert_eq!(
        read("local_record.put", "1", &String::from_utf8(write(&event)).unwrap(), &[]).unwrap(),
        event
    );
}

#[test]
fn upcasters_follow_one_another() {
    const OLDEST: Upcaster = Upcaster {
        name: "local_record.put",
        from: "-1",
        to: "0",
        convert: |mut payload| {
            if let Some(members) = payload.as_object_mut() {
                members.insert("source".into(), "import".into());
            }
            payload
        },
    };
    let event = read("local_record.put", "-1", r#"{"body":{}}"#, &[PUT_0_TO_1, OLDEST]).unwrap();
    assert!(matches!(event, Event::LocalRecord(LocalRecordEvent::Put(_))), "{event:?}");
}
