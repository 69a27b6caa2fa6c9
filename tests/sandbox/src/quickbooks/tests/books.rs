//! Lines, totals, tax, payments, balances.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::desk::{Desk, invoice};
use crate::quickbooks::QuickBooksConfig;

fn line(item: &Value, amount: Value, detail: Value) -> Value {
    let mut line = json!({"DetailType": "SalesItemLineDetail"});
    line["SalesItemLineDetail"] = detail;
    line["Amount"] = amount;
    line["SalesItemLineDetail"]["ItemRef"] = json!({"value": item["Id"]});
    line
}

#[tokio::test]
async fn totals_are_worked_out() {
    let config = QuickBooksConfig { tax_rate_percent: Decimal::new(825, 2), ..QuickBooksConfig::unlimited() };
    let desk = Desk::with(config).await;
    let (customer, item) = (desk.customer("Acme").await, desk.item("Widget").await);
    let mut body = invoice(&customer, &item);
    body["Line"] = json!([
        line(&item, json!(10.33), json!({"Qty": 1.5, "UnitPrice": 6.885, "TaxCodeRef": {"value": "TAX"}})),
        line(&item, json!(-2), json!({"Qty": -1, "UnitPrice": 2})),
        line(&item, json!(0), json!({"Qty": 3, "UnitPrice": 0})),
        {"DetailType": "DescriptionOnly", "Description": "thank you", "DescriptionLineDetail": {}},
        {"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": true, "DiscountPercent": 10}}
    ]);
    let done = desk.put("Invoice", body).await;
    assert_eq!(done["TxnTaxDetail"]["TotalTax"], json!(0.85));
    assert_eq!(done["TotalAmt"], json!(8.35));
    assert_eq!(done["Balance"], json!(8.35));
    let lines = done["Line"].as_array().unwrap();
    assert_eq!(lines[4]["DetailType"], "SubTotalLineDetail");
    assert_eq!(lines[4]["Amount"], json!(8.33));
    assert_eq!(lines[5]["Amount"], json!(0.83));
    assert_eq!(lines[1]["SalesItemLineDetail"]["TaxCodeRef"]["value"], "NON");
    assert_eq!(lines[0]["SalesItemLineDetail"]["ItemRef"]["name"], "Widget");
}

#[tokio::test]
async fn lines_are_checked() {
    let desk = Desk::open().await;
    let (customer, item) = (desk.customer("Acme").await, desk.item("Widget").await);
    let unknown = json!({"Id": "99"});
    for (line, wanted) in [
        (line(&item, json!(21.01), json!({"Qty": 2, "UnitPrice": 10.5})), "6070"),
        (line(&item, json!(-5), json!({})), "6000"),
        (line(&unknown, json!(5), json!({})), "2500"),
        (line(&item, json!(5), json!({"TaxCodeRef": {"value": "2"}})), "2500"),
        (
            json!({"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": "1"}}}),
            "2020",
        ),
        (json!({"Amount": 5}), "2020"),
        (line(&item, json!("5"), json!({})), "2010"),
    ] {
        let mut body = invoice(&customer, &item);
        body["Line"] = json!([line]);
        assert_eq!(desk.refused("/invoice", body.clone()).await, wanted, "{body}");
        assert_eq!(desk.refused("/creditmemo", body).await, wanted);
    }
    let mut body = invoice(&customer, &item);
    body["DocNumber"] = json!("x".repeat(22));
    assert_eq!(desk.refused("/invoice", body.clone()).await, "2050");
    body["DocNumber"] = json!("1");
    body["Line"] = json!([]);
    assert_eq!(desk.refused("/invoice", body.clone()).await, "2020");
    body.as_object_mut().unwrap().remove("CustomerRef");
    assert_eq!(desk.refused("/invoice", body).await, "2020");
}

#[tokio::test]
async fn outside_the_us_every_line_has_a_tax_code() {
    let config = QuickBooksConfig { company_country: "GB".into(), ..QuickBooksConfig::unlimited() };
    let desk = Desk::with(config).await;
    let (customer, item) = (desk.customer("Acme").await, desk.item("Widget").await);
    let mut body = invoice(&customer, &item);
    assert_eq!(desk.refused("/invoice", body.clone()).await, "6000");
    body["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"] = json!({"value": "2"});
    let done = desk.put("Invoice", body.clone()).await;
    assert_eq!((&done["TotalAmt"], &done["CurrencyRef"]["value"]), (&json!(25.2), &json!("GBP")));
    body["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"] = json!({"value": "TAX"});
    assert_eq!(desk.refused("/invoice", body).await, "2500");
}

#[tokio::test]
async fn payments_take_from_invoices_and_balances() {
    let desk = Desk::open().await;
    let body = desk.invoice_body().await;
    let invoice = desk.put("Invoice", body.clone()).await;
    let credit = desk.put("CreditMemo", body.clone()).await;
    assert_eq!(credit["RemainingCredit"], 21);
    let customer = body["CustomerRef"]["value"].as_str().unwrap();
    let balance = || desk.sandbox.get("Customer", customer).unwrap()["Balance"].clone();
    assert_eq!(balance(), json!(0));
    let link = |id: &Value, kind: &str, amount: Value| json!({"Amount": amount, "LinkedTxn": [{"TxnId": id, "TxnType": kind}]});
    let pay = |total: Value, lines: Value| json!({"CustomerRef": {"value": customer}, "TotalAmt": total, "Line": lines});
    let too_much = pay(json!(30), json!([link(&invoice["Id"], "Invoice", json!(21.01))]));
    assert_eq!(desk.refused("/payment", too_much).await, "6000");
    let too_little = pay(json!(5), json!([link(&invoice["Id"], "Invoice", json!(21))]));
    assert_eq!(desk.refused("/payment", too_little).await, "6000");
    let lines =
        json!([link(&invoice["Id"], "Invoice", json!(15)), link(&credit["Id"], "CreditMemo", json!(6))]);
    let payment = desk.put("Payment", pay(json!(10), lines)).await;
    assert_eq!(payment["UnappliedAmt"], json!(1));
    let id = invoice["Id"].as_str().unwrap();
    let after = desk.sandbox.get("Invoice", id).unwrap();
    assert_eq!((&after["Balance"], &after["SyncToken"]), (&json!(6), &json!("1")));
    assert_eq!(after["LinkedTxn"][0]["TxnId"], payment["Id"]);
    assert_eq!(balance(), json!(-10), "6 open, 15 credit, 1 unapplied");
    let address = json!({"Id": payment["Id"], "SyncToken": "0"});
    let (status, voided) = desk.post("/payment?operation=update&include=void", address).await;
    assert_eq!((status, &voided["Payment"]["TotalAmt"]), (200, &json!(0)));
    assert_eq!(desk.sandbox.get("Invoice", id).unwrap()["Balance"], json!(21));
    assert_eq!(balance(), json!(0));
}

#[tokio::test]
async fn deleting_a_paid_invoice_frees_the_payment() {
    let desk = Desk::open().await;
    let body = desk.invoice_body().await;
    let invoice = desk.put("Invoice", body.clone()).await;
    let payment = desk
        .put(
            "Payment",
            json!({
                "CustomerRef": body["CustomerRef"], "TotalAmt": 21,
                "Line": [{"Amount": 21, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}]
            }),
        )
        .await;
    assert_eq!(payment["UnappliedAmt"], 0);
    desk.sandbox.delete("Invoice", invoice["Id"].as_str().unwrap()).unwrap();
    let payment = desk.sandbox.get("Payment", payment["Id"].as_str().unwrap()).unwrap();
    assert_eq!((&payment["UnappliedAmt"], &payment["SyncToken"]), (&json!(21), &json!("1")));
    assert_eq!(payment["Line"], json!([]));
}

/// Not a measurement: a bound that catches a scan per write.
#[tokio::test]
async fn many_invoices_are_quick() {
    let desk = Desk::open().await;
    let body = desk.invoice_body().await;
    for number in 0..3000 {
        let mut body = body.clone();
        body["DocNumber"] = json!(number.to_string());
        desk.sandbox.create("Invoice", body).unwrap();
    }
    let found = desk.query("select * from Invoice where DocNumber = '2999'").await;
    assert_eq!(found["Invoice"].as_array().unwrap().len(), 1);
}
