//! The other records, with their default mappings and references.

use serde_json::{Value, json};

use super::super::stage::Stage;
use super::super::stand::Stand as _;
use super::Signed;

type OfAccount = Stage<Signed>;

/// The default project's records.
const RECORDS: &str = "/v1/projects/00000000-0000-7000-8000-000000000002/records";

const FEATURES: [&str; 12] = [
    "individuals",
    "vendors",
    "services",
    "goods",
    "inventory",
    "accounts",
    "invoices",
    "credit_memos",
    "payments",
    "bills",
    "journals",
    "vendor_payments",
];

/// A connection with everything switched on, and a customer, a vendor and a service there.
async fn everything() -> OfAccount {
    let stage = OfAccount::connected(true, false).await;
    for feature in FEATURES {
        stage.hub.put(&stage.path(&format!("features/{feature}")), json!({"enabled": true})).await.unwrap();
    }
    stage.rest().await;
    let customer =
        json!({"name": "Acme", "address": {"line1": "1 High St", "city": "Leeds", "country": "GB"}});
    put(&stage, "customer/C-1", customer).await;
    put(&stage, "vendor/V-1", json!({"name": "Paper Mill"})).await;
    put(&stage, "product/S-1", json!({"code": "HOUR", "name": "An hour"})).await;
    stage.rest().await;
    stage.pass(5).await;
    stage
}

async fn put(stage: &OfAccount, record: &str, fields: Value) {
    stage.hub.put(&format!("{RECORDS}/{record}"), fields).await.unwrap();
}

async fn ours(stage: &OfAccount, record: &str) -> Value {
    stage.hub.get(&format!("{RECORDS}/{record}")).await.unwrap()["body"].clone()
}

/// The one record of a type.
async fn one(stage: &OfAccount, kind: &str) -> Value {
    let all = stage.there.account.entities(kind);
    assert_eq!(all.len(), 1, "{kind}: {all:?} {:?}", stage.pairs().await);
    all.into_iter().next().unwrap()
}

/// A number without its trailing zeros.
fn amount(value: &Value) -> String {
    let text = value.to_string();
    let text = text.trim_matches('"');
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text.to_owned()
    }
}

fn id(record: &Value) -> String {
    record["id"].as_str().unwrap().to_owned()
}

fn invoice() -> Value {
    json!({"number": "INV-1", "customer": "C-1", "date": "2026-01-05", "due_date": "2026-02-05", "memo": "January",
    "lines": [
        {"line_id": "a", "product": "S-1", "description": "Work", "quantity": "2", "unit_price": "10.50", "amount": "21.00"},
        {"line_id": "b", "product": "S-1", "description": "More", "quantity": "1", "unit_price": "4", "amount": "4.00"},
    ]})
}

#[tokio::test]
async fn an_invoice_its_payment_and_a_credit_memo_go_there_and_come_back() {
    let stage = everything().await;
    put(&stage, "invoice/I-1", invoice()).await;
    stage.rest().await;
    stage.pass(5).await;
    let made = one(&stage, "invoice").await;
    assert_eq!((amount(&made["total"]).as_str(), &made["tranId"]), ("25", &json!("INV-1")), "{made}");
    assert_eq!(made["entity"]["id"], json!(stage.only().id));
    let payment = json!({"number": "P-1", "customer": "C-1", "date": "2026-01-20", "amount": "10",
        "invoices": [{"line_id": "a", "invoice": "I-1", "amount": "10"}]});
    put(&stage, "payment/P-1", payment).await;
    let credit = json!({"number": "CN-1", "customer": "C-1", "date": "2026-01-21",
        "lines": [{"line_id": "a", "product": "S-1", "quantity": "1", "unit_price": "3", "amount": "3.00"}]});
    put(&stage, "credit_note/N-1", credit).await;
    stage.rest().await;
    stage.pass(5).await;
    let paid = one(&stage, "customerPayment").await;
    assert_eq!((amount(&paid["payment"]), amount(&paid["applied"])), ("10".into(), "10".into()), "{paid}");
    assert_eq!(amount(&one(&stage, "creditMemo").await["total"]), "3");
    stage.there.advance(70);
    stage.pull("incremental").await;
    let shown = ours(&stage, "invoice/I-1").await;
    assert_eq!(
        (amount(&shown["balance"]), amount(&shown["amount_paid"])),
        ("15".into(), "10".into()),
        "{shown}"
    );
    let edited = json!({"memo": "from there"});
    stage.there.account.edit("invoice", &id(&made), edited).unwrap();
    stage.pull("incremental").await;
    assert_eq!(ours(&stage, "invoice/I-1").await["memo"], json!("from there"));
    stage.close();
}

/// A sublist is merged by the provider unless it is named: a line that we drop would stay.
#[tokio::test]
async fn a_line_that_is_dropped_here_is_dropped_there() {
    let stage = everything().await;
    put(&stage, "invoice/I-1", invoice()).await;
    stage.rest().await;
    stage.pass(5).await;
    let mut fewer = invoice();
    fewer["lines"].as_array_mut().unwrap().remove(0);
    stage.there.recorder().take();
    put(&stage, "invoice/I-1", json!({"lines": fewer["lines"]})).await;
    stage.rest().await;
    stage.pass(5).await;
    let made = one(&stage, "invoice").await;
    let lines = made["item"]["items"].as_array().unwrap();
    assert_eq!(lines.len(), 1, "{made}");
    assert_eq!((&lines[0]["description"], amount(&made["total"])), (&json!("More"), "4".into()));
    // A change without lines leaves them alone.
    put(&stage, "invoice/I-1", json!({"memo": "again"})).await;
    stage.rest().await;
    stage.pass(5).await;
    let made = one(&stage, "invoice").await;
    assert_eq!((&made["memo"], made["item"]["items"].as_array().unwrap().len()), (&json!("again"), 1));
    let queries: Vec<String> = stage.there.recorder().take().into_iter().map(|one| one.query).collect();
    assert_eq!(queries.iter().filter(|query| query.contains("replace=item")).count(), 1, "{queries:?}");
    stage.close();
}

#[tokio::test]
async fn a_bill_goes_there_and_a_vendor_payment_comes_in() {
    let stage = everything().await;
    let bill = json!({"number": "B-1", "vendor": "V-1", "date": "2026-01-05",
        "lines": [{"line_id": "a", "product": "S-1", "quantity": "3", "unit_price": "2", "amount": "6.00"}]});
    put(&stage, "bill/B-1", bill).await;
    stage.rest().await;
    stage.pass(5).await;
    let bill = one(&stage, "vendorBill").await;
    assert_eq!((amount(&bill["total"]).as_str(), &bill["tranId"]), ("6", &json!("B-1")), "{bill}");
    let payment = json!({"entity": {"id": bill["entity"]["id"]}, "tranDate": "2026-01-20",
        "apply": {"items": [{"doc": {"id": bill["id"]}, "apply": true}]}});
    stage.there.account.create("vendorPayment", payment).unwrap();
    stage.there.advance(5);
    stage.pull("incremental").await;
    let came = stage.pairs().await;
    let came = came.iter().find(|pair| pair["local_entity"] == json!("transaction")).cloned();
    let came = came.unwrap_or_else(|| panic!("no payment came in"));
    let came = ours(&stage, &format!("transaction/{}", came["local_id"].as_str().unwrap())).await;
    assert_eq!((amount(&came["amount"]).as_str(), &came["type"]), ("6", &json!("vendor_payment")), "{came}");
    stage.close();
}

/// Debits and credits are one signed amount with us.
#[tokio::test]
async fn a_journal_goes_there_and_comes_back() {
    let stage = everything().await;
    stage.pull("full").await;
    let pairs = stage.pairs().await;
    let local = |number: &str| {
        let there = stage.there.account.entities("account");
        let there = there.into_iter().find(|one| one["acctNumber"] == json!(number)).unwrap();
        let mut own = pairs.iter().filter(|pair| pair["local_entity"] == json!("account"));
        let pair = own.find(|pair| pair["remote_id"] == there["id"]).unwrap();
        pair["local_id"].clone()
    };
    let journal = json!({"reference": "J-1", "transaction_date": "2026-01-31", "description": "Accrual", "lines": [
        {"line_id": "a", "account": local("6000"), "amount": "12.50"},
        {"line_id": "b", "account": local("1000"), "amount": "-12.50"},
    ]});
    put(&stage, "transactions/J-1", journal).await;
    stage.rest().await;
    stage.pass(5).await;
    let made = one(&stage, "journalEntry").await;
    let lines = made["line"]["items"].as_array().unwrap();
    assert_eq!(
        (amount(&lines[0]["debit"]), amount(&lines[1]["credit"])),
        ("12.5".into(), "12.5".into()),
        "{made}"
    );
    stage.there.advance(5);
    stage.there.account.edit("journalEntry", &id(&made), json!({"memo": "Accrual, checked"})).unwrap();
    stage.pull("incremental").await;
    let shown = ours(&stage, "transactions/J-1").await;
    assert_eq!(shown["description"], json!("Accrual, checked"));
    assert_eq!(amount(&shown["lines"][1]["amount"]), "-12.5", "{shown}");
    stage.close();
}

/// Each kind of item is a record type of its own; what kind ours is decides.
#[tokio::test]
async fn items_of_each_kind_go_to_their_own_record_type() {
    let stage = everything().await;
    put(&stage, "product/G-1", json!({"code": "MUG", "name": "Mug", "kind": "non_inventory"})).await;
    put(&stage, "product/K-1", json!({"code": "PEN", "name": "Pen", "kind": "inventory"})).await;
    stage.rest().await;
    stage.pass(5).await;
    assert_eq!(one(&stage, "serviceSaleItem").await["itemId"], json!("HOUR"));
    assert_eq!(one(&stage, "nonInventorySaleItem").await["itemId"], json!("MUG"));
    let pen = one(&stage, "inventoryItem").await;
    assert_eq!(pen["itemId"], json!("PEN"));
    stage.there.advance(5);
    stage.there.account.edit("inventoryItem", &id(&pen), json!({"salesDescription": "Blue"})).unwrap();
    stage.pull("incremental").await;
    let shown = ours(&stage, "product/K-1").await;
    assert_eq!((&shown["description"], &shown["kind"]), (&json!("Blue"), &json!("inventory")), "{shown}");
    stage.close();
}

/// Addresses are a sublist; a person has two names and no company.
#[tokio::test]
async fn addresses_and_persons_come_in() {
    let stage = everything().await;
    let made = one(&stage, "customer").await;
    let address = &made["addressBook"]["items"][0]["addressBookAddress"];
    assert_eq!((&address["addr1"], &address["country"]["id"]), (&json!("1 High St"), &json!("GB")), "{made}");
    put(&stage, "customer/C-1", json!({"address": {"line1": "2 High St", "city": "Leeds", "country": "GB"}}))
        .await;
    let person =
        json!({"isPerson": true, "firstName": "Ada", "lastName": "Lovelace", "subsidiary": {"id": "1"}});
    let person = stage.there.account.create("customer", person).unwrap();
    stage.rest().await;
    stage.pass(5).await;
    stage.pull("incremental").await;
    let made = stage.there.account.get("customer", &id(&made)).unwrap();
    assert_eq!(made["addressBook"]["items"].as_array().unwrap().len(), 1, "{made}");
    assert_eq!(made["addressBook"]["items"][0]["addressBookAddress"]["addr1"], json!("2 High St"));
    let pair = stage.pair(&id(&person)).await;
    assert_eq!(stage.local(pair["local_id"].as_str().unwrap()).await["name"], json!("Ada Lovelace"));
    stage.close();
}

/// What a payment was applied to is said once.
#[tokio::test]
async fn a_payment_is_not_applied_anew() {
    let stage = everything().await;
    put(&stage, "invoice/I-1", invoice()).await;
    stage.rest().await;
    stage.pass(5).await;
    let payment = |amount: &str| {
        json!({"number": "P-1", "customer": "C-1", "date": "2026-01-20", "amount": "10",
        "invoices": [{"line_id": "a", "invoice": "I-1", "amount": amount}]})
    };
    put(&stage, "payment/P-1", payment("10")).await;
    stage.rest().await;
    stage.pass(5).await;
    put(&stage, "payment/P-1", json!({"invoices": payment("5")["invoices"]})).await;
    stage.rest().await;
    stage.pass(10).await;
    assert_eq!(amount(&one(&stage, "customerPayment").await["applied"]), "10");
    let pair = stage.pair("P-1").await;
    assert!(pair.to_string().contains("`apply` is not changed by an update"), "{pair}");
    stage.close();
}
