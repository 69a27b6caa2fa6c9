//! Batches: up to 30 items done one after another, each with its own outcome; HTTP is 200 even
//! when items failed (fact sheet, "Bulk / batch").

use serde_json::{Value, json};

use super::clock::stamp;
use super::decimals::{Object, text_of};
use super::faultbody::Refusal;
use super::kind::Kind;
use super::query;
use super::store::{Company, View};
use super::write::{Manner, Verb, perform};

/// Items in one batch.
const MAX_ITEMS: usize = 30;
/// Characters of a `bId` when the batch has a `requestid` (the provider's notice on request ids).
const MAX_ID_WITH_REQUEST: usize = 10;

/// Does the batch; answers the whole body. `identified`: a `requestid` was given.
pub(crate) fn run(
    company: &mut Company,
    body: &Object,
    identified: bool,
    lag_ms: i64,
) -> Result<Value, Refusal> {
    let items = body
        .get("BatchItemRequest")
        .and_then(Value::as_array)
        .ok_or_else(|| Refusal::missing("BatchItemRequest"))?;
    if items.len() > MAX_ITEMS {
        return Err(Refusal::business(format!("The batch has more than {MAX_ITEMS} items.")));
    }
    let items = items.iter().map(|item| identifier(item, identified)).collect::<Result<Vec<_>, _>>()?;
    let mut responses = Vec::with_capacity(items.len());
    for (id, item) in items {
        let mut response = match one(company, item, lag_ms) {
            Ok(response) => response,
            Err(refusal) => json!({"Fault": refusal.fault()}),
        };
        response["bId"] = Value::from(id);
        responses.push(response);
    }
    Ok(json!({"BatchItemResponse": responses, "time": stamp(company.clock.now_ms())}))
}

/// An item with its `bId`; all are checked before the first is done.
fn identifier(item: &Value, identified: bool) -> Result<(&str, &Object), Refusal> {
    let item = item.as_object().ok_or_else(|| Refusal::unreadable("a batch item is no object"))?;
    let id = text_of(item, "bId");
    let length = id.chars().count();
    if length == 0 {
        return Err(Refusal::missing("bId"));
    }
    if identified && length > MAX_ID_WITH_REQUEST {
        return Err(Refusal::too_long("bId", MAX_ID_WITH_REQUEST, length));
    }
    Ok((id, item))
}

fn one(company: &mut Company, item: &Object, lag_ms: i64) -> Result<Value, Refusal> {
    if let Some(text) = item.get("Query").and_then(Value::as_str) {
        let view = View { now_ms: company.clock.now_ms(), lag_ms };
        return Ok(json!({"QueryResponse": query::run(company, text, view)?}));
    }
    let mut found = None;
    for (name, value) in item {
        match name.as_str() {
            "bId" | "operation" | "optionsData" => {}
            _ => {
                let kind = Kind::named(name)
                    .ok_or_else(|| Refusal::not_modelled(format!("batch items with {name}")))?;
                let body = value.as_object().ok_or_else(|| Refusal::unreadable("an entity is no object"))?;
                found = Some((kind, body));
            }
        }
    }
    let (kind, body) = found.ok_or_else(|| Refusal::missing("entity"))?;
    let verb = match text_of(item, "operation") {
        "create" if body.contains_key("Id") => {
            return Err(Refusal::bad_property("Id", "in a create"));
        }
        "update" if !body.contains_key("Id") => return Err(Refusal::missing("Id")),
        "create" | "update" => Verb::Save,
        "delete" => Verb::Delete,
        "" => return Err(Refusal::missing("operation")),
        other => return Err(Refusal::not_modelled(format!("batch operation {other}"))),
    };
    let any_doc_number = text_of(item, "optionsData").eq_ignore_ascii_case("allowduplicatedocnum");
    let object = perform(company, (verb, kind), body, Manner { any_doc_number, by_hand: false })?;
    let mut response = json!({});
    response[kind.name()] = object;
    Ok(response)
}
