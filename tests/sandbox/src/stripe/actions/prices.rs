//! Prices: amount and currency never change.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde_json::{Value, json};

use super::blanks::{PRICE, filled};
use super::products;
use crate::kit::decimals::{Object, text_of};
use crate::stripe::currency;
use crate::stripe::kind::Kind;
use crate::stripe::refusal::Refusal;
use crate::stripe::work::{Work, given, is, take};

/// The unit amount in the smallest unit, from `unit_amount` or `unit_amount_decimal`.
pub(super) fn unit_of(params: &Object, path: &str) -> Result<Option<Decimal>, Refusal> {
    let whole = params.get("unit_amount").and_then(Value::as_i64);
    let decimal = given(params, "unit_amount_decimal").and_then(|text| text.parse().ok());
    match (whole, decimal) {
        (Some(_), Some(_)) => {
            let message = "You may only specify one of these parameters: unit_amount, unit_amount_decimal.";
            Err(Refusal::invalid("", &format!("{path}unit_amount"), message))
        }
        (Some(whole), None) => Ok(Some(Decimal::from(whole))),
        (None, decimal) => Ok(decimal),
    }
}

/// Three-decimal currencies are charged in whole tens of their smallest unit.
pub(super) fn check_minor(amount: i64, code: &str, param: &str) -> Result<(), Refusal> {
    if currency::exponent(code) == Some(3) && amount % 10 != 0 {
        let message = format!("Invalid amount: {amount}. Amounts in {code} must end in 0.");
        return Err(Refusal::invalid("", param, message));
    }
    Ok(())
}

pub(super) fn create(work: &mut Work, params: &Object) -> Result<String, Refusal> {
    let product = match (given(params, "product"), params.get("product_data").and_then(Value::as_object)) {
        (Some(id), None) => {
            work.find(Kind::Product, id, "product")?;
            id.to_owned()
        }
        (None, Some(_)) => String::new(),
        (Some(_), Some(_)) => {
            let message = "You may only specify one of these parameters: product, product_data.";
            return Err(Refusal::invalid("", "product", message));
        }
        (None, None) => return Err(Refusal::missing("product")),
    };
    let mut price = made(work, params, &product)?;
    if let Some(data) = params.get("product_data").and_then(Value::as_object) {
        let product = products::create(work, data)?;
        price.insert("product".into(), json!(product));
    }
    Ok(store(work, price))
}

/// A price that is not stored yet.
pub(super) fn made(work: &mut Work, params: &Object, product: &str) -> Result<Object, Refusal> {
    if given(params, "billing_scheme") == Some("tiered") {
        return Err(Refusal::not_modelled("tiered prices", "billing_scheme"));
    }
    let unit = unit_of(params, "")?.ok_or_else(|| Refusal::missing("unit_amount"))?;
    if unit.is_sign_negative() && !unit.is_zero() {
        return Err(Refusal::invalid(
            "parameter_invalid_integer",
            "unit_amount",
            "Invalid non-negative integer",
        ));
    }
    let whole = if unit.fract().is_zero() { unit.to_i64() } else { None };
    if let Some(whole) = whole {
        check_minor(whole, text_of(params, "currency"), "unit_amount")?;
    }
    let recurring = recurring_of(params);
    let known = json!({
        "id": work.ledger.fresh_id(Kind::Price),
        "created": work.now(),
        "livemode": work.ledger.livemode,
        "product": product,
        "recurring": recurring,
        "type": if recurring.is_null() { "one_time" } else { "recurring" },
        "unit_amount": whole,
        "unit_amount_decimal": unit.normalize().to_string()
    });
    let mut body = filled(PRICE, known);
    take(&mut body, params, &["active", "currency", "lookup_key", "nickname", "tax_behavior"])?;
    lookup(work, &body, params)?;
    Ok(body)
}

/// `recurring` with its defaults; `null` for a price that is paid once.
fn recurring_of(params: &Object) -> Value {
    let mut recurring = params.get("recurring").cloned().unwrap_or_default();
    if recurring.is_object() {
        let count = recurring["interval_count"].as_i64().unwrap_or(1);
        recurring["interval_count"] = json!(count);
        recurring["usage_type"] = json!(recurring["usage_type"].as_str().unwrap_or("licensed"));
        recurring["trial_period_days"] = Value::Null;
    }
    recurring
}

/// A lookup key has one active price; `transfer_lookup_key` takes it from another.
fn lookup(work: &mut Work, body: &Object, params: &Object) -> Result<(), Refusal> {
    let Some(key) = given(params, "lookup_key") else { return Ok(()) };
    let id = text_of(body, "id");
    let holder = work
        .ledger
        .table(Kind::Price)
        .newest()
        .find(|(_, price)| text_of(price, "lookup_key") == key && text_of(price, "id") != id)
        .map(|(_, price)| text_of(price, "id").to_owned());
    let Some(holder) = holder else { return Ok(()) };
    if !is(params, "transfer_lookup_key") {
        let message = format!("A price (`{holder}`) already uses that lookup key.");
        return Err(Refusal::state("resource_already_exists", "lookup_key", message));
    }
    work.change((Kind::Price, &holder), "price.updated", |price| {
        price.insert("lookup_key".into(), Value::Null);
    });
    Ok(())
}

/// Stores a price and tells of it.
pub(super) fn store(work: &mut Work, price: Object) -> String {
    let id = work.add(Kind::Price, price);
    work.tell("price.created", Kind::Price, &id, None);
    id
}

pub(super) fn update(work: &mut Work, id: &str, params: &Object) -> Result<String, Refusal> {
    let before = work.find(Kind::Price, id, "id")?;
    let mut body = (*before).clone();
    take(&mut body, params, &["active", "lookup_key", "nickname", "tax_behavior"])?;
    lookup(work, &body, params)?;
    if body != *before {
        work.change((Kind::Price, id), "price.updated", |own| *own = body);
    }
    Ok(id.to_owned())
}
