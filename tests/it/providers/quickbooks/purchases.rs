//! What is bought: vendors, bills, their payments, and expenses paid at once.

use serde_json::{Value, json};

use super::desk::{OfBooks, all_ours, delete, digits, named, only, ours, put, reasons, with};

const FEATURES: [&str; 7] =
    ["vendors", "accounts", "classes", "terms", "tax_codes", "bills", "bill_payments"];

fn bill(account: &str) -> Value {
    json!({
        "number": "B-1", "vendor": "V-1", "date": "2026-11-20", "due_date": "2026-12-20", "memo": "ads",
        "lines": [
            {"line_id": "1", "account": account, "description": "Print", "quantity": "3", "amount": "30.00"},
            {"line_id": "2", "account": account, "description": "Radio", "amount": "20.00"},
        ],
    })
}

fn payment(account: &str) -> Value {
    json!({
        "number": "BP-1", "vendor": "V-1", "date": "2026-11-21", "amount": "20.00", "bank_account": account,
        "bills": [{"line_id": "1", "bill": "B-1", "amount": "20.00"}],
    })
}

async fn paid() -> OfBooks {
    let stage = with(&FEATURES).await;
    let (spent, bank) =
        (named(&stage, "account", "Advertising").await, named(&stage, "account", "Checking").await);
    // The other way round: each waits for what it refers to.
    put(&stage, "bill_payment", "BP-1", payment(&bank)).await;
    put(&stage, "bill", "B-1", bill(&spent)).await;
    assert_eq!((stage.status("BP-1").await, stage.status("B-1").await), ("waiting".into(), "waiting".into()));
    assert!(stage.there.0.entities("Bill").is_empty());
    put(&stage, "vendor", "V-1", json!({"name": "Acme", "email": "a@acme.example"})).await;
    stage.pass(5).await;
    stage
}

#[tokio::test]
async fn a_payment_waits_for_its_bill_and_the_bill_for_its_vendor() {
    let stage = paid().await;
    for id in ["V-1", "B-1", "BP-1"] {
        assert_eq!(stage.status(id).await, "synced", "{}", stage.pair(id).await);
    }
    let (vendor, bill, payment) = (only(&stage, "Vendor"), only(&stage, "Bill"), only(&stage, "BillPayment"));
    assert_eq!(bill["VendorRef"]["value"], vendor["Id"]);
    assert_eq!(bill["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"]["value"], "7");
    assert_eq!((bill["TotalAmt"].to_string(), bill["Balance"].to_string()), ("50".into(), "30".into()));
    assert_eq!(payment["Line"][0]["LinkedTxn"], json!([{"TxnId": bill["Id"], "TxnType": "Bill"}]));
    assert_eq!(
        (&payment["PayType"], &payment["CheckPayment"]["BankAccountRef"]["value"]),
        (&json!("Check"), &json!("35"))
    );
    stage.pull("incremental").await;
    let owed = digits(&ours(&stage, "bill", "B-1").await["balance"]);
    assert_eq!(owed, "30", "what is still owed comes back");
    stage.close();
}

#[tokio::test]
async fn a_bookkeepers_bill_comes_in_and_ours_keeps_its_lines() {
    let stage = paid().await;
    let vendor = only(&stage, "Vendor")["Id"].clone();
    let class = stage.there.0.create("Class", json!({"Name": "North"})).unwrap()["Id"].clone();
    let detail = json!({"AccountRef": {"value": "13"}, "ClassRef": {"value": class}});
    let line = json!({"Amount": 9.5, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": detail});
    let body = json!({"VendorRef": {"value": vendor}, "DocNumber": "T-9", "Line": [line]});
    stage.there.0.advance_clock(5);
    stage.there.0.create("Bill", body).unwrap();
    stage.pull("incremental").await;
    stage.pull("incremental").await;
    let bills = all_ours(&stage, "bill").await;
    let (id, theirs) = bills.iter().find(|(_, one)| one["number"] == json!("T-9")).unwrap();
    assert_eq!(theirs["vendor"], json!("V-1"));
    assert_eq!(
        theirs["lines"][0]["account"],
        json!(named(&stage, "account", "Meals and Entertainment").await)
    );
    assert_eq!(theirs["lines"][0]["class"], json!(named(&stage, "class", "North").await));
    assert!(id.starts_with('~'), "{id}");
    stage.close();
}

/// What a bookkeeper adds to our lines stays when we change them.
#[tokio::test]
async fn a_class_that_a_bookkeeper_gave_a_line_of_ours_stays() {
    let stage = paid().await;
    let class = stage.there.0.create("Class", json!({"Name": "North"})).unwrap()["Id"].clone();
    let bill = only(&stage, "Bill");
    let mut lines = bill["Line"].clone();
    lines[1]["AccountBasedExpenseLineDetail"]["ClassRef"] = json!({"value": class});
    stage.there.0.advance_clock(5);
    stage.there.0.edit("Bill", bill["Id"].as_str().unwrap(), json!({"Line": lines})).unwrap();
    stage.pull("incremental").await;
    stage.pull("incremental").await;
    let mut mine = ours(&stage, "bill", "B-1").await;
    assert_eq!(mine["lines"][1]["class"], json!(named(&stage, "class", "North").await), "{mine}");
    mine["lines"][1]["description"] = json!("Radio in the north");
    put(&stage, "bill", "B-1", json!({"lines": mine["lines"]})).await;
    assert_eq!(stage.status("B-1").await, "synced", "{}", stage.pair("B-1").await);
    let line = only(&stage, "Bill")["Line"][1].clone();
    assert_eq!(line["Description"], json!("Radio in the north"));
    assert_eq!(line["AccountBasedExpenseLineDetail"]["ClassRef"]["value"], class);
    stage.close();
}

#[tokio::test]
async fn a_payment_is_voided_and_then_its_bill_can_be_deleted() {
    let stage = paid().await;
    delete(&stage, "bill_payment", "BP-1", "void").await;
    let payment = only(&stage, "BillPayment");
    assert_eq!((payment["TotalAmt"].to_string(), &payment["PrivateNote"]), ("0".into(), &json!("Voided")));
    assert_eq!(only(&stage, "Bill")["Balance"].to_string(), "50");
    stage.pull("incremental").await;
    delete(&stage, "bill", "B-1", "delete").await;
    assert!(stage.there.0.entities("Bill").is_empty());
    assert_eq!(stage.status("B-1").await, "deleted");
    stage.close();
}

#[tokio::test]
async fn an_expense_is_paid_at_once_to_a_vendor() {
    let stage = with(&["vendors", "accounts", "items", "expenses"]).await;
    let (card, spent) =
        (named(&stage, "account", "Mastercard").await, named(&stage, "account", "Advertising").await);
    put(&stage, "vendor", "V-1", json!({"name": "Acme"})).await;
    put(&stage, "product", "P-1", json!({"code": "MUG", "name": "Mug", "purchase_cost": "2.50"})).await;
    let expense = json!({
        "number": "E-1", "vendor": "V-1", "date": "2026-11-20", "payment_account": card,
        "payment_method": "CreditCard",
        "lines": [
            {"line_id": "1", "account": spent, "amount": "8.00"},
            {"line_id": "2", "product": "P-1", "quantity": "2", "unit_price": "2.50", "amount": "5.00"},
        ],
    });
    put(&stage, "expense", "E-1", expense.clone()).await;
    assert_eq!(stage.status("E-1").await, "synced", "{}", stage.pair("E-1").await);
    let made = only(&stage, "Purchase");
    assert_eq!((&made["EntityRef"]["type"], made["TotalAmt"].to_string()), (&json!("Vendor"), "13".into()));
    assert_eq!(made["Line"][1]["ItemBasedExpenseLineDetail"]["Qty"].to_string(), "2");
    stage.pull("incremental").await;
    let back = ours(&stage, "expense", "E-1").await;
    assert_eq!((&back["vendor"], digits(&back["amount"]).as_str()), (&json!("V-1"), "13"));
    let mut wrong = expense;
    wrong["payment_method"] = json!("Barter");
    wrong["lines"][0]["product"] = json!("P-1");
    let reasons = reasons(&stage, "expense", wrong).await.join("; ");
    assert!(reasons.contains("Cash, Check or CreditCard") && reasons.contains("and not both"), "{reasons}");
    delete(&stage, "expense", "E-1", "delete").await;
    assert!(stage.there.0.entities("Purchase").is_empty());
    stage.close();
}
