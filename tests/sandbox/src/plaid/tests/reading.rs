//! Accounts, banks, and transactions by date.

use serde_json::json;

use super::desk::{BANK, Desk, ids, text};
use crate::plaid::PlaidConfig;

#[tokio::test]
async fn accounts_have_decimal_balances() {
    let desk = Desk::open().await;
    let login = desk.login(json!({}));
    let answer = desk.done("/accounts/get", json!({"access_token": login.token})).await;
    let card = &answer["accounts"][2];
    assert_eq!(
        (&card["type"], &card["balances"]["current"], &card["balances"]["available"]),
        (&json!("credit"), &json!(410), &json!(null)),
        "owed is positive"
    );
    assert_eq!(card["balances"]["unofficial_currency_code"], json!(null));
    desk.sandbox.edit("account", &login.account, json!({"balances": {"current": 12.1}})).unwrap();
    let body = json!({"access_token": login.token, "options": {"account_ids": [login.account]}});
    let answer = desk.done("/accounts/balance/get", body).await;
    assert_eq!(answer["accounts"].as_array().unwrap().len(), 1);
    assert_eq!(answer["accounts"][0]["balances"]["current"].to_string(), "12.1");
    let body = json!({"access_token": login.token, "options": {"account_ids": ["other"]}});
    assert_eq!(desk.refused("/accounts/get", body).await, "INVALID_INPUT/INVALID_ACCOUNT_ID");
}

#[tokio::test]
async fn banks_are_listed_and_found() {
    let desk = Desk::open().await;
    let page = desk.done("/institutions/get", json!({"count": 2, "offset": 1, "country_codes": ["US"], "options": {"products": ["transactions"]}})).await;
    assert_eq!((&page["total"], page["institutions"].as_array().unwrap().len()), (&json!(3), 2));
    let body = |id: &str, country: &str| json!({"institution_id": id, "country_codes": [country]});
    let found = desk.done("/institutions/get_by_id", body(BANK, "US")).await;
    assert_eq!(found["institution"]["name"], "First Platypus Bank");
    for (id, country) in [("ins_0", "US"), (BANK, "IE")] {
        assert_eq!(
            desk.refused("/institutions/get_by_id", body(id, country)).await,
            "INVALID_INPUT/INVALID_INSTITUTION"
        );
    }
}

#[tokio::test]
async fn transactions_by_date_are_paged_by_offset() {
    let desk = Desk::open().await;
    let login = desk.login(json!({"days_requested": 730}));
    let today = chrono_today(&desk);
    for amount in 1..=3 {
        desk.book(&login, json!({"amount": amount, "date": today}));
    }
    let ask = |offset: u64| json!({"access_token": login.token, "start_date": "2020-01-01", "end_date": "2100-01-01", "options": {"count": 2, "offset": offset}});
    let first = desk.done("/transactions/get", ask(0)).await;
    let second = desk.done("/transactions/get", ask(2)).await;
    assert_eq!(
        (&first["total_transactions"], ids(&first["transactions"]).len(), ids(&second["transactions"]).len()),
        (&json!(3), 2, 1)
    );
    let body = json!({"access_token": login.token, "start_date": "2020-01-02", "end_date": "2020-01-01"});
    assert_eq!(desk.refused("/transactions/get", body).await, "INVALID_REQUEST/INVALID_FIELD");
    let body = json!({"access_token": login.token, "start_date": "1 Jan", "end_date": "2020-01-01"});
    assert_eq!(desk.refused("/transactions/get", body).await, "INVALID_REQUEST/INVALID_FIELD");
}

fn chrono_today(desk: &Desk) -> String {
    let probe = desk.login(json!({"login": "probe"}));
    let id = desk.book(&probe, json!({"amount": 1}));
    let all = desk.sandbox.transactions(&probe.id);
    text(&all.iter().find(|row| row["transaction_id"] == json!(id)).unwrap()["date"])
}

#[tokio::test]
async fn nothing_is_ready_right_after_linking() {
    let config = PlaidConfig { initial_after_s: 60, historical_after_s: 600, ..PlaidConfig::unlimited() };
    let desk = Desk::with(config).await;
    let login = desk.login(json!({}));
    let body = json!({"access_token": login.token, "start_date": "2020-01-01", "end_date": "2100-01-01"});
    assert_eq!(desk.refused("/transactions/get", body).await, "ITEM_ERROR/PRODUCT_NOT_READY");
}

#[tokio::test]
async fn the_sandbox_helper_books_on_the_first_account() {
    let desk = Desk::open().await;
    let login = desk.login(json!({}));
    let date = chrono_today(&desk);
    let row =
        json!({"date_transacted": date, "date_posted": date, "amount": -12.34, "description": "Refund"});
    desk.done("/sandbox/transactions/create", json!({"access_token": login.token, "transactions": [row]}))
        .await;
    let page = desk.sync(&login, "", 100).await;
    let added = &page["added"][0];
    assert_eq!(
        (added["amount"].to_string().as_str(), &added["account_id"], &added["name"]),
        ("-12.34", &json!(login.account), &json!("Refund")),
        "negative is money in"
    );
}

#[tokio::test]
async fn what_comes_again_and_again_is_a_stream() {
    let desk = Desk::open().await;
    let login = desk.login(json!({}));
    // Not older than the ninety days that are asked for by default.
    let today = chrono_today(&desk);
    for _ in 0..3 {
        desk.book(&login, json!({"amount": 900, "name": "Rent", "date": today}));
    }
    desk.book(&login, json!({"amount": -5, "name": "Refund"}));
    desk.sync(&login, "", 100).await;
    let streams = desk.done("/transactions/recurring/get", json!({"access_token": login.token})).await;
    assert_eq!(streams["inflow_streams"], json!([]));
    let rent = &streams["outflow_streams"][0];
    assert_eq!((&rent["description"], &rent["last_date"]), (&json!("Rent"), &json!(today)));
    assert_eq!(rent["transaction_ids"].as_array().unwrap().len(), 3);
}
