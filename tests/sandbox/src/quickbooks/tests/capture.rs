//! Change data capture and lagging queries.

use serde_json::{Value, json};

use super::desk::Desk;
use crate::faults::FaultPlan;
use crate::quickbooks::QuickBooksConfig;

const NOW: &str = "2020-01-01";

async fn cdc(desk: &Desk, entities: &str, since: &str) -> (u16, Value) {
    let since: String = url::form_urlencoded::byte_serialize(since.as_bytes()).collect();
    desk.get(&format!("/cdc?entities={entities}&changedSince={since}")).await
}

/// A second ago by the simulator's clock.
async fn just_now(desk: &Desk) -> String {
    desk.get("/preferences").await.1["time"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn changes_and_deletes_are_shown() {
    let desk = Desk::open().await;
    let since = just_now(&desk).await;
    let body = desk.invoice_body().await;
    let kept = desk.put("Invoice", body.clone()).await;
    let gone = desk.put("Invoice", body).await;
    desk.sandbox.delete("Invoice", gone["Id"].as_str().unwrap()).unwrap();
    let (status, answer) = cdc(&desk, "Customer,Invoice,CreditMemo", &since).await;
    assert_eq!(status, 200);
    let responses = &answer["CDCResponse"][0]["QueryResponse"];
    assert_eq!(responses[0]["Customer"][0]["DisplayName"], "Acme");
    let invoices = responses[1]["Invoice"].as_array().unwrap();
    assert_eq!(invoices.len(), 2);
    let dead = invoices.iter().find(|invoice| invoice["Id"] == gone["Id"]).unwrap();
    assert_eq!(dead["status"], "Deleted");
    assert!(dead.get("TotalAmt").is_none());
    assert!(invoices.iter().any(|invoice| invoice["Id"] == kept["Id"] && invoice["TotalAmt"] == 21));
    assert_eq!(responses[2], json!({}));
}

#[tokio::test]
async fn a_thousand_objects_is_all() {
    let desk = Desk::open().await;
    let since = just_now(&desk).await;
    let body = desk.invoice_body().await;
    for _ in 0..998 {
        desk.sandbox.create("Invoice", body.clone()).unwrap();
    }
    for number in 0..10 {
        desk.sandbox.create("Vendor", json!({"DisplayName": format!("v{number}")})).unwrap();
    }
    let (_, answer) = cdc(&desk, "Invoice,Vendor,Customer", &since).await;
    let responses = &answer["CDCResponse"][0]["QueryResponse"];
    assert_eq!(responses[0]["maxResults"], 998);
    assert_eq!(responses[1]["maxResults"], 2);
    assert_eq!(responses[2], json!({}));
}

#[tokio::test]
async fn only_thirty_days_back() {
    let desk = Desk::open().await;
    let since = just_now(&desk).await;
    assert_eq!(cdc(&desk, "Customer", NOW).await.0, 400);
    desk.sandbox.advance_clock(30 * 24 * 3600 - 60);
    assert_eq!(cdc(&desk, "Customer", &since).await.0, 401);
    let token = desk.sandbox.issue_tokens().access_token;
    let desk = Desk { token, ..desk };
    assert_eq!(cdc(&desk, "Customer", &since).await.0, 200);
    desk.sandbox.advance_clock(120);
    assert_eq!(cdc(&desk, "Customer", &since).await.0, 400);
    assert_eq!(cdc(&desk, "TaxCode", "2999-01-01").await.0, 400);
    assert_eq!(cdc(&desk, "Customer", "yesterday").await.0, 400);
}

#[tokio::test]
async fn queries_lag_and_reads_by_id_do_not() {
    let faults = FaultPlan { search_lag_ms: 60_000, ..FaultPlan::default() };
    let desk = Desk::with(QuickBooksConfig { faults, ..QuickBooksConfig::unlimited() }).await;
    let since = just_now(&desk).await;
    let customer = desk.customer("Acme").await;
    let id = customer["Id"].as_str().unwrap();
    let find = "select * from Customer where DisplayName = 'Acme'";
    assert_eq!(desk.query(find).await, json!({}));
    let (_, answer) = cdc(&desk, "Customer", &since).await;
    assert_eq!(answer["CDCResponse"][0]["QueryResponse"][0], json!({}));
    assert_eq!(desk.get(&format!("/customer/{id}")).await.0, 200);
    desk.sandbox.advance_clock(61);
    assert_eq!(desk.query(find).await["Customer"][0]["Id"], id);
    desk.sandbox.edit("Customer", id, json!({"DisplayName": "Apex"})).unwrap();
    assert_eq!(desk.query(find).await["Customer"][0]["SyncToken"], "0", "the state before");
}
