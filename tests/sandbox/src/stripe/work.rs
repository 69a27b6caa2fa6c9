//! A piece of work on a ledger: what it may read, how it changes objects and what it tells.

use std::sync::Arc;

use serde_json::{Value, json};

use super::kind::Kind;
use super::ledger::Ledger;
use super::refusal::Refusal;
use super::render::render;
use super::version::Version;
use crate::kit::decimals::{Object, text_of};

/// What made an event happen; empty for a person at the dashboard or a clock.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cause {
    pub(crate) request_id: Option<String>,
    pub(crate) key: Option<String>,
}

/// A ledger at one moment, in the version of one request.
pub(crate) struct Work<'a> {
    pub(crate) ledger: &'a mut Ledger,
    pub(crate) now_ms: i64,
    pub(crate) version: &'a Version,
    /// The version events are written in (fact sheet, "Incremental reads").
    pub(crate) account_version: &'a Version,
    pub(crate) cause: Cause,
}

impl Work<'_> {
    /// Unix seconds.
    pub(crate) fn now(&self) -> i64 {
        self.now_ms / 1000
    }

    /// An object that is there and not deleted; `param` is what named it.
    pub(crate) fn find(&self, kind: Kind, id: &str, param: &str) -> Result<Arc<Object>, Refusal> {
        let found = self.ledger.get(kind, id).cloned();
        found.ok_or_else(|| Refusal::no_such(kind.name(), id, param))
    }

    /// Stores a new object and tells of it.
    pub(crate) fn add(&mut self, kind: Kind, body: Object) -> String {
        let id = text_of(&body, "id").to_owned();
        self.ledger.table_mut(kind).insert(&id, body, self.now_ms);
        id
    }

    /// Changes an object and answers what it was.
    pub(crate) fn alter(&mut self, kind: Kind, id: &str, change: impl FnOnce(&mut Object)) -> Arc<Object> {
        let before = self.ledger.table_mut(kind).alter(id, self.now_ms, change);
        before.expect("whoever alters an object has just found it")
    }

    /// As the request's version shows it.
    pub(crate) fn shown(&self, kind: Kind, id: &str) -> Value {
        let body = self.ledger.table(kind).row(id).map(|row| Arc::clone(&row.body));
        body.map_or(Value::Null, |body| render(self.ledger, kind, &body, self.version))
    }

    /// Writes the event `name` about an object as it is now; with `before`, what changed.
    pub(crate) fn tell(&mut self, name: &str, kind: Kind, id: &str, before: Option<&Arc<Object>>) {
        let Some(row) = self.ledger.table(kind).row(id) else { return };
        let after = Arc::clone(&row.body);
        let event_id = self.ledger.fresh_id(Kind::Event);
        let mut event = Object::new();
        event.insert("id".into(), json!(event_id));
        event.insert("object".into(), json!("event"));
        event.insert("api_version".into(), json!(self.account_version.text()));
        event.insert("created".into(), json!(self.now()));
        event.insert("livemode".into(), json!(self.ledger.livemode));
        event.insert("pending_webhooks".into(), json!(0));
        event.insert(
            "request".into(),
            json!({"id": self.cause.request_id, "idempotency_key": self.cause.key}),
        );
        event.insert("type".into(), json!(name));
        event.insert("_kind".into(), json!(kind.name()));
        event.insert("_after".into(), Value::Object((*after).clone()));
        if let Some(before) = before {
            event.insert("_before".into(), Value::Object((**before).clone()));
        }
        self.ledger.table_mut(Kind::Event).insert(&event_id, event, self.now_ms);
        self.ledger.outbox.push(event_id);
    }

    /// Changes an object and tells `name` with what changed.
    pub(crate) fn change(&mut self, (kind, id): (Kind, &str), name: &str, change: impl FnOnce(&mut Object)) {
        let before = self.alter(kind, id, change);
        self.tell(name, kind, id, Some(&before));
    }
}

/// Puts pairs into an object's metadata; `null` takes one out, and `null` alone all.
/// Errors: more than 50 keys.
pub(crate) fn merge_metadata(body: &mut Object, given: &Value) -> Result<(), Refusal> {
    let mut pairs = body.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    match given {
        Value::Object(given) => {
            for (name, value) in given {
                if value.is_null() {
                    pairs.remove(name);
                } else {
                    pairs.insert(name.clone(), value.clone());
                }
            }
        }
        _ => pairs.clear(),
    }
    if pairs.len() > 50 {
        return Err(Refusal::invalid("", "metadata", "Metadata can have up to 50 keys"));
    }
    body.insert("metadata".into(), Value::Object(pairs));
    Ok(())
}

/// Copies the given parameters of these names; metadata is merged.
pub(crate) fn take(body: &mut Object, given: &Object, names: &[&str]) -> Result<(), Refusal> {
    for name in names {
        if let Some(value) = given.get(*name) {
            body.insert((*name).to_owned(), value.clone());
        }
    }
    given.get("metadata").map_or(Ok(()), |metadata| merge_metadata(body, metadata))
}

/// An integer property; zero when absent.
pub(crate) fn int(body: &Object, name: &str) -> i64 {
    body.get(name).and_then(Value::as_i64).unwrap_or(0)
}

/// A flag; false when absent.
pub(crate) fn is(body: &Object, name: &str) -> bool {
    body.get(name).and_then(Value::as_bool).unwrap_or(false)
}

/// Text of a parameter; `None` when absent or unset.
pub(crate) fn given<'a>(params: &'a Object, name: &str) -> Option<&'a str> {
    params.get(name).and_then(Value::as_str)
}

/// The object of a `json!` literal.
pub(crate) fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        _ => Object::new(),
    }
}
