//! Webhooks.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};

use super::desk::{ACACIA, Desk, parts, text};
use crate::faults::FaultPlan;
use crate::server::{Running, serve};
use crate::stripe::events::webhooks::signature;
use crate::stripe::{StripeConfig, WebhookConfig};

/// A delivery: body as sent, and the signature header.
#[derive(Clone, Debug, PartialEq)]
struct Got {
    raw: Bytes,
    header: String,
}

impl Got {
    fn body(&self) -> Value {
        serde_json::from_slice(&self.raw).unwrap()
    }

    /// Whether one of the `v1` was made with this secret.
    fn is_signed_with(&self, secret: &str) -> bool {
        let (t, _) = self.header.strip_prefix("t=").unwrap().split_once(',').unwrap();
        let own = signature(secret, t.parse().unwrap(), &self.raw);
        let v1 = own.split(',').nth(1).unwrap();
        self.header.split(',').any(|part| part == v1)
    }

    fn count_v1(&self) -> usize {
        self.header.matches(",v1=").count()
    }
}

#[derive(Clone, Default)]
struct Inbox {
    got: Arc<Mutex<Vec<Got>>>,
    refuse: Arc<Mutex<u32>>,
}

async fn receive(State(inbox): State<Inbox>, headers: HeaderMap, raw: Bytes) -> StatusCode {
    let header = headers["stripe-signature"].to_str().unwrap().to_owned();
    inbox.got.lock().unwrap().push(Got { raw, header });
    let mut refuse = inbox.refuse.lock().unwrap();
    if *refuse > 0 {
        *refuse -= 1;
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    StatusCode::OK
}

async fn receiver() -> (Running, Inbox) {
    let inbox = Inbox::default();
    let router = Router::new().route("/hook", post(receive)).with_state(inbox.clone());
    (serve(router, None).await.unwrap(), inbox)
}

async fn wait_for(inbox: &Inbox, count: usize) -> Vec<Got> {
    for _ in 0..250 {
        if inbox.got.lock().unwrap().len() >= count {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    inbox.got.lock().unwrap().clone()
}

/// A simulator that knows the receiver from the start.
async fn wired(change: impl FnOnce(&mut StripeConfig)) -> (Desk, Running, Inbox) {
    let (running, inbox) = receiver().await;
    let mut config = StripeConfig::unlimited();
    config.webhook = Some(WebhookConfig::new(format!("{}/hook", running.base_url), "whsec_known"));
    config.webhook_pace.retry_ms = 20;
    change(&mut config);
    (Desk::with(config).await, running, inbox)
}

#[test]
fn the_signature_is_the_published_one() {
    // HMAC-SHA256 of `1.{}` with the key `whsec_a`, made with another tool.
    let header = signature("whsec_a", 1, b"{}");
    assert!(header.starts_with("t=1,v1="));
    assert_eq!(signature("whsec_a,whsec_b", 1, b"{}").matches(",v1=").count(), 2);
    assert_ne!(signature("not whsec_a", 1, b"{}"), header);
    let v1 = header.split(',').nth(1).unwrap().strip_prefix("v1=").unwrap();
    assert_eq!(v1, WANTED);
}

const WANTED: &str = "7aaed73a0f45f657eacd5c9b580562745d6023b1e3e6d17dce076b81940aa046";

#[tokio::test]
async fn a_snapshot_is_sent_signed_and_retried() {
    let (desk, _running, inbox) = wired(|_| {}).await;
    *inbox.refuse.lock().unwrap() = 1;
    let id = desk.customer("a@example.com").await;
    let got = wait_for(&inbox, 2).await;
    assert_eq!(got[0].raw, got[1].raw, "refused once, then sent again");
    assert!(got.iter().all(|got| got.is_signed_with("whsec_known")));
    let body = got[0].body();
    assert_eq!((&body["object"], &body["type"]), (&json!("event"), &json!("customer.created")));
    assert_eq!(body["data"]["object"]["id"], json!(id));
    assert_eq!(body["pending_webhooks"], 1);
    assert!(text(&body["request"]["id"]).starts_with("req_"));
    assert!(got[0].header.contains(",v0="), "to be ignored");
}

#[tokio::test]
async fn a_registered_endpoint_shows_its_secret_once_and_pins_its_version() {
    let (running, inbox) = receiver().await;
    let desk = Desk::open().await;
    let url = format!("{}/hook", running.base_url);
    let fields = [
        ("url", url.as_str()),
        ("enabled_events[]", "invoice.finalized"),
        ("enabled_events[]", "product.created"),
        ("api_version", ACACIA),
    ];
    let endpoint = desk.write("/v1/webhook_endpoints", &fields).await;
    let secret = text(&endpoint["secret"]);
    assert!(secret.starts_with("whsec_"));
    let path = format!("/v1/webhook_endpoints/{}", text(&endpoint["id"]));
    assert!(desk.read(&path).await.get("secret").is_none());
    desk.open_invoice().await;
    let got = wait_for(&inbox, 1).await;
    let body = got[0].body();
    assert_eq!((&body["type"], &body["api_version"]), (&json!("invoice.finalized"), &json!(ACACIA)));
    assert_eq!(body["data"]["object"]["paid"], false, "the endpoint's version, not the caller's");
    assert!(got[0].is_signed_with(&secret));
    desk.write(&path, &[("disabled", "true")]).await;
    desk.write("/v1/products", &[("name", "P")]).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(inbox.got.lock().unwrap().len(), 1);
    for wrong in [[("url", "ftp://x"), fields[1]], [fields[0], ("enabled_events[]", "customer.exploded")]] {
        assert_eq!(desk.post("/v1/webhook_endpoints", &wrong).await.0, 400);
    }
    assert_eq!(desk.delete(&path).await.0, 200);
}

#[tokio::test]
async fn two_secrets_sign_while_one_is_rolled() {
    let (desk, _running, inbox) = wired(|_| {}).await;
    let endpoint = text(&desk.sandbox.entities("webhook_endpoint")[0]["id"]);
    let new = desk.sandbox.roll_secret(&endpoint, 3600).unwrap();
    desk.customer("a@example.com").await;
    let got = wait_for(&inbox, 1).await;
    assert_eq!(got[0].count_v1(), 2);
    assert!(got[0].is_signed_with("whsec_known") && got[0].is_signed_with(&new));
    desk.sandbox.advance_clock(3601);
    desk.customer("b@example.com").await;
    let got = wait_for(&inbox, 2).await;
    assert_eq!(got[1].count_v1(), 1);
    assert!(!got[1].is_signed_with("whsec_known") && got[1].is_signed_with(&new));
}

#[tokio::test]
async fn deliveries_come_twice_forged_and_in_no_order() {
    let plan = FaultPlan { webhook_duplicate: 1.0, webhook_forged: 1.0, ..FaultPlan::default() };
    let (desk, _running, inbox) = wired(|config| {
        config.webhook_disorder = true;
        config.webhook_pace.gather_ms = 300;
        config.faults = plan;
    })
    .await;
    let first = desk.customer("a@example.com").await;
    desk.write(&format!("/v1/customers/{first}"), &[("name", "A")]).await;
    let got = wait_for(&inbox, 6).await;
    let types: Vec<String> = got.iter().map(|got| text(&got.body()["type"])).collect();
    assert_eq!(types[..4], ["customer.updated", "customer.updated", "customer.created", "customer.created"]);
    assert_eq!(got[0].body()["id"], got[1].body()["id"], "a repeat has the same event id");
    let signed: Vec<bool> = got.iter().map(|got| got.is_signed_with("whsec_known")).collect();
    assert_eq!(signed, [true, true, true, true, false, false]);
    let forged = desk.sandbox.outcomes().iter().filter(|outcome| outcome.forged).count();
    assert!(forged >= 1);
}

#[tokio::test]
async fn a_taken_notice_starts_the_hour_of_a_draft() {
    let (desk, _running, inbox) = wired(|_| {}).await;
    let customer = desk.customer("a@example.com").await;
    let fields = [("customer", customer.as_str()), ("auto_advance", "true")];
    let invoice = desk.write("/v1/invoices", &fields).await;
    let wait = |invoice: &Value| {
        invoice["automatically_finalizes_at"].as_i64().unwrap() - invoice["created"].as_i64().unwrap()
    };
    assert_eq!(wait(&invoice), 72 * 3600, "as long as nobody has taken the notice");
    wait_for(&inbox, 2).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    desk.sandbox.advance_clock(2);
    let path = format!("/v1/invoices/{}", text(&invoice["id"]));
    assert!(wait(&desk.read(&path).await) < 3700);
    let event = desk.read("/v1/events?type=invoice.created").await;
    assert_eq!(event["data"][0]["pending_webhooks"], 0);
}

#[tokio::test]
async fn a_thin_event_carries_ids_only() {
    let (running, inbox) = receiver().await;
    let desk = Desk::open().await;
    let body = json!({
        "name": "thin",
        "type": "webhook_endpoint",
        "event_payload": "thin",
        "enabled_events": ["v1.customer.created"],
        "include": ["webhook_endpoint.signing_secret"],
        "webhook_endpoint": {"url": format!("{}/hook", running.base_url)}
    });
    let request = desk.request(reqwest::Method::POST, "/v2/core/event_destinations");
    let (status, destination) = parts(request.json(&body).send().await.unwrap()).await;
    assert_eq!(status, 200, "{destination}");
    let secret = text(&destination["webhook_endpoint"]["signing_secret"]);
    let path = format!("/v2/core/event_destinations/{}", text(&destination["id"]));
    assert!(desk.read(&path).await["webhook_endpoint"].get("signing_secret").is_none());
    let id = desk.customer("a@example.com").await;
    let got = wait_for(&inbox, 1).await;
    let event = got[0].body();
    assert!(got[0].is_signed_with(&secret));
    assert_eq!((&event["type"], event.get("data")), (&json!("v1.customer.created"), None));
    assert_eq!(
        event["related_object"],
        json!({"id": id, "type": "customer", "url": format!("/v1/customers/{id}")})
    );
}
