//! Records: create, read, change, upsert, delete.

use reqwest::Method;
use serde_json::{Value, json};

use super::desk::{Desk, invoice, told};
use crate::netsuite::{CustomField, NetSuiteConfig};

#[tokio::test]
async fn a_create_has_no_body_and_the_id_in_location() {
    let desk = Desk::open().await;
    let id = desk.customer("Acme").await;
    let (_, body) = desk.get(&format!("/customer/{id}")).await;
    assert_eq!((&body["companyName"], &body["entityId"]), (&json!("Acme"), &json!("Acme")));
    assert_eq!(body["subsidiary"]["refName"], "Parent Company");
    assert!(body["lastModifiedDate"].as_str().unwrap().ends_with('Z'));
    assert_eq!(body["lastModifiedDate"].as_str().unwrap().len(), 20, "to the second");
    let (status, body) = desk.get("/customer/999").await;
    assert_eq!((status, told(&body).0.as_str()), (404, "NONEXISTENT_ID"));
}

#[tokio::test]
async fn totals_are_worked_out_and_sublists_are_links_until_expanded() {
    let desk = Desk::open().await;
    let (_, item, id) = desk.invoice().await;
    let (_, body) = desk.get(&format!("/invoice/{id}")).await;
    assert_eq!((&body["total"], &body["amountRemaining"]), (&json!(21), &json!(21)));
    assert_eq!((&body["tranId"], &body["status"]["id"]), (&json!("INV1"), &json!("Open")));
    assert!(body["item"]["links"][0]["href"].as_str().unwrap().ends_with(&format!("/invoice/{id}/item")));
    assert_eq!(body["item"].get("items"), None);
    let (_, body) = desk.get(&format!("/invoice/{id}?expandSubResources=true")).await;
    let line = &body["item"]["items"][0];
    assert_eq!(
        (&line["line"], &line["amount"], &line["item"]["refName"]),
        (&json!(1), &json!(21), &json!("Widget"))
    );
    assert_eq!(line["item"]["id"], item);
    let (_, some) = desk.get(&format!("/invoice/{id}?fields=tranId")).await;
    assert_eq!((&some["tranId"], some.get("total")), (&json!("INV1"), None));
}

#[tokio::test]
async fn tax_comes_from_the_codes_of_lines() {
    let desk = Desk::open().await;
    let (customer, item) = (desk.customer("A").await, desk.item("W").await);
    let mut body = invoice(&customer, &item);
    body["item"]["items"][0]["taxCode"] = json!({"id": "3"});
    let id = desk.made("invoice", body).await;
    let own = desk.sandbox.get("invoice", &id).unwrap();
    assert_eq!((&own["subtotal"], &own["taxTotal"], &own["total"]), (&json!(21), &json!(4.2), &json!(25.2)));
}

#[tokio::test]
async fn patch_keeps_what_is_left_out_and_merges_lines() {
    let desk = Desk::open().await;
    let (_, item, id) = desk.invoice().await;
    let path = format!("/invoice/{id}");
    desk.patch(&path, json!({"memo": "m", "item": {"items": [{"item": {"id": item}, "quantity": 1}]}})).await;
    let own = desk.sandbox.get("invoice", &id).unwrap();
    assert_eq!(
        (&own["memo"], &own["otherRefNum"], &own["total"]),
        (&json!("m"), &json!("PO-1"), &json!(31.5))
    );
    desk.patch(&path, json!({"item": {"items": [{"line": 1, "quantity": 4}]}})).await;
    let own = desk.sandbox.get("invoice", &id).unwrap();
    assert_eq!((own["item"]["items"].as_array().unwrap().len(), &own["total"]), (2, &json!(52.5)));
    desk.patch(
        &format!("{path}?replace=item"),
        json!({"item": {"items": [{"item": {"id": item}, "amount": 7}]}}),
    )
    .await;
    let own = desk.sandbox.get("invoice", &id).unwrap();
    assert_eq!((own["item"]["items"].as_array().unwrap().len(), &own["total"]), (1, &json!(7)));
    desk.patch(&path, json!({"memo": null})).await;
    assert_eq!(desk.sandbox.get("invoice", &id).unwrap().get("memo"), None);
}

#[tokio::test]
async fn external_ids_upsert_and_are_unique() {
    let desk = Desk::open().await;
    let body = json!({"companyName": "Acme", "subsidiary": {"id": "1"}});
    let (status, _, id) = desk.write(Method::PUT, "/customer/eid:hw-1", body.clone()).await;
    assert_eq!(status, 204);
    let (_, _, again) = desk.write(Method::PUT, "/customer/eid:hw-1", json!({"email": "a@b.co"})).await;
    assert_eq!((again, desk.sandbox.count("customer")), (id.clone(), 1));
    assert_eq!(desk.get("/customer/eid:hw-1").await.1["email"], "a@b.co");
    let mut twice = body;
    twice["externalId"] = json!("hw-1");
    let (code, detail) = desk.refused(Method::POST, "/customer", twice).await;
    assert_eq!(code, "USER_ERROR");
    assert!(detail.contains("already exists"), "{detail}");
    desk.patch("/customer/eid:hw-1", json!({"phone": "1"})).await;
    assert_eq!(desk.write(Method::DELETE, "/customer/eid:hw-1", json!({})).await.0, 204);
    assert_eq!(desk.sandbox.get("customer", &id), None);
    assert_eq!(desk.write(Method::PUT, "/customer/7", json!({})).await.0, 501, "only eid: is modelled");
}

#[tokio::test]
async fn a_post_repeated_makes_a_second_record() {
    let desk = Desk::open().await;
    let (customer, item, _) = desk.invoice().await;
    let request = desk.ask(Method::POST, "/invoice").header("x-netsuite-idempotency-key", "k");
    request.json(&invoice(&customer, &item)).send().await.unwrap();
    assert_eq!(desk.sandbox.duplicates(), 1, "the key does nothing on synchronous requests");
    assert_eq!(desk.sandbox.writes_per_key()["invoice:PO-1"], 2);
}

#[tokio::test]
async fn rules_of_the_account_are_kept() {
    let desk = Desk::open().await;
    let (customer, item, id) = desk.invoice().await;
    let line = |line: Value| json!({"entity": {"id": customer}, "item": {"items": [line]}});
    for (kind, body, wanted) in [
        ("customer", json!({"companyName": "B"}), "Primary Subsidiary"),
        ("customer", json!({"subsidiary": {"id": "1"}}), "Company Name"),
        ("customer", json!({"companyName": "Acme", "subsidiary": {"id": "1"}}), "unique customer ID"),
        ("customer", json!({"companyName": "B", "subsidiary": {"id": "9"}}), "Invalid Field Value 9"),
        ("invoice", json!({"item": {"items": [{"item": {"id": item}}]}}), "customer"),
        ("invoice", json!({"entity": {"id": customer}}), "at least one line"),
        ("invoice", line(json!({"item": {"id": "99"}})), "Invalid Field Value 99"),
        (
            "journalEntry",
            json!({"subsidiary": {"id": "1"}, "line": {"items": [
            {"account": {"id": "1"}, "debit": 1}, {"account": {"id": "7"}, "credit": 2}]}}),
            "not in balance",
        ),
    ] {
        let (code, detail) = desk.refused(Method::POST, &format!("/{kind}"), body).await;
        assert!(code == "USER_ERROR" && detail.contains(wanted), "{code} {detail}");
    }
    desk.sandbox.close_periods_until("2026-01-31");
    let (_, detail) = desk.refused(Method::PATCH, &format!("/invoice/{id}"), json!({"memo": "x"})).await;
    assert!(detail.contains("closed accounting period"));
    assert_eq!(desk.write(Method::DELETE, &format!("/invoice/{id}"), json!({})).await.0, 400);
}

#[tokio::test]
async fn unknown_fields_and_wrong_types_are_invalid_content() {
    let desk = Desk::open().await;
    for (body, at) in [
        (json!({"companyName": "B", "colour": "red"}), "colour"),
        (json!({"companyName": 7}), "companyName"),
        (json!({"subsidiary": "1"}), "subsidiary"),
        (json!({"custentity_x": "y"}), "custentity_x"),
    ] {
        let (status, answer, _) = desk.write(Method::POST, "/customer", body).await;
        assert_eq!((status, &answer["o:errorDetails"][0]["o:errorPath"]), (400, &json!(at)), "{answer}");
        assert_eq!(told(&answer).0, "INVALID_CONTENT");
    }
}

#[tokio::test]
async fn each_account_has_its_own_fields_and_says_so() {
    let custom_fields = vec![
        CustomField { record: "customer".into(), sublist: None, id: "custentity_hub".into() },
        CustomField { record: "invoice".into(), sublist: Some("item".into()), id: "custcol_hub".into() },
    ];
    let desk = Desk::with(NetSuiteConfig { custom_fields, ..NetSuiteConfig::unlimited() }).await;
    let body = json!({"companyName": "A", "subsidiary": {"id": "1"}, "custentity_hub": "h-1"});
    let id = desk.made("customer", body).await;
    assert_eq!(desk.get(&format!("/customer/{id}")).await.1["custentity_hub"], "h-1");
    let request =
        desk.ask(Method::GET, "/metadata-catalog/customer").header("accept", "application/schema+json");
    let schema: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(schema["properties"]["custentity_hub"]["x-ns-custom-field"], true);
    let filterable = schema["x-ns-filterable"].as_array().unwrap();
    assert!(filterable.contains(&json!("lastModifiedDate")) && !filterable.contains(&json!("balance")));
    let names: Value = desk.get("/metadata-catalog").await.1;
    assert_eq!(names["items"].as_array().unwrap().len(), 20);
    let rows = desk.rows("SELECT custentity_hub FROM customer").await;
    assert_eq!(rows[0]["custentity_hub"], "h-1");
}

#[tokio::test]
async fn overlapping_edits_and_background_changes_happen() {
    let desk = Desk::open().await;
    let id = desk.customer("Acme").await;
    desk.sandbox.collide(1);
    let (code, detail) = desk.refused(Method::PATCH, &format!("/customer/{id}"), json!({"phone": "1"})).await;
    assert!(code == "USER_ERROR" && detail.contains("RCRD_HAS_BEEN_CHANGED"));
    desk.patch(&format!("/customer/{id}"), json!({"phone": "1"})).await;
    let before = desk.sandbox.get("customer", &id).unwrap();
    desk.sandbox.advance_clock(60);
    desk.sandbox.touch("customer", &id);
    let after = desk.sandbox.get("customer", &id).unwrap();
    assert_ne!(before["lastModifiedDate"], after["lastModifiedDate"]);
    assert_eq!(before["phone"], after["phone"]);
}
