//! `…/search`: an index that comes after the writes (fact sheet, "Incremental reads").

mod clause;

use std::sync::Arc;

use serde_json::{Value, json};

use self::clause::{Query, parse};
use super::kind::Kind;
use super::ledger::Ledger;
use super::refusal::Refusal;
use super::render::render;
use super::version::Version;
use super::work::given;
use crate::kit::decimals::Object;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    Text,
    Number,
    Flag,
}

use Holds::{Flag, Number, Text};

/// The fields that can be searched, by kind (the provider's list, as far as objects have them here).
pub(crate) fn fields(kind: Kind) -> &'static [(&'static str, Holds)] {
    match kind {
        Kind::Customer => &[("created", Number), ("email", Text), ("name", Text), ("phone", Text)],
        Kind::Product => {
            &[("active", Flag), ("description", Text), ("name", Text), ("shippable", Flag), ("url", Text)]
        }
        Kind::Price => {
            &[("active", Flag), ("currency", Text), ("lookup_key", Text), ("product", Text), ("type", Text)]
        }
        Kind::Invoice => &[
            ("created", Number),
            ("currency", Text),
            ("customer", Text),
            ("number", Text),
            ("receipt_number", Text),
            ("status", Text),
            ("total", Number),
        ],
        Kind::Charge => &[
            ("amount", Number),
            ("created", Number),
            ("currency", Text),
            ("customer", Text),
            ("disputed", Flag),
            ("refunded", Flag),
            ("status", Text),
        ],
        Kind::PaymentIntent => &[
            ("amount", Number),
            ("created", Number),
            ("currency", Text),
            ("customer", Text),
            ("status", Text),
        ],
        _ => &[],
    }
}

/// One page of what fitted at `at_ms`.
pub(crate) fn search(
    ledger: &Ledger,
    kind: Kind,
    params: &Object,
    version: &Version,
    at_ms: i64,
) -> Result<Value, Refusal> {
    let limit = super::list::Page::of(params)?.limit;
    let query: Query = parse(kind, given(params, "query").unwrap_or_default())?;
    let start = match given(params, "page") {
        None => 0,
        Some(page) => page
            .strip_prefix("page_")
            .and_then(|page| usize::from_str_radix(page, 16).ok())
            .ok_or_else(|| Refusal::invalid("", "page", format!("Invalid page: {page}")))?,
    };
    let states = ledger.table(kind).rows().filter_map(|row| row.at(at_ms));
    let found: Vec<&Arc<Object>> = states.filter(|body| query.fits(body)).collect();
    let rows = found.iter().skip(start).take(limit);
    let data: Vec<Value> = rows.map(|body| render(ledger, kind, body, version)).collect();
    let end = start + data.len();
    let has_more = end < found.len();
    Ok(json!({
        "object": "search_result",
        "data": data,
        "has_more": has_more,
        "next_page": has_more.then(|| format!("page_{end:x}")),
        "url": format!("/v1/{}/search", kind.path())
    }))
}
