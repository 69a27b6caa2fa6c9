//! Answers a query from the tables, by an index where there is one.

use std::sync::Arc;

use serde_json::{Value, json};

use super::filter::{Key, Test, check_property, key};
use super::parser::{Condition, Operator, Query, Wanted, parse};
use crate::quickbooks::clock::parse as parse_time;
use crate::quickbooks::decimals::Object;
use crate::quickbooks::faultbody::Refusal;
use crate::quickbooks::kind::Kind;
use crate::quickbooks::schema;
use crate::quickbooks::store::{Company, Row, View, key_of_id};

/// The change time, by which incremental readers filter and order.
const CHANGED: &str = "MetaData.LastUpdatedTime";

/// An object as the query sees it, with the time of its last change in milliseconds.
type Hit<'a> = (u64, &'a Arc<Object>, i64);

/// The content of `QueryResponse`: empty when nothing matches.
pub(crate) fn run(company: &Company, text: &str, view: View) -> Result<Value, Refusal> {
    let query = parse(text)?;
    let kind = Kind::named(&query.entity).ok_or_else(|| unknown_entity(&query.entity))?;
    check(company, kind, &query)?;
    let mut tests = Vec::with_capacity(query.conditions.len());
    for condition in &query.conditions {
        tests.push(Test::new(condition)?);
    }
    let asks_active = query.conditions.iter().any(|c| c.property == "Active");
    let hides_inactive = kind.has_active() && !asks_active;
    let asks_balance = kind.is_name() && query.conditions.iter().any(|c| c.property == "Balance");
    let is_hit = |id: u64, row: &'_ Row| -> bool {
        view.body(row).is_some_and(|body| {
            let is_active = body.get("Active").and_then(Value::as_bool).unwrap_or(true);
            if hides_inactive && !is_active {
                return false;
            }
            if asks_balance {
                let shown = company.shown(kind, id, body);
                return tests.iter().all(|test| test.holds(&shown));
            }
            tests.iter().all(|test| test.holds(body))
        })
    };
    let candidates = candidates(company, kind, &query);
    let mut hits: Vec<Hit<'_>> = candidates
        .into_iter()
        .filter(|(id, row)| is_hit(*id, row))
        .filter_map(|(id, row)| Some((id, view.body(row)?, row.updated_ms)))
        .collect();
    if query.wanted == Wanted::Count {
        return Ok(json!({"totalCount": hits.len()}));
    }
    order(company, kind, &query, &mut hits);
    Ok(page(company, kind, &query, &hits))
}

/// An entity the provider may have and the simulator does not, or no entity at all.
fn unknown_entity(name: &str) -> Refusal {
    if name.starts_with(char::is_uppercase) {
        return Refusal::not_modelled(format!("entity {name}"));
    }
    Refusal::query_meaning(format!("invalid context declaration: {name}"))
}

fn check(company: &Company, kind: Kind, query: &Query) -> Result<(), Refusal> {
    let notes = company.settings.notes_filterable;
    for condition in &query.conditions {
        check_property(kind, &condition.property, notes)?;
    }
    for (property, _) in &query.order {
        check_property(kind, property, notes)?;
    }
    let Wanted::Fields(fields) = &query.wanted else { return Ok(()) };
    for field in fields {
        let first = field.split('.').next().unwrap_or_default();
        let is_known = matches!(first, "Id" | "SyncToken") || schema::find(kind, first).is_some();
        if !is_known {
            return Err(Refusal::query_meaning(format!(
                "Property {field} not found for Entity {}",
                kind.name()
            )));
        }
    }
    Ok(())
}

/// Rows that can match: by id, name or number, or change time where a condition says so. While
/// queries lag, the indexes (which know the newest state only) serve as a hint for new states, and
/// older ones are found by looking at everything.
fn candidates<'a>(company: &'a Company, kind: Kind, query: &Query) -> Vec<(u64, &'a Row)> {
    let table = company.table(kind);
    let with_row = |id: u64| table.get(id).map(|row| (id, row));
    if !company.keep_previous {
        for condition in &query.conditions {
            let Condition { property, operator, values } = condition;
            let exact = matches!(operator, Operator::Equal | Operator::In);
            if exact && property == "Id" {
                let mut ids: Vec<u64> = values.iter().filter_map(|id| key_of_id(id)).collect();
                ids.sort_unstable();
                ids.dedup();
                return ids.into_iter().filter_map(with_row).collect();
            }
            if exact && table.is_key(property) {
                let mut ids: Vec<u64> = values.iter().flat_map(|key| table.with_key(key)).collect();
                ids.sort_unstable();
                ids.dedup();
                return ids.into_iter().filter_map(with_row).collect();
            }
        }
        if let Some(since) = query.conditions.iter().find_map(since) {
            return table.changed_since(since).filter_map(|(_, id)| with_row(id)).collect();
        }
    }
    table.rows().collect()
}

/// The lower bound a condition puts on the change time, to the second.
fn since(condition: &Condition) -> Option<i64> {
    let bounds = matches!(condition.operator, Operator::Greater | Operator::AtLeast);
    if !bounds || condition.property != CHANGED {
        return None;
    }
    Some(parse_time(condition.values.first()?)?.div_euclid(1000) * 1000)
}

/// As asked; else newest transaction first and lists by id. Equal keys stay in id order.
fn order(company: &Company, kind: Kind, query: &Query, hits: &mut Vec<Hit<'_>>) {
    if kind.is_transaction() && query.order.is_empty() {
        hits.sort_unstable_by_key(|(id, ..)| std::cmp::Reverse(*id));
        return;
    }
    hits.sort_unstable_by_key(|(id, ..)| *id);
    match query.order.as_slice() {
        [] => return,
        [(property, false)] if property == CHANGED && !company.keep_previous => {
            hits.sort_by_key(|(_, _, at)| at.div_euclid(1000));
            return;
        }
        _ => {}
    }
    let key_of = |id: u64, body: &Object, property: &str| -> Key {
        if kind.is_name() && property == "Balance" {
            return Key::Number(company.balance_of(id));
        }
        key(body, property)
    };
    let mut keyed: Vec<(Vec<Key>, Hit<'_>)> = hits
        .drain(..)
        .map(|(id, body, at)| {
            let keys = query.order.iter().map(|(property, _)| key_of(id, body, property)).collect();
            (keys, (id, body, at))
        })
        .collect();
    keyed.sort_by(|(left, _), (right, _)| {
        let pairs = left.iter().zip(right).zip(&query.order);
        pairs
            .map(|((l, r), (_, down))| if *down { r.cmp(l) } else { l.cmp(r) })
            .find(|found| found.is_ne())
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    hits.extend(keyed.into_iter().map(|(_, hit)| hit));
}

fn page(company: &Company, kind: Kind, query: &Query, hits: &[Hit<'_>]) -> Value {
    let rows: Vec<Value> = hits
        .iter()
        .skip(query.start - 1)
        .take(query.max)
        .map(|(id, body, _)| Value::Object(projected(company.shown(kind, *id, body), &query.wanted)))
        .collect();
    if rows.is_empty() {
        return json!({});
    }
    let mut response = json!({"startPosition": query.start, "maxResults": rows.len()});
    response[kind.name()] = Value::Array(rows);
    response
}

/// The listed properties only, marked as sparse.
fn projected(mut object: Object, wanted: &Wanted) -> Object {
    let Wanted::Fields(fields) = wanted else { return object };
    let first = |field: &str| field.split('.').next().unwrap_or_default().to_owned();
    let names: Vec<String> = fields.iter().map(|field| first(field)).collect();
    object.retain(|name, _| name == "domain" || names.iter().any(|wanted| wanted == name));
    object.insert("sparse".into(), Value::Bool(true));
    object
}
