//! Local records: events in, rows out.

use domain::local_record::{Deleted, Erased, LocalRecordEvent, Put, Source};
use serde_json::{Value, json};

use super::LocalRecordProjection;
use crate::projection::{ErasedProjection as _, Poison};
use crate::testing::{Log, at, config, local_record_stream};

fn put(created: bool, fields: Value, cleared: &[&str], source: Source) -> LocalRecordEvent {
    let Value::Object(fields) = fields else { panic!("fields are an object") };
    let cleared = cleared.iter().map(ToString::to_string).collect();
    Put { created, fields, cleared, source, updated_at: None }.into()
}

#[test]
fn a_put_changes_the_named_fields_only() {
    let events = [
        put(true, json!({"name": "Ada", "phone": "1", "balance": 10.10}), &[], Source::Import),
        put(false, json!({"phone": "2"}), &["balance"], Source::Inbound { config: config() }),
    ];
    let row = Log::of(&local_record_stream("c/1"), events).row(LocalRecordProjection);
    assert_eq!(Value::Object(row.body), json!({"name": "Ada", "phone": "2"}));
    assert_eq!(row.version, 2);
    assert_eq!((row.entity.as_str(), row.local_id.as_str()), ("customer", "c/1"));
    assert_eq!(row.display_name.as_deref(), Some("Ada"));
    assert_eq!((row.source.as_str(), row.source_sync_config_id), ("inbound", Some(config().to_string())));
    assert_eq!((row.created_at, row.updated_at), (at(1), at(2)));
}

#[test]
fn a_deleted_record_keeps_its_body_until_it_is_erased() {
    let stream = local_record_stream("1");
    let gone = [
        put(true, json!({"number": "INV-7"}), &[], Source::Client),
        Deleted { source: Source::Client }.into(),
    ];
    let log = Log::of(&stream, gone);
    let row = log.row(LocalRecordProjection);
    assert!(row.deleted && !row.erased);
    assert_eq!(row.display_name.as_deref(), Some("INV-7"));
    let row = log.and(&stream, [LocalRecordEvent::from(Erased { request: None })]).row(LocalRecordProjection);
    assert!(row.erased && row.body.is_empty() && row.display_name.is_none());
}

#[test]
fn a_stream_id_of_another_form_stops_the_projection_at_that_event() {
    let mut odd = local_record_stream("1");
    odd.id = "nothing".to_owned();
    let good = put(true, json!({"name": "Ada"}), &[], Source::Client);
    let log = Log::of(&local_record_stream("1"), [good.clone()]).and(&odd, [good]);
    let poisoned = LocalRecordProjection.fold(&log.0, LocalRecordProjection.plan(&log.0), Vec::new());
    let poisoned = poisoned.unwrap_err();
    assert_eq!((poisoned.event, poisoned.why), (1, Poison::Stream("nothing".to_owned())));
}
