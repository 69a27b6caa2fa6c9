//! A consent that gives several companies, subscriptions made and given up, and greetings: a provider of a folder.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use api::config::ConnectorsConfig;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Method, Request, Uri};
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};

use super::client::{Api, PROJECT};

const MANIFEST: &str = r#"
key = "tenants"
name = "Tenants"
categories = ["accounting"]
docs = "https://tenants.example/docs"
origins = ["https://tenants.example"]
limits = { calls = 100, per_s = 1, concurrency = 4 }
timing = { request_timeout_ms = 5000, send_window_ms = 1000 }
base = { production = "https://tenants.example/api" }
verify = { request = { path = "/company" }, name = "name" }
headers = { tenant-id = "{realm}" }

[auth]
kind = "oauth2"
realms = { request = { path = "/connections" }, id = "id", name = "name" }
oauth2 = { authorize_url = "https://tenants.example/authorize", token_url = "https://tenants.example/token", client_auth = "basic", scopes = ["books", { name = "old", until = "2026-12-01", ask = false }] }

[webhooks]
secret = "integration"
signature = { header = "Sig", encoding = "hex" }
handshakes = [{ echo = { query = "validationToken" } }]
shapes = [{ root = "object", realm = { at = "tenant" }, entity = { at = "entity" }, verb = { at = "verb" }, id = { at = "id" } }]

[webhooks.subscribe]
events = ["invoice.updated"]
makes_secret = true
create = { request = { method = "POST", path = "/hooks", body = { url = "{webhook.url}", secret = "{webhook.secret}" } }, id = "id" }
delete = { request = { method = "DELETE", path = "/hooks/{webhook.id}" } }
"#;

/// What the provider was asked, as `METHOD path tenant`.
type Asked = Arc<Mutex<Vec<String>>>;

async fn answer(State(asked): State<Asked>, method: Method, uri: Uri, request: Request<Body>) -> Response {
    let tenant = request.headers().get("tenant-id").and_then(|value| value.to_str().ok()).unwrap_or("-");
    asked.lock().unwrap().push(format!("{method} {} {tenant}", uri.path()));
    let _: Bytes = axum::body::to_bytes(request.into_body(), 10_000).await.unwrap();
    let body = match uri.path() {
        "/token" => {
            json!({"access_token": "t-1", "refresh_token": "r-1", "expires_in": 1800, "scope": "books old"})
        }
        "/api/connections" => json!([{"id": "a", "name": "A Ltd"}, {"id": "b", "name": "B Ltd"}]),
        "/api/company" => json!({"name": "B Limited"}),
        "/api/hooks" => json!({"id": "hook-1"}),
        _ => json!({}),
    };
    Json(body).into_response()
}

struct Scene {
    api: Api,
    asked: Asked,
    _folder: tempfile::TempDir,
}

impl Scene {
    async fn new() -> Self {
        let asked = Asked::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let router = Router::new().fallback(answer).with_state(Arc::clone(&asked));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("tenants")).unwrap();
        std::fs::write(folder.path().join("tenants/manifest.toml"), MANIFEST).unwrap();
        let mut connectors = ConnectorsConfig::simulated("tenants", &url);
        connectors.connectors = Some(folder.path().to_owned());
        let api = Api::with(connectors, &url).await;
        let app = json!({"client_id": "id", "client_secret": "hush"});
        api.put("/v1/providers/tenants/credentials", &app).await.expect(204);
        Self { api, asked, _folder: folder }
    }

    /// Consents in the browser; the integration, and what the callback answered.
    async fn consented(&self) -> (String, Value) {
        let begun = self.api.post("/v1/integrations/tenants/connect", &json!({"project_id": PROJECT})).await;
        let begun = begun.expect(202).json();
        let url: reqwest::Url = begun["authorize_url"].as_str().unwrap().parse().unwrap();
        let query: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(query["scope"], "books");
        let back = format!("/v1/oauth/tenants/callback?code=c-1&state={}", query["state"]);
        let answered = self.api.get(&back).await.expect(200).json();
        (begun["integration_id"].as_str().unwrap().to_owned(), answered)
    }

    async fn asked_for(&self, wanted: &str) {
        for _ in 0..200 {
            if self.asked.lock().unwrap().iter().any(|asked| asked == wanted) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        panic!("never asked {wanted}: {:?}", self.asked.lock().unwrap());
    }
}

#[tokio::test]
async fn a_person_chooses_one_of_several_companies_and_webhooks_follow() {
    let scene = Scene::new().await;
    let api = &scene.api;
    let (id, answered) = scene.consented().await;
    assert_eq!(
        (answered["realm"].clone(), answered["realms"][1]["realm_id"].as_str()),
        (Value::Null, Some("b"))
    );
    let attempt = format!("/v1/oauth/attempts/{}", answered["attempt_id"].as_str().unwrap());
    assert_eq!(api.get(&attempt).await.expect(200).json()["status"], "realm_required");
    let listed = api.get(&format!("/v1/integrations/{id}/realms")).await.expect(200).json();
    assert_eq!(
        (listed["items"].as_array().unwrap().len(), listed["items"][0]["name"].as_str()),
        (2, Some("A Ltd"))
    );
    let select = format!("/v1/integrations/{id}/realms/select");
    let unknown = api.post(&select, &json!({"realm_id": "z"})).await.expect(422);
    assert!(unknown.text.contains("use one of a, b"), "{}", unknown.text);
    let done = api.post(&select, &json!({"realm_id": "b"})).await.expect(200).json();
    let shown =
        api.get(&format!("/v1/integrations/{id}?at_least={}", done["position"].as_str().unwrap())).await;
    let shown = shown.expect(200).json();
    assert_eq!(
        (shown["external_realm_id"].as_str(), shown["connection_status"].as_str()),
        (Some("b"), Some("connected")),
        "{shown}"
    );
    assert_eq!(api.get(&attempt).await.expect(200).json()["status"], "completed");
    let listed = api.get(&format!("/v1/integrations/{id}/realms")).await.expect(200).json();
    assert_eq!(listed["items"][1]["selected"], true);
    scene.asked_for("POST /api/hooks b").await;
    // A second consent takes the company it had.
    let (_, again) = scene.consented().await;
    assert_eq!(again["realm"], "b");
    api.post(&format!("/v1/integrations/{id}/disconnect"), &json!({})).await.expect(200);
    scene.asked_for("DELETE /api/hooks/hook-1 b").await;
}

#[tokio::test]
async fn an_endpoint_that_is_greeted_answers_and_nothing_else_is_taken_unsigned() {
    let scene = Scene::new().await;
    let api = &scene.api;
    for method in [Method::GET, Method::POST] {
        let path = "/v1/webhooks/tenants?validationToken=abc%20%3Cb%3E";
        let said = api.call(Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await;
        let said = said.expect(200);
        assert_eq!(said.text, "abc <b>");
        assert_eq!(said.headers["content-type"], "text/plain; charset=utf-8");
        assert_eq!(said.headers["x-content-type-options"], "nosniff");
    }
    let unsigned = Request::post("/v1/webhooks/tenants").body(Body::from("{}")).unwrap();
    api.call(unsigned).await.expect(401);
    let counted = api.get("/v1/webhooks/rejections").await.expect(200).json();
    assert_eq!(counted["counts"]["webhook_signature_missing"], 1);
    assert_eq!(counted["items"][0]["provider"], "tenants");
}

#[tokio::test]
async fn a_scope_that_ends_is_shown_before_it_does() {
    let scene = Scene::new().await;
    let (id, _) = scene.consented().await;
    scene
        .api
        .post(&format!("/v1/integrations/{id}/realms/select"), &json!({"realm_id": "a"}))
        .await
        .expect(200);
    let shown = scene.api.get(&format!("/v1/integrations/{id}/deadlines")).await.expect(200).json();
    assert_eq!(shown["items"][0]["what"], "the scope old ends", "{shown}");
}
