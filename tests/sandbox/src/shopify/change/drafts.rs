//! Draft orders: prepared by a merchant, made an order when completed.

use serde_json::{Value, json};

use super::addresses::place;
use super::metafields;
use super::money::{Both, Currencies};
use super::orders::{self, line_body};
use super::perform::{Caller, Outcome, Refusal, input, payload, users};
use super::tags::sorted;
use crate::kit::decimals::{Object, items_of, parse, text_of};
use crate::shopify::keys;
use crate::shopify::store::{Shop, gid};

pub(super) fn perform(shop: &mut Shop, caller: &Caller, name: &str, args: &Object) -> Outcome {
    match name {
        "draftOrderCreate" => create(shop, caller, &input(args, "input")),
        "draftOrderUpdate" => update(shop, text_of(args, "id"), &input(args, "input")),
        "draftOrderComplete" => complete(shop, caller, args),
        _ => delete(shop, text_of(&input(args, "input"), "id")),
    }
}

fn create(shop: &mut Shop, caller: &Caller, given: &Object) -> Outcome {
    if items_of(given, "lineItems").is_empty() {
        return Err(users("", "Add at least 1 product"));
    }
    metafields::check(shop, "DraftOrder", None, given)?;
    let number = shop.count("DraftOrder") + 1;
    let mut body = Object::from_iter([
        ("name".to_owned(), json!(format!("#D{number}"))),
        ("status".to_owned(), json!("OPEN")),
        ("tags".to_owned(), json!([])),
        ("customAttributes".to_owned(), json!([])),
        ("taxExempt".to_owned(), json!(false)),
        ("currencyCode".to_owned(), json!(shop.currency)),
    ]);
    body.extend(shaped(shop, given)?);
    let draft = shop.insert("DraftOrder", body);
    metafields::put(shop, &draft, items_of(given, "metafields"));
    keys::count_create(shop, caller, &draft);
    shop.tell("DRAFT_ORDERS_CREATE", &draft);
    Ok(payload("draftOrder", draft))
}

fn update(shop: &mut Shop, draft: &str, given: &Object) -> Outcome {
    let body = shop.body_of("DraftOrder", draft).ok_or_else(|| users("id", "Draft order does not exist"))?;
    if text_of(&body, "status") == "COMPLETED" {
        return Err(users("id", "Draft order is completed and cannot be changed"));
    }
    metafields::check(shop, "DraftOrder", Some(draft), given)?;
    let fields = shaped(shop, given)?;
    shop.merge(draft, fields);
    metafields::put(shop, draft, items_of(given, "metafields"));
    shop.tally.note("updates");
    shop.tell("DRAFT_ORDERS_UPDATE", draft);
    Ok(payload("draftOrder", draft))
}

/// Fields as they are stored; with lines come the sums.
fn shaped(shop: &mut Shop, given: &Object) -> Result<Object, Refusal> {
    let mut fields = given.clone();
    for name in ["metafields", "lineItems", "purchasingEntity", "sourceName"] {
        fields.remove(name);
    }
    if let Some(note) = fields.remove("note") {
        fields.insert("note2".into(), note);
    }
    if fields.contains_key("tags") {
        let tags = sorted(items_of(&fields, "tags"));
        fields.insert("tags".into(), tags);
    }
    let customer = text_of(&input(given, "purchasingEntity"), "customerId").to_owned();
    if !customer.is_empty() {
        if shop.body_of("Customer", &customer).is_none() {
            return Err(users("purchasingEntity.customerId", "Customer does not exist"));
        }
        fields.insert("customer".into(), json!(customer));
    }
    place(shop, &mut fields, &["billingAddress", "shippingAddress"]);
    let buyer = match text_of(given, "presentmentCurrencyCode") {
        "" => shop.currency.clone(),
        given => given.to_owned(),
    };
    fields.insert("presentmentCurrencyCode".into(), json!(buyer));
    if given.contains_key("lineItems") {
        let own = Currencies { shop: shop.currency.clone(), buyer };
        let lines = lines(shop, items_of(given, "lineItems"), &own)?;
        let totals = lines.iter().map(|line| Both::read(&line["originalTotalSet"]));
        let total = totals.fold(Both::default(), |sum, one| sum + one);
        for name in ["subtotalPriceSet", "totalPriceSet"] {
            fields.insert(name.to_owned(), total.bag(&own));
        }
        fields.insert("totalTaxSet".into(), Both::default().bag(&own));
        fields.insert("lineItems".into(), Value::Array(lines));
    }
    Ok(fields)
}

fn lines(shop: &mut Shop, given: &[Value], own: &Currencies) -> Result<Vec<Value>, Refusal> {
    let mut lines = Vec::new();
    for (index, line) in given.iter().enumerate() {
        let field = |name: &str| format!("lineItems.{index}.{name}");
        let variant = line["variantId"].as_str().and_then(|gid| shop.body_of("ProductVariant", gid));
        if line["variantId"].is_string() && variant.is_none() {
            return Err(users(&field("variantId"), "Product with ID does not exist"));
        }
        let amount = line["originalUnitPriceWithCurrency"]["amount"].as_str().and_then(parse);
        let price = variant.as_ref().and_then(|variant| parse(text_of(variant, "price")));
        let unit = if variant.is_some() { price } else { amount };
        let Some(unit) = unit else {
            return Err(users(&field("originalUnitPrice"), "Price is required for a custom line"));
        };
        let quantity = line["quantity"].as_i64().unwrap_or(0);
        if quantity < 1 {
            return Err(users(&field("quantity"), "Quantity must be greater than or equal to 1"));
        }
        let mut body = line_body(shop, line, variant.as_deref(), (quantity, Both::same(unit), own));
        body.insert("id".into(), json!(gid("DraftOrderLineItem", shop.next_number())));
        body.insert("custom".into(), json!(variant.is_none()));
        lines.push(Value::Object(body));
    }
    Ok(lines)
}

fn complete(shop: &mut Shop, caller: &Caller, args: &Object) -> Outcome {
    let draft = text_of(args, "id").to_owned();
    let body = shop.body_of("DraftOrder", &draft).ok_or_else(|| users("id", "Draft order does not exist"))?;
    if text_of(&body, "status") == "COMPLETED" {
        return Err(users("id", "This order has been paid."));
    }
    let line = |line: &Value| {
        json!({
            "title": line["title"], "sku": line["sku"], "quantity": line["quantity"], "variantId": line["variant"],
            "priceSet": line["originalUnitPriceSet"], "taxable": line["taxable"],
        })
    };
    let mut order = Object::from_iter([
        ("lineItems".to_owned(), items_of(&body, "lineItems").iter().map(line).collect()),
        (
            "sourceName".to_owned(),
            args.get("sourceName").cloned().unwrap_or_else(|| json!("shopify_draft_order")),
        ),
        ("financialStatus".to_owned(), json!("PAID")),
        ("presentmentCurrency".to_owned(), body.get("presentmentCurrencyCode").cloned().unwrap_or_default()),
        ("note".to_owned(), body.get("note2").cloned().unwrap_or_default()),
    ]);
    for name in ["email", "tags", "poNumber", "customAttributes"] {
        if let Some(value) = body.get(name) {
            order.insert(name.to_owned(), value.clone());
        }
    }
    if let Some(customer) = body.get("customer") {
        order.insert("customer".into(), json!({"toAssociate": {"id": customer}}));
    }
    let made = orders::create(shop, caller, &payload("order", Value::Object(order)))?;
    let now = shop.now();
    let fields = [
        ("status".to_owned(), json!("COMPLETED")),
        ("completedAt".to_owned(), json!(now)),
        ("order".to_owned(), made.get("order").cloned().unwrap_or_default()),
    ];
    shop.merge(&draft, Object::from_iter(fields));
    shop.tell("DRAFT_ORDERS_UPDATE", &draft);
    Ok(payload("draftOrder", draft))
}

fn delete(shop: &mut Shop, draft: &str) -> Outcome {
    if shop.body_of("DraftOrder", draft).is_none() {
        return Err(users("id", "Draft order does not exist"));
    }
    shop.remove(draft);
    shop.tally.note("deletes");
    shop.tell_gone("DRAFT_ORDERS_DELETE", draft);
    Ok(payload("deletedId", draft))
}
