//! QuickBooks: OAuth, references, lines, unknown outcomes, both ways.

use domain::value::{RunType, SyncStatus};
use sandbox::faults::Fault;
use sandbox::quickbooks::{QuickBooksConfig, RequestIds};
use serde_json::{Value, json};

use super::ground::{books, connected_books};

fn invoice(number: &str, customer: &str) -> Value {
    json!({
        "number": number, "customer": customer, "date": "2026-11-20",
        "lines": [
            {"line_id": "1", "product": "P-1", "description": "Lamp", "quantity": 2, "unit_price": "2.55", "amount": "5.10"},
            {"line_id": "2", "product": "P-1", "description": "Lamp again", "quantity": 1, "unit_price": "2.55", "amount": "2.55"},
        ],
    })
}

#[tokio::test]
async fn an_invoice_waits_for_its_customer_and_items_and_goes_when_they_arrive() {
    let (_folder, books, ground) = books(QuickBooksConfig::unlimited()).await;
    let (rig, configs) = connected_books(&ground).await;
    rig.put("invoice", "I-1", invoice("1001", "C-1")).await.unwrap();
    rig.idle().await.unwrap();
    let realm = books.realm_id.clone();
    assert_eq!(rig.status(configs.invoices, &realm, "I-1").await.unwrap(), SyncStatus::Waiting);
    rig.put("customer", "C-1", json!({"name": "Ada"})).await.unwrap();
    rig.put("product", "P-1", json!({"code": "LAMP", "name": "Lamp", "unit_price": "2.55"})).await.unwrap();
    rig.idle().await.unwrap();
    for (config, id) in [(configs.customers, "C-1"), (configs.items, "P-1"), (configs.invoices, "I-1")] {
        let record = rig.record(config, &realm, id).await.unwrap();
        assert_eq!(record.status(), SyncStatus::Synced, "{id}: {:?} {:?}", record.error, record.waiting);
    }
    let invoices = books.entities("Invoice");
    assert_eq!(invoices.len(), 1);
    assert_eq!(invoices[0]["TotalAmt"].to_string(), "7.65");
}

#[tokio::test]
async fn after_everything_is_in_step_nothing_is_written_again() {
    let (_folder, books, ground) = books(QuickBooksConfig::unlimited()).await;
    let (rig, configs) = connected_books(&ground).await;
    rig.put("customer", "C-1", json!({"name": "Ada"})).await.unwrap();
    rig.put("product", "P-1", json!({"code": "LAMP", "name": "Lamp", "unit_price": "2.55"})).await.unwrap();
    rig.put("invoice", "I-1", invoice("1001", "C-1")).await.unwrap();
    rig.idle().await.unwrap();
    let writes = |stats: sandbox::quickbooks::Stats| (stats.creates, stats.updates);
    let stream = domain::stream::SyncRecordKey {
        config: configs.invoices,
        realm: books.realm_id.clone(),
        local_id: "I-1".to_owned(),
    };
    let events = rig.events(&stream.stream()).await.unwrap();
    let before = writes(books.stats());
    for config in [configs.customers, configs.items, configs.invoices, configs.credit_memos] {
        // Reads count against the limit of ten a second, too.
        rig.pull(config, RunType::Full).await.unwrap();
        rig.advance(1).await.unwrap();
        rig.pull(config, RunType::Incremental).await.unwrap();
        rig.advance(1).await.unwrap();
    }
    rig.advance(3).await.unwrap();
    assert_eq!(writes(books.stats()), before);
    assert_eq!(rig.events(&stream.stream()).await.unwrap(), events, "an echo is no event");
}

#[tokio::test]
async fn a_dropped_create_is_adopted_whether_requestid_is_honoured_or_ignored() {
    for request_id in [RequestIds::Honoured, RequestIds::Ignored] {
        let (_folder, books, ground) =
            books(QuickBooksConfig { request_id, ..QuickBooksConfig::unlimited() }).await;
        let (rig, configs) = connected_books(&ground).await;
        rig.put("customer", "C-1", json!({"name": "Ada"})).await.unwrap();
        rig.put("product", "P-1", json!({"code": "LAMP", "name": "Lamp", "unit_price": "2.55"}))
            .await
            .unwrap();
        rig.idle().await.unwrap();
        books.faults.force_write(Fault::DropAfter, 1);
        rig.put("invoice", "I-1", invoice("1001", "C-1")).await.unwrap();
        rig.idle().await.unwrap();
        let realm = books.realm_id.clone();
        assert_eq!(rig.status(configs.invoices, &realm, "I-1").await.unwrap(), SyncStatus::OutcomeUnknown);
        rig.advance(25).await.unwrap();
        let record = rig.record(configs.invoices, &realm, "I-1").await.unwrap();
        assert_eq!(record.status(), SyncStatus::Synced, "{:?}", record.open);
        assert_eq!((books.entities("Invoice").len(), books.duplicates()), (1, 0));
        assert_eq!(books.stats().request_id_mismatches, 0);
    }
}

#[tokio::test]
async fn a_bookkeepers_change_comes_back_and_keeps_our_lines() {
    let (_folder, books, ground) = books(QuickBooksConfig::unlimited()).await;
    let (rig, configs) = connected_books(&ground).await;
    rig.put("customer", "C-1", json!({"name": "Ada", "phone": "1"})).await.unwrap();
    rig.idle().await.unwrap();
    let id = books.entities("Customer")[0]["Id"].as_str().unwrap().to_owned();
    books.edit("Customer", &id, json!({"PrimaryPhone": {"FreeFormNumber": "2"}})).unwrap();
    books.advance_clock(5);
    rig.pull(configs.customers, RunType::Incremental).await.unwrap();
    assert_eq!(rig.local("customer", "C-1").await.unwrap()["phone"], json!("2"));
    rig.put("customer", "C-1", json!({"name": "Ada Lovelace"})).await.unwrap();
    rig.idle().await.unwrap();
    let customer = books.get("Customer", &id).unwrap();
    assert_eq!(customer["DisplayName"], json!("Ada Lovelace"));
    assert_eq!(customer["PrimaryPhone"]["FreeFormNumber"], json!("2"));
}

#[tokio::test]
async fn records_of_the_company_come_in_with_their_references() {
    let (_folder, books, ground) = books(QuickBooksConfig::unlimited()).await;
    let customer = books.create("Customer", json!({"DisplayName": "Grace"})).unwrap();
    let item = books
        .create(
            "Item",
            json!({"Name": "Chair", "Type": "Service", "IncomeAccountRef": {"value": "79"}, "UnitPrice": 10}),
        )
        .unwrap();
    let line = json!({"Amount": 20, "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": item["Id"]}, "Qty": 2, "UnitPrice": 10}});
    let made = books
        .create(
            "Invoice",
            json!({"CustomerRef": {"value": customer["Id"]}, "DocNumber": "9", "Line": [line]}),
        )
        .unwrap();
    let (rig, configs) = connected_books(&ground).await;
    rig.advance(5).await.unwrap();
    let realm = books.realm_id.clone();
    let id = rig.local_of(configs.invoices, &realm, made["Id"].as_str().unwrap()).await.unwrap();
    let ours = rig.local("invoice", &id).await.unwrap();
    let buyer = rig.local_of(configs.customers, &realm, customer["Id"].as_str().unwrap()).await.unwrap();
    assert_eq!(ours["customer"], json!(buyer));
    assert_eq!(ours["lines"].as_array().map(Vec::len), Some(1), "the subtotal is the provider's own");
    assert_eq!(rig.status(configs.invoices, &realm, &id).await.unwrap(), SyncStatus::Synced);
}
