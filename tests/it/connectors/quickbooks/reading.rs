//! Full reads, the change feed, its cap and its look-back.

use std::collections::{BTreeMap, BTreeSet};

use application::ports::connector::ReadMode;
use application::ports::credentials::Owner;
use chrono::TimeDelta;
use sandbox::quickbooks::QuickBooksConfig;
use serde_json::json;

use super::super::ports::INTEGRATION;
use super::{Books, invoice};

#[tokio::test]
async fn a_full_read_passes_over_thousands_and_changes_come_by_the_feed() {
    let books = Books::connected(QuickBooksConfig::unlimited()).await;
    for at in 0..2300 {
        books.sandbox.create("Customer", json!({"DisplayName": format!("Customer {at}")})).unwrap();
    }
    let (records, resume) = books.read("Customer", ReadMode::Full, None).await;
    let ids: BTreeSet<&str> = records.iter().map(|record| record.id.as_str()).collect();
    assert_eq!(ids.len(), 2300);

    let id = records[3].id.clone();
    books.sandbox.advance_clock(600);
    books.sandbox.edit("Customer", &id, json!({"CompanyName": "Changed"})).unwrap();
    books.sandbox.deactivate("Customer", &records[4].id).unwrap();
    let queries = |label: &str| books.sandbox.stats().requests.get(label).copied().unwrap_or_default();
    let before = queries("query");
    let (changed, resume) = books.read("Customer", ReadMode::Incremental, resume).await;
    let found: BTreeMap<&str, bool> =
        changed.iter().map(|record| (record.id.as_str(), record.deleted)).collect();
    assert_eq!((found.get(id.as_str()), found.get(records[4].id.as_str())), (Some(&false), Some(&true)));
    assert!(queries("cdc") >= 1);
    assert!(changed.len() < 1000 || queries("query") > before, "a capped feed is followed by queries");

    let (_, resume) = books.read("Customer", ReadMode::Incremental, resume).await;
    let (quiet, _) = books.read("Customer", ReadMode::Incremental, resume).await;
    assert!(quiet.is_empty(), "{}", quiet.len());
}

#[tokio::test]
async fn a_capped_feed_loses_nothing() {
    let books = Books::connected(QuickBooksConfig::unlimited()).await;
    let first = books.sandbox.create("Customer", json!({"DisplayName": "First"})).unwrap();
    let (_, resume) = books.read("Customer", ReadMode::Full, None).await;
    for at in 0..1500 {
        books.sandbox.create("Customer", json!({"DisplayName": format!("Customer {at}")})).unwrap();
    }
    books.sandbox.edit("Customer", first["Id"].as_str().unwrap(), json!({"Notes": "x"})).unwrap();
    let (changed, _) = books.read("Customer", ReadMode::Incremental, resume).await;
    let ids: BTreeSet<&str> = changed.iter().map(|record| record.id.as_str()).collect();
    assert_eq!(ids.len(), 1501);
}

#[tokio::test]
async fn a_deleted_invoice_is_shown_by_the_feed_and_an_old_cursor_falls_back_to_queries() {
    let books = Books::connected(QuickBooksConfig::unlimited()).await;
    let customer = books.sandbox.create("Customer", json!({"DisplayName": "Ada"})).unwrap();
    let item = json!({"Name": "Mug", "Type": "Service", "IncomeAccountRef": {"value": "79"}});
    let item = books.sandbox.create("Item", item).unwrap();
    let (customer, item) = (customer["Id"].as_str().unwrap(), item["Id"].as_str().unwrap());
    let made = books.sandbox.create("Invoice", invoice("1", customer, item, 2)).unwrap();
    let (_, resume) = books.read("Invoice", ReadMode::Full, None).await;
    books.sandbox.delete("Invoice", made["Id"].as_str().unwrap()).unwrap();
    let (changed, resume) = books.read("Invoice", ReadMode::Incremental, resume).await;
    assert!(
        changed.iter().any(|record| record.deleted && record.id == made["Id"].as_str().unwrap()),
        "{changed:?}"
    );

    books.sandbox.advance_clock(40 * 24 * 3600);
    books.bench.clock.advance(TimeDelta::days(40));
    let tokens = books.sandbox.issue_tokens();
    let values =
        [("access_token", tokens.access_token.as_str()), ("refresh_token", tokens.refresh_token.as_str())];
    books.bench.credentials.set(Owner::Integration(INTEGRATION), &values, None);
    books.sandbox.create("Invoice", invoice("2", customer, item, 2)).unwrap();
    let (changed, _) = books.read("Invoice", ReadMode::Incremental, resume).await;
    assert!(changed.iter().any(|record| record.fields()["DocNumber"] == "2"), "{changed:?}");
}
