//! Transactions that come again and again.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::kit::clock::rfc3339;
use crate::kit::decimals::{Object, amount_of, number, text_of};
use crate::plaid::endpoints::Ground;
use crate::plaid::refusal::Refusal;

/// A transaction that came so often is taken for one that comes again.
const OFTEN: usize = 3;

/// `POST /transactions/recurring/get`: posted ones of the same account, name and amount.
pub(crate) fn get(ground: &mut Ground<'_>, body: &Object) -> Result<Value, Refusal> {
    let now = rfc3339(ground.now_ms);
    let item = ground.world.item_of(text_of(body, "access_token"))?;
    item.usable()?;
    if item.stage < 2 {
        return Err(Refusal::item("PRODUCT_NOT_READY", None));
    }
    let accounts = item.accounts_of(body.get("account_ids").filter(|ids| !ids.is_null()))?;
    let asked = |row: &&Object| {
        let wanted = accounts.iter().any(|account| row.get("account_id") == Some(&account["account_id"]));
        wanted && row.get("pending") == Some(&json!(false))
    };
    let mut groups: BTreeMap<(&str, &str, String), Vec<&Object>> = BTreeMap::new();
    for row in item.transactions.values().filter(asked) {
        let key = (text_of(row, "account_id"), text_of(row, "name"), amount_of(row, "amount").to_string());
        groups.entry(key).or_default().push(row);
    }
    let (mut inflow, mut outflow) = (Vec::new(), Vec::new());
    for rows in groups.into_values().filter(|rows| rows.len() >= OFTEN) {
        let streams =
            if amount_of(rows[0], "amount").is_sign_negative() { &mut inflow } else { &mut outflow };
        streams.push(stream(rows));
    }
    Ok(json!({"inflow_streams": inflow, "outflow_streams": outflow, "updated_datetime": now}))
}

fn stream(mut rows: Vec<&Object>) -> Value {
    rows.sort_by_key(|row| text_of(row, "date"));
    let (first, last) = (rows[0], rows[rows.len() - 1]);
    let ids: Vec<&str> = rows.iter().map(|row| text_of(row, "transaction_id")).collect();
    let amount = json!({
        "amount": number(amount_of(last, "amount")),
        "iso_currency_code": last["iso_currency_code"],
        "unofficial_currency_code": last["unofficial_currency_code"],
    });
    json!({
        "account_id": last["account_id"],
        "average_amount": amount,
        "category": [],
        "category_id": "",
        "description": last["name"],
        "first_date": first["date"],
        "frequency": "UNKNOWN",
        "is_active": true,
        "is_user_modified": false,
        "last_amount": amount,
        "last_date": last["date"],
        "merchant_name": last["merchant_name"],
        "status": "MATURE",
        "stream_id": format!("stream{}", ids[0]),
        "transaction_ids": ids,
    })
}
