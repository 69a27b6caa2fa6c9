//! Accounts: as last fetched, or asked of the bank now.

use serde_json::{Value, json};

use super::option;
use crate::kit::decimals::{Object, text_of};
use crate::plaid::endpoints::Ground;
use crate::plaid::refusal::Refusal;

/// `POST /accounts/get`: what was fetched last, also while a login is broken.
pub(crate) fn get(ground: &mut Ground<'_>, body: &Object) -> Result<Value, Refusal> {
    let item = ground.world.item_of(text_of(body, "access_token"))?;
    let accounts = item.accounts_of(option(body, "account_ids"))?;
    Ok(json!({"accounts": accounts, "item": item.shown()}))
}

/// `POST /accounts/balance/get`: asks the bank, so the login and the bank must work.
pub(crate) fn balance(ground: &mut Ground<'_>, body: &Object) -> Result<Value, Refusal> {
    let item = ground.world.item_of(text_of(body, "access_token"))?;
    item.usable()?;
    let bank = item.bank.id;
    let accounts = item.accounts_of(option(body, "account_ids"))?;
    let shown = item.shown();
    if let Some(code) = ground.world.down.get(bank) {
        return Err(Refusal::institution(code));
    }
    Ok(json!({"accounts": accounts, "item": shown}))
}
