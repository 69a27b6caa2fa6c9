//! QuickBooks Online: the embedded manifest against the simulator, from consent to deletion.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use application::ports::clock::Clock;
use application::ports::connector::{
    Connection, Connectors, Cursor, Find, ReadMode, RemoteRecord, Target, WriteOutcome, WriteRequest,
};
use application::ports::credentials::{Credentials, Owner, Secrets};
use chrono::TimeDelta;
use domain::value::{ErrorClass, Operation};
use infrastructure::connectors::{ConnectorRegistry, Endpoints, RegistryOptions};
use reqwest::Url;
use sandbox::faults::Fault;
use sandbox::quickbooks::{QuickBooksConfig, QuickBooksSandbox, RequestIds, start};
use serde_json::{Value, json};

use super::ports::{Bench, INTEGRATION, ORGANIZATION, target};

const REDIRECT: &str = "http://127.0.0.1/oauth/callback";

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
        let at = |path: &str| Some(format!("{}{path}", sandbox.base_url).parse::<Url>().unwrap());
        let endpoints = Endpoints {
            base_url: at(""),
            authorize_url: at("/connect/oauth2"),
            token_url: at("/oauth2/v1/tokens/bearer"),
            revoke_url: at("/v2/oauth2/tokens/revoke"),
        };
        let options =
            RegistryOptions { endpoints: [("quickbooks".to_owned(), endpoints)].into(), ..RegistryOptions::default() };
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
        let values = [("access_token", tokens.access_token.as_str()), ("refresh_token", tokens.refresh_token.as_str())];
        let expires = books.bench.clock.now() + TimeDelta::seconds(3600);
        books.bench.credentials.set(Owner::Integration(INTEGRATION), &values, Some(expires));
        books
    }

    fn app(&self) -> Secrets {
        let mut secrets = Secrets::default();
        secrets.set("client_id", "qbo-client".into());
        secrets.set("client_secret", "qbo-secret".into());
        secrets
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

    async fn read(&self, entity: &str, mode: ReadMode, from: Option<Cursor>) -> (Vec<RemoteRecord>, Option<Cursor>) {
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

fn create(key: &str, body: Value) -> WriteRequest {
    WriteRequest {
        item: format!("item-{key}-with-a-name-longer-than-a-bId-may-be"),
        operation: Operation::Create,
        remote_id: None,
        body: body.as_object().unwrap().clone(),
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
async fn consent_gives_tokens_and_the_realm_and_a_used_code_gives_nothing() {
    let books = Books::new(QuickBooksConfig { redirect_uris: vec![REDIRECT.into()], ..QuickBooksConfig::unlimited() }).await;
    let asked = books.registry.authorize("quickbooks", &books.app(), "state-1", REDIRECT).unwrap();
    assert!(asked.pkce_verifier.is_none());
    let callback = consent(&asked.url).await;
    assert_eq!(callback["state"], "state-1");
    let given = books.registry.exchange(&books.target, &books.app(), &callback, REDIRECT, None).await.unwrap();
    assert_eq!(given.realm.as_deref(), Some(books.sandbox.realm_id.as_str()));
    assert_eq!(given.scopes, ["com.intuit.quickbooks.accounting"]);
    assert!(given.secrets.get("refresh_token_expires_at").is_some());

    let owner = Owner::Integration(INTEGRATION);
    assert!(books.bench.credentials.put(ORGANIZATION, &owner, &given.secrets, Some(0)).await.unwrap());
    let verified = books.open().verify().await.unwrap();
    assert_eq!(verified.name.as_deref(), Some("Sandbox Company"));

    let again = books.registry.exchange(&books.target, &books.app(), &callback, REDIRECT, None).await.unwrap_err();
    assert_eq!(again.class, ErrorClass::AuthExpired);
    let refused = BTreeMap::from([("error".to_owned(), "access_denied".to_owned())]);
    let error = books.registry.exchange(&books.target, &books.app(), &refused, REDIRECT, None).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Permission);
}

/// What a browser brings back from the consent page.
#[expect(clippy::disallowed_methods, reason = "the browser of the test, outside the product")]
async fn consent(url: &str) -> BTreeMap<String, String> {
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let answer = browser.get(url).send().await.unwrap();
    let location: Url = answer.headers()["location"].to_str().unwrap().parse().unwrap();
    location.query_pairs().into_owned().collect()
}

#[tokio::test]
async fn customers_items_invoices_and_payments_are_written_and_found() {
    let books = Books::connected(QuickBooksConfig::unlimited()).await;
    let body = json!({"DisplayName": "O'Brien \\ Söhne", "PrimaryEmailAddr": {"Address": "a@example.com"}});
    let customer = confirmed(&books.write("Customer", create("c1", body)).await);
    let item = confirmed(&books.write("Item", create("i1", json!({"Name": "Mug", "UnitPrice": 5}))).await);
    assert_eq!(item.fields()["IncomeAccountRef"]["value"], "79");
    let made = confirmed(&books.write("Invoice", create("n1", invoice("INV-1", &customer.id, &item.id, 3))).await);
    assert_eq!(made.fields()["TotalAmt"].to_string(), "15");
    let payment = json!({"PaymentRefNum": "P-1", "CustomerRef": {"value": customer.id}, "TotalAmt": 15,
        "Line": [{"Amount": 15, "LinkedTxn": [{"TxnId": made.id, "TxnType": "Invoice"}]}]});
    let payment = confirmed(&books.write("Payment", create("p1", payment)).await);
    let memo = confirmed(&books.write("CreditMemo", create("m1", invoice("CM-1", &customer.id, &item.id, 1))).await);

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
    assert_eq!(connection.find("Customer", &Find::Reference("c1".into())).await.unwrap_err().class, ErrorClass::Validation);
    assert!(connection.provider_time().is_some());
}

#[tokio::test]
async fn updates_carry_the_sync_token_and_a_stale_one_is_told() {
    let books = Books::connected(QuickBooksConfig::unlimited()).await;
    let made = confirmed(&books.write("Customer", create("c1", json!({"DisplayName": "Ada", "CompanyName": "A Ltd"}))).await);
    let changed = confirmed(&books.write("Customer", change(&made, Operation::Update, json!({"DisplayName": "Ada L"}))).await);
    assert_eq!((changed.fields()["CompanyName"].as_str(), changed.fields()["DisplayName"].as_str()), (Some("A Ltd"), Some("Ada L")));
    let late = WriteRequest { key: "late".into(), ..change(&made, Operation::Update, json!({"DisplayName": "Eve"})) };
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
    let made = confirmed(&books.write("Invoice", create("n1", invoice("1", &customer.id, &item.id, 3))).await);
    let void = confirmed(&books.write("Invoice", change(&made, Operation::Void, json!({}))).await);
    assert_eq!(void.fields()["TotalAmt"].to_string(), "0");
    let gone = books.write("Invoice", change(&void, Operation::Delete, json!({}))).await;
    assert!(matches!(gone, WriteOutcome::Confirmed { .. }), "{gone:?}");
    assert!(books.open().read("Invoice", &made.id).await.unwrap().is_none());
}

#[tokio::test]
async fn a_batch_answers_for_each_of_its_items() {
    let books = Books::connected(QuickBooksConfig::unlimited()).await;
    let mut writes: Vec<WriteRequest> =
        (0..35).map(|at| create(&format!("c{at}"), json!({"DisplayName": format!("Customer {at}")}))).collect();
    writes[7].body["DisplayName"] = "Customer 6".into();
    let outcomes = books.write_all("Customer", &writes).await;
    assert_eq!(outcomes.iter().map(|(item, _)| item).collect::<Vec<_>>(), writes.iter().map(|write| &write.item).collect::<Vec<_>>());
    for (at, (_, outcome)) in outcomes.iter().enumerate() {
        if at == 7 {
            assert_eq!(class(outcome), ErrorClass::Duplicate);
        } else {
            assert_eq!(confirmed(outcome).fields()["DisplayName"], format!("Customer {at}"));
        }
    }
    assert_eq!(books.sandbox.count("Customer"), 34);
    books.sandbox.faults.force_write(Fault::DropAfter, 1);
    let lost = books.write_all("Customer", &[create("x", json!({"DisplayName": "X"})), create("y", json!({"DisplayName": "Y"}))]).await;
    assert!(lost.iter().all(|(_, outcome)| matches!(outcome, WriteOutcome::Unknown { .. })), "{lost:?}");
}

#[tokio::test]
async fn a_full_read_passes_over_thousands_and_changes_come_by_the_feed() {
    let books = Books::connected(QuickBooksConfig::unlimited()).await;
    for at in 0..2300 {
        books.sandbox.create("Customer", json!({"DisplayName": format!("Customer {at}")})).unwrap();
    }
    let (records, resume) = books.read("Customer", ReadMode::Full, None).await;
    let ids: BTreeSet<&str> = records.iter().map(|record| record.id.as_str()).collect();
    assert_eq!(ids.len(), 2300);

    let id = records[3].id.clone();
    books.sandbox.advance_clock(600);
    books.sandbox.edit("Customer", &id, json!({"CompanyName": "Changed"})).unwrap();
    books.sandbox.deactivate("Customer", &records[4].id).unwrap();
    let queries = |label: &str| books.sandbox.stats().requests.get(label).copied().unwrap_or_default();
    let before = queries("query");
    let (changed, resume) = books.read("Customer", ReadMode::Incremental, resume).await;
    let found: BTreeMap<&str, bool> = changed.iter().map(|record| (record.id.as_str(), record.deleted)).collect();
    assert_eq!((found.get(id.as_str()), found.get(records[4].id.as_str())), (Some(&false), Some(&true)));
    assert!(queries("cdc") >= 1);
    assert!(changed.len() < 1000 || queries("query") > before, "a capped feed is followed by queries");

    let (_, resume) = books.read("Customer", ReadMode::Incremental, resume).await;
    let (quiet, _) = books.read("Customer", ReadMode::Incremental, resume).await;
    assert!(quiet.is_empty(), "{}", quiet.len());
}

#[tokio::test]
async fn a_capped_feed_loses_nothing() {
    let books = Books::connected(QuickBooksConfig::unlimited()).await;
    let first = books.sandbox.create("Customer", json!({"DisplayName": "First"})).unwrap();
    let (_, resume) = books.read("Customer", ReadMode::Full, None).await;
    for at in 0..1500 {
        books.sandbox.create("Customer", json!({"DisplayName": format!("Customer {at}")})).unwrap();
    }
    books.sandbox.edit("Customer", first["Id"].as_str().unwrap(), json!({"Notes": "x"})).unwrap();
    let (changed, _) = books.read("Customer", ReadMode::Incremental, resume).await;
    let ids: BTreeSet<&str> = changed.iter().map(|record| record.id.as_str()).collect();
    assert_eq!(ids.len(), 1501);
}

#[tokio::test]
async fn a_deleted_invoice_is_shown_by_the_feed_and_an_old_cursor_falls_back_to_queries() {
    let books = Books::connected(QuickBooksConfig::unlimited()).await;
    let customer = books.sandbox.create("Customer", json!({"DisplayName": "Ada"})).unwrap();
    let item = json!({"Name": "Mug", "Type": "Service", "IncomeAccountRef": {"value": "79"}});
    let item = books.sandbox.create("Item", item).unwrap();
    let (customer, item) = (customer["Id"].as_str().unwrap(), item["Id"].as_str().unwrap());
    let made = books.sandbox.create("Invoice", invoice("1", customer, item, 2)).unwrap();
    let (_, resume) = books.read("Invoice", ReadMode::Full, None).await;
    books.sandbox.delete("Invoice", made["Id"].as_str().unwrap()).unwrap();
    let (changed, resume) = books.read("Invoice", ReadMode::Incremental, resume).await;
    assert!(changed.iter().any(|record| record.deleted && record.id == made["Id"].as_str().unwrap()), "{changed:?}");

    books.sandbox.advance_clock(40 * 24 * 3600);
    books.bench.clock.advance(TimeDelta::days(40));
    let tokens = books.sandbox.issue_tokens();
    let values = [("access_token", tokens.access_token.as_str()), ("refresh_token", tokens.refresh_token.as_str())];
    books.bench.credentials.set(Owner::Integration(INTEGRATION), &values, None);
    books.sandbox.create("Invoice", invoice("2", customer, item, 2)).unwrap();
    let (changed, _) = books.read("Invoice", ReadMode::Incremental, resume).await;
    assert!(changed.iter().any(|record| record.fields()["DocNumber"] == "2"), "{changed:?}");
}

#[tokio::test]
async fn tokens_are_refreshed_before_they_end_and_after_a_refusal_by_one_refresher() {
    let books = Books::connected(QuickBooksConfig::unlimited()).await;
    let first = books.secret("refresh_token").unwrap();
    books.sandbox.expire_access_tokens();
    let connections: Vec<_> = (0..6).map(|_| books.open()).collect();
    let tasks: Vec<_> = connections.into_iter().map(|connection| tokio::spawn(async move { connection.verify().await })).collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(books.sandbox.stats().refreshes, 1);
    assert_ne!(books.secret("refresh_token").unwrap(), first);
    assert_eq!(books.secret("previous_refresh_token").unwrap(), first);

    books.bench.clock.advance(TimeDelta::seconds(3400));
    books.open().verify().await.unwrap();
    assert_eq!(books.sandbox.stats().refreshes, 2);
    books.registry.refresh(&books.target).await.unwrap();
    assert_eq!(books.sandbox.stats().refreshes, 3);
}

#[tokio::test]
async fn a_write_refused_for_its_token_is_sent_once_more_and_makes_one_record() {
    let books = Books::connected(QuickBooksConfig { request_id: RequestIds::Ignored, ..QuickBooksConfig::unlimited() }).await;
    books.sandbox.expire_access_tokens();
    confirmed(&books.write("Customer", create("c1", json!({"DisplayName": "Ada"}))).await);
    assert_eq!(books.sandbox.count("Customer"), 1);
}

#[tokio::test]
async fn a_dead_connection_asks_for_a_new_one_and_keeps_its_secrets() {
    let books = Books::connected(QuickBooksConfig::unlimited()).await;
    books.sandbox.revoke();
    let error = books.open().verify().await.unwrap_err();
    assert_eq!((error.class, error.next_step.as_deref()), (ErrorClass::AuthExpired, Some("connect again")));
    assert!(books.secret("refresh_token").is_some());
    let outcome = books.write("Customer", create("c1", json!({"DisplayName": "Ada"}))).await;
    assert_eq!(class(&outcome), ErrorClass::AuthExpired);
}

#[tokio::test]
async fn revoking_ends_the_tokens_at_the_provider() {
    let books = Books::connected(QuickBooksConfig::unlimited()).await;
    books.registry.revoke(&books.target).await.unwrap();
    assert_eq!(books.open().verify().await.unwrap_err().class, ErrorClass::AuthExpired);
}

#[tokio::test]
async fn faults_of_the_provider_have_true_outcomes() {
    let books = Books::connected(QuickBooksConfig::unlimited()).await;
    let unknown = [Fault::ServerError, Fault::ErrorAfter, Fault::Truncated, Fault::DropAfter, Fault::Html];
    for (at, fault) in unknown.into_iter().enumerate() {
        books.sandbox.faults.force_write(fault, 1);
        let outcome = books.write("Customer", create(&format!("f{at}"), json!({"DisplayName": format!("F {at}")}))).await;
        assert!(matches!(outcome, WriteOutcome::Unknown { .. }), "{fault:?}: {outcome:?}");
    }
    books.sandbox.faults.force_write(Fault::TooManyRequests, 1);
    let outcome = books.write("Customer", create("f9", json!({"DisplayName": "F 9"}))).await;
    assert_eq!(class(&outcome), ErrorClass::RateLimited);
    let paused = books.bench.limiter.paused.lock().unwrap().clone();
    assert_eq!(paused, [(format!("quickbooks/{}", books.sandbox.realm_id), std::time::Duration::from_secs(60))]);
}
