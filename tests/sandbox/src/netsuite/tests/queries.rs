//! SuiteQL over HTTP.

use reqwest::Method;
use serde_json::{Value, json};

use super::desk::{Desk, invoice, parts, told};
use crate::faults::FaultPlan;
use crate::kit::clock::{parse_rfc3339, utc};

#[tokio::test]
async fn everything_is_text_and_nothing_is_left_out() {
    let desk = Desk::open().await;
    let (customer, _, id) = desk.invoice().await;
    let q = "SELECT id, type, tranid, trandate, duedate, entity, BUILTIN.DF(entity) AS name, foreigntotal, \
             externalid FROM transaction WHERE type = 'CustInvc'";
    let rows = desk.rows(q).await;
    let wanted = json!({"links": [], "id": id, "type": "CustInvc", "tranid": "INV1", "trandate": "1/15/2026",
        "entity": customer, "name": "Acme", "foreigntotal": "21"});
    assert_eq!(rows, [wanted], "null columns are not there");
    let rows = desk.rows("SELECT isinactive, lastmodifieddate FROM customer").await;
    assert_eq!(rows[0]["isinactive"], "F");
    assert!(!rows[0]["lastmodifieddate"].as_str().unwrap().contains(':'), "a date without its time");
}

#[tokio::test]
async fn the_header_and_the_member_are_needed() {
    let desk = Desk::open().await;
    let request = desk.http.post(desk.sandbox.suiteql_url()).bearer_auth(&desk.token);
    let (status, body) =
        parts(request.json(&json!({"q": "SELECT id FROM customer"})).send().await.unwrap()).await;
    assert_eq!((status, &body["o:errorDetails"][0]["o:errorHeader"]), (400, &json!("Prefer")));
    assert_eq!(desk.query("", "").await.0, 400);
    let (status, body) = desk.query("SELECT nothing FROM customer", "").await;
    assert_eq!((status, told(&body).0.as_str()), (400, "INVALID_PARAMETER"));
    assert_eq!(desk.query("SELECT id FROM employee", "").await.0, 501);
}

#[tokio::test]
async fn changes_are_found_by_time_and_key() {
    let desk = Desk::open().await;
    let (_, _, id) = desk.invoice().await;
    let at = desk.sandbox.get("invoice", &id).unwrap()["lastModifiedDate"].as_str().unwrap().to_owned();
    let later = utc(parse_rfc3339(&at).unwrap() + 1000).format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let changed = |since: &str, id: &str| {
        let stamp = format!("TO_TIMESTAMP_TZ('{since}','YYYY-MM-DD\"T\"HH24:MI:SSTZR')");
        format!(
            "SELECT id, TO_CHAR(SYS_EXTRACT_UTC(lastmodifieddate), 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') AS modified \
             FROM transaction WHERE type IN ('CustInvc') AND (lastmodifieddate > {stamp} OR \
             (lastmodifieddate = {stamp} AND id > {id})) ORDER BY lastmodifieddate, id"
        )
    };
    let rows = desk.rows(&changed(&at, "0")).await;
    assert_eq!((rows.len(), rows[0]["modified"].as_str()), (1, Some(at.as_str())));
    assert!(desk.rows(&changed(&at, &id)).await.is_empty());
    assert!(desk.rows(&changed(&later, "0")).await.is_empty());
}

#[tokio::test]
async fn dates_without_a_zone_are_the_accounts() {
    let desk = Desk::open().await;
    desk.customer("A").await;
    // The account is eight hours behind: its midnight is 08:00 UTC.
    let rows = desk
        .rows("SELECT id FROM customer WHERE lastmodifieddate >= TO_DATE('2026-01-01','YYYY-MM-DD')")
        .await;
    assert_eq!(rows.len(), 1);
    let at = "TO_TIMESTAMP_TZ('2026-01-01T08:00:00Z','YYYY-MM-DD\"T\"HH24:MI:SSTZR')";
    let q = format!("SELECT COUNT(*) AS n FROM currency WHERE TO_DATE('2026-01-01','YYYY-MM-DD') = {at}");
    assert_eq!(desk.rows(&q).await[0]["n"], "3");
}

#[tokio::test]
async fn joins_lines_and_conditions_work() {
    let desk = Desk::open().await;
    let (customer, item, id) = desk.invoice().await;
    desk.customer("Beta_1").await;
    let q = "SELECT t.tranid, l.item, l.quantity, i.itemid FROM transaction t \
             INNER JOIN transactionline l ON l.transaction = t.id AND l.mainline = 'F' \
             LEFT JOIN item i ON i.id = l.item ORDER BY l.linesequencenumber";
    let rows = desk.rows(q).await;
    assert_eq!(
        rows,
        [json!({"links": [], "tranid": "INV1", "item": item, "quantity": "2", "itemid": "Widget"})]
    );
    for (filter, wanted) in [
        ("entityid LIKE 'Ac%'", 1),
        ("UPPER(companyname) = 'ACME'", 1),
        ("NOT (companyname = 'Acme')", 1),
        ("email IS NULL AND id BETWEEN 1 AND 2", 2),
        (format!("id NOT IN ({customer})").as_str(), 1),
        ("NVL(email, 'none') <> 'none'", 0),
    ] {
        assert_eq!(
            desk.rows(&format!("SELECT id FROM customer WHERE {filter}")).await.len(),
            wanted,
            "{filter}"
        );
    }
    desk.write(Method::DELETE, &format!("/invoice/{id}"), json!({})).await;
    let gone = desk.rows("SELECT recordid, type FROM deletedrecord").await;
    assert_eq!(gone, [json!({"links": [], "recordid": id, "type": "invoice"})]);
}

fn ids(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn without_a_unique_order_rows_repeat_and_vanish() {
    let desk = Desk::open().await;
    for n in 0..20 {
        desk.customer(&format!("C{n}")).await;
    }
    let page = async |q: &str, offset: usize| {
        let (status, body) = desk.query(q, &format!("?limit=10&offset={offset}")).await;
        assert_eq!(status, 200);
        ids(body["items"].as_array().unwrap())
    };
    let both = async |q: &str| {
        let mut all = page(q, 0).await;
        all.extend(page(q, 10).await);
        all.sort_unstable();
        all.dedup();
        all.len()
    };
    assert_eq!(both("SELECT id FROM customer ORDER BY id").await, 20);
    assert!(both("SELECT id FROM customer").await < 20);
    assert!(both("SELECT id FROM customer ORDER BY isinactive").await < 20);
}

#[tokio::test]
async fn deep_offsets_fail_and_pages_are_whole() {
    let desk = Desk::open().await;
    for bad in ["?offset=100000", "?limit=10&offset=5", "?limit=1001"] {
        assert_eq!(desk.query("SELECT id FROM customer ORDER BY id", bad).await.0, 400, "{bad}");
    }
}

#[tokio::test]
async fn queries_may_lag_behind_records() {
    let desk = Desk::open().await;
    let (customer, item) = (desk.customer("A").await, desk.item("W").await);
    desk.sandbox.faults.set(FaultPlan { search_lag_ms: 5000, ..FaultPlan::default() });
    let id = desk.made("invoice", invoice(&customer, &item)).await;
    assert!(desk.rows("SELECT id FROM transaction").await.is_empty());
    assert_eq!(desk.get(&format!("/invoice/{id}")).await.0, 200);
    desk.sandbox.advance_clock(5);
    assert_eq!(desk.rows("SELECT id FROM transaction").await.len(), 1);
}
