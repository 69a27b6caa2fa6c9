//! A hub with connectors of a folder of its own, and what these tests ask of it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tests::hub::{Hub, Setting, connectors, text};
use url::Url;

/// A hub and the folder it lives in.
pub(crate) struct Ground {
    hub: Option<Hub>,
    setting: Setting,
    folder: TempDir,
}

impl Ground {
    /// A hub that may call these addresses, with these connectors: key and manifest.
    pub(crate) async fn new(timeout: Duration, addresses: &[&str], manifests: &[(&str, String)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("connectors");
        for (key, manifest) in manifests {
            fs::create_dir_all(inside.join(key)).unwrap();
            fs::write(inside.join(key).join("manifest.toml"), manifest).unwrap();
        }
        let mut setting = Setting::embedded(folder.path()).now();
        setting.config.connectors.connectors = Some(inside);
        setting.config.timing.request_timeout = Some(timeout);
        for address in addresses {
            let url: Url = address.parse().unwrap();
            setting.config.egress = setting.config.egress.clone().allowing(&url);
        }
        Self { hub: Some(Hub::start(&setting).await.unwrap()), setting, folder }
    }

    /// The hub.
    pub(crate) fn hub(&self) -> &Hub {
        self.hub.as_ref().unwrap()
    }

    /// Stops the hub; its folder stays.
    pub(crate) async fn stop(&mut self) {
        if let Some(hub) = self.hub.take() {
            hub.kill().await;
        }
    }

    /// Starts it again.
    pub(crate) async fn start_again(&mut self) {
        self.hub = Some(Hub::start(&self.setting).await.unwrap());
    }

    /// Connects a provider by API key and enables it.
    pub(crate) async fn connect(&self, provider: &str, base_url: &str) -> String {
        let new = json!({"provider": provider, "display_name": provider, "base_url": base_url});
        let id = text(&self.hub().post("/v1/integrations", new).await.unwrap(), "id").unwrap();
        let path = format!("/v1/integrations/{id}");
        self.hub().put(&format!("{path}/credentials"), json!({"api_key": "key"})).await.unwrap();
        let tested = self.hub().post(&format!("{path}/test"), json!({})).await.unwrap();
        assert_eq!(tested["ok"], true, "{tested}");
        self.hub().post(&format!("{path}/enable"), json!({})).await.unwrap();
        id
    }

    /// A config of our customers and an entity of the provider.
    pub(crate) async fn config(&self, integration: &str, remote: &str, direction: &str) -> String {
        let body = json!({"local_entity": "customer", "remote_entity": remote, "direction": direction});
        let made =
            self.hub().post(&format!("/v1/integrations/{integration}/sync/config"), body).await.unwrap();
        self.hub().run_until_idle().await.unwrap();
        text(&made, "id").unwrap()
    }

    /// Starts an inbound run.
    pub(crate) async fn start(&self, integration: &str, config: &str) -> String {
        let body = json!({"sync_config_id": config, "direction": "inbound"});
        let begun = self.hub().post(&format!("/v1/integrations/{integration}/sync"), body).await.unwrap();
        begun["run_ids"][0].as_str().unwrap().to_owned()
    }

    /// The run that a new config began with.
    pub(crate) async fn first_run(&self, config: &str) -> String {
        let runs = self.hub().view("v_integration_sync_logs").await.unwrap();
        let of_config = |run: &&Value| run["sync_config_id"] == config && run["direction"] == "inbound";
        runs.iter().find(of_config).unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// Works and waits until the run has ended; answers it as the API shows it.
    pub(crate) async fn ended(&self, run: &str) -> Value {
        for _ in 0..60 {
            self.hub().advance(Duration::from_secs(10)).await.unwrap();
            let shown = self.hub().get(&format!("/v1/sync-runs/{run}")).await.unwrap();
            if !["pending", "running"].contains(&shown["status"].as_str().unwrap()) {
                return shown;
            }
        }
        panic!("the run {run} does not end");
    }

    /// Jobs that nobody works on any more.
    pub(crate) async fn parked(&self) -> usize {
        self.hub().parts.store.queue.parked(10).await.unwrap().len()
    }

    /// Where it lives.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// The manifest of the REST simulator under another key, its entities in one file.
pub(crate) fn rest_as(key: &str) -> String {
    let folder = connectors().join("rest");
    let read = |file: &str| fs::read_to_string(folder.join(file)).unwrap();
    let manifest = read("manifest.toml").replacen("key = \"rest\"", &format!("key = \"{key}\""), 1);
    format!("{manifest}\n{}\n{}", read("entities/customers.toml"), read("entities/orders.toml"))
}
