//! Sales tax: automated by one rate in a US company, by tax code elsewhere.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::lines::Sums;
use crate::quickbooks::decimals::{Object, cents, decimal, number, text_of};
use crate::quickbooks::faultbody::Refusal;
use crate::quickbooks::store::{Company, key_of_id, tax_percent};

/// Sets `TxnTaxDetail` and answers the total tax. A `TotalTax` given by the caller overrides the
/// computed one when something is taxable.
pub(super) fn complete(company: &Company, draft: &mut Object, sums: &Sums) -> Result<Decimal, Refusal> {
    let mode = text_of(draft, "GlobalTaxCalculation").to_owned();
    if mode == "TaxInclusive" {
        return Err(Refusal::not_modelled("GlobalTaxCalculation TaxInclusive"));
    }
    let bases = if company.settings.us { us_bases(company, sums) } else { coded_bases(&mode, sums)? };
    let after_discount = draft.get("ApplyTaxAfterDiscount").and_then(Value::as_bool).unwrap_or(false);
    let share = if after_discount && !sums.subtotal.is_zero() {
        (sums.subtotal - sums.discount) / sums.subtotal
    } else {
        Decimal::ONE
    };
    let mut total = Decimal::ZERO;
    let mut lines = Vec::new();
    for (position, (percent, base)) in bases.iter().enumerate() {
        let base = cents(base * share);
        let tax = cents(base * percent / Decimal::ONE_HUNDRED);
        total += tax;
        lines.push(tax_line(position + 1, *percent, (base, tax)));
    }
    let given = draft.get("TxnTaxDetail").and_then(|detail| detail.get("TotalTax")).and_then(decimal);
    if let (Some(given), false) = (given, bases.is_empty()) {
        total = cents(given);
        lines.clear();
    }
    let mut detail = json!({"TotalTax": number(total)});
    if !lines.is_empty() {
        detail["TaxLine"] = Value::Array(lines);
    }
    draft.insert("TxnTaxDetail".into(), detail);
    if !company.settings.us && mode.is_empty() {
        draft.insert("GlobalTaxCalculation".into(), Value::from("TaxExcluded"));
    }
    Ok(total)
}

/// Rate and net amount of the lines marked `TAX`.
fn us_bases(company: &Company, sums: &Sums) -> Vec<(Decimal, Decimal)> {
    let taxable = sums.by_tax_code.iter().filter(|(code, _)| code == "TAX");
    taxable.map(|(_, net)| (company.settings.tax_rate_percent, *net)).collect()
}

/// Rate and net amount by tax code; every sales line must have one unless tax does not apply.
fn coded_bases(mode: &str, sums: &Sums) -> Result<Vec<(Decimal, Decimal)>, Refusal> {
    if mode == "NotApplicable" {
        return Ok(Vec::new());
    }
    let mut bases = Vec::new();
    for (code, net) in &sums.by_tax_code {
        if code.is_empty() {
            return Err(Refusal::business(
                "Make sure all your transactions have a VAT rate before you save.",
            ));
        }
        let percent = key_of_id(code).and_then(tax_percent).unwrap_or(0);
        bases.push((Decimal::from(percent), *net));
    }
    Ok(bases)
}

fn tax_line(position: usize, percent: Decimal, (base, tax): (Decimal, Decimal)) -> Value {
    json!({
        "Amount": number(tax),
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {
            "TaxRateRef": {"value": position.to_string()},
            "PercentBased": true,
            "TaxPercent": number(percent),
            "NetAmountTaxable": number(base)
        }
    })
}
