//! Edits by hand, counters, the record.

use reqwest::Method;
use serde_json::json;

use super::desk::{Desk, ids, parts, text};
use crate::faults::Fault;
use crate::stripe::StripeConfig;

#[tokio::test]
async fn edits_by_hand_are_changes_like_any_other() {
    let desk = Desk::open().await;
    let customer = desk.sandbox.create("customer", json!({"email": "a@example.com", "name": "A"})).unwrap();
    let id = text(&customer["id"]);
    let edited = desk.sandbox.edit("customer", &id, json!({"name": null, "metadata": {"k": "v"}})).unwrap();
    assert_eq!((&edited["name"], &edited["metadata"]["k"]), (&json!(null), &json!("v")));
    let refused = desk.sandbox.edit("customer", &id, json!({"nmae": "x"})).unwrap_err();
    assert_eq!(refused["error"]["code"], "parameter_unknown");
    assert_eq!(desk.sandbox.get("customer", &id), Some(edited));
    desk.sandbox.delete("customer", &id).unwrap();
    assert_eq!(desk.sandbox.get("customer", &id), None);
    assert_eq!(desk.events().await, ["customer.created", "customer.updated", "customer.deleted"]);
}

#[tokio::test]
async fn an_invoice_is_moved_by_hand() {
    let desk = Desk::open().await;
    let customer = desk.customer("a@example.com").await;
    let id = desk.draft(&customer, "500", "usd").await;
    assert_eq!(desk.sandbox.finalize(&id).unwrap()["status"], "open");
    assert_eq!(desk.sandbox.pay(&id, None).unwrap()["status"], "paid");
    let id = desk.open_invoice().await;
    assert_eq!(desk.sandbox.pay(&id, Some("pm_card_visa")).unwrap()["amount_paid"], 2100);
    let id = desk.open_invoice().await;
    let url = format!("{}/admin/invoices/{id}/void", desk.sandbox.base_url);
    assert_eq!(parts(desk.http.post(url).send().await.unwrap()).await.1["status"], "void");
}

#[tokio::test]
async fn double_writes_are_counted_by_the_callers_reference() {
    let config = StripeConfig { reference_metadata: Some("hw".into()), ..StripeConfig::unlimited() };
    let desk = Desk::with(config).await;
    for _ in 0..2 {
        desk.write("/v1/customers", &[("metadata[hw]", "c-1")]).await;
    }
    desk.write("/v1/products", &[("name", "Widget")]).await;
    assert_eq!(desk.sandbox.writes_per_key()["customer:c-1"], 2);
    assert_eq!(desk.sandbox.duplicates(), 1);
    let url = format!("{}/admin/stats", desk.sandbox.base_url);
    let (_, stats) = parts(desk.http.get(url).send().await.unwrap()).await;
    assert_eq!((&stats["creates"], &stats["duplicates"]), (&json!(3), &json!(1)));
    assert_eq!(stats["requests"]["POST /v1/customers"], 2);
    let id = ids(&desk.read("/v1/customers").await).pop().unwrap();
    desk.sandbox.delete("customer", &id).unwrap();
    assert_eq!(desk.sandbox.duplicates(), 0);
}

#[tokio::test]
async fn faults_have_the_providers_bodies() {
    let desk = Desk::open().await;
    desk.sandbox.faults.force(Fault::TooManyRequests, 1);
    desk.sandbox.faults.force(Fault::ServerError, 1);
    let (status, body) = desk.get("/v1/customers").await;
    assert_eq!((status, &body["error"]["code"]), (429, &json!("rate_limit")));
    let (status, body) = desk.get("/v1/customers").await;
    assert_eq!((status, &body["error"]["type"]), (500, &json!("api_error")));
    desk.sandbox.faults.force(Fault::DropBefore, 1);
    assert!(desk.request(Method::GET, "/v1/customers").send().await.is_err());
    assert_eq!(desk.sandbox.stats()["faults_sent"], 3);
    assert_eq!(desk.sandbox.stats()["throttled"], 1);
}

#[tokio::test]
async fn whole_exchanges_are_recorded_without_the_key() {
    let desk = Desk::open().await;
    desk.sandbox.recorder.on();
    desk.customer("a@example.com").await;
    let record = desk.sandbox.recorder.take();
    assert_eq!((record.len(), record[0].method.as_str(), record[0].status), (1, "POST", 200));
    assert_eq!(record[0].json().unwrap()["object"], "customer");
    assert!(!format!("{record:?}").contains("sk_test_headwater"));
}

#[tokio::test]
async fn a_stopped_simulator_gives_its_port_back() {
    let desk = Desk::open().await;
    let addr = desk.sandbox.addr;
    desk.sandbox.stop().await;
    assert!(std::net::TcpListener::bind(addr).is_ok());
}
