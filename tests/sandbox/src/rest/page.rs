//! One page of a list, put together from the bytes of its rows.

use serde_json::json;

use super::cursor::Cursor;
use super::layout::Row;
use super::query::{ListQuery, Order};
use super::view::View;

/// A page and how many records are on it.
pub(super) struct Page {
    pub(super) body: Vec<u8>,
    pub(super) rows: usize,
}

/// The page `query` asks for. `total` counts the whole collection, not what the filter leaves,
/// except for a search by `external_id`.
pub(super) fn page(view: &View, query: &ListQuery) -> Page {
    let mut found = numbers(view, query)
        .filter_map(|number| view.get(number).map(|row| (number, row)))
        .filter(|(_, row)| query.include_deleted || !row.deleted);
    let rows: Vec<(u32, &Row)> = found.by_ref().take(query.limit).collect();
    let has_more = found.next().is_some();
    let next = rows.last().filter(|_| has_more).map(|(number, row)| Cursor {
        filter: query.filter,
        stamp_ms: row.updated_ms,
        number: *number,
    });
    Page { body: body(&rows, next, total(view, query)), rows: rows.len() }
}

/// The numbers of the records in the order of the query, from where the page begins.
fn numbers<'a>(view: &'a View, query: &'a ListQuery) -> Box<dyn Iterator<Item = u32> + 'a> {
    let after = query.after.map_or(0, |cursor| cursor.number);
    match &query.order {
        Order::ById => Box::new(after.saturating_add(1)..=view.last_number()),
        Order::Carrying(key) => Box::new(view.carrying(key).filter(move |n| *n > after)),
        Order::ChangedSince(since) => {
            let from = match query.after {
                Some(cursor) => (cursor.stamp_ms, cursor.number.saturating_add(1)),
                None => (*since, 0),
            };
            Box::new(view.changed_from(from))
        }
    }
}

fn total(view: &View, query: &ListQuery) -> usize {
    match &query.order {
        Order::Carrying(key) => view.carrying(key).count(),
        _ if query.include_deleted => view.all(),
        _ => view.live(),
    }
}

fn body(rows: &[(u32, &Row)], next: Option<Cursor>, total: usize) -> Vec<u8> {
    let cursor = json!(next.map(Cursor::encode));
    let has_more = next.is_some();
    let tail = format!(r#"],"has_more":{has_more},"next_cursor":{cursor},"total":{total}}}"#);
    let size: usize = rows.iter().map(|(_, row)| row.body.len() + 1).sum();
    let mut body = Vec::with_capacity(size + tail.len() + 16);
    body.extend_from_slice(br#"{"data":["#);
    for (index, (_, row)) in rows.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        body.extend_from_slice(&row.body);
    }
    body.extend_from_slice(tail.as_bytes());
    body
}
