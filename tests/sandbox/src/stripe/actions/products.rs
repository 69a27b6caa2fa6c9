//! Products.

use serde_json::{Value, json};

use super::prices;
use crate::kit::decimals::{Object, text_of};
use crate::stripe::kind::Kind;
use crate::stripe::refusal::Refusal;
use crate::stripe::work::{Work, given, object, take};

const PLAIN: &[&str] = &[
    "active",
    "description",
    "images",
    "name",
    "shippable",
    "statement_descriptor",
    "tax_code",
    "unit_label",
    "url",
];

pub(super) fn create(work: &mut Work, params: &Object) -> Result<String, Refusal> {
    let id = match given(params, "id") {
        Some(id) => id.to_owned(),
        None => work.ledger.fresh_id(Kind::Product),
    };
    if work.ledger.table(Kind::Product).row(&id).is_some() {
        return Err(Refusal::state("resource_already_exists", "id", "Product already exists."));
    }
    let mut body = object(json!({
        "id": id,
        "object": "product",
        "active": true,
        "created": work.now(),
        "default_price": null,
        "description": null,
        "images": [],
        "livemode": work.ledger.livemode,
        "marketing_features": [],
        "metadata": {},
        "name": null,
        "package_dimensions": null,
        "shippable": null,
        "statement_descriptor": null,
        "tax_code": null,
        "type": "service",
        "unit_label": null,
        "updated": work.now(),
        "url": null
    }));
    fill(&mut body, params)?;
    let price = match params.get("default_price_data").and_then(Value::as_object) {
        Some(data) => Some(prices::made(work, data, &id)?),
        None => None,
    };
    body.insert("default_price".into(), json!(price.as_ref().map(|price| text_of(price, "id"))));
    work.add(Kind::Product, body);
    work.tell("product.created", Kind::Product, &id, None);
    if let Some(price) = price {
        prices::store(work, price);
    }
    Ok(id)
}

fn fill(body: &mut Object, params: &Object) -> Result<(), Refusal> {
    take(body, params, PLAIN)?;
    if body.get("images").is_some_and(Value::is_null) {
        body.insert("images".into(), json!([]));
    }
    Ok(())
}

pub(super) fn update(work: &mut Work, id: &str, params: &Object) -> Result<String, Refusal> {
    let before = work.find(Kind::Product, id, "id")?;
    let mut body = (*before).clone();
    fill(&mut body, params)?;
    if let Some(price) = given(params, "default_price") {
        let own = work.find(Kind::Price, price, "default_price")?;
        if text_of(&own, "product") != id {
            let message = format!("The price {price} does not belong to the product {id}.");
            return Err(Refusal::state("", "default_price", message));
        }
        body.insert("default_price".into(), json!(price));
    }
    if body != *before {
        body.insert("updated".into(), json!(work.now()));
        work.change((Kind::Product, id), "product.updated", |own| *own = body);
    }
    Ok(id.to_owned())
}

/// Only without prices (fact sheet, "Entities").
pub(super) fn delete(work: &mut Work, id: &str) -> Result<(), Refusal> {
    if work.ledger.table(Kind::Price).newest().any(|(_, price)| text_of(price, "product") == id) {
        let message = "This product cannot be deleted because it has one or more user-created prices.";
        return Err(Refusal::state("", "", message));
    }
    work.ledger.table_mut(Kind::Product).remove(id, work.now_ms);
    work.tell("product.deleted", Kind::Product, id, None);
    Ok(())
}
