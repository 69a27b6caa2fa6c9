//! Objects as they are shown: at once by id, late in queries and change data capture.

use std::sync::Arc;

use serde_json::Value;

use super::company::{Company, id_text};
use super::table::Row;
use crate::quickbooks::decimals::{Object, number};
use crate::quickbooks::kind::Kind;

/// What queries may see: nothing younger than `lag_ms`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    pub(crate) now_ms: i64,
    pub(crate) lag_ms: i64,
}

impl View {
    /// The state of a row a query sees; `None` while a new object is not there yet.
    pub(crate) fn body<'a>(&self, row: &'a Row) -> Option<&'a Arc<Object>> {
        if self.is_shown(row.updated_ms) { Some(&row.body) } else { row.previous.as_ref() }
    }

    /// Whether a change made at this time is seen.
    pub(crate) fn is_shown(&self, at_ms: i64) -> bool {
        self.lag_ms == 0 || at_ms + self.lag_ms <= self.now_ms
    }
}

impl Company {
    /// The object as answered.
    pub(crate) fn render(&self, kind: Kind, id: u64) -> Option<Value> {
        let row = self.row(kind, id)?;
        Some(Value::Object(self.shown(kind, id, &row.body)))
    }

    /// A stored state with the properties that are worked out on reading.
    pub(crate) fn shown(&self, kind: Kind, id: u64, body: &Object) -> Object {
        let mut shown = body.clone();
        if kind == Kind::Customer {
            let balance = number(self.balance_of(id));
            shown.insert("Balance".into(), balance.clone());
            shown.insert("BalanceWithJobs".into(), balance);
        } else if kind == Kind::Vendor {
            shown.insert("Balance".into(), number(self.balance_of(id)));
        }
        shown
    }

    /// The deleted transaction as change data capture shows it: id, status and the time it went.
    pub(crate) fn tombstone(id: u64, at_ms: i64) -> Value {
        serde_json::json!({
            "domain": "QBO",
            "status": "Deleted",
            "Id": id_text(id),
            "MetaData": {"LastUpdatedTime": crate::quickbooks::clock::stamp(at_ms)}
        })
    }
}
