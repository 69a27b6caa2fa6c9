//! Faults on top of the shop.

use serde_json::json;

use super::desk::{Desk, VERSION};
use crate::faults::Fault;

const CREATE: &str =
    "mutation($e: String!) { customerCreate(input: {email: $e}) { customer { id } userErrors { message } } }";

#[tokio::test]
async fn each_fault_has_the_providers_body() {
    let desk = Desk::open().await;
    let create = async |email: &str| desk.send(VERSION, CREATE, &json!({"e": email})).await;
    desk.sandbox.faults.force_write(Fault::TooManyRequests, 1);
    let throttled = create("a@example.com").await.unwrap();
    assert_eq!(throttled.status(), 200);
    let body: serde_json::Value = throttled.json().await.unwrap();
    assert_eq!(body["errors"][0]["extensions"]["code"], "THROTTLED");
    desk.sandbox.faults.force_write(Fault::ServerError, 1);
    assert_eq!(create("a@example.com").await.unwrap().status(), 500);
    desk.sandbox.faults.force_write(Fault::DropBefore, 1);
    assert!(create("a@example.com").await.is_err());
    assert_eq!(desk.sandbox.count("Customer"), 0, "nothing was committed so far");
    desk.sandbox.faults.force_write(Fault::DropAfter, 1);
    assert!(create("a@example.com").await.is_err());
    assert_eq!(desk.sandbox.count("Customer"), 1, "committed though never heard of");
    desk.sandbox.faults.force_write(Fault::ErrorAfter, 1);
    assert_eq!(create("b@example.com").await.unwrap().status(), 500);
    assert_eq!(desk.sandbox.count("Customer"), 2);
    desk.sandbox.faults.force_write(Fault::TooManyRequests, 1);
    desk.data("{ shop { id } }", json!({})).await;
    assert_eq!(desk.sandbox.stats()["faults_sent"], 5, "a query is no write");
}
