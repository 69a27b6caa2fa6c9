//! Change data capture (fact sheet, "Incremental reads"): everything changed since a time, deletes
//! included, at most 1,000 objects over all entities, silently.

use serde_json::{Map, Value, json};

use super::clock::{parse, stamp};
use super::faultbody::Refusal;
use super::kind::Kind;
use super::store::{Company, View};

/// Objects one answer holds.
const CAP: usize = 1000;
/// How far back changes can be asked for, in milliseconds.
const LOOK_BACK_MS: i64 = 30 * 24 * 3600 * 1000;

/// The whole body. Newest changes come first, so that a full answer lacks the older ones.
pub(crate) fn changes(company: &Company, entities: &str, since: &str, view: View) -> Result<Value, Refusal> {
    if entities.is_empty() {
        return Err(Refusal::missing("entities"));
    }
    let since_ms = since_ms(since, view.now_ms)?;
    let mut left = CAP;
    let mut responses = Vec::new();
    for name in entities.split(',').map(str::trim) {
        let kind = Kind::named(name).ok_or_else(|| Refusal::not_modelled(format!("entity {name}")))?;
        if !kind.in_cdc() {
            return Err(Refusal::bad_parameter("entities", format!("CDC is not supported for {name}")));
        }
        let found = of_kind(company, kind, since_ms, view);
        let found: Vec<Value> = found.into_iter().take(left).collect();
        left -= found.len();
        responses.push(response(kind, found));
    }
    Ok(json!({"CDCResponse": [{"QueryResponse": responses}], "time": stamp(view.now_ms)}))
}

fn since_ms(since: &str, now_ms: i64) -> Result<i64, Refusal> {
    if since.is_empty() {
        return Err(Refusal::missing("changedSince"));
    }
    let at = parse(since)
        .ok_or_else(|| Refusal::bad_parameter("changedSince", format!("{since} is no date or time")))?;
    if at < now_ms - LOOK_BACK_MS {
        return Err(Refusal::bad_parameter("changedSince", "changedSince must be within the last 30 days"));
    }
    Ok(at.div_euclid(1000) * 1000)
}

fn of_kind(company: &Company, kind: Kind, since_ms: i64, view: View) -> Vec<Value> {
    let table = company.table(kind);
    let mut found: Vec<(i64, Value)> = Vec::new();
    for (at, id) in table.changed_since(since_ms).rev().take(CAP) {
        let Some(body) = table.get(id).and_then(|row| view.body(row)) else { continue };
        found.push((at, Value::Object(company.shown(kind, id, body))));
    }
    let gone = table.gone().filter(|(_, at)| *at >= since_ms && view.is_shown(*at));
    found.extend(gone.map(|(id, at)| (at, Company::tombstone(id, at))));
    found.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    found.into_iter().map(|(_, object)| object).collect()
}

fn response(kind: Kind, found: Vec<Value>) -> Value {
    let mut response = Map::new();
    if !found.is_empty() {
        response.insert("startPosition".into(), Value::from(1));
        response.insert("maxResults".into(), Value::from(found.len()));
        response.insert(kind.name().into(), Value::Array(found));
    }
    Value::Object(response)
}
