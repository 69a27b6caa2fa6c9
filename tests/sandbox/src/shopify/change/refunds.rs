//! Refunds: goods given back, money paid back, or either alone.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::money::{Both, Currencies};
use super::perform::{Caller, Outcome, Refusal, input, payload, users};
use super::{inventory, payments, variants};
use crate::kit::decimals::{Object, items_of, parse, text_of};
use crate::shopify::keys;
use crate::shopify::store::{Shop, gid};

/// Goods of a refund that were found right.
struct Goods {
    line: String,
    quantity: i64,
    restock: String,
    location: Option<String>,
}

pub(super) fn create(shop: &mut Shop, caller: &Caller, args: &Object) -> Outcome {
    let given = input(args, "input");
    let order = text_of(&given, "orderId").to_owned();
    let body = shop.body_of("Order", &order).ok_or_else(|| users("orderId", "Order does not exist"))?;
    let own = payments::currencies(&body);
    let goods = goods(shop, &given, &body)?;
    let money = money(&given, &body)?;
    if goods.is_empty() && money.is_empty() && !given.contains_key("shipping") {
        return Err(users("", "Refund must have at least one line item, shipping or transaction"));
    }
    let refund = store(shop, &given, (&order, &own), &goods);
    let mut paid = Vec::new();
    for (gateway, amount) in money {
        paid.push(payments::add(shop, &order, ("REFUND", "SUCCESS", json!(gateway)), amount));
    }
    let total = paid.iter().filter_map(|gid| shop.body(gid));
    let total =
        total.map(|body| payments::amount(&body, "amountSet")).fold(Both::default(), |sum, one| sum + one);
    let fields = [("transactions".to_owned(), json!(paid)), ("totalRefundedSet".to_owned(), total.bag(&own))];
    shop.merge(&refund, Object::from_iter(fields));
    payments::settle(shop, &order, &own);
    shop.change(&order, |body| {
        let mut all = items_of(body, "refunds").to_vec();
        all.push(json!(refund));
        body.insert("refunds".into(), Value::Array(all));
    });
    keys::count_create(shop, caller, &refund);
    shop.tell("REFUNDS_CREATE", &refund);
    shop.tell("ORDERS_UPDATED", &order);
    let mut payload = payload("refund", refund);
    payload.insert("order".into(), json!(order));
    Ok(payload)
}

fn goods(shop: &Shop, given: &Object, order: &Object) -> Result<Vec<Goods>, Refusal> {
    let mut goods = Vec::new();
    for (index, one) in items_of(given, "refundLineItems").iter().enumerate() {
        let field = |name: &str| format!("refundLineItems.{index}.{name}");
        let line = one["lineItemId"].as_str().unwrap_or_default();
        if !items_of(order, "lineItems").contains(&json!(line)) {
            return Err(users(&field("lineItemId"), "Line item does not exist"));
        }
        let left = shop.body(line).and_then(|body| body.get("refundableQuantity")?.as_i64()).unwrap_or(0);
        let quantity = one["quantity"].as_i64().unwrap_or(0);
        if quantity < 1 || quantity > left {
            return Err(users(&field("quantity"), "Quantity cannot refund more items than were purchased"));
        }
        let restock = one["restockType"].as_str().unwrap_or("NO_RESTOCK").to_owned();
        let location = one["locationId"].as_str().map(str::to_owned);
        if matches!(restock.as_str(), "RETURN" | "CANCEL") && location.is_none() {
            return Err(users(&field("locationId"), "Location must be given to restock an item"));
        }
        goods.push(Goods { line: line.to_owned(), quantity, restock, location });
    }
    Ok(goods)
}

/// What is paid back, with the gateways. More than was received is refused.
fn money(given: &Object, order: &Object) -> Result<Vec<(String, Both)>, Refusal> {
    let mut left = payments::amount(order, "netPaymentSet").shop;
    let mut money = Vec::new();
    for (index, one) in items_of(given, "transactions").iter().enumerate() {
        let amount = one["amount"].as_str().and_then(parse).unwrap_or_default();
        if one["kind"] != "REFUND" {
            return Err(users(&format!("transactions.{index}.kind"), "Kind must be REFUND"));
        }
        if amount <= Decimal::ZERO || amount > left {
            let message = format!("Refund amount {amount} is more than the {left} that can be refunded");
            return Err(users(&format!("transactions.{index}.amount"), message));
        }
        left -= amount;
        let gateway = one["gateway"].as_str().unwrap_or("manual").to_owned();
        money.push((gateway, Both::same(amount)));
    }
    Ok(money)
}

/// Stores the refund with its lines and puts goods back.
fn store(shop: &mut Shop, given: &Object, (order, own): (&str, &Currencies), goods: &[Goods]) -> String {
    let mut lines = Vec::new();
    let mut back = Both::default();
    for one in goods {
        let Some(line) = shop.body(&one.line) else { continue };
        let unit = payments::amount(&line, "originalUnitPriceSet");
        let subtotal = unit.times(Decimal::from(one.quantity));
        let sold = line.get("quantity").and_then(Value::as_i64).unwrap_or(1).max(1);
        let taxes = items_of(&line, "taxLines").iter().map(|tax| Both::read(&tax["priceSet"]));
        let tax = taxes.fold(Both::default(), |sum, one| sum + one);
        let share = tax.times(Decimal::from(one.quantity) / Decimal::from(sold));
        back = back + subtotal;
        let restocked = one.restock != "NO_RESTOCK";
        lines.push(json!({
            "id": gid("RefundLineItem", shop.next_number()), "lineItem": one.line, "quantity": one.quantity,
            "restockType": one.restock, "restocked": restocked, "location": one.location,
            "priceSet": unit.bag(own), "subtotalSet": subtotal.bag(own), "totalTaxSet": share.bag(own),
        }));
        shop.change(&one.line, |body| {
            for name in ["refundableQuantity", "currentQuantity"] {
                let left = body.get(name).and_then(Value::as_i64).unwrap_or(0) - one.quantity;
                body.insert(name.into(), json!(left));
            }
        });
        restock(shop, one, &line);
    }
    shop.change(order, |body| {
        for name in ["currentTotalPriceSet", "currentSubtotalPriceSet"] {
            let left = payments::amount(body, name) - back;
            body.insert(name.into(), left.bag(own));
        }
    });
    let body = Object::from_iter([
        ("note".to_owned(), given.get("note").cloned().unwrap_or_default()),
        ("order".to_owned(), json!(order)),
        ("refundLineItems".to_owned(), json!(lines)),
        ("transactions".to_owned(), json!([])),
    ]);
    shop.insert("Refund", body)
}

fn restock(shop: &mut Shop, one: &Goods, line: &Object) {
    let Some(location) = one.location.as_deref().filter(|_| one.restock != "NO_RESTOCK") else { return };
    let level = shop
        .body(text_of(line, "variant"))
        .and_then(|variant| variants::level_at(shop, text_of(&variant, "inventoryItem"), location));
    if let Some(level) = level {
        inventory::shift(shop, &level, "available", one.quantity);
    }
}
