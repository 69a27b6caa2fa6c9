use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::{RestConfig, RestSandbox, StampGranularity};
use super::{customer, get, ids, post, sandbox, with_records};
use crate::faults::FaultPlan;

/// All pages of a list, as ids in the order they came.
async fn read_all(sandbox: &RestSandbox, query: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let (status, page) = get(sandbox, &format!("/customers?{query}{cursor}")).await;
        assert_eq!(status, 200, "{page}");
        all.extend(ids(&page).into_iter().map(str::to_owned));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

#[tokio::test]
async fn a_hundred_thousand_records_are_paged_without_gaps() {
    let sandbox = sandbox(with_records(100_000)).await;
    let read = read_all(&sandbox, "limit=1000").await;
    let expected: Vec<String> = (1..=100_000).map(|n| format!("cus_{n:08}")).collect();
    assert_eq!(read, expected);
    let by_stamp = read_all(&sandbox, "limit=1000&updated_since=2025-01-01T00:00:00Z").await;
    assert_eq!(by_stamp, expected);
    assert_eq!(sandbox.stats()["rows_served"], json!(200_000));
    sandbox.stop().await;
}

#[tokio::test]
async fn the_last_page_says_so_even_when_it_is_full() {
    let sandbox = sandbox(with_records(20)).await;
    let (_, first) = get(&sandbox, "/customers?limit=10").await;
    assert_eq!(first["has_more"], json!(true));
    assert_eq!(first["total"], json!(20));
    let cursor = first["next_cursor"].as_str().unwrap();
    let (_, last) = get(&sandbox, &format!("/customers?limit=10&cursor={cursor}")).await;
    assert_eq!(ids(&last).len(), 10);
    assert_eq!(last["has_more"], json!(false));
    assert_eq!(last["next_cursor"], Value::Null);
    sandbox.stop().await;
}

#[tokio::test]
async fn updated_since_is_inclusive_and_ordered_by_stamp_then_id() {
    let sandbox = sandbox(with_records(10)).await;
    let since = "/customers?updated_since=2025-01-01T00:00:07Z";
    let (_, page) = get(&sandbox, since).await;
    assert_eq!(ids(&page), ["cus_00000008", "cus_00000009", "cus_00000010"]);
    sandbox.edit("customers", "cus_00000002", json!({"phone": "1"})).unwrap();
    let (_, page) = get(&sandbox, &format!("{since}&limit=3")).await;
    let cursor = page["next_cursor"].as_str().unwrap();
    let (_, rest) = get(&sandbox, &format!("{since}&limit=3&cursor={cursor}")).await;
    assert_eq!(ids(&rest), ["cus_00000002"]);
    sandbox.stop().await;
}

#[tokio::test]
async fn seconds_cut_the_stamp_and_the_question() {
    let sandbox =
        sandbox(RestConfig { stamp_granularity: StampGranularity::Seconds, ..with_records(3) }).await;
    let (_, page) = get(&sandbox, "/customers?updated_since=2025-01-01T00:00:02.900Z").await;
    assert_eq!(ids(&page), ["cus_00000003"]);
    assert_eq!(page["data"][0]["updated_at"], "2025-01-01T00:00:02Z");
    sandbox.stop().await;
}

#[tokio::test]
async fn deleted_records_are_listed_only_on_demand() {
    let sandbox = sandbox(with_records(3)).await;
    let stone = sandbox.delete("customers", "cus_00000002").unwrap();
    let (_, page) = get(&sandbox, "/customers").await;
    assert_eq!(ids(&page), ["cus_00000001", "cus_00000003"]);
    assert_eq!(page["total"], json!(2));
    let (_, page) = get(&sandbox, "/customers?include_deleted=true").await;
    assert_eq!(page["data"][1], stone);
    let members: BTreeSet<&String> = stone.as_object().unwrap().keys().collect();
    assert_eq!(members.into_iter().collect::<Vec<_>>(), ["deleted", "id", "updated_at"]);
    assert_eq!(get(&sandbox, "/customers/cus_00000002").await.0, 404);
    sandbox.stop().await;
}

#[tokio::test]
async fn a_search_finds_a_write_only_after_the_lag() {
    let sandbox = sandbox(RestConfig {
        faults: FaultPlan { search_lag_ms: 1000, ..FaultPlan::default() },
        ..with_records(0)
    })
    .await;
    let (_, made) = post(&sandbox, "/customers", &customer("K/1")).await;
    let id = made["id"].as_str().unwrap();
    assert_eq!(get(&sandbox, &format!("/customers/{id}")).await.0, 200);
    let search = "/customers?external_id=K%2F1";
    assert!(ids(&get(&sandbox, search).await.1).is_empty());
    tokio::time::sleep(std::time::Duration::from_millis(1050)).await;
    let (_, page) = get(&sandbox, search).await;
    assert_eq!(ids(&page), [id]);
    assert_eq!(page["total"], json!(1));
    sandbox.stop().await;
}

#[tokio::test]
async fn touching_moves_stamps_and_changes_amounts_unless_told_not_to() {
    let sandbox = sandbox(with_records(200)).await;
    let before = sandbox.records("customers");
    let touch = "/admin/touch?pct=10&seed=3&collection=customers";
    let (_, stamped) = post(&sandbox, &format!("{touch}&mode=stamp"), &json!({})).await;
    let after = sandbox.records("customers");
    let moved = |a: &Value, b: &Value| a["updated_at"] != b["updated_at"];
    let pairs = || before.iter().zip(&after);
    let count = pairs().filter(|(a, b)| moved(a, b)).count();
    assert_eq!(stamped["touched"], json!(count));
    assert!((8..40).contains(&count), "{count}");
    assert!(pairs().all(|(a, b)| a["balance"] == b["balance"] && a["name"] == b["name"]));
    post(&sandbox, touch, &json!({})).await;
    let valued = sandbox.records("customers");
    let changed = before.iter().zip(&valued).filter(|(a, b)| a["balance"] != b["balance"]);
    assert!(changed.count() > count / 2);
    sandbox.stop().await;
}

#[tokio::test]
async fn generated_records_follow_from_the_seed_and_have_their_size() {
    let (one, same) = (sandbox(with_records(500)).await, sandbox(with_records(500)).await);
    let other = sandbox(RestConfig { seed: 2, ..with_records(500) }).await;
    for collection in ["customers", "orders"] {
        assert_eq!(one.records(collection), same.records(collection));
        assert_ne!(one.records(collection), other.records(collection));
        let bytes: usize = one.records(collection).iter().map(|r| r.to_string().len()).sum();
        assert!((560..720).contains(&(bytes / 500)), "{collection}: {}", bytes / 500);
    }
    for sandbox in [one, same, other] {
        sandbox.stop().await;
    }
}
