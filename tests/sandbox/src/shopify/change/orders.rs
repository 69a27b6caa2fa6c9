//! Orders: what buyers bought, in two currencies.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::addresses::place;
use super::money::{Both, Currencies};
use super::perform::{Caller, Outcome, Refusal, coded, input, payload, users};
use super::tags::sorted;
use super::{customers, fulfilments, inventory, metafields, payments, variants};
use crate::kit::decimals::{Object, items_of, parse, text_of};
use crate::shopify::keys;
use crate::shopify::store::{Shop, gid, split};

/// First order number of a shop.
const FIRST_NUMBER: usize = 1001;

pub(super) fn create(shop: &mut Shop, caller: &Caller, args: &Object) -> Outcome {
    let given = input(args, "order");
    if items_of(&given, "lineItems").is_empty() {
        return Err(coded("order.lineItems", "INVALID", "Line items must have at least one line item"));
    }
    metafields::check(shop, "Order", None, &given)?;
    let customer = customer(shop, caller, &input(&given, "customer"))?;
    let currencies = currencies(shop, &given);
    let lines = lines(shop, &given, &currencies)?;
    let order = store(shop, given.clone(), &customer, (&lines, &currencies));
    metafields::put(shop, &order, items_of(&given, "metafields"));
    fulfilments::open(shop, &order);
    keys::count_create(shop, caller, &order);
    shop.tell("ORDERS_CREATE", &order);
    payments::first(shop, &order, &given, &currencies);
    let behaviour = input(args, "options");
    if text_of(&behaviour, "inventoryBehaviour").starts_with("DECREMENT") {
        take_stock(shop, &lines);
    }
    Ok(payload("order", order))
}

fn currencies(shop: &Shop, given: &Object) -> Currencies {
    let own = match text_of(given, "currency") {
        "" => shop.currency.clone(),
        given => given.to_owned(),
    };
    let buyer = match text_of(given, "presentmentCurrency") {
        "" => own.clone(),
        given => given.to_owned(),
    };
    Currencies { shop: own, buyer }
}

fn customer(shop: &mut Shop, caller: &Caller, given: &Object) -> Result<Value, Refusal> {
    let associated = input(given, "toAssociate");
    let upserted = input(given, "toUpsert");
    if !associated.is_empty() && !upserted.is_empty() {
        return Err(coded(
            "order.customer",
            "REDUNDANT_CUSTOMER_FIELDS",
            "Only one of toAssociate and toUpsert may be given",
        ));
    }
    if !associated.is_empty() {
        let found = metafields::identified(shop, "Customer", &associated);
        return found
            .map(Value::from)
            .ok_or_else(|| coded("order.customer", "INVALID", "Customer does not exist"));
    }
    if upserted.is_empty() {
        return Ok(Value::Null);
    }
    let found = metafields::identified(shop, "Customer", &upserted);
    let mut fields = upserted;
    fields.remove("id");
    match found {
        Some(gid) => Ok(gid.into()),
        None => customers::insert(shop, caller, &mut fields).map(Value::from),
    }
}

/// The line items of an order, stored; answers their global ids.
fn lines(shop: &mut Shop, given: &Object, currencies: &Currencies) -> Result<Vec<String>, Refusal> {
    let mut lines = Vec::new();
    for (index, line) in items_of(given, "lineItems").iter().enumerate() {
        let field = |name: &str| format!("order.lineItems.{index}.{name}");
        let quantity = line["quantity"].as_i64().unwrap_or(0);
        if quantity < 1 {
            return Err(coded(&field("quantity"), "INVALID", "Quantity must be greater than 0"));
        }
        let variant = line["variantId"].as_str().map(|gid| (gid, shop.body_of("ProductVariant", gid)));
        if let Some((_, None)) = variant {
            return Err(coded(&field("variantId"), "INVALID", "Product variant does not exist"));
        }
        let variant = variant.and_then(|(_, body)| body);
        let unit = match (&line["priceSet"], &variant) {
            (Value::Null, Some(variant)) => Both::same(parse(text_of(variant, "price")).unwrap_or_default()),
            (Value::Null, None) => {
                return Err(coded(
                    &field("priceSet"),
                    "INVALID",
                    "Price is required for a line without a variant",
                ));
            }
            (bag, _) => Both::read(bag),
        };
        if variant.is_none() && line["title"].as_str().is_none_or(str::is_empty) {
            return Err(coded(&field("title"), "INVALID", "Title can't be blank"));
        }
        let body = line_body(shop, line, variant.as_deref(), (quantity, unit, currencies));
        lines.push(shop.insert("LineItem", body));
    }
    Ok(lines)
}

/// A line item in the shape the API shows.
pub(super) fn line_body(
    shop: &Shop,
    line: &Value,
    variant: Option<&Object>,
    (quantity, unit, currencies): (i64, Both, &Currencies),
) -> Object {
    let product = variant.and_then(|variant| shop.body(text_of(variant, "product")));
    let item = variant.and_then(|variant| shop.body(text_of(variant, "inventoryItem")));
    let of = |body: &Option<std::sync::Arc<Object>>, name: &str| {
        body.as_ref().and_then(|body| body.get(name).cloned()).unwrap_or_default()
    };
    let or = |given: &Value, other: Value| if given.is_null() { other } else { given.clone() };
    let total = unit.times(Decimal::from(quantity));
    let title = or(&line["title"], of(&product, "title"));
    let properties = line["properties"].as_array().or(line["customAttributes"].as_array());
    let attribute = |one: &Value| json!({"key": or(&one["name"], one["key"].clone()), "value": one["value"]});
    let attributes: Vec<Value> = properties.into_iter().flatten().map(attribute).collect();
    let taxes = taxes(&line["taxLines"], total, currencies);
    let body = json!({
        "title": title, "name": title, "sku": or(&line["sku"], of(&item, "sku")),
        "variantTitle": or(&line["variantTitle"], variant.and_then(|v| v.get("title").cloned()).unwrap_or_default()),
        "vendor": or(&line["vendor"], of(&product, "vendor")),
        "quantity": quantity, "currentQuantity": quantity, "refundableQuantity": quantity,
        "unfulfilledQuantity": quantity,
        "requiresShipping": line["requiresShipping"] == true, "taxable": line["taxable"] != false,
        "product": of(&product, "id"), "variant": variant.and_then(|variant| variant.get("id")),
        "customAttributes": attributes, "taxLines": taxes,
        "originalUnitPriceSet": unit.bag(currencies), "discountedUnitPriceSet": unit.bag(currencies),
        "originalTotalSet": total.bag(currencies), "discountedTotalSet": total.bag(currencies),
        "totalDiscountSet": Both::default().bag(currencies),
    });
    match body {
        Value::Object(body) => body,
        _ => Object::new(),
    }
}

/// Tax lines with their amounts; an amount left out is the rate of the base.
fn taxes(given: &Value, base: Both, currencies: &Currencies) -> Vec<Value> {
    let tax = |line: &Value| {
        let rate = line["rate"].as_str().and_then(parse).unwrap_or_default();
        let amount =
            if line["priceSet"].is_null() { base.times(rate) } else { Both::read(&line["priceSet"]) };
        json!({
            "title": line["title"], "rate": crate::kit::decimals::number(rate),
            "ratePercentage": crate::kit::decimals::number(rate * Decimal::ONE_HUNDRED),
            "priceSet": amount.bag(currencies), "channelLiable": line["channelLiable"] == true, "source": null,
        })
    };
    given.as_array().into_iter().flatten().map(tax).collect()
}

fn sum<'a>(bags: impl IntoIterator<Item = &'a Value>) -> Both {
    bags.into_iter().map(Both::read).fold(Both::default(), |sum, one| sum + one)
}

/// The sums of an order, and the lines they come from.
struct Sums {
    subtotal: Both,
    shipping: Both,
    tax: Both,
    total: Both,
    tax_lines: Vec<Value>,
    shipping_lines: Vec<Value>,
}

fn sums(shop: &mut Shop, given: &Object, lines: &[String], currencies: &Currencies) -> Sums {
    let bodies: Vec<_> = lines.iter().filter_map(|gid| shop.body(gid)).collect();
    let subtotal = sum(bodies.iter().filter_map(|line| line.get("originalTotalSet")));
    let line_taxes = bodies.iter().flat_map(|line| items_of(line, "taxLines"));
    let mut tax_lines: Vec<Value> = line_taxes.cloned().collect();
    tax_lines.extend(taxes(given.get("taxLines").unwrap_or(&Value::Null), subtotal, currencies));
    let mut shipping_lines = Vec::new();
    for line in items_of(given, "shippingLines") {
        let price = Both::read(&line["priceSet"]);
        let own = taxes(&line["taxLines"], price, currencies);
        tax_lines.extend(own.iter().cloned());
        shipping_lines.push(json!({
            "id": gid("ShippingLine", shop.next_number()), "title": line["title"], "code": line["code"],
            "source": line["source"], "taxLines": own, "originalPriceSet": price.bag(currencies),
            "discountedPriceSet": price.bag(currencies),
        }));
    }
    let shipping = sum(shipping_lines.iter().map(|line| &line["originalPriceSet"]));
    let tax = sum(tax_lines.iter().map(|line| &line["priceSet"]));
    let is_included = given.get("taxesIncluded") == Some(&json!(true));
    let total = subtotal + shipping + if is_included { Both::default() } else { tax };
    Sums { subtotal, shipping, tax, total, tax_lines, shipping_lines }
}

/// The sums in the shape the API shows, nothing paid yet.
fn amounts(sums: &Sums, currencies: &Currencies) -> Value {
    let nothing = Both::default().bag(currencies);
    let (total, subtotal, tax) =
        (sums.total.bag(currencies), sums.subtotal.bag(currencies), sums.tax.bag(currencies));
    json!({
        "taxLines": sums.tax_lines, "shippingLines": sums.shipping_lines,
        "shippingLine": sums.shipping_lines.first(), "totalShippingPriceSet": sums.shipping.bag(currencies),
        "subtotalPriceSet": subtotal, "currentSubtotalPriceSet": subtotal, "totalTaxSet": tax,
        "currentTotalTaxSet": tax, "totalPriceSet": total, "currentTotalPriceSet": total,
        "totalOutstandingSet": total, "totalDiscountsSet": nothing, "totalReceivedSet": nothing,
        "totalRefundedSet": nothing, "netPaymentSet": nothing,
        "currencyCode": currencies.shop, "presentmentCurrencyCode": currencies.buyer,
    })
}

/// Stores the order itself.
fn store(
    shop: &mut Shop,
    given: Object,
    customer: &Value,
    (lines, currencies): (&[String], &Currencies),
) -> String {
    let amounts = amounts(&sums(shop, &given, lines, currencies), currencies);
    let mut body = given;
    for name in ELSEWHERE {
        body.remove(*name);
    }
    place(shop, &mut body, &["billingAddress", "shippingAddress"]);
    let own = body.get("email").cloned().filter(Value::is_string);
    let email = own.or_else(|| shop.body(customer.as_str()?)?.get("email").cloned());
    let number = FIRST_NUMBER + shop.count("Order");
    let closed = body.contains_key("closedAt");
    for (name, value) in [
        ("customAttributes", json!([])),
        ("sourceName", json!("app")),
        ("name", json!(format!("#{number}"))),
        ("processedAt", json!(shop.now())),
        ("test", json!(false)),
        ("taxesIncluded", json!(false)),
    ] {
        body.entry(name).or_insert(value);
    }
    let tags = sorted(items_of(&body, "tags"));
    let rest = json!({
        "number": number, "tags": tags, "email": email, "customer": customer, "lineItems": lines,
        "confirmed": true, "closed": closed, "taxExempt": false, "discountCodes": [],
        "displayFinancialStatus": "PENDING", "displayFulfillmentStatus": "UNFULFILLED",
        "fullyPaid": false, "unpaid": true,
        "transactions": [], "refunds": [], "fulfillments": [], "fulfillmentOrders": [],
    });
    for part in [rest, amounts] {
        if let Value::Object(part) = part {
            body.extend(part);
        }
    }
    shop.insert("Order", body)
}

/// Inputs of an order that are stored in another shape.
const ELSEWHERE: &[&str] = &[
    "customer",
    "lineItems",
    "taxLines",
    "shippingLines",
    "transactions",
    "metafields",
    "currency",
    "presentmentCurrency",
    "financialStatus",
];

fn take_stock(shop: &mut Shop, lines: &[String]) {
    let Some(location) = shop.rows("Location").next().map(|(id, _)| gid("Location", id)) else { return };
    for line in lines {
        let sold = shop.body(line).and_then(|line| {
            let variant = shop.body(text_of(&line, "variant"))?;
            let level = variants::level_at(shop, text_of(&variant, "inventoryItem"), &location)?;
            Some((level, line.get("quantity")?.as_i64()?))
        });
        if let Some((level, quantity)) = sold {
            inventory::shift(shop, &level, "available", -quantity);
        }
    }
}

/// `orderUpdate`: only a few fields can be changed after the sale.
pub(super) fn update(shop: &mut Shop, args: &Object) -> Outcome {
    let mut fields = input(args, "input");
    let order = text_of(&fields, "id").to_owned();
    if shop.body_of("Order", &order).is_none() {
        return Err(users("id", "Order does not exist"));
    }
    metafields::check(shop, "Order", Some(&order), &fields)?;
    let given = items_of(&fields, "metafields").to_vec();
    fields.remove("id");
    fields.remove("metafields");
    if fields.contains_key("tags") {
        let tags = sorted(items_of(&fields, "tags"));
        fields.insert("tags".into(), tags);
    }
    place(shop, &mut fields, &["shippingAddress"]);
    shop.merge(&order, fields);
    metafields::put(shop, &order, &given);
    shop.tally.note("updates");
    shop.tell("ORDERS_UPDATED", &order);
    Ok(payload("order", order))
}

/// `orderClose` and `orderOpen`.
pub(super) fn set_closed(shop: &mut Shop, args: &Object, closed: bool) -> Outcome {
    let order = text_of(&input(args, "input"), "id").to_owned();
    if split(&order).is_none() || shop.body_of("Order", &order).is_none() {
        return Err(users("id", "Order does not exist"));
    }
    let at = if closed { json!(shop.now()) } else { Value::Null };
    shop.merge(&order, Object::from_iter([("closed".into(), json!(closed)), ("closedAt".into(), at)]));
    shop.tell("ORDERS_UPDATED", &order);
    Ok(payload("order", order))
}
