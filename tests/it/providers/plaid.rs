//! Plaid: a bank is linked on a page, its accounts and transactions come in, nothing goes out.

use async_trait::async_trait;
use sandbox::faults::Faults;
use sandbox::kit::recorder::{Exchange, Recorder};
use sandbox::plaid::{self, PlaidConfig, PlaidLimits, PlaidSandbox};
use serde_json::{Value, json};

use super::stage::Stage;
use super::stand::{Connection, Stand, Start, Subject, There, Way};

mod feed;
mod link;
mod told;

/// A login at a bank, whose history is there so many seconds after it was linked.
struct Bank<const WAIT: u64 = 0>(PlaidSandbox);

type OfBank = Stage<Bank>;

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

#[async_trait]
impl<const WAIT: u64> Stand for Bank<WAIT> {
    const KEY: &'static str = "plaid";
    const SUBJECT: Subject = Subject {
        local: "transaction",
        remote: "Transaction",
        feature: "transactions",
        name: "description",
        ours: "counterparty_name",
        theirs: "counterparty_name",
    };

    async fn start(start: &Start) -> Self {
        let limits = if start.limits { PlaidLimits::default() } else { PlaidLimits::off() };
        let config = PlaidConfig {
            limits,
            initial_after_s: WAIT,
            historical_after_s: 2 * WAIT,
            ..PlaidConfig::default()
        };
        Self(plaid::start(config).await.unwrap())
    }

    fn base_url(&self) -> String {
        self.0.base_url.clone()
    }

    fn connection(&self) -> Connection {
        let app = PlaidConfig::default();
        Connection {
            app: Some(json!({"client_id": app.client_id, "client_secret": app.secret})),
            settings: json!({
                "environment": "sandbox", "client_name": "Acme Books", "country": "US", "language": "en",
            }),
            way: Way::Browser,
        }
    }

    fn ours(name: &str) -> Value {
        json!({"description": name})
    }

    fn records(&self) -> Vec<There> {
        let all = self
            .0
            .items()
            .into_iter()
            .flat_map(|item| self.0.transactions(item["item_id"].as_str().unwrap()));
        all.map(|row| There {
            id: text(&row["transaction_id"]).unwrap(),
            name: text(&row["name"]).unwrap(),
            ours: None,
            theirs: text(&row["merchant_name"]),
        })
        .collect()
    }

    fn create(&self, name: &str) -> String {
        text(&self.book(json!({"name": name, "amount": 12.5}))["transaction_id"]).unwrap()
    }

    fn edit(&self, id: &str, name: Option<&str>, theirs: Option<&str>) {
        let mut patch = json!({});
        if let Some(name) = name {
            patch["name"] = json!(name);
        }
        if let Some(theirs) = theirs {
            patch["merchant_name"] = json!(theirs);
        }
        self.0.edit("transaction", id, patch).unwrap();
    }

    fn remove(&self, id: &str) {
        self.0.delete("transaction", id).unwrap();
    }

    fn revoke(&self) {
        self.0.expire_access_tokens();
    }

    fn is_write(one: &Exchange) -> bool {
        one.path.starts_with("/item/") && one.path != "/item/get"
    }

    fn advance(&self, seconds: u32) {
        self.0.advance_clock(seconds);
    }

    fn faults(&self) -> &Faults {
        &self.0.faults
    }

    fn recorder(&self) -> &Recorder {
        &self.0.recorder
    }

    fn duplicates(&self) -> u64 {
        self.0.duplicates()
    }

    fn throttled(&self) -> u64 {
        self.0.stats()["throttled"].as_u64().unwrap_or(0)
    }

    fn not_modelled(&self) -> u64 {
        self.0.stats()["not_modelled"].as_u64().unwrap_or(0)
    }
}

impl<const WAIT: u64> Bank<WAIT> {
    /// The item that was linked.
    fn item(&self) -> Value {
        let items = self.0.items();
        assert_eq!(items.len(), 1, "{items:?}");
        items.into_iter().next().unwrap()
    }

    /// An account of it: `checking`, `savings` or `credit card`.
    fn account(&self, subtype: &str) -> Value {
        let accounts = self.item()["accounts"].take();
        let accounts = accounts.as_array().unwrap();
        accounts.iter().find(|one| one["subtype"] == json!(subtype)).unwrap().clone()
    }

    /// The bank books a transaction on the current account.
    fn book(&self, mut row: Value) -> Value {
        row["account_id"] = self.account("checking")["account_id"].clone();
        self.0.create("transaction", row).unwrap()
    }
}

impl<const WAIT: u64> Stage<Bank<WAIT>> {
    /// A bank linked, with its transactions and accounts.
    async fn linked(limits: bool) -> Self {
        let mut stage = Self::apart(true, limits).await;
        stage.open().await;
        stage.rest().await;
        stage
    }

    /// Links a bank and switches both features on: a transaction waits for its account.
    async fn open(&mut self) {
        self.connect().await;
        self.hub.put(&self.path("features/accounts"), json!({"enabled": true})).await.unwrap();
    }

    /// What came in of the feed.
    async fn fed(&self) -> Vec<Value> {
        let accounts = self.there.item()["accounts"].take();
        let accounts = accounts.as_array().unwrap();
        let is_account = |pair: &Value| accounts.iter().any(|one| one["account_id"] == pair["remote_id"]);
        self.pairs().await.into_iter().filter(|pair| !is_account(pair)).collect()
    }

    async fn knows(&self, id: &str) -> bool {
        self.pairs().await.iter().any(|pair| pair["remote_id"] == json!(id))
    }

    /// Waits until something is known and in step.
    async fn settled(&self, id: &str, seconds: u32) {
        let synced = async |stage: &Self| {
            let pairs = stage.pairs().await;
            pairs.iter().any(|pair| pair["remote_id"] == json!(id) && pair["sync_status"] == json!("synced"))
        };
        self.pass_until(seconds, synced).await;
        assert_eq!(self.status(id).await, "synced");
    }

    /// The body of the record of ours that stands for one of theirs.
    async fn ours(&self, entity: &str, id: &str) -> Value {
        let pair = self.pair(id).await;
        let local = pair["local_id"].as_str().unwrap_or_else(|| panic!("nothing came in: {pair}"));
        let path = format!("/v1/projects/00000000-0000-7000-8000-000000000002/records/{entity}/{local}");
        self.hub.get(&path).await.unwrap()["body"].clone()
    }

    /// The integration as it is shown, while the work goes on: a view waits for what has just happened.
    async fn integration(&self) -> Value {
        let path = format!("/v1/integrations/{}", self.integration);
        let shown = self.hub.get(&path);
        let work = async {
            loop {
                self.rest().await;
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        tokio::select! {
            shown = shown => shown.unwrap(),
            () = work => unreachable!("the work does not end"),
        }
    }

    /// Bodies of what was asked at a path.
    fn asked(&self, path: &str) -> Vec<Value> {
        let all = self.there.0.recorder.all();
        all.iter().filter(|one| one.path == path).filter_map(Exchange::request_json).collect()
    }

    /// Where a person is sent to connect.
    async fn page(&self, more: Value) -> String {
        let mut asked = json!({"integration_id": self.integration});
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let begun = self.hub.post("/v1/integrations/plaid/connect", asked).await.unwrap();
        text(&begun["authorize_url"]).unwrap()
    }
}
