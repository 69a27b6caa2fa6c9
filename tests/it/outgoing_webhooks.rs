//! The change feed as signed webhooks, to an endpoint that answers as it likes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Router, response::IntoResponse};
use reqwest::Method;
use sandbox::server::{Running, serve};
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use tests::hub::{Hub, Setting, text};

const CUSTOMERS: &str = "/v1/projects/00000000-0000-7000-8000-000000000002/records/customer";

/// What came in, and how the next ones are answered; 204 when nothing else is said.
#[derive(Clone, Default)]
struct Shop {
    came: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

async fn take(State(shop): State<Shop>, headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    shop.came.lock().unwrap().push((headers, body));
    let status = shop.answers.lock().unwrap().pop_front().unwrap_or(204);
    StatusCode::from_u16(status).unwrap()
}

impl Shop {
    fn answers(&self, status: u16, times: usize) {
        self.answers.lock().unwrap().extend(std::iter::repeat_n(status, times));
    }

    fn took(&self) -> Vec<(HeaderMap, Bytes)> {
        std::mem::take(&mut self.came.lock().unwrap())
    }
}

/// Whether the scheme's own library signs the same; its clock is real and ours is moved by hand, so it does not verify.
fn is_signed(secret: &str, headers: &HeaderMap, body: &[u8]) -> bool {
    let text = |name: &str| headers[name].to_str().unwrap();
    let at = text("webhook-timestamp").parse().unwrap();
    let right = Webhook::new(secret).unwrap().sign(text("webhook-id"), at, body).unwrap();
    text("webhook-signature").split(' ').any(|given| given == right)
}

struct Scene {
    hub: Hub,
    shop: Shop,
    url: String,
    _server: Running,
    _folder: tempfile::TempDir,
}

impl Scene {
    async fn new() -> Self {
        let shop = Shop::default();
        let router = Router::new().route("/hooks/a-token", post(take)).with_state(shop.clone());
        let server = serve(router, None).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut setting = Setting::embedded(folder.path());
        setting.config.egress = setting.config.egress.allowing(&server.base_url.parse().unwrap());
        let hub = Hub::start(&setting).await.unwrap();
        Self {
            hub,
            shop,
            url: format!("{}/hooks/a-token", server.base_url),
            _server: server,
            _folder: folder,
        }
    }

    /// An endpoint's id and secret.
    async fn endpoint(&self, types: &[&str]) -> (String, String) {
        let asked = json!({"url": self.url, "event_types": types});
        let made = self.hub.post("/v1/webhook-endpoints", asked).await.unwrap();
        (text(&made, "id").unwrap(), text(&made, "secret").unwrap())
    }

    async fn put(&self, id: &str, name: &str) {
        self.hub.put(&format!("{CUSTOMERS}/{id}"), json!({"name": name})).await.unwrap();
        self.hub.run_until_idle().await.unwrap();
    }

    async fn deliveries(&self, endpoint: &str) -> Vec<Value> {
        let page = self.hub.get(&format!("/v1/webhook-endpoints/{endpoint}/deliveries")).await.unwrap();
        page["items"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn a_change_arrives_signed_and_says_what_changed() {
    let scene = Scene::new().await;
    let (id, secret) = scene.endpoint(&["customer.*"]).await;
    scene.put("C-1", "Ada").await;
    let [(headers, body)] = scene.shop.took().try_into().unwrap();
    assert!(is_signed(&secret, &headers, &body));
    let said: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(said["type"], "customer.created");
    assert_eq!((&said["data"]["local_id"], &said["data"]["fields"]["name"]), (&json!("C-1"), &json!("Ada")));
    let [delivery] = scene.deliveries(&id).await.try_into().unwrap();
    assert_eq!((&delivery["status"], &delivery["response_status"]), (&json!("delivered"), &json!(204)));
}

#[tokio::test]
async fn what_is_not_taken_is_sent_again_with_the_same_id_until_it_is() {
    let scene = Scene::new().await;
    let (id, _) = scene.endpoint(&[]).await;
    scene.shop.answers(500, 2);
    scene.put("C-1", "Ada").await;
    let [delivery] = scene.deliveries(&id).await.try_into().unwrap();
    assert_eq!((&delivery["status"], &delivery["attempts"]), (&json!("retrying"), &json!(1)));
    scene.hub.advance(Duration::from_secs(4)).await.unwrap();
    assert_eq!(scene.deliveries(&id).await[0]["attempts"], 1, "not before its time");
    scene.hub.advance(Duration::from_secs(2)).await.unwrap();
    scene.hub.advance(Duration::from_secs(301)).await.unwrap();
    let [delivery] = scene.deliveries(&id).await.try_into().unwrap();
    assert_eq!((&delivery["status"], &delivery["attempts"]), (&json!("delivered"), &json!(3)));
    let ids: Vec<_> =
        scene.shop.took().into_iter().map(|(headers, _)| headers["webhook-id"].clone()).collect();
    assert_eq!(ids.len(), 3);
    assert!(ids.iter().all(|id| *id == ids[0]));
}

#[tokio::test]
async fn both_secrets_sign_while_one_takes_over() {
    let scene = Scene::new().await;
    let (id, old) = scene.endpoint(&[]).await;
    let rotated =
        scene.hub.post(&format!("/v1/webhook-endpoints/{id}/rotate-secret"), json!({})).await.unwrap();
    let new = text(&rotated, "secret").unwrap();
    scene.put("C-1", "Ada").await;
    let (headers, body) = scene.shop.took().remove(0);
    for secret in [&old, &new] {
        assert!(is_signed(secret, &headers, &body));
    }
    scene.hub.advance(Duration::from_hours(25)).await.unwrap();
    scene.put("C-1", "Ada Lovelace").await;
    let (headers, body) = scene.shop.took().remove(0);
    assert!(is_signed(&new, &headers, &body));
    assert!(!is_signed(&old, &headers, &body));
}

#[tokio::test]
async fn an_endpoint_that_takes_nothing_for_days_is_switched_off_and_gets_what_it_missed_later() {
    let scene = Scene::new().await;
    let (id, _) = scene.endpoint(&[]).await;
    scene.shop.answers(503, 1_000);
    scene.put("C-1", "Ada").await;
    for day in 0..7 {
        scene.put(&format!("D-{day}"), "Somebody").await;
        for _ in 0..24 {
            scene.hub.advance(Duration::from_hours(1)).await.unwrap();
        }
    }
    let path = format!("/v1/webhook-endpoints/{id}");
    let shown = scene.hub.get(&path).await.unwrap();
    assert_eq!(shown["enabled"], false, "{shown}");
    assert!(shown["disabled_reason"].as_str().unwrap().starts_with("the endpoint has taken nothing since"));
    scene.shop.answers.lock().unwrap().clear();
    scene.shop.took();
    scene.put("C-2", "Grace").await;
    assert!(scene.shop.took().is_empty());
    scene.hub.expect(Method::PATCH, &path, Some(&json!({"enabled": true}))).await.unwrap();
    scene.hub.run_until_idle().await.unwrap();
    let missed: Vec<Value> =
        scene.shop.took().iter().map(|(_, body)| serde_json::from_slice(body).unwrap()).collect();
    assert!(missed.iter().any(|said| said["data"]["local_id"] == "C-2"), "{missed:?}");
}

#[tokio::test]
async fn an_endpoint_that_is_gone_says_so_once() {
    let scene = Scene::new().await;
    let (id, _) = scene.endpoint(&[]).await;
    scene.shop.answers(410, 1);
    scene.put("C-1", "Ada").await;
    let shown = scene.hub.get(&format!("/v1/webhook-endpoints/{id}")).await.unwrap();
    assert_eq!(shown["disabled_reason"], "the endpoint answered 410: it wants nothing more");
}

#[tokio::test]
async fn a_delivery_and_those_of_a_time_can_be_had_again() {
    let scene = Scene::new().await;
    let (id, _) = scene.endpoint(&[]).await;
    scene.put("C-1", "Ada").await;
    scene.hub.advance(Duration::from_mins(10)).await.unwrap();
    scene.put("C-2", "Grace").await;
    scene.shop.took();
    let path = format!("/v1/webhook-endpoints/{id}");
    let first = text(&scene.deliveries(&id).await[1], "id").unwrap();
    scene.hub.post(&format!("{path}/deliveries/{first}/redeliver"), json!({})).await.unwrap();
    scene.hub.run_until_idle().await.unwrap();
    assert_eq!(scene.shop.took().len(), 1);
    let again = json!({"from": "2026-01-05T08:05:00Z"});
    scene.hub.post(&format!("{path}/redeliver"), again).await.unwrap();
    scene.hub.run_until_idle().await.unwrap();
    let said: Vec<Value> =
        scene.shop.took().iter().map(|(_, body)| serde_json::from_slice(body).unwrap()).collect();
    assert_eq!(said.len(), 1);
    assert_eq!(said[0]["data"]["local_id"], "C-2");
}

#[tokio::test]
async fn an_address_that_may_not_be_called_is_refused_and_its_token_is_nowhere_in_the_log() {
    let scene = Scene::new().await;
    for (url, wanted) in
        [("http://shop.example.com/hook", "url"), ("https://10.0.0.7/hook", "url"), ("no address", "url")]
    {
        let asked = json!({"url": url});
        let (status, problem) =
            scene.hub.ask(Method::POST, "/v1/webhook-endpoints", Some(&asked)).await.unwrap();
        assert!(status.is_client_error() && problem.to_string().contains(wanted), "{status} {problem}");
    }
    scene.endpoint(&[]).await;
    let events = scene.hub.parts.store.dispatcher.log.read_all(0, 1_000).await.unwrap();
    assert!(!format!("{events:?}").contains("a-token"));
    let (status, problem) = scene
        .hub
        .ask(Method::POST, "/v1/webhook-endpoints", Some(&json!({"url": scene.url, "event_types": ["x.y"]})))
        .await
        .unwrap();
    assert_eq!(status.as_u16(), 422, "{problem}");
}
