//! A whole hub in this process, over real HTTP, whose work is done step by step: nothing happens between two calls but
//! what a test asks for.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use anyhow::{Context as _, bail};
use api::config::{Config, ConnectorsConfig, DataConfig, EgressConfig, TimingConfig};
use api::wiring::{Place, Roles, Sources, Store};
use application::ports::clock::Clock;
use application::ports::connector::Timing;
use chrono::{DateTime, Utc};
use infrastructure::clock::{ManualClock, SystemClock};
use infrastructure::id_generator::SystemIds;
use reqwest::{Method, StatusCode};
use sandbox::quickbooks::QuickBooksSandbox;
use sandbox::rest::RestSandbox;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Steps after which a hub that still moves is taken to go round in circles.
const STEPS: usize = 500;
/// The only waiting there is: for hints that never come, because steps are asked for.
const POLL: Duration = Duration::from_millis(5);
/// When the manual clock begins.
const BEGINNING: &str = "2026-01-05T08:00:00Z";

/// What a hub stands on. The same setting again is a restart.
#[derive(Clone)]
pub struct Setting {
    /// Its settings.
    pub config: Config,
    /// Time, moved by hand; the system's when absent.
    pub clock: Option<ManualClock>,
    /// Where it listens; a free port of this machine unless a simulator has to know it before.
    pub addr: Option<SocketAddr>,
}

impl Setting {
    /// SQLite in `folder`, a clock moved by hand, and times around a write of seconds.
    pub fn embedded(folder: &Path) -> Self {
        let timing = Timing {
            request_timeout: Duration::from_secs(2),
            send_window: Duration::from_secs(5),
            settle: Some(Duration::from_secs(3)),
        };
        let config = Config {
            data: DataConfig::in_folder(folder),
            timing: TimingConfig::from(timing),
            ..Config::default()
        };
        let beginning: DateTime<Utc> = BEGINNING.parse().expect("a constant time");
        Self { config, clock: Some(ManualClock::new(beginning)), addr: None }
    }

    /// The same on a PostgreSQL database, which is migrated first.
    pub async fn on_postgres(mut self, url: String) -> anyhow::Result<Self> {
        self.config.data.database = Some(url);
        let place = Place { data: self.config.data.clone(), keys: self.config.keys.clone() };
        Store::migrate(&place).await?;
        Ok(self)
    }

    /// The same with the system's time.
    #[must_use]
    pub fn in_real_time(self) -> Self {
        Self { clock: None, ..self }
    }

    /// The same, its clock beginning near the simulators' own, which is real: tokens and signatures are judged by both.
    #[must_use]
    pub fn now(self) -> Self {
        Self { clock: Some(ManualClock::new(SystemClock.now())), ..self }
    }

    /// The same, with every address of a provider leading to its simulator.
    #[must_use]
    pub fn with_simulator(mut self, provider: &str, base_url: &str) -> Self {
        let at = base_url.parse().expect("simulators have a URL");
        let simulated = ConnectorsConfig::simulated(provider, &at);
        self.config.connectors = ConnectorsConfig { connectors: drafts(), ..simulated };
        self.config.egress = self.config.egress.allowing(&at);
        self
    }

    /// The same, knowing a QuickBooks simulator.
    #[must_use]
    pub fn with_quickbooks(mut self, books: &QuickBooksSandbox) -> Self {
        let at = books.base_url.parse().expect("simulators have a URL");
        self.config.connectors.endpoints = ConnectorsConfig::simulated_quickbooks(&at).endpoints;
        self.config.egress = self.config.egress.allowing(&at);
        self
    }

    /// The same, knowing a REST simulator, whose connector is loaded from a folder.
    #[must_use]
    pub fn with_rest(mut self, provider: &RestSandbox) -> Self {
        let at = provider.base_url.parse().expect("simulators have a URL");
        self.config.connectors.connectors = Some(connectors());
        self.config.egress = EgressConfig::allowing(self.config.egress, &at);
        self
    }

    fn sources(&self) -> Sources {
        let clock: Arc<dyn Clock> = match &self.clock {
            Some(clock) => Arc::new(clock.clone()),
            None => Arc::new(SystemClock),
        };
        Sources { ids: Arc::new(SystemIds::new(Arc::clone(&clock))), clock, poll: POLL }
    }
}

/// A folder of connectors under work, in place of those in the binary: `HEADWATER_TEST_PROVIDERS`. Who writes a
/// manifest tries it without building anything.
pub fn drafts() -> Option<PathBuf> {
    std::env::var_os("HEADWATER_TEST_PROVIDERS").map(PathBuf::from)
}

/// The folder of connectors that are not in the binary.
pub fn connectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("connectors")
}

/// A hub that answers HTTP, and otherwise does what it is told.
pub struct Hub {
    /// Its parts.
    pub parts: api::wiring::Hub,
    /// `http://127.0.0.1:PORT`
    pub base_url: String,
    clock: Option<ManualClock>,
    client: reqwest::Client,
    server: JoinHandle<()>,
}

impl Hub {
    /// Starts a hub.
    pub async fn start(setting: &Setting) -> anyhow::Result<Self> {
        let addr = setting.addr.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0)));
        let listener = TcpListener::bind(addr).await?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let (config, sources) = (&setting.config, setting.sources());
        let parts = api::wiring::Hub::build(config, sources, Roles::all(), base_url.clone()).await?;
        let router = api::http::router(parts.state.clone());
        let server = tokio::spawn(async move {
            // It ends with its task.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { parts, base_url, clock: setting.clock.clone(), client: client()?, server })
    }

    /// Does everything that is due, and what follows from it, until nothing is left and the views show it.
    pub async fn run_until_idle(&self) -> anyhow::Result<()> {
        for _ in 0..STEPS {
            let mut moved = self.parts.worker.drain().await? > 0;
            for manager in &self.parts.managers {
                while manager.step().await? {
                    moved = true;
                }
            }
            if !moved {
                return Ok(self.parts.projections.catch_up().await?);
            }
        }
        bail!("the hub does not come to rest: {:?}", self.parts.store.queue.parked(5).await?)
    }

    /// Moves the clock on, and does nothing else.
    pub fn tick(&self, by: Duration) -> anyhow::Result<()> {
        self.clock.as_ref().context("this hub runs in real time")?.advance(by);
        Ok(())
    }

    /// Moves the clock on, and does what became due.
    pub async fn advance(&self, by: Duration) -> anyhow::Result<()> {
        self.clock.as_ref().context("this hub runs in real time")?.advance(by);
        self.run_until_idle().await
    }

    /// The answer to a request: its status and body.
    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<(StatusCode, Value)> {
        let mut request = self.client.request(method, format!("{}{path}", self.base_url));
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }

    /// Like `ask`, for what must be answered well.
    pub async fn expect(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let (status, answer) = self.ask(method.clone(), path, body).await?;
        if !status.is_success() {
            bail!("{method} {path} was answered {status}: {answer}");
        }
        Ok(answer)
    }

    /// `GET`, answered well.
    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.expect(Method::GET, path, None).await
    }

    /// `PUT`, answered well.
    pub async fn put(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        self.expect(Method::PUT, path, Some(&body)).await
    }

    /// `POST`, answered well.
    pub async fn post(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        self.expect(Method::POST, path, Some(&body)).await
    }

    /// Every row of a view, by id.
    pub async fn view(&self, name: &str) -> anyhow::Result<Vec<Value>> {
        let query = application::ports::read_store::Query {
            from: name.to_owned(),
            conditions: Vec::new(),
            order: "id",
            descending: false,
            after: None,
            limit: 100_000,
        };
        Ok(self.parts.store.read_store.query(&query).await?)
    }

    /// Connects the REST simulator by API key and enables the features; answers the integration's id.
    pub async fn connect_rest(
        &self,
        provider: &RestSandbox,
        api_key: &str,
        features: &[&str],
    ) -> anyhow::Result<String> {
        let new = json!({"provider": "rest", "display_name": "Rest", "base_url": provider.base_url});
        let id = text(&self.post("/v1/integrations", new).await?, "id")?;
        self.put(&format!("/v1/integrations/{id}/credentials"), json!({"api_key": api_key})).await?;
        self.post(&format!("/v1/integrations/{id}/test"), json!({})).await?;
        self.enable(&id, features).await?;
        Ok(id)
    }

    /// Connects a QuickBooks simulator by OAuth, following the browser's way, and enables the features; answers the
    /// integration's id. The simulator must know this hub's callback.
    pub async fn connect_quickbooks(&self, features: &[&str]) -> anyhow::Result<String> {
        let app = json!({"client_id": "qbo-client", "client_secret": "qbo-secret", "webhook_secret": "qbo-verifier"});
        self.put("/v1/providers/quickbooks/credentials", app).await?;
        let new =
            json!({"provider": "quickbooks", "display_name": "Books", "settings": {"income_account": "79"}});
        let id = text(&self.post("/v1/integrations", new).await?, "id")?;
        let connect = json!({"integration_id": id});
        let begun = self.post("/v1/integrations/quickbooks/connect", connect).await?;
        self.browse(&text(&begun, "authorize_url")?).await?;
        self.enable(&id, features).await?;
        Ok(id)
    }

    /// Follows a browser's way through a provider's consent to our callback.
    pub async fn browse(&self, url: &str) -> anyhow::Result<()> {
        let ended = self.client.get(url).send().await?;
        if !ended.status().is_success() {
            bail!("the authorization ended with {}: {}", ended.status(), ended.text().await?);
        }
        Ok(())
    }

    async fn enable(&self, id: &str, features: &[&str]) -> anyhow::Result<()> {
        for code in features {
            self.put(&format!("/v1/integrations/{id}/features/{code}"), json!({"enabled": true})).await?;
        }
        self.post(&format!("/v1/integrations/{id}/enable"), json!({})).await.map(drop)
    }

    /// Drops the hub where it stands, as a killed process would be; the setting can be started again.
    pub async fn kill(self) {
        self.server.abort();
        let _ = self.server.await;
    }
}

/// A text member of an answer.
pub fn text(answer: &Value, member: &str) -> anyhow::Result<String> {
    answer[member].as_str().map(str::to_owned).with_context(|| format!("no `{member}` in {answer}"))
}

/// A free address of this machine, for a hub that a simulator has to know before it starts. It is none of the ports that
/// the system gives away by itself: a simulator started meanwhile would get it.
pub fn free_address() -> anyhow::Result<SocketAddr> {
    static ASKED: AtomicU16 = AtomicU16::new(0);
    let process = u16::try_from(std::process::id() % 1_000).unwrap_or_default();
    for _ in 0..1_000 {
        let asked = ASKED.fetch_add(1, Ordering::Relaxed);
        let port = 20_000 + (process.wrapping_mul(11).wrapping_add(asked)) % 12_000;
        let addr = SocketAddr::from(([127, 0, 0, 1], port));
        if std::net::TcpListener::bind(addr).is_ok() {
            return Ok(addr);
        }
    }
    bail!("no port between 20000 and 32000 is free")
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test is an outside caller, and follows redirects as a browser does"
)]
fn client() -> anyhow::Result<reqwest::Client> {
    Ok(reqwest::Client::builder().timeout(Duration::from_secs(20)).build()?)
}
