//! Results that are lines: JSON documents, or comma-separated values. Both are read as `{ "items": [...] }`.

use serde_json::Value;

use super::soundness::{Unsound, sound};
use crate::connectors::manifest::BulkFormat;

/// Why lines cannot be read.
#[derive(Debug, thiserror::Error)]
pub(in super::super) enum Unreadable {
    /// Not text, or nested too deeply.
    #[error(transparent)]
    Unsound(#[from] Unsound),
    /// No table.
    #[error("the answer is no table: {0}")]
    Table(#[from] csv::Error),
}

/// The lines as the elements of an array.
pub(in super::super) fn items(format: BulkFormat, body: Vec<u8>) -> Result<String, Unreadable> {
    match format {
        BulkFormat::Jsonl => {
            let text = if body.iter().all(u8::is_ascii_whitespace) { String::new() } else { sound(body)? };
            let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
            Ok(format!("{{\"items\":[{}]}}", lines.join(",")))
        }
        BulkFormat::Csv => table(&body),
    }
}

/// Every row as an object of texts, an empty cell as null.
fn table(body: &[u8]) -> Result<String, Unreadable> {
    let mut reader = csv::Reader::from_reader(body);
    let names = reader.headers()?.clone();
    let mut rows = Vec::new();
    for row in reader.records() {
        let row = row?;
        let cell = |text: &str| {
            if text.is_empty() { Value::Null } else { text.replace('\u{0}', "\u{fffd}").into() }
        };
        let members = names.iter().zip(&row).map(|(name, text)| (name.to_owned(), cell(text)));
        rows.push(Value::Object(members.collect()));
    }
    Ok(serde_json::json!({ "items": rows }).to_string())
}
