//! Tags: a set of words, shown in alphabetical order.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::perform::{Outcome, payload, users};
use crate::kit::decimals::{Object, items_of, text_of};
use crate::shopify::store::{Shop, split};

/// A list of tags as it is stored.
pub(super) fn sorted(tags: &[Value]) -> Value {
    let tags: BTreeSet<&str> = tags.iter().filter_map(Value::as_str).map(str::trim).collect();
    json!(tags.into_iter().filter(|tag| !tag.is_empty()).collect::<Vec<_>>())
}

pub(super) fn change(shop: &mut Shop, args: &Object, add: bool) -> Outcome {
    let gid = text_of(args, "id");
    let given: Vec<Value> = items_of(args, "tags").to_vec();
    let topic = match split(gid).map(|(kind, _)| kind) {
        Some("Order") => "ORDERS_UPDATED",
        Some("Customer") => "CUSTOMERS_UPDATE",
        Some("Product") => "PRODUCTS_UPDATE",
        Some("DraftOrder") => "DRAFT_ORDERS_UPDATE",
        _ => return Err(users("id", "Resource does not exist")),
    };
    let body = shop.body(gid).ok_or_else(|| users("id", "Resource does not exist"))?;
    let mut tags = items_of(&body, "tags").to_vec();
    if add {
        tags.extend(given);
    } else {
        tags.retain(|tag| !given.contains(tag));
    }
    shop.merge(gid, payload("tags", sorted(&tags)));
    shop.tell(topic, gid);
    Ok(payload("node", gid))
}
