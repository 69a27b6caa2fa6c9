//! When subscriptions are renewed: before they end, not all the time, and again after a failure.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use serde_json::json;

use crate::own_connectors::Ground;

/// A provider whose subscriptions live for an hour and are renewed ten minutes before.
const MANIFEST: &str = r#"
key = "pond"
name = "Pond"
categories = ["erp"]
docs = "https://pond.example/docs"
origins = ["https://api.pond.example"]
base = {}
limits = { calls = 60000, per_s = 60, concurrency = 2 }
timing = { request_timeout_ms = 5000, send_window_ms = 1000 }
auth = { kind = "api_key", send = [{ secret = "api_key", header = "X-Key" }] }
setup = [{ name = "api_key", label = "API key", secret = true, required = true }]
verify = { request = { path = "/me" } }

[entities.Fish]
local_entity = "customer"
id = "id"
write_class = "d"
fields = { id = "text", name = "text" }
mapping = [{ local = "name", remote = "name" }]
list = { request = { path = "/fish" }, items = "data", pages = { kind = "whole", size = 10 } }

[webhooks]
secret = "integration"
signature = { header = "X-Signature", encoding = "hex" }
shapes = [{ root = "object", entity = { at = "type" }, verb = { at = "verb" }, id = { at = "id" } }]

[webhooks.subscribe]
lifetime_s = 3600
renew_before_s = 600
makes_secret = true

[webhooks.subscribe.create]
request = { method = "POST", path = "/hooks", body = { url = "{webhook.url}", secret = "{webhook.secret}", until = "{webhook.expires}" } }
id = "id"

[webhooks.subscribe.renew]
request = { method = "PUT", path = "/hooks/{webhook.id}", body = { until = "{webhook.expires}" } }

[webhooks.subscribe.delete]
request = { method = "DELETE", path = "/hooks/{webhook.id}" }
"#;

/// What the provider was asked about subscriptions, and how many of these requests fail first.
#[derive(Clone, Default)]
struct Pond(Arc<Mutex<(Vec<String>, usize)>>);

impl Pond {
    fn asked(&self) -> Vec<String> {
        self.0.lock().unwrap().0.clone()
    }

    fn fail(&self, times: usize) {
        self.0.lock().unwrap().1 = times;
    }
}

async fn answer(State(pond): State<Pond>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    if path.starts_with("/hooks") {
        let mut state = pond.0.lock().unwrap();
        state.0.push(format!("{} {path}", request.method()));
        if state.1 > 0 {
            state.1 -= 1;
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    }
    Json(json!({"id": "h1", "data": []})).into_response()
}

async fn pond() -> (Pond, String) {
    let pond = Pond::default();
    let router = Router::new().fallback(answer).with_state(pond.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (pond, base)
}

async fn minutes(ground: &Ground, count: u64) {
    for _ in 0..count {
        ground.hub().advance(Duration::from_mins(1)).await.unwrap();
    }
}

#[tokio::test]
async fn a_subscription_is_renewed_before_it_ends_and_deleted_with_the_connection() {
    // Given a connection whose subscription lives for an hour.
    let (pond, base) = pond().await;
    let ground = Ground::new(Duration::from_secs(5), &[&base], &[("pond", MANIFEST.to_owned())]).await;
    let integration = ground.connect("pond", &base).await;
    ground.hub().run_until_idle().await.unwrap();
    assert_eq!(pond.asked(), ["POST /hooks"]);
    // When 48 minutes pass, nothing is asked; from the 50th on it is renewed, once.
    minutes(&ground, 48).await;
    assert_eq!(pond.asked().len(), 1, "{:?}", pond.asked());
    minutes(&ground, 4).await;
    assert_eq!(pond.asked(), ["POST /hooks", "PUT /hooks/h1"]);
    // And the hour counts from there.
    minutes(&ground, 46).await;
    assert_eq!(pond.asked().len(), 2);
    minutes(&ground, 6).await;
    assert_eq!(pond.asked()[2..], ["PUT /hooks/h1"]);
    // When the connection ends, the subscription goes with it, and nothing renews it.
    ground.hub().post(&format!("/v1/integrations/{integration}/disconnect"), json!({})).await.unwrap();
    minutes(&ground, 120).await;
    assert_eq!(pond.asked()[3..], ["DELETE /hooks/h1"]);
}

#[tokio::test]
async fn a_renewal_that_fails_is_tried_again_before_the_end() {
    let (pond, base) = pond().await;
    let ground = Ground::new(Duration::from_secs(5), &[&base], &[("pond", MANIFEST.to_owned())]).await;
    ground.connect("pond", &base).await;
    minutes(&ground, 48).await;
    pond.fail(3);
    // Ten minutes are left: four tries go out within them, and the fourth is taken.
    minutes(&ground, 11).await;
    let renewals = pond.asked().iter().filter(|asked| *asked == "PUT /hooks/h1").count();
    assert_eq!(renewals, 4, "{:?}", pond.asked());
    assert_eq!(ground.parked().await, 0);
    minutes(&ground, 40).await;
    assert_eq!(pond.asked().len(), 5, "{:?}", pond.asked());
}
