//! Objects as webhooks and the legacy REST API show them: numeric ids, snake case, text amounts.

use serde_json::{Value, json};

use super::store::{Shop, split};
use crate::kit::decimals::{Object, items_of, parse, text_of};

/// Fields that are not shown there.
const HIDDEN: &[&str] =
    &["fulfillmentOrders", "stock", "shippingLine", "readyMs", "base", "version", "capabilities"];

/// Names that differ by more than their case.
const RENAMED: &[(&str, &str)] = &[
    ("displayFinancialStatus", "financial_status"),
    ("displayFulfillmentStatus", "fulfillment_status"),
    ("currencyCode", "currency"),
    ("presentmentCurrencyCode", "presentment_currency"),
    ("number", "order_number"),
    ("descriptionHtml", "body_html"),
    ("customAttributes", "note_attributes"),
    ("note2", "note"),
    ("originalUnitPriceSet", "price_set"),
];

/// An object by its global id; `None` when it is gone.
pub(crate) fn shown(shop: &Shop, gid: &str) -> Option<Value> {
    let (kind, _) = split(gid)?;
    let body = shop.body(gid)?;
    Some(match kind {
        "InventoryLevel" => level(shop, &body),
        "BulkOperation" => bulk(&body),
        _ => object(shop, kind, &body, 0),
    })
}

fn number(gid: &str) -> Value {
    json!(split(gid).map(|(_, id)| id))
}

fn level(shop: &Shop, body: &Object) -> Value {
    json!({
        "inventory_item_id": number(text_of(body, "item")),
        "location_id": number(text_of(body, "location")),
        "available": body.get("stock").map(|stock| stock["available"].clone()),
        "updated_at": body.get("updatedAt"),
        "admin_graphql_api_id": body.get("id"),
        "shop": text_of(shop.info(), "myshopifyDomain"),
    })
}

fn bulk(body: &Object) -> Value {
    json!({
        "admin_graphql_api_id": body.get("id"), "completed_at": body.get("completedAt"),
        "created_at": body.get("createdAt"), "error_code": body.get("errorCode"),
        "status": text_of(body, "status").to_lowercase(), "type": "query",
    })
}

fn object(shop: &Shop, kind: &str, body: &Object, depth: usize) -> Value {
    let mut out = Object::new();
    for (name, value) in body {
        if !HIDDEN.contains(&name.as_str()) {
            field(shop, (kind, name), value, depth, &mut out);
        }
    }
    if kind == "ProductVariant"
        && let Some(item) = shop.body(text_of(body, "inventoryItem"))
    {
        out.insert("sku".into(), item.get("sku").cloned().unwrap_or_default());
    }
    if kind == "Refund" {
        out.insert("order_id".into(), number(text_of(body, "order")));
    }
    Value::Object(out)
}

fn field(shop: &Shop, (kind, name): (&str, &str), value: &Value, depth: usize, out: &mut Object) {
    let key = RENAMED
        .iter()
        .find(|(own, _)| *own == name)
        .map_or_else(|| snake(name), |(_, key)| (*key).to_owned());
    match value {
        Value::String(gid) if name == "id" => {
            out.insert("id".into(), number(gid));
            out.insert("admin_graphql_api_id".into(), value.clone());
        }
        Value::String(gid) if gid.starts_with("gid://") => reference(shop, &key, gid, depth, out),
        Value::String(text) if is_status(kind, name) => {
            let lower = text.to_lowercase();
            let shown = if lower == "unfulfilled" { Value::Null } else { json!(lower) };
            out.insert(key, shown);
        }
        Value::Array(tags) if name == "tags" => {
            let tags: Vec<&str> = tags.iter().filter_map(Value::as_str).collect();
            out.insert(key, json!(tags.join(", ")));
        }
        Value::Array(items) => {
            out.insert(key, items.iter().map(|item| element(shop, item, depth)).collect());
        }
        Value::Object(bag) if bag.contains_key("shopMoney") => {
            if let Some(short) = key.strip_suffix("_set") {
                let amount = value["shopMoney"]["amount"].as_str().and_then(parse).unwrap_or_default();
                out.insert(short.to_owned(), json!(format!("{amount:.2}")));
            }
            out.insert(key, plain(value));
        }
        Value::Object(_) => {
            out.insert(key, plain(value));
        }
        _ => {
            out.insert(key, value.clone());
        }
    }
}

fn is_status(kind: &str, name: &str) -> bool {
    name.starts_with("display")
        || name == "cancelReason"
        || name == "restockType"
        || (matches!(name, "status" | "kind" | "state") && kind != "Location")
}

/// Small objects that are always shown whole, and links shown by their number.
fn reference(shop: &Shop, key: &str, gid: &str, depth: usize, out: &mut Object) {
    let Some((kind, id)) = split(gid) else { return };
    let is_whole = kind == "Customer" || (kind == "LineItem" && depth < 3);
    match shop.body(gid).filter(|_| is_whole) {
        Some(body) => {
            out.insert(key.to_owned(), object(shop, kind, &body, depth + 1));
            if kind == "LineItem" {
                out.insert("line_item_id".into(), json!(id));
            }
        }
        None => {
            out.insert(format!("{}_id", key.trim_end_matches("_id")), json!(id));
        }
    }
}

fn element(shop: &Shop, item: &Value, depth: usize) -> Value {
    match item {
        Value::String(gid) if gid.starts_with("gid://") && depth < 3 => {
            let found = split(gid).zip(shop.body(gid));
            found.map_or(Value::Null, |((kind, _), body)| object(shop, kind, &body, depth + 1))
        }
        Value::Object(own) => {
            let mut out = Object::new();
            for (name, value) in own {
                field(shop, ("", name), value, depth + 1, &mut out);
            }
            Value::Object(out)
        }
        _ => item.clone(),
    }
}

/// A value object in snake case, nothing else changed.
fn plain(value: &Value) -> Value {
    match value {
        Value::Object(own) => {
            Value::Object(own.iter().map(|(name, value)| (snake(name), plain(value))).collect())
        }
        Value::Array(items) => items.iter().map(plain).collect(),
        _ => value.clone(),
    }
}

/// `updatedAt` as `updated_at`.
pub(crate) fn snake(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// The payload with only the top-level fields a subscription asks for.
pub(crate) fn only(payload: &Value, fields: &Object) -> Value {
    let wanted = items_of(fields, "includeFields");
    match payload {
        Value::Object(own) if !wanted.is_empty() => {
            let is_wanted = |name: &String| wanted.iter().any(|field| field.as_str() == Some(name));
            Value::Object(
                own.iter().filter(|(name, _)| is_wanted(name)).map(|(n, v)| (n.clone(), v.clone())).collect(),
            )
        }
        _ => payload.clone(),
    }
}
