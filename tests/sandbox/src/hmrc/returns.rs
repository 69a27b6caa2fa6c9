//! Submitting and viewing a return (fact sheet, "Entities" and "Idempotency").

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::refusal;
use super::trader::Trader;
use crate::kit::Answer;
use crate::kit::decimals::{amount_of, decimal};

/// Boxes 1, 2, 3, 4 and 5: two decimals.
const POUNDS_AND_PENCE: [&str; 5] =
    ["vatDueSales", "vatDueAcquisitions", "totalVatDue", "vatReclaimedCurrPeriod", "netVatDue"];
/// Boxes 6 to 9: whole pounds.
const WHOLE_POUNDS: [&str; 4] = [
    "totalValueSalesExVAT",
    "totalValuePurchasesExVAT",
    "totalValueGoodsSuppliedExVAT",
    "totalAcquisitionsExVAT",
];

/// What a submission came to: the answer's body and the return that was filed.
pub(super) fn submit(
    trader: &mut Trader,
    (insolvent, today): (bool, NaiveDate),
    body: &[u8],
) -> Result<Map<String, Value>, Answer> {
    let given: Map<String, Value> = serde_json::from_slice(body)
        .map_err(|_| refusal::refused(400, "INVALID_REQUEST", "The body is no JSON object"))?;
    check_members(&given)?;
    check_totals(&given)?;
    if given.get("finalised") != Some(&Value::Bool(true)) {
        return Err(refusal::forbidden("NOT_FINALISED", "User has not declared VAT return as final"));
    }
    if insolvent {
        return Err(refusal::forbidden(
            "RULE_INSOLVENT_TRADER",
            "The remote endpoint has indicated that the Trader is insolvent.",
        ));
    }
    let key = given["periodKey"].as_str().unwrap_or_default().to_owned();
    if trader.filed(&key).is_some() {
        return Err(refusal::forbidden(
            "DUPLICATE_SUBMISSION",
            "The VAT return was already submitted for the given period.",
        ));
    }
    let Some(period) = trader.obligation(&key) else {
        return Err(refusal::refused(400, "PERIOD_KEY_INVALID", "Invalid period key"));
    };
    if period.received.is_some() {
        return Err(refusal::forbidden(
            "DUPLICATE_SUBMISSION",
            "The VAT return was already submitted for the given period.",
        ));
    }
    if period.end >= today {
        return Err(refusal::forbidden(
            "TAX_PERIOD_NOT_ENDED",
            "The remote endpoint has indicated that the submission is for a tax period that has not ended.",
        ));
    }
    period.received = Some(today);
    trader.charge(&given);
    trader.returns.push(given.clone());
    Ok(given)
}

/// `GET …/returns/{periodKey}`: what was submitted, without the declaration.
pub(super) fn view(trader: &Trader, key: &str) -> Result<Answer, Answer> {
    if key.len() != 4 {
        return Err(refusal::refused(400, "PERIOD_KEY_INVALID", "Invalid period key"));
    }
    let filed = trader.filed(key).ok_or_else(refusal::nothing)?;
    let shown: Map<String, Value> = filed
        .iter()
        .filter(|(name, _)| *name != "finalised")
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    Ok(Answer::json(200, &shown))
}

/// The body of 201.
pub(super) fn receipt(number: &str, at: &str) -> Value {
    json!({"processingDate": at, "paymentIndicator": "BANK", "formBundleNumber": number, "chargeRefNumber": "aCxFaNx0FZsCvyWF"})
}

fn check_members(given: &Map<String, Value>) -> Result<(), Answer> {
    let known = |name: &String| {
        POUNDS_AND_PENCE.contains(&name.as_str())
            || WHOLE_POUNDS.contains(&name.as_str())
            || name == "periodKey"
            || name == "finalised"
    };
    if let Some(other) = given.keys().find(|name| !known(name)) {
        return Err(refusal::refused(400, "INVALID_REQUEST", &format!("unknown member {other}")));
    }
    if given.get("periodKey").and_then(Value::as_str).is_none_or(|key| key.chars().count() != 4) {
        return Err(refusal::business(&[("PERIOD_KEY_INVALID", "/periodKey")]));
    }
    for name in POUNDS_AND_PENCE.into_iter().chain(WHOLE_POUNDS) {
        let path = format!("/{name}");
        let Some(amount) = given.get(name).filter(|value| value.is_number()).and_then(decimal) else {
            return Err(refusal::business(&[("INVALID_NUMERIC_VALUE", &path)]));
        };
        if !fits(name, amount) {
            return Err(refusal::business(&[("INVALID_MONETARY_AMOUNT", &path)]));
        }
    }
    Ok(())
}

fn fits(name: &str, amount: Decimal) -> bool {
    let most = Decimal::new(999_999_999_999_999, 2);
    let places = amount.normalize().scale();
    match name {
        "netVatDue" => (Decimal::ZERO..=Decimal::new(9_999_999_999_999, 2)).contains(&amount) && places <= 2,
        _ if WHOLE_POUNDS.contains(&name) => amount.abs() <= most && places == 0,
        _ => amount.abs() <= most && places <= 2,
    }
}

fn check_totals(given: &Map<String, Value>) -> Result<(), Answer> {
    let box_of = |name: &str| amount_of(given, name);
    let mut wrong = Vec::new();
    if box_of("totalVatDue") != box_of("vatDueSales") + box_of("vatDueAcquisitions") {
        wrong.push(("VAT_TOTAL_VALUE", "/totalVatDue"));
    }
    if box_of("netVatDue") != (box_of("totalVatDue") - box_of("vatReclaimedCurrPeriod")).abs() {
        wrong.push(("VAT_NET_VALUE", "/netVatDue"));
    }
    if wrong.is_empty() { Ok(()) } else { Err(refusal::business(&wrong)) }
}
