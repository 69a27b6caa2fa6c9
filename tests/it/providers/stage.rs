//! A hub and a simulator that know each other, and a connection between them.

use std::pin::pin;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tests::hub::{Hub, Setting, connectors, free_address, text};

use super::contract;
use super::stand::{Stand, Start, There, Way};

/// The default project's records.
const RECORDS: &str = "/v1/projects/00000000-0000-7000-8000-000000000002/records";
/// Real time that a webhook may take from a simulator's own thread.
const WEBHOOK_PATIENCE: Duration = Duration::from_secs(10);
/// Real time after which work that does not end is believed to wait for the clock.
const STUCK: Duration = Duration::from_secs(1);
/// Most seconds that work waits for the clock.
const MOST_WAITS: usize = 120;

/// A caller beside the hub: somebody with a browser or a script of their own.
#[expect(clippy::disallowed_methods, reason = "it stands outside the product and its egress guard")]
pub(super) fn outside() -> reqwest::Client {
    reqwest::Client::new()
}

/// Waits in real time for what a simulator's own threads do.
pub(super) async fn shortly(otherwise: &str, mut holds: impl FnMut() -> bool) {
    let waited = tokio::time::timeout(WEBHOOK_PATIENCE, async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("{otherwise}"));
}

/// A hub and a simulator.
pub(super) struct Stage<S> {
    pub(super) hub: Hub,
    pub(super) there: S,
    pub(super) integration: String,
    _folder: TempDir,
}

impl<S: Stand> Stage<S> {
    /// Starts both and connects them, the subject's feature switched on.
    pub(super) async fn connected(keys_honoured: bool, limits: bool) -> Self {
        let mut stage = Self::apart(keys_honoured, limits).await;
        stage.connect().await;
        stage.rest().await;
        stage
    }

    /// Starts both.
    pub(super) async fn apart(keys_honoured: bool, limits: bool) -> Self {
        let addr = free_address().unwrap();
        let there = S::start(&Start { hub: format!("http://{addr}"), keys_honoured, limits }).await;
        there.recorder().on();
        let folder = tempfile::tempdir().unwrap();
        let setting = Setting { addr: Some(addr), ..Setting::embedded(folder.path()) };
        let mut setting = setting.now().with_simulator(S::KEY, &there.base_url());
        if S::FROM_FOLDER {
            setting.config.connectors.connectors = Some(connectors());
        }
        let hub = Hub::start(&setting).await.unwrap();
        Self { hub, there, integration: String::new(), _folder: folder }
    }

    /// Creates the integration and connects it.
    pub(super) async fn connect(&mut self) {
        let connection = self.there.connection();
        if let Some(app) = connection.app {
            self.hub.put(&format!("/v1/providers/{}/credentials", S::KEY), app).await.unwrap();
        }
        let base_url = self.there.own_base();
        let new = json!({"provider": S::KEY, "settings": connection.settings, "base_url": base_url});
        let made = self.hub.post("/v1/integrations", new).await.unwrap();
        self.integration = text(&made, "id").unwrap();
        match connection.way {
            Way::Browser => self.consent().await,
            Way::Typed(secrets) => {
                self.hub.put(&self.path("credentials"), secrets).await.unwrap();
                let tested = self.hub.post(&self.path("test"), json!({})).await.unwrap();
                assert_ne!(tested["ok"], json!(false), "{tested}");
            }
        }
        let feature = format!("features/{}", S::SUBJECT.feature);
        self.hub.put(&self.path(&feature), json!({"enabled": true})).await.unwrap();
        self.hub.post(&self.path("enable"), json!({})).await.unwrap();
    }

    /// One consent, from the authorize page to the callback.
    pub(super) async fn consent(&self) {
        let asked = json!({"integration_id": self.integration});
        let begun = self.hub.post(&format!("/v1/integrations/{}/connect", S::KEY), asked).await.unwrap();
        self.hub.browse(&text(&begun, "authorize_url").unwrap()).await.unwrap();
    }

    /// A path of the integration.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("/v1/integrations/{}/{rest}", self.integration)
    }

    /// Works until nothing is due. A reader that waits inside its page for its turn under the limits needs time to pass
    /// on both sides.
    pub(super) async fn rest(&self) {
        let mut idle = pin!(self.hub.run_until_idle());
        for _ in 0..MOST_WAITS {
            if let Ok(done) = tokio::time::timeout(STUCK, &mut idle).await {
                return done.unwrap();
            }
            self.there.advance(1);
            self.hub.tick(Duration::from_secs(1)).unwrap();
        }
        panic!("the hub does not come to rest");
    }

    /// Time passes on both sides, a second at a time.
    pub(super) async fn pass(&self, seconds: u32) {
        for _ in 0..seconds {
            self.there.advance(1);
            self.hub.tick(Duration::from_secs(1)).unwrap();
            self.rest().await;
        }
    }

    /// Time passes until a condition holds, `seconds` at most: where the provider's limits make us wait.
    pub(super) async fn pass_until(&self, seconds: u32, mut holds: impl AsyncFnMut(&Self) -> bool) {
        for _ in 0..seconds {
            if holds(self).await {
                return;
            }
            self.pass(1).await;
        }
    }

    /// Reads what changed, or everything.
    pub(super) async fn pull(&self, sync_type: &str) {
        self.there.advance(2);
        let asked = json!({"sync_type": sync_type, "direction": "inbound"});
        self.hub.post(&self.path("sync"), asked).await.unwrap();
        self.rest().await;
        self.pass(3).await;
    }

    /// Puts a record of ours.
    pub(super) async fn put(&self, id: &str, fields: Value) {
        self.hub.put(&format!("{RECORDS}/{}/{id}", S::SUBJECT.local), fields).await.unwrap();
    }

    /// Our record's fields.
    pub(super) async fn local(&self, id: &str) -> Value {
        let record = self.hub.get(&format!("{RECORDS}/{}/{id}", S::SUBJECT.local)).await.unwrap();
        record["body"].clone()
    }

    /// The sync records of the integration.
    pub(super) async fn pairs(&self) -> Vec<Value> {
        self.hub.view("v_sync_records").await.unwrap()
    }

    /// The pair of a local or remote id.
    pub(super) async fn pair(&self, id: &str) -> Value {
        let pairs = self.pairs().await;
        let found = pairs.iter().find(|pair| pair["local_id"] == json!(id) || pair["remote_id"] == json!(id));
        found.cloned().unwrap_or_else(|| panic!("no pair of {id} among {pairs:?}"))
    }

    /// The status of a pair.
    pub(super) async fn status(&self, id: &str) -> String {
        let pair = self.pair(id).await;
        pair["sync_status"].as_str().unwrap_or_default().to_owned()
    }

    /// The one subject at the provider.
    pub(super) fn only(&self) -> There {
        let records = self.there.records();
        assert_eq!(records.len(), 1, "{records:?}");
        records.into_iter().next().unwrap()
    }

    /// Works until a condition holds, for what comes from the simulator's own threads.
    pub(super) async fn until(&self, what: &str, mut holds: impl AsyncFnMut(&Self) -> bool) {
        let waited = tokio::time::timeout(WEBHOOK_PATIENCE, async {
            loop {
                self.rest().await;
                if holds(self).await {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        waited.await.unwrap_or_else(|_| panic!("{what} did not happen"));
    }

    /// The end of every scene: nothing twice, nothing the simulator does not know, everything as described.
    pub(super) fn close(self) {
        assert_eq!(self.there.duplicates(), 0, "something was created twice");
        assert_eq!(self.there.not_modelled(), 0, "something was asked that the simulator does not know");
        contract::hold(S::KEY, self.there.recorder().take());
    }
}
