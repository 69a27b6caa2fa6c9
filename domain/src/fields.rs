//! Open record content: a JSON object whose numbers keep the digits they came with.

use serde_json::{Map, Value};

/// The fields of a record, by name. Numbers are arbitrary precision: `9007199254740993` stays what it is.
pub type Fields = Map<String, Value>;
