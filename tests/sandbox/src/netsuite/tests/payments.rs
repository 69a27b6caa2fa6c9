//! Payments, credits, bills, transforms, deletes.

use reqwest::Method;
use serde_json::json;

use super::desk::{Desk, invoice};

#[tokio::test]
async fn a_payment_closes_the_invoice_and_deleting_it_opens_it() {
    let desk = Desk::open().await;
    let (customer, _, id) = desk.invoice().await;
    let body = |amount: f64| {
        json!({"customer": {"id": customer}, "payment": amount,
        "apply": {"items": [{"doc": {"id": id}, "apply": true, "amount": amount}]}})
    };
    let (_, detail) = desk.refused(Method::POST, "/customerPayment", body(21.01)).await;
    assert!(detail.contains("exceeds the amount due"));
    let payment = desk.made("customerPayment", body(21.0)).await;
    let own = desk.sandbox.get("invoice", &id).unwrap();
    assert_eq!((&own["status"]["id"], &own["amountRemaining"]), (&json!("Paid In Full"), &json!(0)));
    let (_, detail) = desk.refused(Method::DELETE, &format!("/invoice/{id}"), json!({})).await;
    assert!(detail.contains("dependent records"));
    let lower = json!({"payment": 5, "apply": {"items": [{"doc": {"id": id}, "amount": 5}]}});
    desk.patch(&format!("/customerPayment/{payment}"), lower).await;
    assert_eq!(desk.sandbox.get("invoice", &id).unwrap()["amountRemaining"], 16);
    desk.write(Method::DELETE, &format!("/customerPayment/{payment}"), json!({})).await;
    assert_eq!(desk.sandbox.get("invoice", &id).unwrap()["status"]["id"], "Open");
    assert_eq!(desk.write(Method::DELETE, &format!("/invoice/{id}"), json!({})).await.0, 204);
}

#[tokio::test]
async fn orders_become_invoices_and_invoices_payments() {
    let desk = Desk::open().await;
    let (customer, item) = (desk.customer("A").await, desk.item("W").await);
    let mut order = invoice(&customer, &item);
    order["memo"] = json!("from the shop");
    let order = desk.made("salesOrder", order).await;
    let path = format!("/salesOrder/{order}/!transform/invoice");
    let (status, _, id) = desk.write(Method::POST, &path, json!({"tranDate": "2026-02-01"})).await;
    assert_eq!(status, 204);
    let own = desk.sandbox.get("invoice", &id).unwrap();
    assert_eq!(
        (&own["tranDate"], &own["memo"], &own["total"]),
        (&json!("2026-02-01"), &json!("from the shop"), &json!(21))
    );
    assert_eq!(own["createdFrom"]["id"], order);
    assert_eq!(desk.sandbox.get("salesOrder", &order).unwrap()["status"]["id"], "Billed");
    assert!(desk.refused(Method::POST, &path, json!({})).await.1.contains("billed already"));
    let path = format!("/invoice/{id}/!transform/customerPayment");
    assert_eq!(desk.write(Method::POST, &path, json!({})).await.0, 204);
    assert_eq!(desk.sandbox.get("invoice", &id).unwrap()["status"]["id"], "Paid In Full");
    assert_eq!(
        desk.write(Method::POST, &format!("/invoice/{id}/!transform/vendorBill"), json!({})).await.0,
        501
    );
}

#[tokio::test]
async fn credits_are_applied_to_invoices_of_the_same_customer() {
    let desk = Desk::open().await;
    let (customer, item, id) = desk.invoice().await;
    let credit = |customer: &str| {
        let mut body = invoice(customer, &item);
        body["apply"] = json!({"items": [{"doc": {"id": id}, "apply": true, "amount": 6}]});
        body
    };
    let other = desk.customer("Other").await;
    assert!(desk.refused(Method::POST, "/creditMemo", credit(&other)).await.1.contains("another customer"));
    let memo = desk.made("creditMemo", credit(&customer)).await;
    assert_eq!(desk.sandbox.get("creditMemo", &memo).unwrap()["unapplied"], 15);
    assert_eq!(desk.sandbox.get("invoice", &id).unwrap()["amountRemaining"], 15);
}

#[tokio::test]
async fn bills_have_expenses_and_are_paid() {
    let desk = Desk::open().await;
    let vendor = desk.made("vendor", json!({"companyName": "Paper Ltd", "subsidiary": {"id": "1"}})).await;
    let bill = json!({"entity": {"id": vendor}, "tranId": "B-1", "expense": {"items": [{"account": {"id": "9"}, "amount": 12}]}});
    let bill = desk.made("vendorBill", bill).await;
    let path = format!("/vendorBill/{bill}/!transform/vendorPayment");
    assert_eq!(desk.write(Method::POST, &path, json!({})).await.0, 204);
    assert_eq!(desk.sandbox.get("vendorBill", &bill).unwrap()["status"]["id"], "Paid In Full");
    let journal = json!({"subsidiary": {"id": "1"}, "line": {"items": [
        {"account": {"id": "1"}, "debit": 5}, {"account": {"id": "7"}, "credit": 5}]}});
    let journal = desk.made("journalEntry", journal).await;
    assert_eq!(desk.sandbox.get("journalEntry", &journal).unwrap()["total"], 5);
}
