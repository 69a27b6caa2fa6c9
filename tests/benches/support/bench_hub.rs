//! A hub as `headwater serve` builds it, in real time, whose parts are stepped by hand: the clock stops exactly when the
//! last event is appended, and again when every view has it.

use api::config::ConnectorsConfig;
use infrastructure::http::EgressPolicy;
use reqwest::Method;
use serde_json::json;
use tempfile::TempDir;
use tests::hub::{Hub, Setting, connectors, text};

use super::child::{API_KEY, Program};
use super::measure::Meter;

/// Where the hub keeps its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    /// A file.
    Sqlite,
    /// A database of the server that `HEADWATER_TEST_POSTGRES` names.
    Postgres,
}

impl Backend {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        if self == Self::Sqlite { "SQLite" } else { "PostgreSQL" }
    }
}

/// The hub, connected to the simulator but not yet enabled.
pub(crate) struct BenchHub {
    /// The hub.
    pub(crate) hub: Hub,
    /// What is measured.
    pub(crate) meter: Meter,
    /// The integration's id.
    pub(crate) integration: String,
    _folder: TempDir,
}

impl BenchHub {
    /// A fresh hub whose integration goes this way (`inbound`, `bidirectional`); `None` where there is no server.
    pub(crate) async fn open(
        backend: Backend,
        provider: &Program,
        direction: &str,
    ) -> anyhow::Result<Option<Self>> {
        let folder = tempfile::tempdir()?;
        let mut setting = Setting::embedded(folder.path()).in_real_time();
        let at = provider.url.parse()?;
        setting.config.connectors =
            ConnectorsConfig { connectors: Some(connectors()), ..ConnectorsConfig::default() };
        setting.config.egress.egress_allow = EgressPolicy::closed().allowing(&at).allow;
        let mut meter = Meter::of(None, None).await?;
        if backend == Backend::Postgres {
            let Some(url) = tests::postgres::fresh_database().await else { return Ok(None) };
            meter = Meter::of(None, Some(&url)).await?;
            setting = setting.on_postgres(url).await?;
        }
        let hub = Hub::start(&setting).await?;
        let integration = connect(&hub, provider, direction).await?;
        // The views are at work before there is anything to see: no bulk load.
        hub.run_until_idle().await?;
        Ok(Some(Self { hub, meter, integration, _folder: folder }))
    }

    /// Enables the integration, which starts the first load.
    pub(crate) async fn enable(&self) -> anyhow::Result<()> {
        self.hub.post(&format!("/v1/integrations/{}/enable", self.integration), json!({})).await.map(drop)
    }

    /// Works until the last event is appended; views are not moved. Process managers go page by page beside each
    /// other, as they do when each has a task of its own.
    pub(crate) async fn work(&self) -> anyhow::Result<()> {
        let parts = &self.hub.parts;
        loop {
            let mut moved = parts.worker.drain().await? > 0;
            while self.react().await? {
                moved = true;
            }
            if !moved {
                return Ok(());
            }
        }
    }

    /// One page for every process manager.
    async fn react(&self) -> anyhow::Result<bool> {
        let mut moved = false;
        for manager in &self.hub.parts.managers {
            moved |= manager.step().await?;
        }
        Ok(moved)
    }

    /// Brings every view up to the log.
    pub(crate) async fn show(&self) -> anyhow::Result<()> {
        Ok(self.hub.parts.projections.catch_up().await?)
    }

    /// Position of the last event.
    pub(crate) async fn head(&self) -> anyhow::Result<u64> {
        Ok(self.hub.parts.store.dispatcher.log.head().await?)
    }
}

async fn connect(hub: &Hub, provider: &Program, direction: &str) -> anyhow::Result<String> {
    let (name, url) = ("Rest", &provider.url);
    let new = json!({"provider": "rest", "display_name": name, "base_url": url, "direction": direction});
    let id = text(&hub.post("/v1/integrations", new).await?, "id")?;
    hub.put(&format!("/v1/integrations/{id}/credentials"), json!({"api_key": API_KEY})).await?;
    hub.post(&format!("/v1/integrations/{id}/test"), json!({})).await?;
    hub.put(&format!("/v1/integrations/{id}/features/customers"), json!({"enabled": true})).await?;
    let limits = json!({"limits": {"calls_per_minute": 1_000_000}});
    hub.expect(Method::PUT, &format!("/v1/integrations/{id}"), Some(&limits)).await?;
    Ok(id)
}
