//! Folding in pages of any size ends at the same rows.

use std::sync::Arc;

use domain::local_record::{Deleted, LocalRecordEvent, Put, Source};
use serde_json::{Value, json};

use super::Memory;
use crate::local_records::LocalRecordProjection;
use crate::testing::{Log, local_record_stream};

fn put(created: bool, number: usize) -> LocalRecordEvent {
    let Value::Object(fields) = json!({"name": format!("n{number}"), "amount": 1.10}) else { unreachable!() };
    let (source, cleared, updated_at) = (Source::Client, Vec::new(), None);
    Put { created, fields, cleared, source, updated_at }.into()
}

#[test]
fn pages_of_any_size_end_at_the_same_rows() {
    let mut log = Log::default();
    for number in 0..40 {
        let stream = local_record_stream(&(number % 7).to_string());
        let event = if number % 11 == 10 {
            Deleted { source: Source::Client }.into()
        } else {
            put(number < 7, number)
        };
        log = log.and(&stream, [event]);
    }
    let fold = |size: usize| {
        let mut memory = Memory::new(Arc::new(LocalRecordProjection));
        for page in log.0.chunks(size) {
            memory.take(page).unwrap();
        }
        memory.rows
    };
    let whole = fold(usize::MAX);
    assert_eq!(whole.len(), 7);
    for size in [1, 2, 3, 13] {
        assert_eq!(fold(size), whole, "pages of {size}");
    }
}
