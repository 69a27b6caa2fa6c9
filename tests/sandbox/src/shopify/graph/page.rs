//! Connections: pages over a table or over a list, with cursors that survive changes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::problem::Problem;
use crate::kit::clock::parse_rfc3339;
use crate::kit::decimals::Object;
use crate::shopify::store::{Filter, Mark, Shop, View, camel, gid};

/// Largest page (fact sheet, "Pagination").
const LARGEST: u64 = 250;
/// Objects that can be paged through in one result (fact sheet, "Pagination").
const REACH: u64 = 25_000;

/// Which part of a list is wanted.
#[derive(Debug)]
pub(crate) struct Wanted {
    limit: usize,
    after: Option<Cursor>,
    before: Option<Cursor>,
    from_end: bool,
    reverse: bool,
    /// No limit at all: a bulk operation.
    whole: bool,
}

/// A place in a list, and how many objects led to it.
#[derive(Clone, Debug)]
struct Cursor {
    mark: Mark,
    count: u64,
}

/// A page before its nodes are looked at.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) nodes: Vec<Value>,
    pub(crate) cursors: Vec<String>,
    pub(crate) has_next: bool,
    pub(crate) has_previous: bool,
}

impl Page {
    /// As the object a selection is made on.
    pub(crate) fn into_object(self) -> Object {
        let edges = self.nodes.iter().zip(&self.cursors);
        let edges: Vec<Value> = edges.map(|(node, cursor)| json!({"node": node, "cursor": cursor})).collect();
        let info = json!({
            "hasNextPage": self.has_next,
            "hasPreviousPage": self.has_previous,
            "startCursor": self.cursors.first(),
            "endCursor": self.cursors.last(),
        });
        let mut object = Object::new();
        object.insert("edges".into(), Value::Array(edges));
        object.insert("nodes".into(), Value::Array(self.nodes));
        object.insert("pageInfo".into(), info);
        object
    }
}

impl Wanted {
    /// Reads the paging arguments. In bulk operations they are ignored.
    pub(crate) fn of(args: &Object, bulk: bool) -> Result<Self, Problem> {
        let size = |name: &str| args.get(name).and_then(Value::as_i64);
        let (first, last) = (size("first"), size("last"));
        let reverse = args.get("reverse") == Some(&json!(true));
        if bulk {
            let limit = usize::MAX;
            return Ok(Self { limit, after: None, before: None, from_end: false, reverse, whole: true });
        }
        let given = match (first, last) {
            (Some(_), Some(_)) => return Err(bad("providing both first and last is not supported")),
            (None, None) => return Err(bad("you must provide one of first or last")),
            (Some(given), None) | (None, Some(given)) => given,
        };
        let name = if first.is_some() { "first" } else { "last" };
        let size = u64::try_from(given).map_err(|_| bad(format!("{name} cannot be a negative number")))?;
        if size > LARGEST {
            return Err(bad(format!("{name} cannot be larger than {LARGEST}")));
        }
        let after = cursor(args, "after")?;
        if after.as_ref().is_some_and(|cursor| cursor.count + size > REACH) {
            return Err(bad(format!("Pagination is limited to the first {REACH} objects")));
        }
        Ok(Self {
            limit: usize::try_from(size).unwrap_or(usize::MAX),
            after,
            before: cursor(args, "before")?,
            from_end: last.is_some(),
            reverse,
            whole: false,
        })
    }

    /// The bounds in rising order.
    fn bounds(&self) -> (Option<&Mark>, Option<&Mark>) {
        let (after, before) =
            (self.after.as_ref().map(|cursor| &cursor.mark), self.before.as_ref().map(|cursor| &cursor.mark));
        if self.reverse { (before, after) } else { (after, before) }
    }

    /// Takes the page out of all places in rising order, already within the bounds.
    fn cut(
        &self,
        marks: impl DoubleEndedIterator<Item = Mark>,
        mut node: impl FnMut(&Mark) -> Option<Value>,
    ) -> Page {
        let falls = self.reverse != self.from_end;
        let mut taken = Vec::new();
        let mut more = false;
        let mut take = |mark: Mark| {
            let Some(node) = node(&mark) else { return true };
            if taken.len() == self.limit {
                more = true;
                return false;
            }
            taken.push((mark, node));
            true
        };
        if falls {
            let _ = marks.rev().all(&mut take);
        } else {
            let mut marks = marks;
            let _ = marks.all(&mut take);
        }
        if self.from_end {
            taken.reverse();
        }
        let before = self.after.as_ref().map_or(0, |cursor| cursor.count);
        let mut page = Page {
            has_next: if self.from_end { self.before.is_some() } else { more },
            has_previous: if self.from_end { more } else { self.after.is_some() },
            ..Page::default()
        };
        for (index, (mark, node)) in (1_u64..).zip(taken) {
            page.cursors.push(if self.whole { String::new() } else { text_of_cursor(&mark, before + index) });
            page.nodes.push(node);
        }
        page
    }

    /// A page of a list that is already there.
    pub(crate) fn of_list(&self, items: &[Value]) -> Page {
        let place = |index: usize| (i64::try_from(index).unwrap_or(i64::MAX), String::new(), 0);
        let (lower, upper) = self.bounds();
        let marks = (0..items.len()).map(place);
        let marks = marks.filter(|mark| is_between(mark, lower, upper));
        self.cut(marks, |mark| items.get(usize::try_from(mark.0).unwrap_or(usize::MAX)).cloned())
    }
}

/// A root list: a kind, a search, an order.
pub(crate) struct Listing<'a> {
    pub(crate) kind: &'a str,
    pub(crate) filter: Filter,
    /// As in the argument: `UPDATED_AT`.
    pub(crate) sort_key: &'a str,
    /// Only these, when given.
    pub(crate) only: Option<&'a [String]>,
}

/// A page of the shop's objects of a kind.
pub(crate) fn page(shop: &Shop, view: View, listing: &Listing<'_>, wanted: &Wanted) -> Page {
    let kind = listing.kind;
    let Some(table) = shop.table(kind) else { return Page::default() };
    let (lower, upper) = wanted.bounds();
    let node = |mark: &Mark| {
        let row = table.get(mark.2).filter(|row| view.may_see(kind, row))?;
        let (body, _) = view.seen(row)?;
        let name = gid(kind, mark.2);
        let is_wanted = listing.only.is_none_or(|only| only.contains(&name));
        (is_wanted && listing.filter.matches(shop, kind, body)).then(|| json!(name))
    };
    match listing.sort_key {
        "ID" | "RELEVANCE" | "" => wanted.cut(table.by_id(lower, upper), node),
        "UPDATED_AT" if view.lag_ms == 0 => wanted.cut(table.by_time(lower, upper), node),
        key => {
            let field = sort_field(key);
            let mark = |(id, row): (u64, &crate::shopify::store::Row)| {
                let (body, _) = view.seen(row)?;
                Some(mark_of(body, &field, id))
            };
            let mut marks: Vec<Mark> = table.rows().filter_map(mark).collect();
            marks.retain(|mark| is_between(mark, lower, upper));
            marks.sort();
            wanted.cut(marks.into_iter(), node)
        }
    }
}

fn sort_field(key: &str) -> String {
    match key {
        "ORDER_NUMBER" | "NUMBER" => "name".to_owned(),
        "CUSTOMER_NAME" => "customer".to_owned(),
        "FINANCIAL_STATUS" => "displayFinancialStatus".to_owned(),
        "FULFILLMENT_STATUS" => "displayFulfillmentStatus".to_owned(),
        key => camel(&key.to_lowercase()),
    }
}

fn mark_of(body: &Object, field: &str, id: u64) -> Mark {
    match body.get(field) {
        Some(Value::String(text)) => match parse_rfc3339(text) {
            Some(at) => (at, String::new(), id),
            None => (0, text.to_lowercase(), id),
        },
        Some(Value::Number(number)) => (number.as_i64().unwrap_or(0), String::new(), id),
        _ => (0, String::new(), id),
    }
}

fn is_between(mark: &Mark, lower: Option<&Mark>, upper: Option<&Mark>) -> bool {
    lower.is_none_or(|lower| mark > lower) && upper.is_none_or(|upper| mark < upper)
}

fn bad(message: impl Into<String>) -> Problem {
    Problem::coded("BAD_REQUEST", message)
}

fn text_of_cursor(mark: &Mark, count: u64) -> String {
    STANDARD.encode(json!([mark.0, mark.1, mark.2, count]).to_string())
}

fn cursor(args: &Object, name: &str) -> Result<Option<Cursor>, Problem> {
    let Some(text) = args.get(name).and_then(Value::as_str) else { return Ok(None) };
    let read = || {
        let parts: Value = serde_json::from_slice(&STANDARD.decode(text).ok()?).ok()?;
        let mark = (parts[0].as_i64()?, parts[1].as_str()?.to_owned(), parts[2].as_u64()?);
        Some(Cursor { mark, count: parts[3].as_u64()? })
    };
    read().map(Some).ok_or_else(|| bad(format!("Invalid cursor for argument '{name}'")))
}
