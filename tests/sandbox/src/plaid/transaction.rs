//! A transaction as the bank tells it.

use serde_json::{Value, json};

use super::refusal::Refusal;
use crate::kit::clock::parse_date;
use crate::kit::decimals::{Object, decimal};

/// What a person at the bank may say of a transaction.
const SETTABLE: &[&str] = &[
    "amount",
    "authorized_date",
    "check_number",
    "date",
    "datetime",
    "iso_currency_code",
    "merchant_name",
    "name",
    "original_description",
    "payment_channel",
    "pending",
    "unofficial_currency_code",
];

pub(crate) fn unknown() -> Refusal {
    Refusal::field("transaction_id", "is unknown")
}

fn nowhere() -> Value {
    json!({
        "address": null, "city": null, "country": null, "lat": null, "lon": null, "postal_code": null,
        "region": null, "store_number": null
    })
}

fn nobody() -> Value {
    json!({
        "by_order_of": null, "payee": null, "payer": null, "payment_method": null,
        "payment_processor": null, "ppd_id": null, "reason": null, "reference_number": null
    })
}

/// A new transaction of an account; `today` is its date when none is given. Positive amounts leave the
/// account (fact sheet, "Entities").
pub(crate) fn made(id: &str, account: &Value, given: &Object, today: &str) -> Result<Object, Refusal> {
    let body = json!({
        "account_id": account["account_id"],
        "account_owner": null,
        "amount": 0,
        "authorized_date": null,
        "authorized_datetime": null,
        "category": null,
        "category_id": null,
        "check_number": null,
        "counterparties": [],
        "date": today,
        "datetime": null,
        "iso_currency_code": account["balances"]["iso_currency_code"],
        "location": nowhere(),
        "logo_url": null,
        "merchant_entity_id": null,
        "merchant_name": null,
        "name": "Payment",
        "original_description": null,
        "payment_channel": "other",
        "payment_meta": nobody(),
        "pending": false,
        "pending_transaction_id": null,
        "personal_finance_category": null,
        "personal_finance_category_icon_url": "https://plaid-category-icons.plaid.com/PFC_OTHER.png",
        "transaction_code": null,
        "transaction_id": id,
        "transaction_type": "unresolved",
        "unofficial_currency_code": null,
        "website": null
    });
    let Value::Object(mut body) = body else { return Err(unknown()) };
    if !given.contains_key("amount") {
        return Err(Refusal::missing(&["amount".to_owned()]));
    }
    change(&mut body, given)?;
    Ok(body)
}

/// Changes what may be changed.
pub(crate) fn change(body: &mut Object, given: &Object) -> Result<(), Refusal> {
    for (name, value) in given {
        if matches!(name.as_str(), "account_id" | "item_id") {
            continue;
        }
        if !SETTABLE.contains(&name.as_str()) {
            return Err(Refusal::unknown(name));
        }
        body.insert(name.clone(), value.clone());
    }
    if body.get("amount").and_then(decimal).is_none() {
        return Err(Refusal::field("amount", "must be a number"));
    }
    let is_date = body.get("date").and_then(Value::as_str).and_then(parse_date).is_some();
    if !is_date {
        return Err(Refusal::field("date", "must be a date, YYYY-MM-DD"));
    }
    let codes = ["iso_currency_code", "unofficial_currency_code"];
    if codes.iter().all(|name| body.get(*name).is_some_and(|code| !code.is_null())) {
        return Err(Refusal::field("iso_currency_code", "and unofficial_currency_code exclude each other"));
    }
    Ok(())
}

/// As an answer carries it; the bank's own text only when asked for.
pub(crate) fn shown(body: &Object, with_description: bool) -> Value {
    let mut shown = body.clone();
    if !with_description {
        shown.insert("original_description".into(), Value::Null);
    }
    Value::Object(shown)
}
