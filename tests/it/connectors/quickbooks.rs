//! QuickBooks Online: the embedded manifest against the simulator, from consent to deletion.

use std::sync::Arc;

use application::ports::clock::Clock;
use application::ports::connector::{
    Connection, Connectors, Cursor, Find, ReadMode, RemoteRecord, Target, WriteOutcome, WriteRequest,
};
use application::ports::credentials::{Owner, Secrets};
use chrono::TimeDelta;
use domain::value::{ErrorClass, Operation};
use infrastructure::connectors::{ConnectorRegistry, Endpoints, RegistryOptions};
use reqwest::Url;
use sandbox::faults::Fault;
use sandbox::quickbooks::{QuickBooksConfig, QuickBooksSandbox, start};
use serde_json::{Value, json};

use super::ports::{Bench, INTEGRATION, target};

mod connecting;
mod reading;

struct Books {
    sandbox: QuickBooksSandbox,
    bench: Bench,
    registry: Arc<ConnectorRegistry>,
    target: Target,
}

impl Books {
    async fn new(config: QuickBooksConfig) -> Self {
        let sandbox = start(config).await.unwrap();
        let bench = Bench::default();
        let endpoints =
            Endpoints { origin: Some(sandbox.base_url.parse::<Url>().unwrap()), ..Endpoints::default() };
        let options = RegistryOptions {
            endpoints: [("quickbooks".to_owned(), endpoints)].into(),
            ..RegistryOptions::default()
        };
        let registry = Arc::new(bench.registry(&sandbox.base_url, options));
        let mut target = target("quickbooks", &sandbox.realm_id, None);
        target.settings.insert("income_account".into(), "79".into());
        let app = [("client_id", "qbo-client"), ("client_secret", "qbo-secret")];
        bench.credentials.set(Owner::Provider("quickbooks".into()), &app, None);
        Self { sandbox, bench, registry, target }
    }

    async fn connected(config: QuickBooksConfig) -> Self {
        let books = Self::new(config).await;
        let tokens = books.sandbox.issue_tokens();
        let values = [
            ("access_token", tokens.access_token.as_str()),
            ("refresh_token", tokens.refresh_token.as_str()),
        ];
        let expires = books.bench.clock.now() + TimeDelta::seconds(3600);
        books.bench.credentials.set(Owner::Integration(INTEGRATION), &values, Some(expires));
        books
    }

    fn open(&self) -> Arc<dyn Connection> {
        self.registry.open(&self.target).unwrap()
    }

    fn secret(&self, name: &str) -> Option<String> {
        self.bench.credentials.secret(&Owner::Integration(INTEGRATION), name)
    }

    async fn write_all(&self, entity: &str, writes: &[WriteRequest]) -> Vec<(String, WriteOutcome)> {
        let connection = self.open();
        let (calls, refused) = connection.prepare(entity, writes);
        assert!(refused.is_empty(), "{refused:?}");
        let mut outcomes = Vec::new();
        for call in calls {
            outcomes.extend(connection.send(&call, self.bench.clock.now() + TimeDelta::seconds(10)).await);
        }
        outcomes
    }

    async fn write(&self, entity: &str, write: WriteRequest) -> WriteOutcome {
        self.write_all(entity, &[write]).await.remove(0).1
    }

    async fn read(
        &self,
        entity: &str,
        mode: ReadMode,
        from: Option<Cursor>,
    ) -> (Vec<RemoteRecord>, Option<Cursor>) {
        let connection = self.open();
        let (mut records, mut cursor) = (Vec::new(), from);
        loop {
            let page = connection.read_page(entity, mode, cursor.as_ref()).await.unwrap();
            records.extend(page.records);
            match page.next {
                Some(next) => cursor = Some(next),
                None => return (records, page.resume),
            }
        }
    }
}

/// The client id and secret of the app.
fn app() -> Secrets {
    let mut secrets = Secrets::default();
    secrets.set("client_id", "qbo-client".into());
    secrets.set("client_secret", "qbo-secret".into());
    secrets
}

fn create(key: &str, body: Value) -> WriteRequest {
    let Value::Object(body) = body else { panic!("a body is an object") };
    WriteRequest {
        item: format!("item-{key}-with-a-name-longer-than-a-bId-may-be"),
        operation: Operation::Create,
        remote_id: None,
        body,
        version_token: None,
        key: format!("{key}-with-a-length-that-is-beyond-the-fifty-characters-allowed"),
        reference: key.to_owned(),
    }
}

fn change(record: &RemoteRecord, operation: Operation, body: Value) -> WriteRequest {
    WriteRequest {
        operation,
        remote_id: Some(record.id.clone()),
        version_token: record.version_token.clone(),
        ..create(&format!("{operation}-{}-{:?}", record.id, record.version_token), body)
    }
}

fn confirmed(outcome: &WriteOutcome) -> RemoteRecord {
    match outcome {
        WriteOutcome::Confirmed { record: Some(record) } => record.clone(),
        other => panic!("{other:?}"),
    }
}

fn class(outcome: &WriteOutcome) -> ErrorClass {
    match outcome {
        WriteOutcome::Rejected(error) => error.class,
        other => panic!("{other:?}"),
    }
}

fn invoice(number: &str, customer: &str, item: &str, quantity: i64) -> Value {
    json!({
        "DocNumber": number, "TxnDate": "2026-01-31", "CustomerRef": {"value": customer},
        "Line": [{"Amount": quantity * 5, "DetailType": "SalesItemLineDetail", "Description": "O'Brien's mug",
            "SalesItemLineDetail": {"ItemRef": {"value": item}, "Qty": quantity, "UnitPrice": 5}}]
    })
}

#[tokio::test]
async fn customers_items_invoices_and_payments_are_written_and_found() {
    let books = Books::connected(QuickBooksConfig::unlimited()).await;
    let body = json!({"DisplayName": "O'Brien \\ Söhne", "PrimaryEmailAddr": {"Address": "a@example.com"}});
    let customer = confirmed(&books.write("Customer", create("c1", body)).await);
    let item = confirmed(&books.write("Item", create("i1", json!({"Name": "Mug", "UnitPrice": 5}))).await);
    assert_eq!(item.fields()["IncomeAccountRef"]["value"], "79");
    let made =
        confirmed(&books.write("Invoice", create("n1", invoice("INV-1", &customer.id, &item.id, 3))).await);
    assert_eq!(made.fields()["TotalAmt"].to_string(), "15");
    let payment = json!({"PaymentRefNum": "P-1", "CustomerRef": {"value": customer.id}, "TotalAmt": 15,
        "Line": [{"Amount": 15, "LinkedTxn": [{"TxnId": made.id, "TxnType": "Invoice"}]}]});
    let payment = confirmed(&books.write("Payment", create("p1", payment)).await);
    let memo =
        confirmed(&books.write("CreditMemo", create("m1", invoice("CM-1", &customer.id, &item.id, 1))).await);

    let connection = books.open();
    for (entity, key, id) in [
        ("Customer", "O'Brien \\ Söhne", &customer.id),
        ("Item", "Mug", &item.id),
        ("Invoice", "INV-1", &made.id),
        ("Payment", "P-1", &payment.id),
        ("CreditMemo", "CM-1", &memo.id),
    ] {
        let found = connection.find(entity, &Find::NaturalKey(key.into())).await.unwrap();
        assert_eq!(found.iter().map(|record| &record.id).collect::<Vec<_>>(), [id], "{entity}");
        assert!(connection.find(entity, &Find::NaturalKey("' or Id > '0".into())).await.unwrap().is_empty());
    }
    let duplicate = books.write("Customer", create("c2", json!({"DisplayName": "O'Brien \\ Söhne"}))).await;
    assert_eq!(class(&duplicate), ErrorClass::Duplicate);
    assert_eq!(
        connection.find("Customer", &Find::Reference("c1".into())).await.unwrap_err().class,
        ErrorClass::Validation
    );
    assert!(connection.provider_time().is_some());
}

#[tokio::test]
async fn updates_carry_the_sync_token_and_a_stale_one_is_told() {
    let books = Books::connected(QuickBooksConfig::unlimited()).await;
    let made = confirmed(
        &books.write("Customer", create("c1", json!({"DisplayName": "Ada", "CompanyName": "A Ltd"}))).await,
    );
    let changed = confirmed(
        &books.write("Customer", change(&made, Operation::Update, json!({"DisplayName": "Ada L"}))).await,
    );
    assert_eq!(
        (changed.fields()["CompanyName"].as_str(), changed.fields()["DisplayName"].as_str()),
        (Some("A Ltd"), Some("Ada L"))
    );
    let late = WriteRequest {
        key: "late".into(),
        ..change(&made, Operation::Update, json!({"DisplayName": "Eve"}))
    };
    let stale = books.write("Customer", late).await;
    assert_eq!(class(&stale), ErrorClass::StaleVersion);
    let gone = confirmed(&books.write("Customer", change(&changed, Operation::Deactivate, json!({}))).await);
    assert!(gone.deleted);
}

#[tokio::test]
async fn invoices_are_voided_and_deleted() {
    let books = Books::connected(QuickBooksConfig::unlimited()).await;
    let customer = confirmed(&books.write("Customer", create("c1", json!({"DisplayName": "Ada"}))).await);
    let item = confirmed(&books.write("Item", create("i1", json!({"Name": "Mug", "UnitPrice": 5}))).await);
    let made =
        confirmed(&books.write("Invoice", create("n1", invoice("1", &customer.id, &item.id, 3))).await);
    let void = confirmed(&books.write("Invoice", change(&made, Operation::Void, json!({}))).await);
    assert_eq!(void.fields()["TotalAmt"].to_string(), "0");
    let gone = books.write("Invoice", change(&void, Operation::Delete, json!({}))).await;
    assert!(matches!(gone, WriteOutcome::Confirmed { .. }), "{gone:?}");
    assert!(books.open().read("Invoice", &made.id).await.unwrap().is_none());
}

#[tokio::test]
async fn a_batch_answers_for_each_of_its_items() {
    let books = Books::connected(QuickBooksConfig::unlimited()).await;
    let mut writes: Vec<WriteRequest> = (0..35)
        .map(|at| create(&format!("c{at}"), json!({"DisplayName": format!("Customer {at}")})))
        .collect();
    writes[7].body["DisplayName"] = "Customer 6".into();
    let outcomes = books.write_all("Customer", &writes).await;
    assert_eq!(
        outcomes.iter().map(|(item, _)| item).collect::<Vec<_>>(),
        writes.iter().map(|write| &write.item).collect::<Vec<_>>()
    );
    for (at, (_, outcome)) in outcomes.iter().enumerate() {
        if at == 7 {
            assert_eq!(class(outcome), ErrorClass::Duplicate);
        } else {
            assert_eq!(confirmed(outcome).fields()["DisplayName"], format!("Customer {at}"));
        }
    }
    assert_eq!(books.sandbox.count("Customer"), 34);
    books.sandbox.faults.force_write(Fault::DropAfter, 1);
    let lost = books
        .write_all(
            "Customer",
            &[create("x", json!({"DisplayName": "X"})), create("y", json!({"DisplayName": "Y"}))],
        )
        .await;
    assert!(lost.iter().all(|(_, outcome)| matches!(outcome, WriteOutcome::Unknown { .. })), "{lost:?}");
}

#[tokio::test]
async fn faults_of_the_provider_have_true_outcomes() {
    let books = Books::connected(QuickBooksConfig::unlimited()).await;
    let unknown = [Fault::ServerError, Fault::ErrorAfter, Fault::Truncated, Fault::DropAfter, Fault::Html];
    for (at, fault) in unknown.into_iter().enumerate() {
        books.sandbox.faults.force_write(fault, 1);
        let outcome = books
            .write("Customer", create(&format!("f{at}"), json!({"DisplayName": format!("F {at}")})))
            .await;
        assert!(matches!(outcome, WriteOutcome::Unknown { .. }), "{fault:?}: {outcome:?}");
    }
    books.sandbox.faults.force_write(Fault::TooManyRequests, 1);
    let outcome = books.write("Customer", create("f9", json!({"DisplayName": "F 9"}))).await;
    assert_eq!(class(&outcome), ErrorClass::RateLimited);
    let paused = books.bench.limiter.paused.lock().unwrap().clone();
    assert_eq!(
        paused,
        [(format!("quickbooks/{}", books.sandbox.realm_id), std::time::Duration::from_mins(1))]
    );
}
