//! Webhooks: changes announced to a URL, signed, and sometimes twice, late or forged.
//!
//! Each is sent once; one that finds nobody is counted and lost, as with a provider whose
//! retries ran out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hmac::{Hmac, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::clock::now_ms;
use super::config::WebhookTarget;
use crate::faults::Faults;

/// How long a receiver may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The sending end. Events go out one after the other, in the order of the changes.
#[derive(Debug)]
pub(super) struct Webhooks {
    queue: UnboundedSender<Event>,
    counts: Arc<Mutex<BTreeMap<&'static str, u64>>>,
}

#[derive(Debug)]
struct Event {
    /// `customers.updated`
    topic: String,
    record: String,
    created_ms: i64,
}

impl Webhooks {
    /// Starts the sending task on the current runtime; it ends when this is dropped and the
    /// queue is empty. Errors: no HTTP client can be made.
    pub(super) fn start(target: WebhookTarget, faults: Faults) -> std::io::Result<Self> {
        let (queue, events) = unbounded_channel();
        let counts = Arc::default();
        let sender = Sender { client: client()?, target, faults, counts: Arc::clone(&counts), number: 0 };
        tokio::spawn(sender.run(events));
        Ok(Self { queue, counts })
    }

    pub(super) fn announce(&self, topic: String, record: String) {
        let event = Event { topic, record, created_ms: now_ms() };
        // The task ends only with its runtime, and then nobody waits for webhooks.
        let _ = self.queue.send(event);
    }

    pub(super) fn counts(&self) -> BTreeMap<&'static str, u64> {
        lock(&self.counts).clone()
    }

    pub(super) fn reset(&self) {
        lock(&self.counts).clear();
    }
}

struct Sender {
    client: reqwest::Client,
    target: WebhookTarget,
    faults: Faults,
    counts: Arc<Mutex<BTreeMap<&'static str, u64>>>,
    number: u64,
}

impl Sender {
    async fn run(mut self, mut events: UnboundedReceiver<Event>) {
        while let Some(event) = events.recv().await {
            self.number += 1;
            self.deliver(&event).await;
        }
    }

    async fn deliver(&self, event: &Event) {
        let plan = self.faults.plan();
        let late = event.created_ms.saturating_add_unsigned(plan.webhook_late_ms) - now_ms();
        tokio::time::sleep(Duration::from_millis(u64::try_from(late).unwrap_or(0))).await;
        let body = body(&format!("evt_{:08}", self.number), event).to_string();
        let signature = sign(self.target.secret.as_bytes(), body.as_bytes());
        self.post(body.clone(), signature.clone()).await;
        if self.faults.chance(plan.webhook_duplicate) {
            self.count("duplicated");
            self.post(body, signature).await;
        }
        if self.faults.chance(plan.webhook_forged) {
            self.count("forged");
            self.forge(event).await;
        }
    }

    /// Says the record is deleted, under a signature made with another secret.
    async fn forge(&self, event: &Event) {
        let collection = event.topic.split('.').next().unwrap_or_default();
        let claim = Event {
            topic: format!("{collection}.deleted"),
            record: event.record.clone(),
            created_ms: event.created_ms,
        };
        let body = body(&format!("evt_forged_{:08}", self.number), &claim).to_string();
        let other = format!("not {}", self.target.secret);
        let signature = sign(other.as_bytes(), body.as_bytes());
        self.post(body, signature).await;
    }

    async fn post(&self, body: String, signature: String) {
        let request = self
            .client
            .post(&self.target.url)
            .header("Content-Type", "application/json")
            .header("X-Signature", signature)
            .body(body);
        self.count("sent");
        match request.send().await {
            Ok(answer) if answer.status().is_success() => self.count("accepted"),
            Ok(_) => self.count("refused"),
            Err(_) => self.count("failed"),
        }
    }

    fn count(&self, what: &'static str) {
        *lock(&self.counts).entry(what).or_default() += 1;
    }
}

fn body(id: &str, event: &Event) -> Value {
    json!({
        "id": id,
        "type": event.topic,
        "data": {"id": event.record},
        "created": event.created_ms / 1000,
    })
}

/// `sha256=<hex HMAC-SHA256 of the raw body>`
fn sign(secret: &[u8], body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the provider's own client: it stands outside the product and its egress guard"
)]
fn client() -> std::io::Result<reqwest::Client> {
    let builder = reqwest::Client::builder().timeout(TIMEOUT).no_proxy();
    builder.build().map_err(std::io::Error::other)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
