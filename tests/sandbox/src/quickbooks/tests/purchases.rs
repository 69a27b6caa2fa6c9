//! Vendors, bills, bill payments, purchases and journal entries.

use serde_json::{Value, json};

use super::desk::Desk;
use crate::quickbooks::{Preference, QuickBooksConfig};

async fn vendor(desk: &Desk, name: &str) -> String {
    let made = desk.put("Vendor", json!({"DisplayName": name})).await;
    made["Id"].as_str().unwrap().to_owned()
}

fn account_line(account: &str, amount: i64) -> Value {
    json!({
        "Amount": amount, "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account}}
    })
}

fn bill(vendor: &str, amount: i64) -> Value {
    json!({"VendorRef": {"value": vendor}, "DocNumber": "B-1", "Line": [account_line("7", amount)]})
}

fn payment(vendor: &str, bill: &Value, amount: i64) -> Value {
    json!({
        "VendorRef": {"value": vendor}, "TotalAmt": amount, "PayType": "Check",
        "CheckPayment": {"BankAccountRef": {"value": "35"}},
        "Line": [{"Amount": amount, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}]
    })
}

fn posting(side: &str, account: &str, amount: i64) -> Value {
    json!({
        "Amount": amount, "DetailType": "JournalEntryLineDetail",
        "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account}}
    })
}

#[tokio::test]
async fn a_bill_is_owed_until_it_is_paid() {
    let desk = Desk::open().await;
    let acme = vendor(&desk, "Acme").await;
    let made = desk.put("Bill", bill(&acme, 50)).await;
    assert_eq!((&made["TotalAmt"], &made["Balance"]), (&json!(50), &json!(50)));
    assert_eq!(made["APAccountRef"]["value"], "33");
    assert_eq!(made["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"]["name"], "Advertising");
    let owed = || desk.sandbox.get("Vendor", &acme).unwrap()["Balance"].clone();
    assert_eq!(owed(), json!(50));
    assert_eq!(desk.refused("/billpayment", payment(&acme, &made, 51)).await, "6000");
    let paid = desk.put("BillPayment", payment(&acme, &made, 30)).await;
    let id = made["Id"].as_str().unwrap();
    let open = || desk.sandbox.get("Bill", id).unwrap();
    assert_eq!((&open()["Balance"], &open()["SyncToken"]), (&json!(20), &json!("1")));
    assert_eq!(open()["LinkedTxn"], json!([{"TxnId": paid["Id"], "TxnType": "BillPaymentCheck"}]));
    assert_eq!(owed(), json!(20));
    assert_eq!(desk.refused("/bill?operation=delete", json!({"Id": id, "SyncToken": "1"})).await, "6000");
    assert_eq!(desk.refused("/bill?operation=void", json!({"Id": id, "SyncToken": "1"})).await, "500");
    let address = json!({"Id": paid["Id"], "SyncToken": "0"});
    let (status, voided) = desk.post("/billpayment?operation=update&include=void", address).await;
    assert_eq!((status, &voided["BillPayment"]["TotalAmt"]), (200, &json!(0)));
    assert_eq!((&open()["Balance"], owed()), (&json!(50), json!(50)));
    assert_eq!(desk.post("/bill?operation=delete", json!({"Id": id, "SyncToken": "2"})).await.0, 200);
    assert_eq!(owed(), json!(0));
}

#[tokio::test]
async fn bills_and_their_payments_are_checked() {
    let desk = Desk::open().await;
    let (acme, other) = (vendor(&desk, "Acme").await, vendor(&desk, "Other").await);
    let made = desk.put("Bill", bill(&acme, 50)).await;
    for (change, wanted) in [
        (json!({"VendorRef": null}), "2020"),
        (json!({"VendorRef": {"value": "99"}}), "2500"),
        (json!({"Line": []}), "2020"),
        (json!({"Line": [account_line("999", 5)]}), "2500"),
        (json!({"APAccountRef": {"value": "35"}}), "6000"),
        (json!({"Balance": "x", "Colour": "red"}), "2010"),
    ] {
        let mut body = bill(&acme, 50);
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(desk.refused("/bill", body.clone()).await, wanted, "{body}");
    }
    let mut both = account_line("7", 5);
    both["ItemBasedExpenseLineDetail"] = json!({"Qty": 1});
    let body = json!({"VendorRef": {"value": acme}, "Line": [both]});
    assert_eq!(desk.refused("/bill", body).await, "6000");
    for (change, wanted) in [
        (json!({"VendorRef": {"value": other}}), "6000"),
        (json!({"PayType": null}), "2020"),
        (json!({"PayType": "CreditCard"}), "2020"),
        (json!({"CheckPayment": {"BankAccountRef": {"value": "41"}}}), "6000"),
        (json!({"TotalAmt": 5}), "6000"),
        (json!({"Line": []}), "2020"),
    ] {
        let mut body = payment(&acme, &made, 10);
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(desk.refused("/billpayment", body.clone()).await, wanted, "{body}");
    }
    desk.sandbox.set_company_preference(Preference::UniqueDocNumbers(true));
    assert_eq!(desk.refused("/bill", bill(&other, 5)).await, "6140");
}

#[tokio::test]
async fn items_are_bought_too_and_britain_taxes_what_is_bought() {
    let config = QuickBooksConfig { company_country: "GB".into(), ..QuickBooksConfig::unlimited() };
    let desk = Desk::with(config).await;
    let (acme, item) = (vendor(&desk, "Acme").await, desk.item("Widget").await);
    let line = |code: Value| {
        json!({
            "Amount": 10, "DetailType": "ItemBasedExpenseLineDetail",
            "ItemBasedExpenseLineDetail": {"ItemRef": {"value": item["Id"]}, "Qty": 2, "UnitPrice": 5, "TaxCodeRef": code}
        })
    };
    let body = |code: Value| json!({"VendorRef": {"value": acme}, "Line": [line(code)]});
    assert_eq!(desk.refused("/bill", body(Value::Null)).await, "6000");
    assert_eq!(desk.refused("/bill", body(json!({"value": "TAX"}))).await, "2500");
    let made = desk.put("Bill", body(json!({"value": "2"}))).await;
    assert_eq!((&made["TotalAmt"], &made["TxnTaxDetail"]["TotalTax"]), (&json!(12), &json!(2)));
}

#[tokio::test]
async fn a_purchase_is_paid_from_an_account_that_suits() {
    let desk = Desk::open().await;
    let (acme, customer) = (vendor(&desk, "Acme").await, desk.customer("Bob").await);
    let body = |kind: &str, account: &str, payee: Value| {
        json!({
            "PaymentType": kind, "AccountRef": {"value": account}, "EntityRef": payee,
            "Line": [account_line("13", 8)]
        })
    };
    let made = desk.put("Purchase", body("Cash", "35", json!({"value": acme}))).await;
    assert_eq!((&made["TotalAmt"], &made["EntityRef"]["type"]), (&json!(8), &json!("Vendor")));
    let refund = json!({"value": customer["Id"], "type": "Customer"});
    let made = desk.put("Purchase", body("CreditCard", "41", refund.clone())).await;
    assert_eq!(made["EntityRef"]["name"], "Bob");
    assert_eq!(desk.refused("/purchase", body("CreditCard", "35", refund)).await, "6000");
    let stranger = json!({"value": customer["Id"], "type": "Vendor"});
    assert_eq!(desk.refused("/purchase", body("Check", "35", stranger)).await, "2500");
    assert_eq!(desk.refused("/purchase", json!({"AccountRef": {"value": "35"}})).await, "2020");
    assert_eq!(desk.refused("/purchase", body("Barter", "35", Value::Null)).await, "2010");
    let address = json!({"Id": made["Id"], "SyncToken": "0"});
    assert_eq!(desk.post("/purchase?operation=delete", address).await.0, 200);
}

#[tokio::test]
async fn debits_equal_credits() {
    let desk = Desk::open().await;
    let entry = |lines: Value| json!({"DocNumber": "J-1", "Line": lines});
    let made =
        desk.put("JournalEntry", entry(json!([posting("Debit", "7", 5), posting("Credit", "35", 5)]))).await;
    assert_eq!((&made["TotalAmt"], &made["Line"][1]["Id"]), (&json!(5), &json!("2")));
    let acme = vendor(&desk, "Acme").await;
    let mut owed = posting("Credit", "33", 5);
    for (lines, wanted) in [
        (json!([posting("Debit", "7", 5), posting("Credit", "35", 4)]), "6000"),
        (json!([posting("Debit", "7", 5)]), "6000"),
        (json!([]), "2020"),
        (json!([posting("Debit", "7", -5), posting("Credit", "35", -5)]), "6000"),
        (json!([posting("Debit", "7", 5), posting("Credit", "999", 5)]), "2500"),
        (json!([posting("Left", "7", 5)]), "2010"),
        (json!([posting("Debit", "7", 5), owed.clone()]), "6000"),
    ] {
        assert_eq!(desk.refused("/journalentry", entry(lines.clone())).await, wanted, "{lines}");
    }
    owed["JournalEntryLineDetail"]["Entity"] = json!({"Type": "Vendor", "EntityRef": {"value": acme}});
    let made = desk.put("JournalEntry", entry(json!([posting("Debit", "7", 5), owed.clone()]))).await;
    assert_eq!(made["Line"][1]["JournalEntryLineDetail"]["Entity"]["EntityRef"]["name"], "Acme");
    owed["JournalEntryLineDetail"]["Entity"]["Type"] = json!("Customer");
    let lines = json!([posting("Debit", "7", 5), owed]);
    assert_eq!(desk.refused("/journalentry", entry(lines)).await, "6000");
}

#[tokio::test]
async fn accounts_and_classes_have_one_name_below_one_parent() {
    let desk = Desk::open().await;
    let north = desk.put("Class", json!({"Name": "North"})).await;
    assert_eq!(desk.refused("/class", json!({"Name": "north"})).await, "6240");
    assert_eq!(desk.refused("/class", json!({"Name": "a:b"})).await, "2040");
    let below = json!({"Name": "North", "ParentRef": {"value": north["Id"]}});
    let made = desk.put("Class", below.clone()).await;
    assert_eq!((&made["FullyQualifiedName"], &made["SubClass"]), (&json!("North:North"), &json!(true)));
    assert_eq!(desk.refused("/class", below).await, "6240");
    let print = json!({"Name": "Print", "AccountType": "Expense", "ParentRef": {"value": "7"}});
    let made = desk.put("Account", print).await;
    assert_eq!(
        (&made["FullyQualifiedName"], &made["Classification"]),
        (&json!("Advertising:Print"), &json!("Expense"))
    );
    assert_eq!(desk.refused("/account", json!({"Name": "Checking", "AccountType": "Bank"})).await, "6240");
    let sparse = json!({"Id": "7", "SyncToken": "0", "sparse": true, "Active": false});
    assert_eq!(desk.refused("/account", sparse).await, "500");
    let whole = json!({"Id": "7", "SyncToken": "0", "Name": "Advertising", "AccountType": "Expense", "Active": false});
    assert_eq!(desk.put("Account", whole).await["Active"], false);
}

#[tokio::test]
async fn the_company_is_changed_and_never_made() {
    let desk = Desk::open().await;
    assert_eq!(desk.refused("/companyinfo", json!({"CompanyName": "Second"})).await, "500");
    let info =
        desk.put("CompanyInfo", json!({"Id": "1", "SyncToken": "0", "sparse": true, "LegalName": "L"})).await;
    assert_eq!((&info["LegalName"], &info["CompanyName"]), (&json!("L"), &json!("Sandbox Company")));
    let stale = json!({"Id": "1", "SyncToken": "0", "sparse": true, "LegalName": "M"});
    assert_eq!(desk.refused("/companyinfo", stale).await, "5010");
    assert_eq!(desk.post("/taxcode", json!({"Name": "x"})).await.0, 501);
}
