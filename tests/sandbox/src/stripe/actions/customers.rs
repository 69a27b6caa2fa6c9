//! Customers.

use serde_json::{Value, json};

use crate::kit::decimals::Object;
use crate::stripe::kind::Kind;
use crate::stripe::refusal::Refusal;
use crate::stripe::work::{Work, given, object, take};

const PLAIN: &[&str] = &[
    "balance",
    "description",
    "email",
    "invoice_prefix",
    "name",
    "next_invoice_sequence",
    "phone",
    "preferred_locales",
    "tax_exempt",
];

pub(super) fn create(work: &mut Work, params: &Object) -> Result<String, Refusal> {
    let id = work.ledger.fresh_id(Kind::Customer);
    let prefix = format!("{:08X}", work.ledger.ids.number() >> 32);
    let mut body = object(json!({
        "id": id,
        "object": "customer",
        "address": null,
        "balance": 0,
        "created": work.now(),
        "currency": null,
        "default_source": null,
        "delinquent": false,
        "description": null,
        "discount": null,
        "email": null,
        "invoice_prefix": prefix,
        "invoice_settings": {
            "custom_fields": null,
            "default_payment_method": null,
            "footer": null,
            "rendering_options": null
        },
        "livemode": work.ledger.livemode,
        "metadata": {},
        "name": null,
        "next_invoice_sequence": 1,
        "phone": null,
        "preferred_locales": [],
        "shipping": null,
        "tax_exempt": "none",
        "test_clock": null
    }));
    fill(&mut body, params)?;
    if let Some(method) = given(params, "payment_method") {
        known_method(method, "payment_method")?;
    }
    work.add(Kind::Customer, body);
    work.tell("customer.created", Kind::Customer, &id, None);
    Ok(id)
}

pub(super) fn update(work: &mut Work, id: &str, params: &Object) -> Result<String, Refusal> {
    let before = work.find(Kind::Customer, id, "id")?;
    let mut body = (*before).clone();
    fill(&mut body, params)?;
    if body != *before {
        work.change((Kind::Customer, id), "customer.updated", |own| *own = body);
    }
    Ok(id.to_owned())
}

fn fill(body: &mut Object, params: &Object) -> Result<(), Refusal> {
    take(body, params, PLAIN)?;
    if body.get("preferred_locales").is_some_and(Value::is_null) {
        body.insert("preferred_locales".into(), json!([]));
    }
    if let Some(address) = params.get("address") {
        body.insert("address".into(), whole_address(address));
    }
    if let Some(shipping) = params.get("shipping") {
        let mut shipping = shipping.clone();
        if shipping.is_object() {
            shipping["address"] = whole_address(&shipping["address"]);
            shipping["phone"] = shipping["phone"].take();
        }
        body.insert("shipping".into(), shipping);
    }
    if let Some(Value::Object(given)) = params.get("invoice_settings") {
        if let Some(method) = given.get("default_payment_method").and_then(Value::as_str) {
            known_method(method, "invoice_settings[default_payment_method]")?;
        }
        if let Some(Value::Object(settings)) = body.get_mut("invoice_settings") {
            settings.extend(given.clone());
        }
    }
    Ok(())
}

/// All six parts, `null` for those not given.
pub(super) fn whole_address(given: &Value) -> Value {
    if given.is_null() {
        return Value::Null;
    }
    let part = |name: &str| given[name].clone();
    json!({
        "city": part("city"),
        "country": part("country"),
        "line1": part("line1"),
        "line2": part("line2"),
        "postal_code": part("postal_code"),
        "state": part("state")
    })
}

/// Payment methods are the provider's test ones: `pm_card_visa`, `pm_card_chargeDeclined`, ….
pub(super) fn known_method(id: &str, param: &str) -> Result<(), Refusal> {
    if id.starts_with("pm_") { Ok(()) } else { Err(Refusal::no_such("PaymentMethod", id, param)) }
}
