//! Items, invoices, bills, credit notes and payments, from our record to Xero's and back.

use serde_json::{Value, json};

use super::super::stage::Stage;
use super::super::stand::Stand as _;
use super::Books;

type OfBooks = Stage<Books<1>>;

/// The default project's records.
const RECORDS: &str = "/v1/projects/00000000-0000-7000-8000-000000000002/records";

async fn feature(stage: &OfBooks, code: &str) {
    let path = stage.path(&format!("features/{code}"));
    stage.hub.put(&path, json!({"enabled": true})).await.unwrap();
}

async fn put(stage: &OfBooks, entity: &str, id: &str, fields: Value) {
    stage.hub.put(&format!("{RECORDS}/{entity}/{id}"), fields).await.unwrap();
    stage.rest().await;
    stage.pass(3).await;
}

async fn ours(stage: &OfBooks, entity: &str, id: &str) -> Value {
    stage.hub.get(&format!("{RECORDS}/{entity}/{id}")).await.unwrap()["body"].clone()
}

/// What a deletion of ours does there.
async fn on_delete(stage: &OfBooks, entity: &str, policy: &str) {
    let configs = stage.hub.get(&stage.path("sync/config")).await.unwrap();
    let config = configs["items"].as_array().unwrap().iter().find(|one| one["local_entity"] == entity);
    let config = config.unwrap_or_else(|| panic!("{configs}"))["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/sync-configs/{config}");
    stage.hub.put(&path, json!({"on_local_delete": policy})).await.unwrap();
}

async fn delete(stage: &OfBooks, entity: &str, id: &str) {
    let path = format!("{RECORDS}/{entity}/{id}");
    stage.hub.expect(reqwest::Method::DELETE, &path, None).await.unwrap();
    stage.rest().await;
    stage.pass(3).await;
}

/// A shop with a customer, an item and an invoice of two lines.
async fn sold() -> OfBooks {
    let stage = OfBooks::connected(true, false).await;
    for code in ["items", "invoices", "payments"] {
        feature(&stage, code).await;
    }
    stage.rest().await;
    put(&stage, "customer", "C-1", json!({"name": "Ada"})).await;
    put(&stage, "product", "P-1", json!({"code": "MUG", "name": "Mug", "unit_price": "2.50"})).await;
    let item = &stage.there.0.entities("Item")[0];
    let id = item["ItemID"].as_str().unwrap();
    let details = json!({"SalesDetails": {"UnitPrice": 2.5, "AccountCode": "200"}});
    stage.there.0.edit("Item", id, details).unwrap();
    let line = |id: &str, quantity: &str| {
        json!({
            "line_id": id, "product": "P-1", "description": "Mugs", "quantity": quantity,
            "unit_price": "2.5050",
        })
    };
    let invoice = json!({
        "number": "INV-7", "customer": "C-1", "date": "2026-04-09", "due_date": "2026-05-09",
        "lines": [line("1", "1"), line("2", "2")],
    });
    put(&stage, "invoice", "I-1", invoice).await;
    stage
}

fn invoice(stage: &OfBooks) -> Value {
    let all = stage.there.0.entities("Invoice");
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].clone()
}

fn lines(invoice: &Value) -> Vec<(String, String)> {
    let lines = invoice["LineItems"].as_array().unwrap().iter();
    lines
        .map(|line| (line["LineItemID"].as_str().unwrap().to_owned(), line["Quantity"].to_string()))
        .collect()
}

/// A changed quantity keeps the lines' ids, and Xero works amounts and tax out anew.
#[tokio::test]
async fn lines_keep_their_ids_and_tax_is_worked_out_anew() {
    let stage = sold().await;
    let made = invoice(&stage);
    assert_eq!((&made["Type"], &made["Status"]), (&json!("ACCREC"), &json!("AUTHORISED")), "{made}");
    assert_eq!(made["DateString"], json!("2026-04-09T00:00:00"), "a day is a day, whatever the zone");
    assert_eq!(made["LineItems"][0]["UnitAmount"].to_string(), "2.505", "four places are kept");
    let before = lines(&made);
    let ours_now = ours(&stage, "invoice", "I-1").await;
    assert_eq!(ours_now["number"], json!("INV-7"), "{ours_now}");
    let mut changed = ours_now["lines"].clone();
    changed[1]["quantity"] = json!("4");
    put(&stage, "invoice", "I-1", json!({"lines": changed})).await;
    let now = invoice(&stage);
    let after = lines(&now);
    assert_eq!(
        after.iter().map(|line| &line.0).collect::<Vec<_>>(),
        before.iter().map(|line| &line.0).collect::<Vec<_>>()
    );
    assert_eq!(after[1].1, "4");
    assert_eq!(now["LineItems"][1]["LineAmount"].to_string(), "10.02", "{now}");
    assert_eq!(now["LineItems"][1]["TaxAmount"].to_string(), "2.00", "{now}");
    stage.close();
}

/// A payment is for one invoice, is never changed, and is deleted by its status.
#[tokio::test]
async fn a_payment_is_made_once_and_deleted_by_its_status() {
    let stage = sold().await;
    on_delete(&stage, "payment", "delete").await;
    let invoices = json!([{"line_id": "1", "invoice": "I-1"}]);
    let paid = |amount: &str| json!({"customer": "C-1", "date": "2026-04-10", "amount": amount, "invoices": invoices});
    put(&stage, "payment", "PAY-1", paid("3.00")).await;
    let made = stage.there.0.entities("Payment");
    assert_eq!(made.len(), 1, "{:?}", stage.pairs().await);
    assert_eq!(
        (&made[0]["Amount"].to_string(), &made[0]["Reference"]),
        (&"3.00".to_owned(), &json!("PAY-1"))
    );
    assert_eq!(invoice(&stage)["AmountPaid"].to_string(), "3.00");
    put(&stage, "payment", "PAY-1", paid("4.00")).await;
    assert_eq!(stage.there.0.entities("Payment").len(), 1);
    assert_eq!(
        stage.status("PAY-1").await,
        "error",
        "a payment cannot be changed: {}",
        stage.pair("PAY-1").await
    );
    // Another one, which is taken back.
    put(&stage, "payment", "PAY-2", paid("1.00")).await;
    delete(&stage, "payment", "PAY-2").await;
    let all = stage.there.0.entities("Payment");
    let states: Vec<&Value> = all.iter().map(|one| &one["Status"]).collect();
    assert_eq!(states, [&json!("AUTHORISED"), &json!("DELETED")]);
    stage.close();
}

/// A credit note carries our id, changes, and is voided when ours is deleted.
#[tokio::test]
async fn a_credit_note_is_made_changed_and_voided() {
    let stage = sold().await;
    feature(&stage, "credit_notes").await;
    stage.rest().await;
    on_delete(&stage, "credit_note", "void").await;
    let line = |quantity: &str| json!([{"line_id": "1", "product": "P-1", "description": "Mug back", "quantity": quantity, "unit_price": "2.50"}]);
    let note = json!({"number": "CN-7", "customer": "C-1", "date": "2026-04-12", "lines": line("1")});
    put(&stage, "credit_note", "N-1", note).await;
    let made = stage.there.0.get("CreditNote", "CN-7");
    let made = made.expect("the credit note is there");
    assert_eq!((&made["Type"], &made["Reference"]), (&json!("ACCRECCREDIT"), &json!("N-1")));
    put(&stage, "credit_note", "N-1", json!({"lines": line("2")})).await;
    let now = stage.there.0.get("CreditNote", "CN-7").unwrap();
    assert_eq!(
        (now["Total"].to_string(), &now["LineItems"][0]["LineItemID"]),
        ("6.00".to_owned(), &made["LineItems"][0]["LineItemID"])
    );
    delete(&stage, "credit_note", "N-1").await;
    assert_eq!(stage.there.0.get("CreditNote", "CN-7").unwrap()["Status"], json!("VOIDED"));
    stage.close();
}

/// One list of theirs, two entities of ours: each takes its own, also when a webhook does not say which it is.
#[tokio::test]
async fn invoices_and_bills_are_told_apart() {
    let stage = sold().await;
    for code in ["vendors", "bills"] {
        feature(&stage, code).await;
    }
    stage.rest().await;
    put(&stage, "vendor", "V-1", json!({"name": "Mill", "bank_account": "12-34-56"})).await;
    let line = json!({"line_id": "1", "description": "Flour", "quantity": "1", "unit_price": "9.00", "product": "P-1"});
    let bill = json!({"number": "B-1", "vendor": "V-1", "date": "2026-04-09", "due_date": "2026-05-09", "lines": [line]});
    let items = stage.there.0.entities("Item");
    let details = json!({"PurchaseDetails": {"UnitPrice": 9, "AccountCode": "310"}});
    stage.there.0.edit("Item", items[0]["ItemID"].as_str().unwrap(), details).unwrap();
    put(&stage, "bill", "B-1", bill).await;
    let all = stage.there.0.entities("Invoice");
    let mut types: Vec<&str> = all.iter().filter_map(|one| one["Type"].as_str()).collect();
    types.sort_unstable();
    assert_eq!(types, ["ACCPAY", "ACCREC"], "{:?}", stage.pairs().await);
    stage.pull("full").await;
    let count = async |entity: &str| {
        let path = format!("{RECORDS}/{entity}");
        stage.hub.get(&path).await.unwrap()["items"].as_array().unwrap().len()
    };
    assert_eq!((count("invoice").await, count("bill").await), (1, 1));
    let bill = all.iter().find(|one| one["Type"] == "ACCPAY").unwrap();
    stage.there.advance(5);
    stage.there.0.delete("Invoice", bill["InvoiceID"].as_str().unwrap()).unwrap();
    stage.pull("incremental").await;
    assert_eq!((stage.status("B-1").await, stage.status("I-1").await), ("deleted".into(), "synced".into()));
    stage.close();
}
