//! Lists of entities.

use std::cmp::Ordering;

use axum::http::HeaderMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::book::{Book, Row};
use super::kinds::Kind;
use super::property::Holds;
use super::query::{Filter, Ground, Options, ordering, parameters};
use super::refusal;
use crate::kit::Answer;
use crate::kit::decimals::Object;

/// What stays as it is in a link.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b',').remove(b'\'');

/// A page of a list.
pub(super) fn list(book: &Book, kind: &Kind, query: &str, headers: &HeaderMap) -> Result<Answer, Answer> {
    let options = Options::read(query, headers)?;
    let rows = found(book, kind, &options)?;
    let select = options.given.get("$select").map(|names| selected(book, kind, names)).transpose()?;
    let all = rows.len().saturating_sub(options.skip);
    let wanted = options.top.map_or(all, |top| top.min(all));
    let size = if options.page_size == 0 { wanted } else { wanted.min(options.page_size) };
    let page: Vec<Object> =
        rows.iter().skip(options.skip).take(size).map(|row| picked(row, select.as_deref())).collect();
    let mut body = Object::new();
    body.insert("@odata.context".into(), json!(format!("$metadata#{}", kind.set)));
    if options.given.get("$count").is_some_and(|count| count == "true") {
        body.insert("@odata.count".into(), json!(rows.len()));
    }
    body.insert("value".into(), json!(page));
    if size < wanted {
        body.insert("@odata.nextLink".into(), json!(next_link(kind, &options, size)));
    }
    let answer = Answer::json(200, &body);
    Ok(match options.applied {
        Some(applied) => answer.with("Preference-Applied", applied),
        None => answer,
    })
}

/// How many entities meet the filter, as plain text.
pub(super) fn count(book: &Book, kind: &Kind, query: &str, headers: &HeaderMap) -> Result<Answer, Answer> {
    let options = Options::read(query, headers)?;
    let count = found(book, kind, &options)?.len();
    Ok(Answer::text(200, "text/plain", count.to_string()))
}

/// One entity.
pub(super) fn one(book: &Book, kind: &Kind, row: &Row, query: &str) -> Result<Answer, Answer> {
    let given = parameters(query, &["$select"])?;
    let select = given.get("$select").map(|names| selected(book, kind, names)).transpose()?;
    Ok(entity(200, kind, row, select.as_deref()))
}

/// The answer that shows an entity.
pub(super) fn entity(status: u16, kind: &Kind, row: &Row, select: Option<&[String]>) -> Answer {
    let mut body = Object::new();
    body.insert("@odata.context".into(), json!(format!("$metadata#{}/$entity", kind.set)));
    body.extend(picked(row, select));
    Answer::json(status, &body).with("ETag", row.etag())
}

fn picked(row: &Row, select: Option<&[String]>) -> Object {
    let mut shown = row.shown();
    if let Some(select) = select {
        shown.retain(|name, _| name == "@odata.etag" || select.contains(name));
    }
    shown
}

fn found<'a>(book: &'a Book, kind: &Kind, options: &Options) -> Result<Vec<&'a Row>, Answer> {
    let known = |name: &str| ground(book, kind, options, name);
    let filter = options.given.get("$filter").map(|text| Filter::parse(text, &known));
    let filter = filter.transpose().map_err(|said| refusal::bad_request(&said))?;
    let orders = options.given.get("$orderby").map(|text| orders(text, &known)).transpose()?;
    let meets = |row: &&Row| filter.as_ref().is_none_or(|filter| filter.holds(&row.fields));
    let mut rows: Vec<&Row> = book.rows(kind).filter(meets).collect();
    if let Some(orders) = orders {
        rows.sort_by(|one, other| compared(&orders, one, other));
    }
    Ok(rows)
}

fn ground(book: &Book, kind: &Kind, options: &Options, name: &str) -> Option<Ground> {
    let holds = match kind.property(name) {
        Some(property) if matches!(property.holds, Holds::Lines(_)) => return None,
        Some(property) => property.holds,
        None if book.config.user_fields.iter().any(|field| field == name) => Holds::Text(254),
        None => return None,
    };
    Some(Ground { holds, caseless: options.caseless })
}

struct Order {
    name: String,
    ground: Ground,
    falling: bool,
}

fn orders(text: &str, known: &dyn Fn(&str) -> Option<Ground>) -> Result<Vec<Order>, Answer> {
    let one = |part: &str| {
        let (name, way) = part.trim().split_once(' ').unwrap_or((part.trim(), "asc"));
        let falling = match way.trim() {
            "asc" => false,
            "desc" => true,
            other => return Err(refusal::bad_request(&format!("'{other}' is no order"))),
        };
        let ground =
            known(name).ok_or_else(|| refusal::bad_request(&format!("Property '{name}' is invalid")))?;
        Ok(Order { name: name.to_owned(), ground, falling })
    };
    text.split(',').map(one).collect()
}

/// Null comes first, as on the databases that the service stands on.
fn compared(orders: &[Order], one: &Row, other: &Row) -> Ordering {
    let mut found = Ordering::Equal;
    for order in orders {
        let (one, other) = (value(one, &order.name), value(other, &order.name));
        let by_null = other.is_null().cmp(&one.is_null());
        let by_value = ordering(order.ground, one, other).unwrap_or(by_null);
        found = found.then(if order.falling { by_value.reverse() } else { by_value });
    }
    found.then_with(|| one.key.cmp(&other.key))
}

fn value<'a>(row: &'a Row, name: &str) -> &'a Value {
    row.fields.get(name).unwrap_or(&Value::Null)
}

fn selected(book: &Book, kind: &Kind, names: &str) -> Result<Vec<String>, Answer> {
    let known =
        |name: &str| kind.property(name).is_some() || book.config.user_fields.iter().any(|own| own == name);
    let names = names.split(',').map(str::trim);
    let names = names
        .map(|name| if known(name) { Ok(name.to_owned()) } else { Err(refusal::no_property(name, kind.of)) });
    names.collect()
}

/// Relative to the service's root, with everything that was asked.
fn next_link(kind: &Kind, options: &Options, taken: usize) -> String {
    let mut given = options.given.clone();
    if let Some(top) = options.top {
        given.insert("$top".into(), (top - taken).to_string());
    }
    given.insert("$skip".into(), (options.skip + taken).to_string());
    let pairs = given.iter().map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, PLAIN)));
    format!("{}?{}", kind.set, pairs.collect::<Vec<_>>().join("&"))
}
