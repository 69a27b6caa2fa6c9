//! `/transactions/sync`.

use serde_json::{Value, json};

use super::desk::{Desk, Login, ids, text};
use crate::plaid::PlaidConfig;

/// Pages until there is no more; the last page.
async fn drain(desk: &Desk, login: &Login, cursor: &str) -> Value {
    let mut page = desk.sync(login, cursor, 500).await;
    while page["has_more"] == true {
        page = desk.sync(login, &text(&page["next_cursor"]), 500).await;
    }
    page
}

#[tokio::test]
async fn a_stream_says_what_was_added_modified_and_removed() {
    let desk = Desk::open().await;
    let login = desk.login(json!({}));
    let (a, b) = (desk.book(&login, json!({"amount": 1})), desk.book(&login, json!({"amount": 2})));
    let page = drain(&desk, &login, "").await;
    assert_eq!(
        (ids(&page["added"]), &page["transactions_update_status"]),
        (vec![a.clone(), b.clone()], &json!("HISTORICAL_UPDATE_COMPLETE"))
    );
    let cursor = text(&page["next_cursor"]);
    assert!(cursor.len() <= 256);
    desk.sandbox.edit("transaction", &a, json!({"amount": 1.5})).unwrap();
    desk.sandbox.delete("transaction", &b).unwrap();
    let c = desk.book(&login, json!({"amount": 3}));
    let page = drain(&desk, &login, &cursor).await;
    assert_eq!((ids(&page["added"]), ids(&page["modified"])), (vec![c], vec![a]));
    assert_eq!(page["removed"], json!([{"transaction_id": b, "account_id": login.account}]));
    let again = drain(&desk, &login, &cursor).await;
    assert_eq!(ids(&again["added"]), ids(&page["added"]), "the same cursor answers the same again");
    let page = drain(&desk, &login, &text(&page["next_cursor"])).await;
    assert!(ids(&page["added"]).is_empty() && page["has_more"] == false);
}

#[tokio::test]
async fn a_new_transaction_may_be_modified_before_anybody_saw_it() {
    let desk = Desk::open().await;
    let login = desk.login(json!({}));
    let id = desk.book(&login, json!({"amount": 1}));
    desk.sandbox.edit("transaction", &id, json!({"amount": 2})).unwrap();
    let page = drain(&desk, &login, "").await;
    assert_eq!((ids(&page["added"]), ids(&page["modified"])), (vec![], vec![id]));
    let desk = Desk::with(PlaidConfig { new_as_modified: false, ..PlaidConfig::unlimited() }).await;
    let login = desk.login(json!({}));
    let id = desk.book(&login, json!({"amount": 1}));
    desk.sandbox.edit("transaction", &id, json!({"amount": 2})).unwrap();
    assert_eq!(ids(&drain(&desk, &login, "").await["added"]), [id]);
}

#[tokio::test]
async fn a_change_between_pages_spoils_the_loop_which_starts_again_where_it_began() {
    let desk = Desk::open().await;
    let login = desk.login(json!({}));
    let mut all: Vec<String> = (1..=3).map(|amount| desk.book(&login, json!({"amount": amount}))).collect();
    let first = desk.sync(&login, "", 2).await;
    assert_eq!((ids(&first["added"]).len(), &first["has_more"]), (2, &json!(true)));
    all.push(desk.book(&login, json!({"amount": 4})));
    let body = json!({"access_token": login.token, "cursor": first["next_cursor"], "count": 2});
    let spoilt = "TRANSACTIONS_ERROR/TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION";
    assert_eq!(desk.refused("/transactions/sync", body.clone()).await, spoilt);
    assert_eq!(
        desk.refused("/transactions/sync", body).await,
        spoilt,
        "going on from the last page never helps"
    );
    let first = desk.sync(&login, "", 2).await;
    let second = desk.sync(&login, &text(&first["next_cursor"]), 2).await;
    assert_eq!([ids(&first["added"]), ids(&second["added"])].concat(), all);
    assert_eq!(second["has_more"], false);
}

#[tokio::test]
async fn pages_can_be_spoilt_at_will() {
    let desk = Desk::open().await;
    let login = desk.login(json!({}));
    for amount in 1..=3 {
        desk.book(&login, json!({"amount": amount}));
    }
    desk.sandbox.spoil_pages(1);
    let first = desk.sync(&login, "", 2).await;
    let next = json!({"access_token": login.token, "cursor": first["next_cursor"], "count": 2});
    assert!(desk.refused("/transactions/sync", next).await.ends_with("MUTATION_DURING_PAGINATION"));
    let first = desk.sync(&login, "", 2).await;
    assert_eq!(desk.sync(&login, &text(&first["next_cursor"]), 2).await["has_more"], false);
}

#[tokio::test]
async fn a_posted_transaction_is_another_one_that_points_back() {
    let desk = Desk::open().await;
    let login = desk.login(json!({}));
    let pending = desk.book(&login, json!({"amount": 10, "pending": true}));
    let cursor = text(&drain(&desk, &login, "").await["next_cursor"]);
    let posted = desk.sandbox.post(&pending, Some("12.10".parse().unwrap())).unwrap();
    let page = drain(&desk, &login, &cursor).await;
    assert_eq!(page["removed"][0]["transaction_id"], json!(pending));
    let added = &page["added"][0];
    assert_eq!(
        (&added["transaction_id"], &added["pending_transaction_id"], &added["pending"]),
        (&posted["transaction_id"], &json!(pending), &json!(false))
    );
    assert_eq!(added["amount"].to_string(), "12.1", "a JSON number, to be read from its text");
    assert!(desk.sandbox.post(&text(&posted["transaction_id"]), None).is_err(), "posted already");
    let desk = Desk::with(PlaidConfig { link_pending: false, ..PlaidConfig::unlimited() }).await;
    let login = desk.login(json!({}));
    let pending = desk.book(&login, json!({"amount": 10, "pending": true}));
    assert_eq!(desk.sandbox.post(&pending, None).unwrap()["pending_transaction_id"], json!(null));
}

#[tokio::test]
async fn an_account_has_a_stream_of_its_own() {
    let desk = Desk::open().await;
    let login = desk.login(json!({}));
    let here = desk.book(&login, json!({"amount": 1}));
    let there = text(
        &desk.sandbox.create("transaction", json!({"account_id": login.card, "amount": 2})).unwrap()["transaction_id"],
    );
    let ask = |cursor: &str, account: &str| {
        let options = if account.is_empty() { json!({}) } else { json!({"account_id": account}) };
        json!({"access_token": login.token, "cursor": cursor, "options": options})
    };
    let page = desk.done("/transactions/sync", ask("", &login.card)).await;
    assert_eq!((ids(&page["added"]), page["accounts"].as_array().unwrap().len()), (vec![there], 1));
    let own = text(&page["next_cursor"]);
    assert_eq!(desk.refused("/transactions/sync", ask(&own, "")).await, "INVALID_REQUEST/INVALID_FIELD");
    assert_eq!(
        desk.refused("/transactions/sync", ask(&own, &login.account)).await,
        "INVALID_REQUEST/INVALID_FIELD"
    );
    let other = desk.login(json!({"login": "other"}));
    let body = json!({"access_token": other.token, "cursor": own, "options": {}});
    assert_eq!(desk.refused("/transactions/sync", body).await, "INVALID_REQUEST/INVALID_FIELD");
    assert!(ids(&drain(&desk, &login, "").await["added"]).contains(&here));
}

#[tokio::test]
async fn right_after_linking_there_is_nothing_and_then_in_two_parts() {
    let config = PlaidConfig { initial_after_s: 60, historical_after_s: 600, ..PlaidConfig::unlimited() };
    let desk = Desk::with(config).await;
    let login = desk.login(json!({"days_requested": 60}));
    let days_ago =
        |days: i64| crate::kit::clock::date(crate::kit::Clock::default().now_ms() - days * 86_400_000);
    let recent = desk.book(&login, json!({"amount": 1, "date": days_ago(5)}));
    let older = desk.book(&login, json!({"amount": 2, "date": days_ago(50)}));
    desk.book(&login, json!({"amount": 3, "date": days_ago(80)}));
    let page = desk.sync(&login, "", 100).await;
    assert_eq!(
        (&page["next_cursor"], &page["transactions_update_status"]),
        (&json!(""), &json!("NOT_READY"))
    );
    desk.sandbox.advance_clock(61);
    let page = desk.sync(&login, "", 100).await;
    assert_eq!(
        (ids(&page["added"]), &page["transactions_update_status"]),
        (vec![recent], &json!("INITIAL_UPDATE_COMPLETE"))
    );
    desk.sandbox.advance_clock(600);
    let page = desk.sync(&login, &text(&page["next_cursor"]), 100).await;
    assert_eq!(ids(&page["added"]), [older], "60 days were asked for, so the third never comes");
    let options = json!({"days_requested": 730});
    let wider = json!({"access_token": login.token, "cursor": page["next_cursor"], "options": options});
    assert!(ids(&desk.done("/transactions/sync", wider).await["added"]).is_empty(), "fixed on day one");
}

#[tokio::test]
async fn history_is_ninety_days_unless_asked_for() {
    let desk = Desk::open().await;
    let days_ago =
        |days: i64| crate::kit::clock::date(crate::kit::Clock::default().now_ms() - days * 86_400_000);
    for (days, seen) in [(89, 1), (91, 0)] {
        let login = desk.login(json!({"login": days.to_string()}));
        desk.book(&login, json!({"amount": 1, "date": days_ago(days)}));
        assert_eq!(ids(&drain(&desk, &login, "").await["added"]).len(), seen, "{days}");
    }
}

#[tokio::test]
async fn the_bank_is_visited_now_and_then_or_on_request() {
    let desk = Desk::with(PlaidConfig { pull_every_s: 6 * 3600, ..PlaidConfig::unlimited() }).await;
    let login = desk.login(json!({}));
    desk.book(&login, json!({"amount": 1}));
    let page = drain(&desk, &login, "").await;
    assert!(ids(&page["added"]).is_empty());
    desk.done("/transactions/refresh", json!({"access_token": login.token})).await;
    let page = drain(&desk, &login, &text(&page["next_cursor"])).await;
    assert_eq!(ids(&page["added"]).len(), 1);
    desk.book(&login, json!({"amount": 2}));
    desk.sandbox.advance_clock(6 * 3600 + 1);
    assert_eq!(ids(&drain(&desk, &login, &text(&page["next_cursor"])).await["added"]).len(), 1);
}

#[tokio::test]
async fn now_skips_what_there_is_and_the_banks_text_is_sent_when_asked_for() {
    let desk = Desk::open().await;
    let login = desk.login(json!({}));
    desk.book(&login, json!({"amount": 1, "original_description": "BANK TEXT"}));
    let page = desk.sync(&login, "now", 100).await;
    assert!(ids(&page["added"]).is_empty());
    assert_eq!(drain(&desk, &login, "").await["added"][0]["original_description"], json!(null));
    let body = json!({"access_token": login.token, "options": {"include_original_description": true}});
    assert_eq!(desk.done("/transactions/sync", body).await["added"][0]["original_description"], "BANK TEXT");
}
