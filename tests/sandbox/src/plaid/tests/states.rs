//! What an item goes through.

use serde_json::json;

use super::desk::{BANK, Desk, text};

#[tokio::test]
async fn a_broken_login_stops_what_asks_the_bank() {
    let desk = Desk::open().await;
    let login = desk.login(json!({}));
    let body = json!({"access_token": login.token});
    desk.sandbox.fail(&login.id, "ITEM_LOGIN_REQUIRED", Some("OAUTH_CONSENT_EXPIRED"));
    for path in ["/transactions/sync", "/accounts/balance/get", "/transactions/refresh"] {
        assert_eq!(desk.refused(path, body.clone()).await, "ITEM_ERROR/ITEM_LOGIN_REQUIRED", "{path}");
    }
    desk.done("/accounts/get", body.clone()).await;
    let error = desk.done("/item/get", body.clone()).await["item"]["error"].take();
    assert_eq!(
        (&error["error_code"], &error["error_code_reason"]),
        (&json!("ITEM_LOGIN_REQUIRED"), &json!("OAUTH_CONSENT_EXPIRED"))
    );
    desk.sandbox.repair(&login.id);
    desk.done("/transactions/sync", body).await;
}

#[tokio::test]
async fn a_rotated_token_dies_at_once_and_a_removed_item_for_good() {
    let desk = Desk::open().await;
    let login = desk.login(json!({}));
    let body = json!({"access_token": login.token});
    let new = desk.done("/item/access_token/invalidate", body.clone()).await["new_access_token"].clone();
    assert_eq!(desk.refused("/item/get", body).await, "INVALID_INPUT/INVALID_ACCESS_TOKEN");
    let body = json!({"access_token": new});
    assert_eq!(desk.done("/item/get", body.clone()).await["item"]["item_id"], json!(login.id));
    desk.done("/item/remove", body.clone()).await;
    assert_eq!(desk.refused("/item/remove", body.clone()).await, "ITEM_ERROR/ITEM_NOT_FOUND");
    assert_eq!(desk.refused("/transactions/sync", body).await, "ITEM_ERROR/ITEM_NOT_FOUND");
    let upper = json!({"access_token": text(&new).to_uppercase()});
    assert_eq!(
        desk.refused("/item/get", upper).await,
        "INVALID_INPUT/INVALID_ACCESS_TOKEN",
        "case-sensitive"
    );
}

#[tokio::test]
async fn a_bank_that_is_down_answers_no_balance() {
    let desk = Desk::open().await;
    let login = desk.login(json!({}));
    let body = json!({"access_token": login.token});
    desk.sandbox.set_bank_error(BANK, Some("INSTITUTION_DOWN"));
    assert_eq!(
        desk.refused("/accounts/balance/get", body.clone()).await,
        "INSTITUTION_ERROR/INSTITUTION_DOWN"
    );
    desk.done("/transactions/sync", body.clone()).await;
    desk.sandbox.set_bank_error(BANK, None);
    desk.done("/accounts/balance/get", body).await;
}

#[tokio::test]
async fn without_accounts_or_the_product_there_is_nothing_to_read() {
    let desk = Desk::open().await;
    let login = desk.login(json!({}));
    let body = json!({"access_token": login.token});
    let accounts = desk.done("/accounts/get", body.clone()).await["accounts"].take();
    for account in accounts.as_array().unwrap() {
        desk.sandbox.delete("account", account["account_id"].as_str().unwrap()).unwrap();
    }
    assert_eq!(desk.refused("/accounts/get", body).await, "ITEM_ERROR/NO_ACCOUNTS");
    let public = desk
        .done(
            "/sandbox/public_token/create",
            json!({"institution_id": "ins_900002", "initial_products": ["balance"]}),
        )
        .await;
    let item =
        desk.done("/item/public_token/exchange", json!({"public_token": public["public_token"]})).await;
    let body = json!({"access_token": item["access_token"]});
    assert_eq!(desk.refused("/transactions/sync", body).await, "ITEM_ERROR/PRODUCTS_NOT_SUPPORTED");
}

#[tokio::test]
async fn all_logins_can_break_or_be_revoked() {
    let desk = Desk::open().await;
    let login = desk.login(json!({}));
    let body = json!({"access_token": login.token});
    desk.sandbox.expire_access_tokens();
    assert_eq!(desk.refused("/transactions/sync", body.clone()).await, "ITEM_ERROR/ITEM_LOGIN_REQUIRED");
    desk.sandbox.revoke();
    assert_eq!(desk.refused("/transactions/sync", body).await, "ITEM_ERROR/USER_PERMISSION_REVOKED");
}
