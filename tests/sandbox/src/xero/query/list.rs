//! One list.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::filter::Filter;
use super::order::Order;
use crate::kit::Params;
use crate::kit::decimals::{Object, text_of};
use crate::xero::kind::Kind;
use crate::xero::refusal::Refusal;
use crate::xero::render::{Look, shown};
use crate::xero::store::{Book, Row, is_live};

/// What comes with a list besides its parameters.
#[derive(Clone, Copy, Debug)]
pub(in crate::xero) struct Terms {
    /// `If-Modified-Since` in milliseconds since 1970.
    pub(in crate::xero) since_ms: Option<i64>,
    pub(in crate::xero) now_ms: i64,
    pub(in crate::xero) lag_ms: i64,
    pub(in crate::xero) lines_without_page: bool,
}

/// Largest page.
const MAX_PAGE: usize = 1000;

/// The parameters each list knows.
fn known(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Contact => {
            &["where", "order", "IDs", "page", "pageSize", "includeArchived", "summaryOnly", "searchTerm"]
        }
        Kind::Invoice => &[
            "where",
            "order",
            "IDs",
            "InvoiceNumbers",
            "ContactIDs",
            "Statuses",
            "page",
            "pageSize",
            "includeArchived",
            "unitdp",
            "summaryOnly",
            "searchTerm",
        ],
        Kind::CreditNote => &["where", "order", "page", "pageSize", "unitdp"],
        Kind::Payment => &["where", "order", "page", "pageSize"],
        Kind::Item => &["where", "order", "unitdp"],
        Kind::Account | Kind::TaxRate => &["where", "order"],
        Kind::TrackingCategory => &["where", "order", "includeArchived"],
        Kind::Organisation => &[],
    }
}

/// The members of the answer: the array, and the block of the page when there is one.
pub(in crate::xero) fn list(
    book: &Book,
    kind: Kind,
    params: &Params,
    terms: Terms,
) -> Result<Object, Refusal> {
    if let Some(other) = params.names().find(|name| !known(kind).contains(name)) {
        return Err(Refusal::not_modelled(format!("the parameter {other} of {}", kind.path())));
    }
    let page = Page::read(params)?;
    let look = Look {
        lines: page.is_some() || terms.lines_without_page || !kind.is_document(),
        summary: flag(params, "summaryOnly")?,
    };
    let filter = Filter::parse(kind, params.get("where"))?;
    let order = Order::parse(kind, params.get("order"))?;
    let chosen = Chosen::read(kind, params)?;
    let mut rows: Vec<Arc<Object>> = book
        .rows(kind)
        .filter_map(|(id, row)| seen(row, terms).map(|body| (id, body)))
        .filter(|(id, body)| chosen.takes(id, body))
        .filter(|(_, body)| filter.is_empty() || filter.matches(&shown(book, kind, body, look)))
        .map(|(_, body)| Arc::clone(body))
        .collect();
    if !order.is_empty() {
        rows.sort_by(|left, right| order.compare(left, right));
    }
    let mut answer = Object::new();
    if let Some(page) = page {
        answer.insert("pagination".into(), page.block(rows.len()));
        rows = rows.into_iter().skip((page.number - 1) * page.size).take(page.size).collect();
    }
    let rows: Vec<Value> = rows.iter().map(|body| Value::Object(shown(book, kind, body, look))).collect();
    answer.insert(kind.array().into(), Value::Array(rows));
    Ok(answer)
}

/// The state a list sees: not yet what is younger than the lag, and nothing unchanged since.
fn seen(row: &Row, terms: Terms) -> Option<&Arc<Object>> {
    if terms.since_ms.is_some_and(|since| row.updated_ms.div_euclid(1000) < since.div_euclid(1000)) {
        return None;
    }
    let settled = terms.lag_ms == 0 || row.updated_ms + terms.lag_ms <= terms.now_ms;
    if settled { Some(&row.body) } else { row.previous.as_ref() }
}

fn flag(params: &Params, name: &str) -> Result<bool, Refusal> {
    match params.get(name) {
        "" => Ok(false),
        text => match text.to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(Refusal::BadQuery(format!("{name} must be true or false"))),
        },
    }
}

struct Page {
    number: usize,
    size: usize,
}

impl Page {
    /// The page asked for; `None` for everything at once.
    fn read(params: &Params) -> Result<Option<Self>, Refusal> {
        let number = |name: &str, usual: usize| match params.opt(name) {
            None => Ok(usual),
            Some(text) => {
                let number = text.parse::<usize>().ok().filter(|number| *number > 0);
                number.ok_or_else(|| Refusal::BadQuery(format!("{name} must be a number of at least 1")))
            }
        };
        if params.opt("page").is_none() && params.opt("pageSize").is_none() {
            return Ok(None);
        }
        let (number, size) = (number("page", 1)?, number("pageSize", 100)?);
        if size > MAX_PAGE {
            return Err(Refusal::BadQuery(format!("pageSize must not be greater than {MAX_PAGE}")));
        }
        Ok(Some(Self { number, size }))
    }

    fn block(&self, items: usize) -> Value {
        let pages = items.div_ceil(self.size);
        json!({"page": self.number, "pageSize": self.size, "pageCount": pages, "itemCount": items})
    }
}

/// The choices made by parameters other than `where`.
struct Chosen {
    kind: Kind,
    archived: bool,
    ids: Option<HashSet<String>>,
    numbers: Option<HashSet<String>>,
    contacts: Option<HashSet<String>>,
    statuses: Option<HashSet<String>>,
    term: String,
}

impl Chosen {
    fn read(kind: Kind, params: &Params) -> Result<Self, Refusal> {
        let set = |name: &str| {
            let text = params.opt(name)?;
            Some(text.split(',').map(|part| part.trim().to_owned()).collect::<HashSet<String>>())
        };
        let ids = |name: &str| -> Result<Option<HashSet<String>>, Refusal> {
            let Some(set) = set(name) else { return Ok(None) };
            let ids = set.iter().map(|id| uuid::Uuid::parse_str(id).map(|id| id.to_string()));
            let ids = ids.collect::<Result<HashSet<_>, _>>();
            ids.map(Some).map_err(|_| Refusal::BadQuery(format!("{name} must be ids separated by commas")))
        };
        Ok(Self {
            kind,
            archived: flag(params, "includeArchived")?,
            ids: ids("IDs")?,
            numbers: set("InvoiceNumbers"),
            contacts: ids("ContactIDs")?,
            statuses: set("Statuses"),
            term: params.get("searchTerm").to_lowercase(),
        })
    }

    fn takes(&self, id: &str, body: &Object) -> bool {
        let hides_dead = matches!(self.kind, Kind::Contact | Kind::TrackingCategory);
        let within =
            |set: &Option<HashSet<String>>, value: &str| set.as_ref().is_none_or(|set| set.contains(value));
        let contact =
            || body.get("Contact").and_then(|contact| contact["ContactID"].as_str()).unwrap_or_default();
        (!hides_dead || self.archived || is_live(self.kind, body))
            && within(&self.ids, id)
            && within(&self.numbers, text_of(body, "InvoiceNumber"))
            && within(&self.statuses, text_of(body, "Status"))
            && (self.contacts.is_none() || within(&self.contacts, contact()))
            && self.is_found(body)
    }

    fn is_found(&self, body: &Object) -> bool {
        let fields: &[&str] = match self.kind {
            Kind::Contact => {
                &["Name", "FirstName", "LastName", "ContactNumber", "EmailAddress", "CompanyNumber"]
            }
            _ => &["InvoiceNumber", "Reference"],
        };
        self.term.is_empty()
            || fields.iter().any(|field| text_of(body, field).to_lowercase().contains(&self.term))
    }
}
