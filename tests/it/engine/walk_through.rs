//! One customer's life, stream by stream: put → the create commits but times out → an early webhook shows it before the
//! outcome is known → adopted → echo → both sides change → both arrive on both sides → the provider deletes it.

use domain::ids::DEFAULT_PROJECT;
use domain::stream::{LocalRecordKey, StreamId, SyncRecordKey};
use domain::value::SyncStatus;
use sandbox::faults::Fault;
use sandbox::quickbooks::{QuickBooksConfig, QuickBooksSandbox, RequestIds};
use serde_json::json;
use tests::rig::Rig;

use super::delivery::{VERIFIER, deliver, keep_verifier};
use super::ground::{Configs, books, connected_books};

struct Life {
    rig: Rig,
    books: QuickBooksSandbox,
    sync: StreamId,
    local: StreamId,
    configs: Configs,
    events_seen: u32,
    _folder: tempfile::TempDir,
}

impl Life {
    async fn begin(request_id: RequestIds) -> Self {
        let config = QuickBooksConfig {
            request_id,
            verifier_token: VERIFIER.to_owned(),
            ..QuickBooksConfig::unlimited()
        };
        let (folder, books, ground) = books(config).await;
        let (rig, configs) = connected_books(&ground).await;
        keep_verifier(&rig).await;
        let (config, realm, local_id) = (configs.customers, books.realm_id.clone(), "C-1".to_owned());
        let sync = SyncRecordKey { config, realm, local_id: local_id.clone() }.stream();
        let local =
            LocalRecordKey { project: DEFAULT_PROJECT, entity: "customer".to_owned(), local_id }.stream();
        Self { rig, books, sync, local, configs, events_seen: 0, _folder: folder }
    }

    /// What happened to the sync record since the last look.
    async fn news(&mut self) -> Vec<String> {
        let events = self.rig.events(&self.sync).await.unwrap();
        let news = events[self.events_seen as usize..].to_vec();
        self.events_seen = u32::try_from(events.len()).unwrap();
        news
    }

    async fn status(&self) -> SyncStatus {
        self.rig.status(self.configs.customers, &self.books.realm_id, "C-1").await.unwrap()
    }

    fn remote_id(&self) -> String {
        self.books.entities("Customer")[0]["Id"].as_str().unwrap().to_owned()
    }

    /// A delivery as Intuit sends it, signed.
    async fn webhook(&self, verb: &str) {
        let event = format!("evt-{verb}-{}", self.events_seen);
        deliver(&self.rig, &self.books, (&event, verb, &self.remote_id())).await;
        self.rig.idle().await.unwrap();
    }
}

async fn live(request_id: RequestIds) {
    let mut life = Life::begin(request_id).await;
    put_and_hear_nothing(&mut life).await;
    adopted_by_an_early_webhook(&mut life).await;
    both_sides_change(&mut life).await;
    deleted_by_the_provider(&mut life).await;
    assert_eq!(life.books.duplicates(), 0);
}

/// Put; the create commits, but nobody hears of it.
async fn put_and_hear_nothing(life: &mut Life) {
    life.books.faults.force_write(Fault::DropAfter, 1);
    life.rig.put("customer", "C-1", json!({"name": "Ada", "phone": "1"})).await.unwrap();
    life.rig.idle().await.unwrap();
    assert_eq!(life.news().await, ["LocalObserved", "WriteBegun", "OutcomeUnknown"]);
    assert_eq!(life.status().await, SyncStatus::OutcomeUnknown);
}

/// An early webhook shows the record: it is ours, adopted and not made a second time. Its echo is no event.
async fn adopted_by_an_early_webhook(life: &mut Life) {
    life.webhook("created").await;
    let news = life.news().await;
    assert_eq!(news.first().map(String::as_str), Some("OutcomeResolved"), "{news:?}");
    assert_eq!(life.status().await, SyncStatus::Synced);
    life.rig.advance(30).await.unwrap();
    assert_eq!(life.books.entities("Customer").len(), 1);
    life.news().await;
    life.webhook("updated").await;
    assert_eq!(life.news().await, Vec::<String>::new());
}

/// They edit the phone while we edit the name: our first update is made on a stale version, then both arrive.
async fn both_sides_change(life: &mut Life) {
    let phone = json!({"PrimaryPhone": {"FreeFormNumber": "2"}});
    life.books.edit("Customer", &life.remote_id(), phone).unwrap();
    life.rig.put("customer", "C-1", json!({"name": "Ada Lovelace"})).await.unwrap();
    life.rig.idle().await.unwrap();
    life.webhook("updated").await;
    life.rig.advance(3).await.unwrap();
    let news = life.news().await;
    for expected in ["WriteRejected", "InboundApplied", "WriteConfirmed"] {
        assert!(news.iter().any(|event| event == expected), "{expected}: {news:?}");
    }
    let there = life.books.get("Customer", &life.remote_id()).unwrap();
    assert_eq!(there["DisplayName"], json!("Ada Lovelace"));
    assert_eq!(there["PrimaryPhone"]["FreeFormNumber"], json!("2"));
    let here = life.rig.local("customer", "C-1").await.unwrap();
    assert_eq!((&here["name"], &here["phone"]), (&json!("Ada Lovelace"), &json!("2")));
    assert_eq!(life.status().await, SyncStatus::Synced);
}

/// They delete it (in QuickBooks: make it inactive); our side is left alone by default.
async fn deleted_by_the_provider(life: &mut Life) {
    life.books.deactivate("Customer", &life.remote_id()).unwrap();
    life.webhook("deleted").await;
    assert_eq!(life.news().await, ["RemoteDeletionObserved"]);
    assert_eq!(life.status().await, SyncStatus::Deleted);
    assert_eq!(life.rig.events(&life.local).await.unwrap(), ["Put", "Put", "Put"]);
}

#[tokio::test]
async fn a_customers_life_with_requestid_honoured() {
    live(RequestIds::Honoured).await;
}

#[tokio::test]
async fn a_customers_life_with_requestid_ignored() {
    live(RequestIds::Ignored).await;
}
