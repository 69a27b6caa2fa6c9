//! Consent, tokens, and the end of a connection.

use std::collections::BTreeMap;

use application::ports::connector::Connectors;
use application::ports::credentials::{Credentials, Owner};
use chrono::TimeDelta;
use domain::value::ErrorClass;
use reqwest::Url;
use sandbox::quickbooks::{QuickBooksConfig, RequestIds};
use serde_json::json;

use super::super::ports::{INTEGRATION, ORGANIZATION};
use super::{Books, app, class, confirmed, create};

const REDIRECT: &str = "http://127.0.0.1/oauth/callback";

#[tokio::test]
async fn consent_gives_tokens_and_the_realm_and_a_used_code_gives_nothing() {
    let books = Books::new(QuickBooksConfig {
        redirect_uris: vec![REDIRECT.into()],
        ..QuickBooksConfig::unlimited()
    })
    .await;
    let asked = books.registry.authorize(&books.target, &app(), "state-1", REDIRECT).await.unwrap();
    assert!(asked.verifier.is_none());
    let callback = consent(&asked.url).await;
    assert_eq!(callback["state"], "state-1");
    let given = books.registry.exchange(&books.target, &app(), &callback, REDIRECT, None).await.unwrap();
    assert_eq!(given.realm.as_deref(), Some(books.sandbox.realm_id.as_str()));
    assert_eq!(given.scopes, ["com.intuit.quickbooks.accounting"]);
    assert!(given.secrets.get("refresh_token_expires_at").is_some());

    let owner = Owner::Integration(INTEGRATION);
    assert!(books.bench.credentials.put(ORGANIZATION, &owner, &given.secrets, Some(0)).await.unwrap());
    let verified = books.open().verify().await.unwrap();
    assert_eq!(verified.name.as_deref(), Some("Sandbox Company"));

    let again = books.registry.exchange(&books.target, &app(), &callback, REDIRECT, None).await.unwrap_err();
    assert_eq!(again.class, ErrorClass::AuthExpired);
    let refused = BTreeMap::from([("error".to_owned(), "access_denied".to_owned())]);
    let error = books.registry.exchange(&books.target, &app(), &refused, REDIRECT, None).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Permission);
}

/// What a browser brings back from the consent page.
#[expect(clippy::disallowed_methods, reason = "the browser of the test, outside the product")]
async fn consent(url: &str) -> BTreeMap<String, String> {
    let browser =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let answer = browser.get(url).send().await.unwrap();
    let location: Url = answer.headers()["location"].to_str().unwrap().parse().unwrap();
    location.query_pairs().into_owned().collect()
}

#[tokio::test]
async fn tokens_are_refreshed_before_they_end_and_after_a_refusal_by_one_refresher() {
    let books = Books::connected(QuickBooksConfig::unlimited()).await;
    let first = books.secret("refresh_token").unwrap();
    books.sandbox.expire_access_tokens();
    let connections: Vec<_> = (0..6).map(|_| books.open()).collect();
    let tasks: Vec<_> = connections
        .into_iter()
        .map(|connection| tokio::spawn(async move { connection.verify().await }))
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(books.sandbox.stats().refreshes, 1);
    assert_ne!(books.secret("refresh_token").unwrap(), first);
    assert_eq!(books.secret("previous_refresh_token").unwrap(), first);

    books.bench.clock.advance(TimeDelta::seconds(3400));
    books.open().verify().await.unwrap();
    assert_eq!(books.sandbox.stats().refreshes, 2);
    books.registry.refresh(&books.target).await.unwrap();
    assert_eq!(books.sandbox.stats().refreshes, 3);
}

#[tokio::test]
async fn a_write_refused_for_its_token_is_sent_once_more_and_makes_one_record() {
    let books = Books::connected(QuickBooksConfig {
        request_id: RequestIds::Ignored,
        ..QuickBooksConfig::unlimited()
    })
    .await;
    books.sandbox.expire_access_tokens();
    confirmed(&books.write("Customer", create("c1", json!({"DisplayName": "Ada"}))).await);
    assert_eq!(books.sandbox.count("Customer"), 1);
}

#[tokio::test]
async fn a_dead_connection_asks_for_a_new_one_and_keeps_its_secrets() {
    let books = Books::connected(QuickBooksConfig::unlimited()).await;
    books.sandbox.revoke();
    let error = books.open().verify().await.unwrap_err();
    assert_eq!((error.class, error.next_step.as_deref()), (ErrorClass::AuthExpired, Some("connect again")));
    assert!(books.secret("refresh_token").is_some());
    let outcome = books.write("Customer", create("c1", json!({"DisplayName": "Ada"}))).await;
    assert_eq!(class(&outcome), ErrorClass::AuthExpired);
}

#[tokio::test]
async fn revoking_ends_the_tokens_at_the_provider() {
    let books = Books::connected(QuickBooksConfig::unlimited()).await;
    books.registry.revoke(&books.target).await.unwrap();
    assert_eq!(books.open().verify().await.unwrap_err().class, ErrorClass::AuthExpired);
}
