//! Three ways to log in, and what each makes of time.

use std::time::Duration;

use serde_json::json;

use super::super::stage::Stage;
use super::super::stand::{Stand as _, Way};
use super::{Account, BROWSED, MACHINE, Signed};

const WEEK_S: u32 = 7 * 24 * 3600;

/// Every request is signed on its own, query parameters included, under the realm's spelling of the account.
#[tokio::test]
async fn no_signed_request_is_refused() {
    let stage = Stage::<Signed>::connected(true, false).await;
    for round in 1..=2 {
        stage.put("C-1", Signed::ours(&format!("Acme {round}"))).await;
        stage.rest().await;
        stage.pass(3).await;
        stage.pull("incremental").await;
    }
    let signed = stage.there.recorder().take();
    assert!(signed.iter().any(|one| one.query.contains("limit=100")));
    assert_eq!(stage.there.account.login_audit(), Vec::<String>::new());
    stage.close();
}

/// No browser, no refresh token: an assertion is signed for each token.
#[tokio::test]
async fn a_signed_assertion_connects_the_account_and_gets_each_new_token() {
    let stage = Stage::<Account<MACHINE>>::connected(true, false).await;
    for round in 1..=2 {
        stage.put("C-1", Signed::ours(&format!("Acme {round}"))).await;
        stage.rest().await;
        stage.pass(3).await;
        assert_eq!(stage.only().name, format!("Acme {round}"));
        stage.there.account.expire_access_tokens();
    }
    stage.close();
}

/// A consent in a browser ends after seven days, however often it was used. That is shown beforehand, and afterwards.
#[tokio::test]
async fn a_consent_in_a_browser_is_shown_to_end_after_seven_days() {
    let stage = Stage::<Account<BROWSED>>::connected(true, false).await;
    stage.there.account.expire_access_tokens();
    stage.put("C-1", Signed::ours("Acme")).await;
    stage.rest().await;
    stage.pass(3).await;
    assert_eq!(stage.only().name, "Acme");
    let deadlines = stage.hub.get(&stage.path("deadlines")).await.unwrap();
    assert!(deadlines.to_string().contains("the consent ends"), "{deadlines}");
    stage.there.advance(WEEK_S);
    stage.hub.advance(Duration::from_secs(WEEK_S.into())).await.unwrap();
    stage.put("C-1", json!({"name": "Acme Ltd"})).await;
    stage.rest().await;
    stage.pass(240).await;
    let shown = stage.hub.get(&format!("/v1/integrations/{}", stage.integration)).await.unwrap();
    assert_eq!(shown["connection_status"], json!("expired"), "{shown}");
    stage.consent().await;
    stage.rest().await;
    stage.pass(60).await;
    assert_eq!(stage.only().name, "Acme Ltd");
    stage.close();
}

/// The end of token-based authentication is known, and shown to those who use it.
#[tokio::test]
async fn the_end_of_token_based_authentication_is_shown() {
    let stage = Stage::<Signed>::connected(true, false).await;
    stage.hub.advance(Duration::from_hours(24 * 610)).await.unwrap();
    let shown = stage.hub.get(&stage.path("deadlines")).await.unwrap();
    assert!(shown.to_string().contains("2028.2"), "{shown}");
    stage.close();
}

/// Hosts and realms spell the account differently; either will do.
#[tokio::test]
async fn an_account_in_the_spelling_of_hosts_is_signed_for_under_the_other() {
    let stage = Stage::<Signed>::apart(true, false).await;
    let Way::Typed(secrets) = stage.there.connection().way else { panic!("it is typed in") };
    let new = json!({"provider": "netsuite", "settings": {"account": "1234567-sb1", "auth": "token"}});
    let made = stage.hub.post("/v1/integrations", new).await.unwrap();
    let path = format!("/v1/integrations/{}", made["id"].as_str().unwrap());
    stage.hub.put(&format!("{path}/credentials"), secrets).await.unwrap();
    let tested = stage.hub.post(&format!("{path}/test"), json!({})).await.unwrap();
    assert_ne!(tested["ok"], json!(false), "{tested} {:?}", stage.there.account.login_audit());
    assert_eq!(stage.there.account.login_audit(), Vec::<String>::new());
    stage.close();
}
