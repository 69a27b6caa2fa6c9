//! Payments of orders: transactions, the status they lead to, cancelling.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::money::{Both, Currencies};
use super::perform::{Outcome, coded, input, payload, users};
use crate::kit::decimals::{Object, items_of, text_of};
use crate::shopify::store::{Shop, gid};

/// The currencies of a stored order.
pub(super) fn currencies(order: &Object) -> Currencies {
    Currencies {
        shop: text_of(order, "currencyCode").to_owned(),
        buyer: text_of(order, "presentmentCurrencyCode").to_owned(),
    }
}

/// A money field of an object.
pub(super) fn amount(body: &Object, name: &str) -> Both {
    body.get(name).map(Both::read).unwrap_or_default()
}

/// The transactions an order was made with, or the one its status stands for.
pub(super) fn first(shop: &mut Shop, order: &str, given: &Object, currencies: &Currencies) {
    for transaction in items_of(given, "transactions") {
        let kind = transaction["kind"].as_str().unwrap_or("SALE").to_owned();
        let status = transaction["status"].as_str().unwrap_or("SUCCESS").to_owned();
        let gateway = transaction["gateway"].clone();
        add(shop, order, (&kind, &status, gateway), Both::read(&transaction["amountSet"]));
    }
    let is_paid = text_of(given, "financialStatus") == "PAID";
    if is_paid && items_of(given, "transactions").is_empty() {
        let total = shop.body(order).map(|body| amount(&body, "totalPriceSet")).unwrap_or_default();
        add(shop, order, ("SALE", "SUCCESS", json!("manual")), total);
    }
    settle(shop, order, currencies);
}

/// Stores a transaction of an order; answers its global id.
pub(super) fn add(
    shop: &mut Shop,
    order: &str,
    (kind, status, gateway): (&str, &str, Value),
    amount: Both,
) -> String {
    let own = shop.body(order).map(|body| currencies(&body));
    let now = shop.now();
    let body = Object::from_iter([
        ("kind".to_owned(), json!(kind)),
        ("status".to_owned(), json!(status)),
        ("gateway".to_owned(), gateway),
        ("amountSet".to_owned(), own.map(|own| amount.bag(&own)).unwrap_or_default()),
        ("order".to_owned(), json!(order)),
        ("test".to_owned(), json!(false)),
        ("processedAt".to_owned(), json!(now)),
    ]);
    let transaction = shop.insert("OrderTransaction", body);
    shop.change(order, |body| {
        let mut all = items_of(body, "transactions").to_vec();
        all.push(json!(transaction));
        body.insert("transactions".into(), Value::Array(all));
    });
    transaction
}

/// Works out what was received and refunded, and the status that makes.
pub(super) fn settle(shop: &mut Shop, order: &str, currencies: &Currencies) {
    let Some(body) = shop.body(order) else { return };
    let transactions = items_of(&body, "transactions").iter().filter_map(Value::as_str);
    let (mut received, mut refunded) = (Both::default(), Both::default());
    for transaction in transactions.filter_map(|gid| shop.body(gid)) {
        let counts = text_of(&transaction, "status") == "SUCCESS";
        match text_of(&transaction, "kind") {
            "SALE" | "CAPTURE" if counts => received = received + amount(&transaction, "amountSet"),
            "REFUND" if counts => refunded = refunded + amount(&transaction, "amountSet"),
            _ => {}
        }
    }
    let total = amount(&body, "totalPriceSet");
    let was_paid = body.get("fullyPaid") == Some(&json!(true));
    let is_paid = received.shop >= total.shop;
    let status = match () {
        () if refunded.shop > Decimal::ZERO && refunded.shop >= received.shop => "REFUNDED",
        () if refunded.shop > Decimal::ZERO => "PARTIALLY_REFUNDED",
        () if is_paid => "PAID",
        () if received.shop > Decimal::ZERO => "PARTIALLY_PAID",
        () => "PENDING",
    };
    let owed = Both {
        shop: (total - received).shop.max(Decimal::ZERO),
        buyer: (total - received).buyer.max(Decimal::ZERO),
    };
    let fields = json!({
        "totalReceivedSet": received.bag(currencies), "totalRefundedSet": refunded.bag(currencies),
        "netPaymentSet": (received - refunded).bag(currencies), "totalOutstandingSet": owed.bag(currencies),
        "displayFinancialStatus": status, "fullyPaid": is_paid, "unpaid": received.shop == Decimal::ZERO,
    });
    if let Value::Object(fields) = fields {
        shop.merge(order, fields);
    }
    if is_paid && !was_paid {
        shop.tell("ORDERS_PAID", order);
    }
}

/// `orderMarkAsPaid`.
pub(super) fn mark_paid(shop: &mut Shop, args: &Object) -> Outcome {
    let order = text_of(&input(args, "input"), "id").to_owned();
    let body = shop.body_of("Order", &order).ok_or_else(|| users("id", "Order does not exist"))?;
    let owed = amount(&body, "totalOutstandingSet");
    if owed.shop <= Decimal::ZERO {
        return Err(users("id", "Order cannot be marked as paid."));
    }
    add(shop, &order, ("SALE", "SUCCESS", json!("manual")), owed);
    settle(shop, &order, &currencies(&body));
    shop.tally.note("updates");
    shop.tell("ORDERS_UPDATED", &order);
    Ok(payload("order", order))
}

/// `orderCancel`: a job in the provider, done at once here.
pub(super) fn cancel(shop: &mut Shop, args: &Object) -> Outcome {
    let order = text_of(args, "orderId").to_owned();
    let body =
        shop.body_of("Order", &order).ok_or_else(|| coded("orderId", "NOT_FOUND", "Order does not exist"))?;
    if body.get("cancelledAt").is_some_and(Value::is_string) {
        return Err(coded("orderId", "INVALID", "Order has already been cancelled"));
    }
    let own = currencies(&body);
    let paid = amount(&body, "netPaymentSet");
    if args.get("refund") == Some(&json!(true)) && paid.shop > Decimal::ZERO {
        add(shop, &order, ("REFUND", "SUCCESS", json!("manual")), paid);
        settle(shop, &order, &own);
    }
    let now = shop.now();
    let mut fields = Object::from_iter([
        ("cancelledAt".to_owned(), json!(now)),
        ("cancelReason".to_owned(), json!(text_of(args, "reason"))),
        ("closed".to_owned(), json!(true)),
        ("closedAt".to_owned(), json!(now)),
    ]);
    if paid.shop == Decimal::ZERO {
        fields.insert("displayFinancialStatus".into(), json!("VOIDED"));
    }
    shop.merge(&order, fields);
    shop.tally.note("updates");
    shop.tell("ORDERS_CANCELLED", &order);
    shop.tell("ORDERS_UPDATED", &order);
    let job = gid("Job", shop.next_number());
    Ok(payload("job", json!({"id": job, "done": true})))
}
