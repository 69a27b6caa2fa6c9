//! How a record is written down: the members the server owns first, then the caller's.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::config::StampGranularity;

/// A record's members.
pub(super) type Fields = Map<String, Value>;

/// Members the server sets. `created_at` is kept with the caller's members, the others are
/// written from the row.
pub(super) const SERVER_OWNED: [&str; 5] = ["id", "updated_at", "version", "created_at", "deleted"];

/// One record at one moment. Its bytes are shared with every view and answer that shows it.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// The whole JSON object as lists show it.
    pub(super) body: Arc<[u8]>,
    pub(super) updated_ms: i64,
    pub(super) version: u32,
    pub(super) deleted: bool,
    pub(super) external_id: Option<Arc<str>>,
}

/// How the records of one collection are written.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    prefix: String,
    granularity: StampGranularity,
    versions: bool,
}

impl Layout {
    pub(super) fn new(collection: &str, granularity: StampGranularity, versions: bool) -> Self {
        Self { prefix: collection.chars().take(3).collect(), granularity, versions }
    }

    pub(super) fn granularity(&self) -> StampGranularity {
        self.granularity
    }

    /// `cus_00000001` for 1.
    pub(super) fn id(&self, number: u32) -> String {
        format!("{}_{number:08}", self.prefix)
    }

    /// The number in an id that this layout would write; no other spelling is an id.
    pub(super) fn number(&self, id: &str) -> Option<u32> {
        let digits = id.strip_prefix(self.prefix.as_str())?.strip_prefix('_')?;
        let number: u32 = digits.parse().ok()?;
        (self.id(number) == id).then_some(number)
    }

    /// The row of a live record. `fields` holds nothing the row itself says.
    pub(super) fn row(&self, number: u32, updated_ms: i64, version: u32, fields: &Fields) -> Row {
        let external_id = fields.get("external_id").and_then(Value::as_str);
        let tail = serde_json::to_string(fields).expect("JSON values always serialise");
        self.row_of_text(number, (updated_ms, version), external_id, &tail[1..])
    }

    /// As [`Layout::row`], from the members already written, without the opening brace and with
    /// the closing one.
    pub(super) fn row_of_text(
        &self,
        number: u32,
        (updated_ms, version): (i64, u32),
        external_id: Option<&str>,
        tail: &str,
    ) -> Row {
        let updated_ms = self.granularity.truncate(updated_ms);
        let comma = if tail == "}" { "" } else { "," };
        let head = self.head(number, updated_ms, version);
        Row {
            body: [head.as_str(), comma, tail].concat().into_bytes().into(),
            updated_ms,
            version,
            deleted: false,
            external_id: external_id.map(Arc::from),
        }
    }

    /// The same record under a new stamp and the next version, without reading its members.
    pub(super) fn restamped(&self, number: u32, row: &Row, updated_ms: i64) -> Row {
        let updated_ms = self.granularity.truncate(updated_ms);
        let old_head = self.head(number, row.updated_ms, row.version).len();
        let mut body = self.head(number, updated_ms, row.version + 1).into_bytes();
        body.extend_from_slice(&row.body[old_head..]);
        Row { body: body.into(), updated_ms, version: row.version + 1, ..row.clone() }
    }

    /// What is left of a deleted record.
    pub(super) fn tombstone(&self, number: u32, updated_ms: i64, version: u32) -> Row {
        let updated_ms = self.granularity.truncate(updated_ms);
        let (id, stamp) = (self.id(number), self.granularity.render(updated_ms));
        let body = format!(r#"{{"id":"{id}","deleted":true,"updated_at":"{stamp}"}}"#);
        Row { body: body.into_bytes().into(), updated_ms, version, deleted: true, external_id: None }
    }

    /// The members of a row that the row itself does not say.
    pub(super) fn fields(row: &Row) -> Fields {
        let mut fields: Fields = serde_json::from_slice(&row.body).expect("rows hold what this layout wrote");
        for name in ["id", "updated_at", "version"] {
            fields.remove(name);
        }
        fields
    }

    fn head(&self, number: u32, updated_ms: i64, version: u32) -> String {
        let (id, stamp) = (self.id(number), self.granularity.render(updated_ms));
        if self.versions {
            format!(r#"{{"id":"{id}","updated_at":"{stamp}","version":{version}"#)
        } else {
            format!(r#"{{"id":"{id}","updated_at":"{stamp}""#)
        }
    }
}
