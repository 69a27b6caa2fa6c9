//! Payments and allocations.

use reqwest::Method;
use serde_json::{Value, json};

use super::desk::{Desk, invoice, text};

fn payment(id: &Value, amount: f64) -> Value {
    json!({"Invoice": {"InvoiceID": id}, "Account": {"Code": "090"}, "Date": "2026-01-20", "Amount": amount})
}

#[tokio::test]
async fn payments_close_the_invoice_and_deleting_one_opens_it() {
    let desk = Desk::open().await;
    let made = desk.invoice(json!({"Status": "AUTHORISED"})).await;
    let id = made["InvoiceID"].clone();
    let path = format!("/Invoices/{}", id.as_str().unwrap());
    let first = desk.made("Payments", payment(&id, 5.2)).await;
    assert_eq!((&first["PaymentType"], &first["Status"]), (&json!("ACCRECPAYMENT"), &json!("AUTHORISED")));
    assert_eq!(first["Invoice"]["InvoiceNumber"], "INV-0001");
    let message = desk.refused(Method::PUT, "/Payments", payment(&id, 20.01)).await;
    assert!(message.contains("exceeds the amount outstanding"));
    desk.saved("/Payments", payment(&id, 20.0)).await;
    let (_, paid) = desk.get(&path).await;
    let paid = &paid["Invoices"][0];
    assert_eq!((&paid["Status"], paid["AmountPaid"].to_string()), (&json!("PAID"), "25.20".into()));
    assert_eq!(paid["FullyPaidOnDate"], first["Date"]);
    assert_eq!(paid["Payments"].as_array().unwrap().len(), 2);
    assert!(
        desk.refused(Method::POST, &path, json!({"Status": "VOIDED"})).await.contains("cannot be voided")
    );
    let edit = json!({"LineItems": [{"Description": "x", "UnitAmount": 1, "AccountCode": "200"}]});
    assert!(desk.refused(Method::POST, &path, edit).await.contains("cannot be edited"));
    assert_eq!(desk.saved(&path, json!({"Reference": "late"})).await["Reference"], "late");
    let gone =
        desk.saved(&format!("/Payments/{}", text(&first, "PaymentID")), json!({"Status": "DELETED"})).await;
    assert_eq!(gone["Status"], "DELETED");
    let (_, open) = desk.get(&path).await;
    assert_eq!(
        (&open["Invoices"][0]["Status"], open["Invoices"][0]["AmountDue"].to_string()),
        (&json!("AUTHORISED"), "5.20".into())
    );
}

#[tokio::test]
async fn payments_are_made_once_against_authorised_documents_from_bank_accounts() {
    let desk = Desk::open().await;
    let draft = desk.invoice(json!({})).await;
    let message = desk.refused(Method::PUT, "/Payments", payment(&draft["InvoiceID"], 1.0)).await;
    assert!(message.contains("Authorised"));
    let made = desk.invoice(json!({"Status": "AUTHORISED"})).await;
    let mut wrong = payment(&made["InvoiceID"], 1.0);
    wrong["Account"]["Code"] = json!("200");
    assert!(desk.refused(Method::PUT, "/Payments", wrong).await.contains("bank account"));
    let paid = desk.made("Payments", payment(&made["InvoiceID"], 1.0)).await;
    let path = format!("/Payments/{}", text(&paid, "PaymentID"));
    assert!(desk.refused(Method::POST, &path, json!({"Amount": 2})).await.contains("cannot be changed"));
    desk.saved(&path, json!({"Status": "DELETED"})).await;
    assert!(
        desk.refused(Method::POST, &path, json!({"Status": "DELETED"})).await.contains("already deleted")
    );
}

#[tokio::test]
async fn credit_notes_are_allocated_and_taken_back() {
    let desk = Desk::open().await;
    let made = desk.invoice(json!({"Status": "AUTHORISED"})).await;
    let mut note = invoice(json!({"Type": "ACCRECCREDIT", "Status": "AUTHORISED"}));
    note.as_object_mut().unwrap().remove("DueDate");
    let note = desk.made("CreditNotes", note).await;
    assert_eq!(
        (&note["CreditNoteNumber"], note["RemainingCredit"].to_string()),
        (&json!("CN-0001"), "25.20".into())
    );
    let path = format!("/CreditNotes/{}/Allocations", text(&note, "CreditNoteID"));
    let body = |amount: f64| json!({"Allocations": [{"Amount": amount, "Date": "2026-01-21", "Invoice": {"InvoiceID": made["InvoiceID"]}}]});
    assert!(desk.refused(Method::PUT, &path, body(30.0)).await.contains("exceeds"));
    let (status, answer) = desk.put(&path, body(25.2)).await;
    assert_eq!(status, 200, "{answer}");
    let id = text(&answer["Allocations"][0], "AllocationID");
    let own = desk.sandbox.get("Invoice", text(&made, "InvoiceID")).unwrap();
    assert_eq!((&own["Status"], own["AmountCredited"].to_string()), (&json!("PAID"), "25.20".into()));
    assert_eq!(desk.sandbox.get("CreditNote", text(&note, "CreditNoteID")).unwrap()["Status"], "PAID");
    assert_eq!(desk.delete(&format!("{path}/{id}")).await.0, 200);
    let own = desk.sandbox.get("Invoice", text(&made, "InvoiceID")).unwrap();
    assert_eq!((&own["Status"], own["AmountDue"].to_string()), (&json!("AUTHORISED"), "25.20".into()));
}
