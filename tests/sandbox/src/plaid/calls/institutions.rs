//! Banks, and the keys of webhooks.

use serde_json::{Value, json};

use super::option;
use crate::kit::decimals::{Object, items_of, text_of};
use crate::plaid::bank::{self, BANKS, Bank};
use crate::plaid::endpoints::Ground;
use crate::plaid::refusal::Refusal;

fn fits(bank: &Bank, body: &Object) -> bool {
    let products = option(body, "products").and_then(Value::as_array);
    let oauth = option(body, "oauth").and_then(Value::as_bool);
    items_of(body, "country_codes").iter().any(|code| code == bank.country)
        && oauth.is_none_or(|oauth| oauth == bank.oauth)
        && products.is_none_or(|wanted| {
            wanted.iter().filter_map(Value::as_str).all(|product| bank.products.contains(&product))
        })
}

/// `POST /institutions/get`
#[expect(clippy::unnecessary_wraps, reason = "every endpoint has this signature")]
pub(crate) fn list(_ground: &mut Ground<'_>, body: &Object) -> Result<Value, Refusal> {
    let size = |name: &str| {
        body.get(name).and_then(Value::as_u64).and_then(|size| usize::try_from(size).ok()).unwrap_or(0)
    };
    let all: Vec<&Bank> = BANKS.iter().filter(|bank| fits(bank, body)).collect();
    let page: Vec<Value> =
        all.iter().skip(size("offset")).take(size("count")).map(|bank| bank.shown()).collect();
    Ok(json!({"institutions": page, "total": all.len()}))
}

/// `POST /institutions/get_by_id`
pub(crate) fn get(_ground: &mut Ground<'_>, body: &Object) -> Result<Value, Refusal> {
    let found = bank::find(text_of(body, "institution_id")).filter(|bank| fits(bank, body));
    let bank =
        found.ok_or_else(|| Refusal::input("INVALID_INSTITUTION", "invalid institution_id provided"))?;
    Ok(json!({"institution": bank.shown()}))
}

/// `POST /webhook_verification_key/get`
pub(crate) fn key(ground: &mut Ground<'_>, body: &Object) -> Result<Value, Refusal> {
    let key = ground.app.signer.jwk(text_of(body, "key_id")).ok_or_else(|| {
        let message = "invalid key_id provided. note that key_ids are specific to Plaid environments, and verification requests must be made to the same environment that the webhook was sent from";
        Refusal::input("INVALID_WEBHOOK_VERIFICATION_KEY_ID", message)
    })?;
    Ok(json!({"key": key}))
}
