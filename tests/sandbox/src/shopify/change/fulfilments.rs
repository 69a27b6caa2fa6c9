//! Fulfilment orders (what is to be sent) and fulfilments (what was sent).

use serde_json::{Value, json};

use super::perform::{Outcome, Refusal, input, payload, users};
use crate::kit::decimals::{Object, items_of, text_of};
use crate::shopify::store::{Shop, gid};

/// Opens the fulfilment order of a new order.
pub(super) fn open(shop: &mut Shop, order: &str) {
    let Some(body) = shop.body(order) else { return };
    let location = shop.rows("Location").next().map(|(_, row)| row.body.clone());
    let mut items = Vec::new();
    for line in items_of(&body, "lineItems").iter().filter_map(Value::as_str) {
        let Some(line) = shop.body(line) else { continue };
        let item = shop.body(text_of(&line, "variant")).and_then(|body| body.get("inventoryItem").cloned());
        items.push(json!({
            "id": gid("FulfillmentOrderLineItem", shop.next_number()), "lineItem": line.get("id"),
            "remainingQuantity": line.get("quantity"), "totalQuantity": line.get("quantity"),
            "sku": line.get("sku"), "productTitle": line.get("title"), "variant": line.get("variant"),
            "inventoryItemId": item,
        }));
    }
    let place = json!({
        "location": location.as_ref().and_then(|body| body.get("id")),
        "name": location.as_ref().and_then(|body| body.get("name")),
    });
    let fields = Object::from_iter([
        ("orderId".to_owned(), json!(order)),
        ("order".to_owned(), json!(order)),
        ("orderName".to_owned(), body.get("name").cloned().unwrap_or_default()),
        ("status".to_owned(), json!("OPEN")),
        ("requestStatus".to_owned(), json!("UNSUBMITTED")),
        ("assignedLocation".to_owned(), place),
        ("lineItems".to_owned(), Value::Array(items)),
        ("fulfillments".to_owned(), json!([])),
    ]);
    let opened = shop.insert("FulfillmentOrder", fields);
    shop.merge(order, payload("fulfillmentOrders", json!([opened])));
}

pub(super) fn perform(shop: &mut Shop, name: &str, args: &Object) -> Outcome {
    match name {
        "fulfillmentCreate" => create(shop, &input(args, "fulfillment")),
        "fulfillmentCancel" => cancel(shop, text_of(args, "id")),
        _ => track(shop, text_of(args, "fulfillmentId"), &input(args, "trackingInfoInput")),
    }
}

/// What of one fulfilment order is sent now: line and quantity.
fn sent(shop: &Shop, one: &Value) -> Result<(String, Vec<(Value, i64)>), Refusal> {
    let name = one["fulfillmentOrderId"].as_str().unwrap_or_default();
    let missing = || users("fulfillment.lineItemsByFulfillmentOrder", "Fulfillment order does not exist.");
    let body = shop.body_of("FulfillmentOrder", name).ok_or_else(missing)?;
    if !matches!(text_of(&body, "status"), "OPEN" | "IN_PROGRESS") {
        return Err(users("fulfillment", "Fulfillment order is not in an open or in-progress state."));
    }
    let wanted = one["fulfillmentOrderLineItems"].as_array();
    let mut lines = Vec::new();
    for item in items_of(&body, "lineItems") {
        let left = item["remainingQuantity"].as_i64().unwrap_or(0);
        let asked = match wanted {
            None => left,
            Some(wanted) => {
                let found = wanted.iter().find(|one| one["id"] == item["id"]);
                found.and_then(|one| one["quantity"].as_i64()).unwrap_or(0)
            }
        };
        if asked > left {
            return Err(users("fulfillment", "Invalid fulfillment order line item quantity requested."));
        }
        if asked > 0 {
            lines.push((item["lineItem"].clone(), asked));
        }
    }
    if lines.is_empty() {
        return Err(users("fulfillment", "Fulfillment must have at least one line item."));
    }
    Ok((name.to_owned(), lines))
}

fn create(shop: &mut Shop, given: &Object) -> Outcome {
    let mut parts = Vec::new();
    for one in items_of(given, "lineItemsByFulfillmentOrder") {
        parts.push(sent(shop, one)?);
    }
    let order =
        parts.first().and_then(|(name, _)| shop.body(name)).map(|body| text_of(&body, "orderId").to_owned());
    let order = order.ok_or_else(|| users("fulfillment", "Fulfillment order does not exist."))?;
    let mut items = Vec::new();
    let mut total = 0;
    for (line, quantity) in parts.iter().flat_map(|(_, lines)| lines) {
        total += quantity;
        items.push(json!({"id": gid("FulfillmentLineItem", shop.next_number()), "lineItem": line, "quantity": quantity}));
    }
    let body = shop.body(&order);
    let count = body.as_ref().map_or(0, |body| items_of(body, "fulfillments").len());
    let name = body.map(|body| text_of(&body, "name").to_owned()).unwrap_or_default();
    let fields = Object::from_iter([
        ("name".to_owned(), json!(format!("{name}-F{}", count + 1))),
        ("status".to_owned(), json!("SUCCESS")),
        ("totalQuantity".to_owned(), json!(total)),
        ("trackingInfo".to_owned(), tracking(&input(given, "trackingInfo"))),
        ("fulfillmentLineItems".to_owned(), Value::Array(items)),
        ("order".to_owned(), json!(order)),
    ]);
    let fulfilment = shop.insert("Fulfillment", fields);
    for (name, lines) in &parts {
        take(shop, name, lines, &fulfilment);
    }
    shop.tell("FULFILLMENTS_CREATE", &fulfilment);
    settle(shop, &order, Some(&fulfilment));
    shop.tally.note("updates");
    Ok(payload("fulfillment", fulfilment))
}

fn tracking(given: &Object) -> Value {
    let many = |one: &str, many: &str| -> Vec<Value> {
        match given.get(one) {
            Some(value) => vec![value.clone()],
            None => items_of(given, many).to_vec(),
        }
    };
    let (numbers, urls) = (many("number", "numbers"), many("url", "urls"));
    let info = |index: usize| json!({"number": numbers.get(index), "url": urls.get(index), "company": given.get("company")});
    (0..numbers.len().max(urls.len())).map(info).collect()
}

/// Counts what was sent off a fulfilment order and its lines.
fn take(shop: &mut Shop, name: &str, lines: &[(Value, i64)], fulfilment: &str) {
    for (line, quantity) in lines {
        shop.change(line.as_str().unwrap_or_default(), |body| {
            let left = body.get("unfulfilledQuantity").and_then(Value::as_i64).unwrap_or(0) - quantity;
            body.insert("unfulfilledQuantity".into(), json!(left));
        });
    }
    shop.change(name, |body| {
        let mut items = items_of(body, "lineItems").to_vec();
        for (line, quantity) in lines {
            if let Some(item) = items.iter_mut().find(|item| item["lineItem"] == *line) {
                item["remainingQuantity"] = json!(item["remainingQuantity"].as_i64().unwrap_or(0) - quantity);
            }
        }
        let is_done = items.iter().all(|item| item["remainingQuantity"] == 0);
        body.insert("status".into(), json!(if is_done { "CLOSED" } else { "IN_PROGRESS" }));
        body.insert("lineItems".into(), Value::Array(items));
        let mut all = items_of(body, "fulfillments").to_vec();
        all.push(json!(fulfilment));
        body.insert("fulfillments".into(), Value::Array(all));
    });
}

/// The order's own status after something was sent or called back.
fn settle(shop: &mut Shop, order: &str, added: Option<&str>) {
    let Some(body) = shop.body(order) else { return };
    let lines =
        items_of(&body, "lineItems").iter().filter_map(Value::as_str).filter_map(|gid| shop.body(gid));
    let count = |line: &Object, name: &str| line.get(name).and_then(Value::as_i64).unwrap_or(0);
    let (mut left, mut all) = (0, 0);
    for line in lines {
        left += count(&line, "unfulfilledQuantity");
        all += count(&line, "quantity");
    }
    let status = match left {
        0 => "FULFILLED",
        left if left < all => "PARTIALLY_FULFILLED",
        _ => "UNFULFILLED",
    };
    shop.change(order, |body| {
        body.insert("displayFulfillmentStatus".into(), json!(status));
        let mut fulfilments = items_of(body, "fulfillments").to_vec();
        fulfilments.extend(added.map(|gid| json!(gid)));
        body.insert("fulfillments".into(), Value::Array(fulfilments));
    });
    shop.tell("ORDERS_UPDATED", order);
    if status == "FULFILLED" {
        shop.tell("ORDERS_FULFILLED", order);
    }
}

fn track(shop: &mut Shop, fulfilment: &str, given: &Object) -> Outcome {
    if shop.body_of("Fulfillment", fulfilment).is_none() {
        return Err(users("fulfillmentId", "Fulfillment does not exist."));
    }
    shop.merge(fulfilment, payload("trackingInfo", tracking(given)));
    shop.tell("FULFILLMENTS_UPDATE", fulfilment);
    Ok(payload("fulfillment", fulfilment))
}

fn cancel(shop: &mut Shop, fulfilment: &str) -> Outcome {
    let missing = || users("id", "Fulfillment does not exist.");
    let body = shop.body_of("Fulfillment", fulfilment).ok_or_else(missing)?;
    if text_of(&body, "status") == "CANCELLED" {
        return Err(users("id", "Fulfillment has already been cancelled."));
    }
    for item in items_of(&body, "fulfillmentLineItems") {
        let quantity = item["quantity"].as_i64().unwrap_or(0);
        shop.change(item["lineItem"].as_str().unwrap_or_default(), |line| {
            let left = line.get("unfulfilledQuantity").and_then(Value::as_i64).unwrap_or(0) + quantity;
            line.insert("unfulfilledQuantity".into(), json!(left));
        });
    }
    shop.merge(fulfilment, payload("status", "CANCELLED"));
    shop.tell("FULFILLMENTS_UPDATE", fulfilment);
    let order = text_of(&body, "order").to_owned();
    settle(shop, &order, None);
    open_again(shop, &order, fulfilment);
    Ok(payload("fulfillment", fulfilment))
}

/// What a cancelled fulfilment had taken can be sent again.
fn open_again(shop: &mut Shop, order: &str, fulfilment: &str) {
    let Some(body) = shop.body(order) else { return };
    let held = items_of(&body, "fulfillmentOrders").iter().filter_map(Value::as_str);
    let found = held.filter(|gid| {
        shop.body(gid).is_some_and(|body| items_of(&body, "fulfillments").contains(&json!(fulfilment)))
    });
    let found: Vec<String> = found.map(str::to_owned).collect();
    for name in found {
        let Some(own) = shop.body(&name) else { continue };
        let mut items = items_of(&own, "lineItems").to_vec();
        for item in &mut items {
            let line = item["lineItem"].as_str().and_then(|gid| shop.body(gid));
            item["remainingQuantity"] = json!(line.and_then(|line| line.get("unfulfilledQuantity").cloned()));
        }
        let fields = [("lineItems".to_owned(), Value::Array(items)), ("status".to_owned(), json!("OPEN"))];
        shop.merge(&name, Object::from_iter(fields));
    }
}
