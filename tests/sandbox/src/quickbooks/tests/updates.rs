//! Versions, full and sparse updates, deletes, voids, and the shape of bodies.

use serde_json::json;

use super::desk::{Desk, code};

#[tokio::test]
async fn a_stale_token_is_refused() {
    let desk = Desk::open().await;
    let customer = desk.customer("Acme").await;
    let id = customer["Id"].as_str().unwrap();
    assert_eq!(customer["SyncToken"], "0");
    desk.sandbox.edit("Customer", id, json!({"Notes": "called"})).unwrap();
    let body = json!({"Id": id, "SyncToken": "0", "sparse": true, "CompanyName": "A"});
    assert_eq!(desk.refused("/customer", body).await, "5010");
    let body = json!({"Id": id, "SyncToken": "1", "sparse": true, "CompanyName": "A"});
    let updated = desk.put("Customer", body).await;
    assert_eq!(updated["SyncToken"], "2");
    assert_eq!(updated["Notes"], "called");
    assert_eq!(desk.sandbox.stats().stale, 1);
}

#[tokio::test]
async fn a_full_update_clears_what_it_omits() {
    let desk = Desk::open().await;
    let body = json!({"DisplayName": "Acme", "Notes": "n", "CompanyName": "c", "GivenName": "g"});
    let customer = desk.put("Customer", body).await;
    let id = customer["Id"].as_str().unwrap();
    let sparse = json!({"Id": id, "SyncToken": "0", "sparse": true, "Notes": "", "CompanyName": null});
    let updated = desk.put("Customer", sparse).await;
    assert!(updated.get("Notes").is_none(), "empty text clears");
    assert_eq!(updated["CompanyName"], "c", "null changes nothing");
    let full = json!({"Id": id, "SyncToken": "1", "DisplayName": "Acme", "GivenName": "h"});
    let updated = desk.put("Customer", full).await;
    assert!(updated.get("CompanyName").is_none());
    assert_eq!(updated["GivenName"], "h");
    assert_eq!(updated["MetaData"]["CreateTime"], customer["MetaData"]["CreateTime"]);
}

#[tokio::test]
async fn an_answer_can_be_sent_back() {
    let desk = Desk::open().await;
    let body = desk.invoice_body().await;
    let first = desk.put("Invoice", body).await;
    let second = desk.put("Invoice", first.clone()).await;
    assert_eq!(second["SyncToken"], "1");
    for same in ["Line", "TotalAmt", "Balance", "DueDate", "CustomerRef"] {
        assert_eq!(first[same], second[same], "{same}");
    }
}

#[tokio::test]
async fn sparse_updates_replace_lines_as_a_whole() {
    let desk = Desk::open().await;
    let mut body = desk.invoice_body().await;
    let line = body["Line"][0].clone();
    body["Line"].as_array_mut().unwrap().push(line);
    let invoice = desk.put("Invoice", body).await;
    assert_eq!(invoice["TotalAmt"], 42);
    let ids: Vec<_> = (0..2).map(|n| invoice["Line"][n]["Id"].clone()).collect();
    assert_eq!(ids, ["1", "2"]);
    let kept = invoice["Line"][1].clone();
    let sparse = json!({"Id": invoice["Id"], "SyncToken": "0", "sparse": true, "Line": [kept]});
    let updated = desk.put("Invoice", sparse).await;
    assert_eq!(updated["Line"].as_array().unwrap().len(), 2, "one line and the subtotal");
    assert_eq!(updated["Line"][0]["Id"], "2");
    assert_eq!(updated["DocNumber"], "1001");
    let dates = json!({"Id": invoice["Id"], "SyncToken": "1", "sparse": true, "DueDate": "2030-01-31"});
    let updated = desk.put("Invoice", dates).await;
    assert_eq!((&updated["TotalAmt"], &updated["DueDate"]), (&json!(21), &json!("2030-01-31")));
}

#[tokio::test]
async fn deletes_and_voids() {
    let desk = Desk::open().await;
    let body = desk.invoice_body().await;
    let invoice = desk.put("Invoice", body.clone()).await;
    let address = json!({"Id": invoice["Id"], "SyncToken": invoice["SyncToken"]});
    let (status, answer) = desk.post("/invoice?operation=void", address.clone()).await;
    assert_eq!(status, 200, "{answer}");
    let voided = &answer["Invoice"];
    assert_eq!((&voided["TotalAmt"], &voided["Balance"]), (&json!(0), &json!(0)));
    assert_eq!(voided["PrivateNote"], "Voided");
    assert_eq!(desk.refused("/invoice?operation=delete", address).await, "5010");
    let address = json!({"Id": invoice["Id"], "SyncToken": "1"});
    let (_, answer) = desk.post("/invoice?operation=delete", address.clone()).await;
    assert_eq!(answer["Invoice"]["status"], "Deleted");
    let path = format!("/invoice/{}", invoice["Id"].as_str().unwrap());
    let (status, answer) = desk.get(&path).await;
    assert_eq!((status, code(&answer).as_str()), (400, "610"));
    assert_eq!(desk.refused("/invoice?operation=delete", address).await, "610");
    assert_eq!(desk.refused("/customer?operation=delete", json!({"Id": "1", "SyncToken": "0"})).await, "500");
}

#[tokio::test]
async fn bodies_are_checked_strictly() {
    let desk = Desk::open().await;
    for (body, wanted) in [
        (json!({"DisplayName": "A", "Nickname": "B"}), "2010"),
        (json!({"DisplayName": "A", "BillAddr": {"Street": "B"}}), "2010"),
        (json!({"DisplayName": 7}), "2010"),
        (json!({"DisplayName": "A", "CreditLimit": "7"}), "2010"),
        (json!({"DisplayName": "A", "SalesTermRef": {"value": 3}}), "2010"),
        (json!({"Id": 1, "SyncToken": "0", "DisplayName": "A"}), "2010"),
        (json!({"Id": "1", "SyncToken": 0, "DisplayName": "A"}), "2010"),
        (json!({"Id": "1", "DisplayName": "A"}), "2020"),
        (json!({"CompanyName": "A"}), "2020"),
        (json!({"DisplayName": "A:B"}), "2040"),
        (json!({"DisplayName": "A\tB"}), "2040"),
        (json!({"DisplayName": "A".repeat(501)}), "2050"),
        (json!({"DisplayName": "A", "SalesTermRef": {"value": "99"}}), "2500"),
        (json!({"DisplayName": "A", "CurrencyRef": {"value": "EUR"}}), "6000"),
        (json!({"Id": "99", "SyncToken": "0", "DisplayName": "A"}), "610"),
    ] {
        assert_eq!(desk.refused("/customer", body.clone()).await, wanted, "{body}");
    }
    let longest = desk.put("Customer", json!({"DisplayName": "é".repeat(500)})).await;
    assert_eq!(longest["SyncToken"], "0");
    let trimmed = desk.put("Customer", json!({"DisplayName": "  Jo Smith "})).await;
    assert_eq!(trimmed["DisplayName"], "Jo Smith");
}
