//! A client of the HTTP interface, in process: the hub over a file in a temporary folder, its views kept up.

use std::path::Path;
use std::sync::Arc;

use api::config::{Config, ConnectorsConfig, DataConfig, EgressConfig, ListenConfig};
use api::http;
use api::wiring::{Hub, Roles, Running, Sources};
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use sandbox::rest::{RestConfig, RestSandbox};
use secrecy::SecretString;
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// The token that every request of [`Api`] carries.
pub(crate) const TOKEN: &str = "a-token-of-sixteen-characters";
/// What the simulator signs its webhooks with: 32 bytes.
pub(crate) const WEBHOOK_SECRET: &str = "a-webhook-secret-of-32-character";
/// The project that every installation starts with.
pub(crate) const PROJECT: &str = "00000000-0000-7000-8000-000000000002";

/// A hub and its client.
pub(crate) struct Api {
    pub(crate) router: Router,
    pub(crate) hub: Arc<Hub>,
    pub(crate) provider: RestSandbox,
    _running: Option<Running>,
    _folder: tempfile::TempDir,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// The body.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {}", self.text))
    }

    /// A text of the body.
    pub(crate) fn text_at(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_else(|| panic!("no text `{name}` in {}", self.text)).to_owned()
    }

    /// Panics with what was answered unless it has this status.
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }
}

impl Api {
    /// A hub that works: process managers decide, jobs call the provider.
    pub(crate) async fn at_work() -> Self {
        Self::start(true).await
    }

    /// A hub that takes commands and shows views, and does nothing else: what is started stays where it is.
    pub(crate) async fn at_rest() -> Self {
        Self::start(false).await
    }

    async fn start(works: bool) -> Self {
        let connectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("connectors");
        let connectors = ConnectorsConfig { connectors: Some(connectors), ..ConnectorsConfig::default() };
        Self::built(works, connectors, None).await
    }

    /// A hub that works, with other connectors, which may call `url`.
    pub(crate) async fn with(connectors: ConnectorsConfig, url: &reqwest::Url) -> Self {
        Self::built(true, connectors, Some(url)).await
    }

    async fn built(works: bool, connectors: ConnectorsConfig, also: Option<&reqwest::Url>) -> Self {
        let provider = sandbox::rest::start(RestConfig::default()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let url = provider.base_url.parse().unwrap();
        let egress = EgressConfig::default().allowing(&url);
        let config = Config {
            data: DataConfig::in_folder(folder.path()),
            listen: ListenConfig { api_token: Some(SecretString::from(TOKEN)), ..ListenConfig::default() },
            connectors,
            egress: also.map_or(egress.clone(), |also| egress.clone().allowing(also)),
            ..Config::default()
        };
        let public_url = "https://hub.example.com".to_owned();
        let hub = Hub::build(&config, Sources::default(), Roles::all(), public_url).await.unwrap();
        let router = http::router(hub.state.clone());
        let (hub, running) = if works {
            let running = Running::start(hub, None).unwrap();
            (Arc::clone(&running.hub), Some(running))
        } else {
            let projections = Arc::clone(&hub.projections);
            tokio::spawn(async move { projections.run(std::future::pending()).await });
            (Arc::new(hub), None)
        };
        let api = Self { router, hub, provider, _running: running, _folder: folder };
        while api.get("/readyz").await.status != StatusCode::OK {
            tokio::task::yield_now().await;
        }
        api
    }

    /// Sends a request as it is.
    pub(crate) async fn call(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer { status, headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    /// Sends a command with the token and these headers.
    pub(crate) async fn send(
        &self,
        (method, path): (Method, &str),
        body: impl Into<Body>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request =
            Request::builder().method(method).uri(path).header("authorization", format!("Bearer {TOKEN}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.call(request.body(body.into()).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send((Method::GET, path), Body::empty(), &[]).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send((Method::POST, path), body.to_string(), &[]).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send((Method::PUT, path), body.to_string(), &[]).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send((Method::DELETE, path), Body::empty(), &[]).await
    }

    /// Position of the log's last event.
    pub(crate) async fn head(&self) -> u64 {
        self.hub.store.dispatcher.log.head().await.unwrap()
    }

    /// An integration with the simulator, not connected.
    pub(crate) async fn integration(&self) -> String {
        let body =
            json!({ "provider": "rest", "base_url": self.provider.base_url, "display_name": "Back office" });
        self.post("/v1/integrations", &body).await.expect(201).text_at("id")
    }

    /// An integration with the simulator, connected and enabled.
    pub(crate) async fn connected(&self) -> String {
        let id = self.integration().await;
        let secrets = json!({ "api_key": "a-secret-api-key", "webhook_secret": WEBHOOK_SECRET });
        self.put(&format!("/v1/integrations/{id}/credentials"), &secrets).await.expect(200);
        let tested = self.post(&format!("/v1/integrations/{id}/test"), &json!({})).await.expect(200);
        assert_eq!(tested.json()["ok"], true, "{}", tested.text);
        self.post(&format!("/v1/integrations/{id}/enable"), &json!({})).await.expect(200);
        id
    }

    /// A sync config of customers.
    pub(crate) async fn config(&self, integration: &str, settings: &Value) -> String {
        let mut body = json!({ "local_entity": "customer", "remote_entity": "customers" });
        for (name, value) in settings.as_object().unwrap() {
            body[name] = value.clone();
        }
        let path = format!("/v1/integrations/{integration}/sync/config");
        self.post(&path, &body).await.expect(201).text_at("id")
    }
}

/// Where a customer stands.
pub(crate) fn customer(id: &str) -> String {
    format!("/v1/projects/{PROJECT}/records/customer/{id}")
}
