//! Which object is "the same one again": how duplicates are counted.

use std::collections::BTreeMap;

use serde_json::Value;

use super::change::Caller;
use super::store::{Shop, split};
use crate::kit::decimals::{Object, items_of, text_of};

const KINDS: [&str; 6] = ["Customer", "Product", "Order", "DraftOrder", "Refund", "Company"];

/// `Order:INV-1`: the caller's own reference in a note, tag or metafield when a marker is
/// configured and there; else the source identifier, email, SKU or external id. `None` when
/// nothing identifies the object.
pub(crate) fn key_of(shop: &Shop, gid: &str) -> Option<String> {
    let (kind, _) = split(gid)?;
    let body = shop.body(gid)?;
    let key = marked(shop, gid, &body).or_else(|| natural(shop, kind, &body))?;
    (!key.is_empty()).then(|| format!("{kind}:{key}"))
}

fn natural(shop: &Shop, kind: &str, body: &Object) -> Option<String> {
    let text = |name: &str| Some(text_of(body, name).to_owned()).filter(|text| !text.is_empty());
    match kind {
        "Customer" => text("email").or_else(|| text("phone")),
        "Product" => {
            let first = shop.body(items_of(body, "variants").first()?.as_str()?)?;
            let item = shop.body(text_of(&first, "inventoryItem"))?;
            Some(text_of(&item, "sku").to_owned()).filter(|sku| !sku.is_empty()).or_else(|| text("title"))
        }
        "Order" => text("sourceIdentifier").or_else(|| text("name")),
        "Company" => text("externalId").or_else(|| text("name")),
        _ => text("id"),
    }
}

fn marked(shop: &Shop, gid: &str, body: &Object) -> Option<String> {
    let marker = shop.marker.as_deref()?;
    let values = shop.metafields_of(gid).into_iter().filter_map(|gid| shop.body(&gid));
    let values = values.map(|body| text_of(&body, "value").to_owned());
    let tags = items_of(body, "tags").iter().filter_map(Value::as_str).map(str::to_owned);
    let notes = ["note", "note2", "sourceIdentifier"].map(|name| text_of(body, name).to_owned());
    let mut words: Vec<String> = Vec::new();
    for text in values.chain(tags).chain(notes) {
        words.extend(text.split_whitespace().map(str::to_owned));
    }
    words.into_iter().find(|word| word.starts_with(marker))
}

/// Counts a create through the API; one by hand is none of the caller's.
pub(crate) fn count_create(shop: &Shop, caller: &Caller, gid: &str) {
    if !caller.by_hand {
        shop.tally.create(key_of(shop, gid).as_deref());
    }
}

/// Live objects beyond the first with the same business key. Cancelled orders do not count.
pub(crate) fn duplicates(shop: &Shop) -> u64 {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for kind in KINDS {
        let live =
            shop.rows(kind).filter(|(_, row)| !row.body.get("cancelledAt").is_some_and(Value::is_string));
        for key in live.filter_map(|(_, row)| key_of(shop, text_of(&row.body, "id"))) {
            *counts.entry(key).or_default() += 1;
        }
    }
    counts.values().map(|count| count - 1).sum()
}
