//! The older read by dates, and the request for a visit at the bank.

use serde_json::{Value, json};

use super::{option, wants};
use crate::kit::decimals::{Object, text_of};
use crate::plaid::endpoints::Ground;
use crate::plaid::refusal::Refusal;
use crate::plaid::transaction::shown;

/// Rows of a page when nothing else is asked for.
const DEFAULT_COUNT: usize = 100;

fn size(value: Option<&Value>, default: usize) -> usize {
    value.and_then(Value::as_u64).and_then(|size| usize::try_from(size).ok()).unwrap_or(default)
}

/// `POST /transactions/get`: by dates, newest first.
pub(crate) fn get(ground: &mut Ground<'_>, body: &Object) -> Result<Value, Refusal> {
    let token = text_of(body, "access_token");
    let item = ground.world.item_of(token)?;
    item.usable()?;
    if !item.bank.products.contains(&"transactions") {
        return Err(Refusal::item("PRODUCTS_NOT_SUPPORTED", None));
    }
    let id = item.id.clone();
    let days = option(body, "days_requested").and_then(Value::as_i64);
    ground.world.want(&id, days, ground.now_ms);
    let item = ground.world.item_of(token)?;
    if item.stage == 0 {
        return Err(Refusal::item("PRODUCT_NOT_READY", None));
    }
    let (start, end) = (text_of(body, "start_date"), text_of(body, "end_date"));
    if start > end {
        return Err(Refusal::field("start_date", "must not be after end_date"));
    }
    let accounts = item.accounts_of(option(body, "account_ids"))?;
    let mut rows: Vec<&Object> = item
        .transactions
        .values()
        .filter(|row| (start..=end).contains(&text_of(row, "date")))
        .filter(|row| accounts.iter().any(|account| row.get("account_id") == Some(&account["account_id"])))
        .collect();
    rows.sort_by_key(|row| (std::cmp::Reverse(text_of(row, "date")), text_of(row, "transaction_id")));
    let offset = size(option(body, "offset"), 0);
    let count = size(option(body, "count"), DEFAULT_COUNT);
    let described = wants(body, "include_original_description");
    let page: Vec<Value> = rows.iter().skip(offset).take(count).map(|row| shown(row, described)).collect();
    Ok(json!({
        "accounts": accounts,
        "item": item.shown(),
        "total_transactions": rows.len(),
        "transactions": page
    }))
}

/// `POST /transactions/refresh`: visits the bank now; the webhook says when there is something.
pub(crate) fn refresh(ground: &mut Ground<'_>, body: &Object) -> Result<Value, Refusal> {
    let item = ground.world.item_of(text_of(body, "access_token"))?;
    item.usable()?;
    if item.wanted.is_none() {
        return Err(Refusal::item("PRODUCT_NOT_READY", None));
    }
    let (id, bank) = (item.id.clone(), item.bank.id);
    if let Some(code) = ground.world.down.get(bank) {
        return Err(Refusal::institution(code));
    }
    ground.world.pull(&id, ground.now_ms);
    Ok(json!({}))
}
