//! Tax rates: a type of their own, the rate added up from components.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::Draft;
use crate::kit::decimals::{Object, decimal, items_of, number, text_of};
use crate::xero::kind::Kind;
use crate::xero::refusal::Refusal;
use crate::xero::store::Book;

pub(super) fn apply(book: &mut Book, draft: &Draft) -> Result<Object, Refusal> {
    let mut body = draft.merged();
    let name = text_of(&body, "Name").to_owned();
    if name.is_empty() {
        return Err(Refusal::invalid("Tax rate Name must be specified"));
    }
    let mut others = book.with_key(Kind::TaxRate, "Name", &name);
    if others.any(|(id, other)| id != draft.old_id() && text_of(other, "Status") != "DELETED") {
        return Err(Refusal::invalid("A tax rate with this name already exists."));
    }
    drop(others);
    let components = items_of(&body, "TaxComponents");
    if components.is_empty() {
        return Err(Refusal::invalid("At least one tax component must be specified"));
    }
    let compound = components.iter().filter(|component| component["IsCompound"] == true).count();
    if compound > 0 {
        return Err(Refusal::not_modelled("compound tax components"));
    }
    let rate: Decimal = components.iter().filter_map(|component| decimal(&component["Rate"])).sum();
    if rate < Decimal::ZERO || rate >= Decimal::ONE_HUNDRED {
        return Err(Refusal::invalid("The tax rate must be at least 0 and below 100"));
    }
    if !body.contains_key("TaxType") {
        let code = book.next_number(Kind::TaxRate);
        body.insert("TaxType".into(), Value::from(code));
    }
    body.entry("Status").or_insert(json!("ACTIVE"));
    for side in ["Assets", "Equity", "Expenses", "Liabilities", "Revenue"] {
        body.entry(format!("CanApplyTo{side}")).or_insert(json!(true));
    }
    body.insert("DisplayTaxRate".into(), number(rate));
    body.insert("EffectiveRate".into(), number(rate));
    Ok(body)
}
