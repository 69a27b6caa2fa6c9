//! Rules of a connector: a record that breaks one is never sent, whatever else of it changed.

use std::time::Duration;

use sandbox::quickbooks::{self, QuickBooksConfig, QuickBooksSandbox};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::hub::{Hub, Setting, free_address};

const RECORDS: &str = "/v1/projects/00000000-0000-7000-8000-000000000002/records";

/// A hub with a connected QuickBooks company.
struct Company {
    hub: Hub,
    books: QuickBooksSandbox,
    integration: String,
    _folder: TempDir,
}

impl Company {
    async fn connected(features: &[&str]) -> Self {
        let addr = free_address().unwrap();
        let callback = format!("http://{addr}/v1/oauth/quickbooks/callback");
        let config = QuickBooksConfig { redirect_uris: vec![callback], ..QuickBooksConfig::unlimited() };
        let books = quickbooks::start(config).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let setting =
            Setting { addr: Some(addr), ..Setting::embedded(folder.path()).with_quickbooks(&books).now() };
        let hub = Hub::start(&setting).await.unwrap();
        let integration = hub.connect_quickbooks(features).await.unwrap();
        hub.run_until_idle().await.unwrap();
        Self { hub, books, integration, _folder: folder }
    }

    async fn put(&self, entity: &str, id: &str, fields: Value) {
        self.hub.put(&format!("{RECORDS}/{entity}/{id}"), fields).await.unwrap();
    }

    async fn settle(&self) {
        for _ in 0..3 {
            self.hub.advance(Duration::from_secs(1)).await.unwrap();
        }
    }

    async fn row(&self, id: &str) -> Value {
        let rows = self.hub.get("/v1/sync-records?limit=100").await.unwrap();
        let rows = rows["items"].as_array().unwrap().clone();
        rows.into_iter().find(|row| row["local_id"] == id).unwrap()
    }

    /// Writes sent so far: creates and updates.
    fn writes(&self) -> (u64, u64) {
        let stats = self.books.stats();
        (stats.creates, stats.updates)
    }
}

#[tokio::test]
async fn a_new_record_that_breaks_a_rule_is_not_sent_until_it_is_corrected_and_the_others_go() {
    // Given a company whose connector says that a customer's name has no colon.
    let company = Company::connected(&["customers"]).await;
    // When a run sends three customers, one of which has one.
    company.put("customer", "C-1", json!({"name": "Ada"})).await;
    company.put("customer", "C-2", json!({"name": "Grace: Hopper"})).await;
    company.put("customer", "C-3", json!({"name": "Edith"})).await;
    company.settle().await;
    let run = format!("/v1/integrations/{}/sync", company.integration);
    company.hub.post(&run, json!({"direction": "outbound"})).await.unwrap();
    company.settle().await;
    // Then the two others are there, not one call was made for it, and it says what to correct.
    assert_eq!((company.books.count("Customer"), company.writes()), (2, (2, 0)));
    let row = company.row("C-2").await;
    assert_eq!((&row["sync_status"], &row["error_class"]), (&json!("error"), &json!("validation")), "{row}");
    assert_eq!(row["error_message"], "name: a QuickBooks customer's name has no colon");
    assert_eq!(row["error_next_step"], "correct `name` of the record: it is sent then");
    assert_eq!(row["writes"], 0);
    // When it is corrected, it is sent.
    company.put("customer", "C-2", json!({"name": "Grace Hopper"})).await;
    company.settle().await;
    let row = company.row("C-2").await;
    assert_eq!((&row["sync_status"], &row["error_class"]), (&json!("synced"), &Value::Null), "{row}");
    assert_eq!(company.writes(), (3, 0));
}

#[tokio::test]
async fn a_change_is_judged_by_the_whole_record_as_it_would_be() {
    // Given an invoice at the provider, whose connector says that it has at least one line.
    let company = Company::connected(&["customers", "items", "invoices"]).await;
    company.put("customer", "C-1", json!({"name": "Ada"})).await;
    company.put("product", "P-1", json!({"code": "LAMP", "name": "Lamp", "unit_price": "2.55"})).await;
    let line =
        json!({"line_id": "1", "product": "P-1", "quantity": 2, "unit_price": "2.55", "amount": "5.10"});
    let invoice = json!({"number": "1001", "customer": "C-1", "date": "2026-11-20", "lines": [line.clone()]});
    company.put("invoice", "I-1", invoice).await;
    company.settle().await;
    assert_eq!(company.row("I-1").await["sync_status"], "synced");
    let (_, updates) = company.writes();
    // When only its number changes, the sparse update goes: the lines it does not carry are there.
    company.put("invoice", "I-1", json!({"number": "1002"})).await;
    company.settle().await;
    assert_eq!(company.writes().1, updates + 1);
    assert_eq!(company.books.entities("Invoice")[0]["DocNumber"], "1002");
    // When its lines go and its number changes again, nothing of it is sent.
    company.put("invoice", "I-1", json!({"number": "1003", "lines": []})).await;
    company.settle().await;
    assert_eq!(company.writes().1, updates + 1);
    let row = company.row("I-1").await;
    assert_eq!(row["error_message"], "lines: a QuickBooks invoice has at least one line", "{row}");
    assert_eq!(company.books.entities("Invoice")[0]["DocNumber"], "1002");
    // When it has a line again, the whole change is sent.
    company.put("invoice", "I-1", json!({"lines": [line]})).await;
    company.settle().await;
    assert_eq!(company.row("I-1").await["sync_status"], "synced");
    assert_eq!(company.books.entities("Invoice")[0]["DocNumber"], "1003");
}
