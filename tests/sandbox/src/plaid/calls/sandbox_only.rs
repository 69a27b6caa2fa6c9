//! `/sandbox/*`: what tests of the provider's own sandbox use.

use serde_json::{Value, json};

use super::option;
use crate::kit::clock::{date, rfc3339, seconds_ms};
use crate::kit::decimals::{Object, items_of, text_of};
use crate::plaid::bank;
use crate::plaid::config::Environment;
use crate::plaid::endpoints::Ground;
use crate::plaid::refusal::Refusal;
use crate::plaid::transaction;

fn sandbox_only(ground: &Ground<'_>) -> Result<(), Refusal> {
    if ground.config.environment == Environment::Sandbox {
        return Ok(());
    }
    Err(Refusal::request("SANDBOX_ONLY", "this endpoint is only available in the sandbox environment"))
}

/// `POST /sandbox/public_token/create`: a login without Link.
pub(crate) fn public_token(ground: &mut Ground<'_>, body: &Object) -> Result<Value, Refusal> {
    sandbox_only(ground)?;
    let bank = bank::find(text_of(body, "institution_id"))
        .ok_or_else(|| Refusal::input("INVALID_INSTITUTION", "invalid institution_id provided"))?;
    let products: Vec<String> =
        items_of(body, "initial_products").iter().filter_map(Value::as_str).map(str::to_owned).collect();
    if let Some(other) = products.iter().find(|product| !bank.products.contains(&product.as_str())) {
        return Err(Refusal::item("PRODUCTS_NOT_SUPPORTED", Some(other)));
    }
    let login = option(body, "override_username").and_then(Value::as_str).unwrap_or("user_good");
    let item = ground.world.add_item(bank, login, ground.now_ms);
    let id = item.id.clone();
    item.webhook = option(body, "webhook").and_then(Value::as_str).map(str::to_owned);
    item.products.clone_from(&products);
    if products.iter().any(|product| product == "transactions") {
        let days = option(body, "transactions").and_then(|options| options["days_requested"].as_i64());
        ground.world.want(&id, days, ground.now_ms);
    }
    let expires_ms = ground.now_ms + seconds_ms(ground.config.public_token_ttl_s);
    Ok(json!({"public_token": ground.world.publish(&id, expires_ms)}))
}

/// `POST /sandbox/item/reset_login`
pub(crate) fn reset_login(ground: &mut Ground<'_>, body: &Object) -> Result<Value, Refusal> {
    sandbox_only(ground)?;
    let id = ground.world.item_of(text_of(body, "access_token"))?.id.clone();
    ground.world.fail(&id, "ITEM_LOGIN_REQUIRED", None, ground.now_ms);
    Ok(json!({"reset_login": true}))
}

/// `POST /sandbox/item/fire_webhook`: a webhook without its cause.
pub(crate) fn fire_webhook(ground: &mut Ground<'_>, body: &Object) -> Result<Value, Refusal> {
    sandbox_only(ground)?;
    let code = text_of(body, "webhook_code");
    let kind = match body.get("webhook_type").and_then(Value::as_str) {
        Some(kind) => kind,
        None if matches!(code, "DEFAULT_UPDATE" | "SYNC_UPDATES_AVAILABLE") => "TRANSACTIONS",
        None => "ITEM",
    };
    let later = rfc3339(ground.now_ms + 7 * 86_400_000);
    let item = ground.world.item_of(text_of(body, "access_token"))?;
    let (id, account) = (item.id.clone(), item.accounts.first().map(|account| account["account_id"].clone()));
    let error = Refusal::item("ITEM_LOGIN_REQUIRED", None).body("");
    let more = match (kind, code) {
        ("TRANSACTIONS", "SYNC_UPDATES_AVAILABLE") => {
            json!({"initial_update_complete": true, "historical_update_complete": true})
        }
        ("TRANSACTIONS", "DEFAULT_UPDATE") => json!({"new_transactions": 0, "error": null}),
        ("ITEM", "ERROR") => json!({"error": error}),
        ("ITEM", "LOGIN_REPAIRED" | "NEW_ACCOUNTS_AVAILABLE") => json!({}),
        ("ITEM", "PENDING_DISCONNECT") => {
            json!({"reason": "INSTITUTION_TOKEN_EXPIRATION", "disconnect_time": later})
        }
        ("ITEM", "USER_PERMISSION_REVOKED") => json!({"error": null}),
        ("ITEM", "USER_ACCOUNT_REVOKED") => json!({"account_id": account}),
        _ => return Err(Refusal::not_modelled(format!("webhook {kind}/{code}"))),
    };
    let fired = item.webhook.as_ref().is_some_and(|url| !url.is_empty());
    ground.world.tell(&id, (kind, code), &more, ground.now_ms);
    Ok(json!({"webhook_fired": fired}))
}

/// `POST /sandbox/transactions/create`: on the item's first account.
pub(crate) fn transactions(ground: &mut Ground<'_>, body: &Object) -> Result<Value, Refusal> {
    sandbox_only(ground)?;
    let item = ground.world.item_of(text_of(body, "access_token"))?;
    item.usable()?;
    let id = item.id.clone();
    let account = item.accounts_of(None)?.swap_remove(0);
    for row in items_of(body, "transactions") {
        let mut given = Object::new();
        given.insert("amount".into(), row["amount"].clone());
        given.insert("name".into(), row["description"].clone());
        given.insert("date".into(), row["date_posted"].clone());
        given.insert("authorized_date".into(), row["date_transacted"].clone());
        if let Some(code) = row.get("iso_currency_code") {
            given.insert("iso_currency_code".into(), code.clone());
        }
        let fresh = ground.world.ids.base62("", 37);
        let made = transaction::made(&fresh, &account, &given, &date(ground.now_ms))?;
        ground.world.book(&id, made, ground.now_ms);
    }
    Ok(json!({}))
}
