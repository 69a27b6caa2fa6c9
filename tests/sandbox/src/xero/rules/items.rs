//! Items: a unique code, prices with accounts that exist. Tracked inventory is not modelled.

use serde_json::{Value, json};

use super::Draft;
use crate::kit::decimals::{Object, decimal, number, rounded, text_of};
use crate::xero::kind::Kind;
use crate::xero::refusal::Refusal;
use crate::xero::store::Book;

pub(super) fn apply(book: &Book, draft: &Draft) -> Result<Object, Refusal> {
    let mut body = draft.merged();
    let code = text_of(&body, "Code").to_owned();
    if code.trim().is_empty() {
        return Err(Refusal::invalid("Price List Item Code must be specified"));
    }
    let mut others = book.with_key(Kind::Item, "Code", &code);
    if others.any(|(id, _)| id != draft.old_id()) {
        return Err(Refusal::invalid(format!("Price List Item with Code '{code}' already exists")));
    }
    let mut messages = Vec::new();
    for details in ["SalesDetails", "PurchaseDetails"] {
        let places = book.settings.unit_places;
        if let Some(prices) = body.get_mut(details).and_then(Value::as_object_mut) {
            price(book, prices, places, &mut messages);
        } else {
            body.insert(details.into(), json!({}));
        }
    }
    if !messages.is_empty() {
        return Err(Refusal::Invalid(messages));
    }
    for name in ["IsSold", "IsPurchased"] {
        body.entry(name).or_insert(json!(true));
    }
    body.entry("Name").or_insert(json!(code));
    body.insert("IsTrackedAsInventory".into(), json!(false));
    Ok(body)
}

fn price(book: &Book, prices: &mut Object, places: u32, messages: &mut Vec<String>) {
    if let Some(price) = prices.get("UnitPrice").and_then(decimal) {
        prices.insert("UnitPrice".into(), number(rounded(price, places)));
    }
    let code = text_of(prices, "AccountCode").to_owned();
    let account = book.live(Kind::Account, "Code", &code).map(|(_, account)| text_of(account, "TaxType"));
    match account {
        None if !code.is_empty() => messages.push(format!("Account code '{code}' is not a valid code.")),
        Some(tax) if !prices.contains_key("TaxType") => {
            prices.insert("TaxType".into(), Value::from(tax));
        }
        _ => {}
    }
    let tax = text_of(prices, "TaxType");
    if !tax.is_empty() && book.body(Kind::TaxRate, tax).is_none() {
        messages.push(format!("The TaxType code '{tax}' does not exist."));
    }
}
