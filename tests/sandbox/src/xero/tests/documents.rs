//! Invoices, bills and credit notes.

use reqwest::Method;
use serde_json::{Value, json};

use super::desk::{Desk, invoice, text};

#[tokio::test]
async fn the_server_works_totals_out() {
    let desk = Desk::open().await;
    let made = desk.invoice(json!({})).await;
    assert_eq!(made["Status"], "DRAFT");
    let sums = ["SubTotal", "TotalTax", "Total", "AmountDue"].map(|name| made[name].to_string());
    assert_eq!(sums, ["21.00", "4.20", "25.20", "25.20"]);
    assert_eq!(made["LineItems"][0]["TaxType"], "OUTPUT2");
    assert_eq!(made["InvoiceNumber"], "INV-0001");
    let gross = desk.invoice(json!({"LineAmountTypes": "Inclusive"})).await;
    let sums = ["SubTotal", "TotalTax", "Total"].map(|name| gross[name].to_string());
    assert_eq!(sums, ["17.50", "3.50", "21.00"]);
    let plain = desk.invoice(json!({"LineAmountTypes": "NoTax"})).await;
    assert_eq!(plain["Total"].to_string(), "21.00");
    let wrong = desk.refused(Method::PUT, "/Invoices", invoice(json!({"Total": 21}))).await;
    assert!(wrong.contains("does not equal the sum of the lines"));
}

#[tokio::test]
async fn dates_come_as_wire_dates_with_iso_twins() {
    let desk = Desk::open().await;
    let made = desk.invoice(json!({"Date": "1969-12-31"})).await;
    assert_eq!(
        (text(&made, "Date"), text(&made, "DateString")),
        ("/Date(-86400000+0000)/", "1969-12-31T00:00:00")
    );
    let id = text(&made, "InvoiceID");
    let again = desk.saved(&format!("/Invoices/{id}"), json!({"DueDate": made["DueDate"]})).await;
    assert_eq!(text(&again, "DueDateString"), "2026-02-10T00:00:00");
    assert!(text(&again, "UpdatedDateUTCString").ends_with('Z'));
}

#[tokio::test]
async fn sales_numbers_are_unique_and_bill_numbers_are_not() {
    let desk = Desk::open().await;
    desk.invoice(json!({"InvoiceNumber": "A-1"})).await;
    let message = desk.refused(Method::PUT, "/Invoices", invoice(json!({"InvoiceNumber": "A-1"}))).await;
    assert_eq!(message, "Invoice # must be unique.");
    let bill = json!({"Type": "ACCPAY", "InvoiceNumber": "B-1", "LineItems": [
        {"Description": "Paper", "UnitAmount": 5, "AccountCode": "429"}]});
    desk.invoice(bill.clone()).await;
    desk.invoice(bill).await;
    assert_eq!(desk.sandbox.count("Invoice"), 3);
    let number = desk.saved("/Invoices", invoice(json!({"InvoiceNumber": "A-1", "Reference": "r"}))).await;
    assert_eq!(number["Reference"], "r", "a POST with the number updates");
    assert_eq!(desk.sandbox.count("Invoice"), 3);
}

#[tokio::test]
async fn a_put_repeated_without_a_key_makes_a_second_invoice() {
    let desk = Desk::open().await;
    let body = invoice(json!({"Reference": "order-7"}));
    desk.put("/Invoices", body.clone()).await;
    desk.put("/Invoices", body).await;
    assert_eq!(desk.sandbox.duplicates(), 1);
    assert_eq!(desk.sandbox.writes_per_key()["Invoice:order-7"], 2);
}

#[tokio::test]
async fn lines_are_replaced_as_a_whole() {
    let desk = Desk::open().await;
    let lines = json!([
        {"Description": "One", "UnitAmount": 1, "AccountCode": "200"},
        {"Description": "Two", "UnitAmount": 2, "AccountCode": "200"}
    ]);
    let made = desk.invoice(json!({"LineItems": lines})).await;
    let ids: Vec<&Value> = (0..2).map(|at| &made["LineItems"][at]["LineItemID"]).collect();
    let path = format!("/Invoices/{}", text(&made, "InvoiceID"));
    let kept = desk.saved(&path, json!({"Reference": "r"})).await;
    assert_eq!(kept["LineItems"].as_array().unwrap().len(), 2, "left out, they stay");
    let now = desk.saved(&path, json!({"LineItems": [{"LineItemID": ids[0], "Quantity": 3}]})).await;
    let lines = now["LineItems"].as_array().unwrap();
    assert_eq!((lines.len(), &lines[0]["LineItemID"], &lines[0]["Description"]), (1, ids[0], &json!("One")));
    assert_eq!(lines[0]["LineAmount"].to_string(), "3.00");
    let fresh = json!({"LineItems": [{"Description": "One", "UnitAmount": 1, "AccountCode": "200"}]});
    let now = desk.saved(&path, fresh).await;
    assert_ne!(&now["LineItems"][0]["LineItemID"], ids[0], "without its id the line is made anew");
}

#[tokio::test]
async fn line_rules_are_kept() {
    let desk = Desk::open().await;
    let line = |extra: Value| {
        let mut line =
            json!({"Description": "Widget", "Quantity": 2, "UnitAmount": 10.5, "AccountCode": "200"});
        for (name, value) in extra.as_object().unwrap() {
            line[name] = value.clone();
        }
        invoice(json!({"LineItems": [line]}))
    };
    for (body, wanted) in [
        (line(json!({"AccountCode": "999"})), "is not a valid code"),
        (line(json!({"AccountCode": "090"})), "is not a valid code"),
        (line(json!({"TaxType": "INPUT2"})), "cannot be used with account code"),
        (line(json!({"TaxType": "NOPE"})), "does not exist"),
        (line(json!({"LineAmount": 20})), "does not match the expected line total"),
        (line(json!({"ItemCode": "NOPE"})), "Item code"),
        (line(json!({"Description": ""})), "Description"),
        (invoice(json!({"LineItems": []})), "One or more line items"),
        (invoice(json!({"CurrencyCode": "JPY"})), "not subscribed to currency"),
    ] {
        let message = desk.refused(Method::PUT, "/Invoices", body).await;
        assert!(message.contains(wanted), "{message}");
    }
    let made = desk.made("Invoices", line(json!({"DiscountRate": 10}))).await;
    assert_eq!(made["LineItems"][0]["LineAmount"].to_string(), "18.90");
}

#[tokio::test]
async fn unit_amounts_have_two_places_unless_four_are_asked_for() {
    let desk = Desk::open().await;
    let lines = json!([{"Description": "W", "Quantity": 100, "UnitAmount": 0.1234, "AccountCode": "200"}]);
    let two = desk.invoice(json!({"LineItems": lines})).await;
    assert_eq!(two["SubTotal"].to_string(), "12.00");
    let (_, four) = desk.put("/Invoices?unitdp=4", invoice(json!({"LineItems": lines}))).await;
    assert_eq!(four["Invoices"][0]["SubTotal"].to_string(), "12.34");
    let path = format!("/Invoices/{}", text(&four["Invoices"][0], "InvoiceID"));
    assert_eq!(desk.get(&path).await.1["Invoices"][0]["LineItems"][0]["UnitAmount"].to_string(), "0.12");
    let (_, shown) = desk.get(&format!("{path}?unitdp=4")).await;
    assert_eq!(shown["Invoices"][0]["LineItems"][0]["UnitAmount"].to_string(), "0.1234");
}

#[tokio::test]
async fn states_go_only_where_they_may() {
    let desk = Desk::open().await;
    let made = desk.invoice(json!({})).await;
    let path = format!("/Invoices/{}", text(&made, "InvoiceID"));
    let status = |word: &str| json!({"Status": word});
    assert!(desk.refused(Method::POST, &path, status("PAID")).await.contains("valid status"));
    assert!(desk.refused(Method::POST, &path, status("VOIDED")).await.contains("valid status"));
    assert_eq!(desk.saved(&path, status("AUTHORISED")).await["Status"], "AUTHORISED");
    assert!(desk.refused(Method::POST, &path, status("DRAFT")).await.contains("valid status"));
    let voided = desk.saved(&path, status("VOIDED")).await;
    assert_eq!((&voided["Status"], voided["AmountDue"].to_string()), (&json!("VOIDED"), "0.00".into()));
    assert!(desk.refused(Method::POST, &path, json!({"Reference": "x"})).await.contains("valid status"));
    let other = desk.invoice(json!({})).await;
    let path = format!("/Invoices/{}", text(&other, "InvoiceID"));
    assert_eq!(desk.saved(&path, status("DELETED")).await["Status"], "DELETED");
    assert_eq!(desk.list("Invoices", &[]).await.len(), 2, "no tombstones: both stay in the list");
}

#[tokio::test]
async fn locked_periods_and_archived_contacts_refuse() {
    let desk = Desk::open().await;
    desk.sandbox.lock_before("2026-01-31");
    let message = desk.refused(Method::PUT, "/Invoices", invoice(json!({}))).await;
    assert!(message.contains("period lock date"));
    desk.invoice(json!({"Date": "2026-02-01"})).await;
    let id = desk.list("Contacts", &[]).await[0]["ContactID"].clone();
    desk.sandbox.delete("Contact", id.as_str().unwrap()).unwrap();
    let body = invoice(json!({"Date": "2026-02-01", "Contact": {"ContactID": id}}));
    assert!(desk.refused(Method::PUT, "/Invoices", body).await.contains("is archived"));
}

#[tokio::test]
async fn items_lend_their_price_account_and_tax() {
    let desk = Desk::open().await;
    let item = json!({"Code": "W1", "Name": "Widget", "Description": "A widget",
        "SalesDetails": {"UnitPrice": 9.99, "AccountCode": "200"}});
    desk.made("Items", item).await;
    let made = desk.invoice(json!({"LineItems": [{"ItemCode": "W1"}]})).await;
    let line = &made["LineItems"][0];
    assert_eq!((&line["Description"], &line["AccountCode"]), (&json!("A widget"), &json!("200")));
    assert_eq!((line["UnitAmount"].to_string(), &line["Item"]["Code"]), ("9.99".into(), &json!("W1")));
}
