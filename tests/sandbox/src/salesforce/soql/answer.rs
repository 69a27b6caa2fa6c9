//! `/query`, `/queryAll` and the pages that follow.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::evaluate::{meets, sort};
use super::filter::{field, typed};
use super::lexer::malformed;
use super::parser::parse;
use super::syntax::{Order, Query};
use crate::faults::mix;
use crate::kit::Answer;
use crate::salesforce::call::Call;
use crate::salesforce::kind::Kind;
use crate::salesforce::record::shown;
use crate::salesforce::refusal::Refusal;
use crate::salesforce::routes::App;
use crate::salesforce::store::{Org, Version};

/// How long a result can be read on: two days.
const LIFE_MS: i64 = 2 * 24 * 3600 * 1000;

/// Smallest and largest `batchSize`.
const BATCH: (usize, usize) = (200, 2000);

/// Results that have more pages.
#[derive(Debug, Default)]
pub(in crate::salesforce) struct Cursors {
    made: u64,
    open: HashMap<String, Cursor>,
}

#[derive(Debug)]
struct Cursor {
    until_ms: i64,
    batch: usize,
    records: Vec<Value>,
}

type Found = (String, Arc<Version>);

/// `GET /query?q=` and, with deleted records, `GET /queryAll?q=`.
pub(in crate::salesforce) fn query(app: &App, call: &Call, all: bool) -> Result<Answer, Refusal> {
    call.only(&["q"])?;
    let query = parse(call.params.get("q"))?;
    let batch = batch(app, call)?;
    let org = app.org();
    let kind = object(&org, &query.object)?;
    let found = rows(app, &org, kind, (&query, all))?;
    if query.selected.is_empty() {
        return Ok(Answer::json(200, &json!({"totalSize": found.len(), "done": true, "records": []})));
    }
    let fields = selected(&org, kind, &query.selected)?;
    let record = |(id, version): &Found| shown(&org, (kind, id), version, (&call.root(), Some(&fields)));
    let records: Vec<Value> = found.iter().map(record).collect();
    Ok(Answer::json(200, &first(app, call, records, batch)))
}

/// The hint of `Sforce-Query-Options`, within what the org gives.
fn batch(app: &App, call: &Call) -> Result<usize, Refusal> {
    let hint = match call.option("sforce-query-options", "batchSize") {
        None => BATCH.1,
        Some(text) => text
            .parse()
            .map_err(|_| Refusal::bad("INVALID_QUERY_OPTIONS", format!("batchSize is no number: {text}")))?,
    };
    Ok(hint.clamp(BATCH.0, BATCH.1).min(app.config.largest_page.max(1)))
}

fn object(org: &Org, name: &str) -> Result<Kind, Refusal> {
    let kind = Kind::named(name).ok_or_else(|| Refusal::not_modelled(format!("the object {name}")))?;
    if org.settings.forbidden.contains(&kind) {
        return Err(Refusal::bad("INVALID_TYPE", format!("sObject type '{name}' is not supported.")));
    }
    Ok(kind)
}

fn selected(org: &Org, kind: Kind, names: &[String]) -> Result<Vec<String>, Refusal> {
    let mut fields: Vec<String> = Vec::new();
    for name in names {
        let own = field(org, kind, name)?.name.clone();
        if fields.contains(&own) {
            return Err(Refusal::bad("INVALID_FIELD", format!("duplicate field selected: {name}")));
        }
        fields.push(own);
    }
    Ok(fields)
}

fn rows(app: &App, org: &Org, kind: Kind, (query, all): (&Query, bool)) -> Result<Vec<Found>, Refusal> {
    let filter = query.filter.as_ref().map(|filter| typed(org, kind, filter)).transpose()?;
    let order = query.order.iter().map(|own| sortable(org, kind, own)).collect::<Result<Vec<_>, _>>()?;
    let (now_ms, lag_ms) = (org.clock.now_ms(), app.lag_ms());
    let seen = org.rows(kind).filter_map(|(id, row)| row.seen(now_ms, lag_ms).map(|own| (id, own)));
    let meets = |(id, own): &(&String, &Arc<Version>)| {
        (all || !own.deleted)
            && filter.as_ref().is_none_or(|filter| meets(filter, &|name| own.value(id, name, &org.user_id)))
    };
    let mut found: Vec<Found> = seen.filter(meets).map(|(id, own)| (id.clone(), Arc::clone(own))).collect();
    if app.config.shuffle_unordered {
        let turn = app.next_query();
        found.sort_by_key(|(id, _)| id.bytes().fold(turn, |mixed, byte| mix(mixed ^ u64::from(byte))));
    }
    let value = |(id, own): &Found, name: &str| own.value(id, name, &org.user_id);
    found.sort_by(|left, right| {
        let by = |own: &Order| ordered(&value(left, &own.field), &value(right, &own.field), own);
        order.iter().map(by).find(|order| *order != Ordering::Equal).unwrap_or(Ordering::Equal)
    });
    Ok(found.into_iter().skip(query.offset).take(query.limit.unwrap_or(usize::MAX)).collect())
}

fn sortable(org: &Org, kind: Kind, order: &Order) -> Result<Order, Refusal> {
    let field = field(org, kind, &order.field)?;
    if !field.is_filterable() {
        return Err(malformed(format!("field '{}' can not be sorted in a query call", order.field)));
    }
    Ok(Order { field: field.name.clone(), ..order.clone() })
}

fn ordered(left: &Value, right: &Value, order: &Order) -> Ordering {
    if left.is_null() || right.is_null() {
        let nulls_first = sort(&order.field, left, right);
        return if order.nulls_last { nulls_first.reverse() } else { nulls_first };
    }
    let ascending = sort(&order.field, left, right);
    if order.descending { ascending.reverse() } else { ascending }
}

/// The first page; the rest is kept.
fn first(app: &App, call: &Call, mut records: Vec<Value>, batch: usize) -> Value {
    let total = records.len();
    if total <= batch {
        return json!({"totalSize": total, "done": true, "records": records});
    }
    let mut cursors = app.cursors();
    cursors.made += 1;
    let locator = format!("01g5g{:010}EAA", cursors.made);
    let url = format!("{}/query/{locator}-{batch}", call.root());
    let page: Vec<Value> = records.iter_mut().take(batch).map(Value::take).collect();
    let until_ms = app.clock.now_ms() + LIFE_MS;
    cursors.open.insert(locator, Cursor { until_ms, batch, records });
    json!({"totalSize": total, "done": false, "nextRecordsUrl": url, "records": page})
}

/// `GET /query/{locator}-{offset}`: a page of a result that was asked for before.
pub(in crate::salesforce) fn more(app: &App, call: &Call, locator: &str) -> Result<Answer, Refusal> {
    let invalid = || Refusal::bad("INVALID_QUERY_LOCATOR", "invalid query locator");
    let (name, offset) = locator.rsplit_once('-').ok_or_else(invalid)?;
    let offset: usize = offset.parse().map_err(|_| invalid())?;
    let cursors = app.cursors();
    let cursor = cursors.open.get(name).filter(|cursor| cursor.until_ms > app.clock.now_ms());
    let cursor = cursor.ok_or_else(invalid)?;
    let total = cursor.records.len();
    let page: Vec<&Value> = cursor.records.iter().skip(offset).take(cursor.batch).collect();
    let end = offset + page.len();
    if page.is_empty() || page.iter().any(|record| record.is_null()) {
        return Err(invalid());
    }
    let mut body = json!({"totalSize": total, "done": end >= total, "records": page});
    if end < total {
        body["nextRecordsUrl"] = json!(format!("{}/query/{name}-{end}", call.root()));
    }
    Ok(Answer::json(200, &body))
}
