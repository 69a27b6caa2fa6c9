//! Webhooks: signed, gathered, retried, and (by plan) late, repeated or forged
//! (fact sheet, "Webhooks").

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::clock::{stamp, stamp_utc};
use super::config::{QuickBooksConfig, WebhookConfig, WebhookShape};
use super::stats::Tally;
use super::store::{Change, Operation, id_text};
use crate::faults::{Faults, mix};

/// Deliveries tried before one is given up.
const ATTEMPTS: u32 = 4;
/// Time the receiver has to answer 200.
const PATIENCE: Duration = Duration::from_secs(3);

/// The way to the background sender.
pub(crate) struct Sender {
    changes: UnboundedSender<Vec<Change>>,
}

impl Sender {
    /// Starts the sender on a thread of its own; it ends when this is dropped.
    pub(crate) fn start(config: &QuickBooksConfig, faults: Faults, tally: Tally) -> std::io::Result<Self> {
        let (changes, receiver) = unbounded_channel();
        let Some(webhook) = config.webhook.clone() else { return Ok(Self { changes }) };
        let post = Post {
            webhook,
            realm_id: config.realm_id.clone(),
            key: config.verifier_token.clone(),
            seed: config.seed,
            events: 0,
            faults,
            tally,
            client: client()?,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::Builder::new()
            .name("sandbox-webhooks".into())
            .spawn(move || runtime.block_on(post.run(receiver)))?;
        Ok(Self { changes })
    }

    /// Queues changes.
    pub(crate) fn send(&self, mut changes: Vec<Change>) {
        changes.retain(|change| change.kind.in_webhooks());
        if !changes.is_empty() {
            // The thread lives as long as this sender; a failure would mean there is nobody to tell.
            let _ = self.changes.send(changes);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the simulator is an outside system; it may call its receiver")]
fn client() -> std::io::Result<reqwest::Client> {
    reqwest::Client::builder().timeout(PATIENCE).build().map_err(std::io::Error::other)
}

struct Post {
    webhook: WebhookConfig,
    realm_id: String,
    key: String,
    seed: u64,
    events: u64,
    faults: Faults,
    tally: Tally,
    client: reqwest::Client,
}

impl Post {
    async fn run(mut self, mut receiver: UnboundedReceiver<Vec<Change>>) {
        while let Some(mut changes) = receiver.recv().await {
            tokio::time::sleep(Duration::from_millis(self.webhook.batch_ms)).await;
            while let Ok(more) = receiver.try_recv() {
                changes.extend(more);
            }
            let late = self.faults.plan().webhook_late_ms;
            tokio::time::sleep(Duration::from_millis(late)).await;
            self.deliver(&changes).await;
        }
    }

    async fn deliver(&mut self, changes: &[Change]) {
        let body = self.body(changes).to_string();
        let plan = self.faults.plan();
        self.insist(&body).await;
        if self.faults.chance(plan.webhook_duplicate) {
            self.insist(&body).await;
        }
        if self.faults.chance(plan.webhook_forged) {
            let forged = self.body(changes).to_string();
            self.post(&forged, "not the verifier token").await;
        }
    }

    /// Until the receiver answers 200, a few times.
    async fn insist(&self, body: &str) {
        for attempt in 0..ATTEMPTS {
            if self.post(body, &self.key).await {
                return;
            }
            let pause = self.webhook.retry_ms.saturating_mul(1 << attempt);
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
    }

    async fn post(&self, body: &str, key: &str) -> bool {
        let request = self
            .client
            .post(&self.webhook.url)
            .header("content-type", "application/json; charset=utf-8")
            .header("intuit-signature", signature(key, body.as_bytes()))
            .body(body.to_owned());
        let answered = request.send().await.is_ok_and(|response| response.status() == 200);
        self.tally.note(|s| {
            s.webhooks_sent += 1;
            s.webhook_failures += u64::from(!answered);
        });
        answered
    }

    fn body(&mut self, changes: &[Change]) -> Value {
        match self.webhook.shape {
            WebhookShape::Classic => classic(&self.realm_id, changes),
            WebhookShape::CloudEvents => {
                Value::Array(changes.iter().map(|change| self.event(change)).collect())
            }
        }
    }

    fn event(&mut self, change: &Change) -> Value {
        self.events += 1;
        let (high, low) = (mix(self.seed ^ mix(self.events)), mix(self.events));
        let verb = match change.operation {
            Operation::Create => "created",
            Operation::Update => "updated",
            Operation::Delete => "deleted",
            Operation::Void => "voided",
        };
        json!({
            "specversion": "1.0",
            "id": format!("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
                high >> 32, (high >> 16) & 0xffff, high & 0xfff, low >> 52, low & 0xffff_ffff_ffff),
            "source": "intuit.sandbox",
            "type": format!("qbo.{}.{verb}.v1", change.kind.path()),
            "datacontenttype": "application/json",
            "time": stamp_utc(change.at_ms),
            "intuitentityid": id_text(change.id),
            "intuitaccountid": self.realm_id,
            "data": {}
        })
    }
}

fn classic(realm_id: &str, changes: &[Change]) -> Value {
    let entities: Vec<Value> = changes
        .iter()
        .map(|change| {
            let operation = match change.operation {
                Operation::Create => "Create",
                Operation::Update => "Update",
                Operation::Delete => "Delete",
                Operation::Void => "Void",
            };
            json!({
                "name": change.kind.name(),
                "id": id_text(change.id),
                "operation": operation,
                "lastUpdated": stamp(change.at_ms)
            })
        })
        .collect();
    json!({"eventNotifications": [{"realmId": realm_id, "dataChangeEvent": {"entities": entities}}]})
}

/// `intuit-signature`: base64 of HMAC-SHA256 of the raw body.
pub(crate) fn signature(key: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(body);
    STANDARD.encode(mac.finalize().into_bytes())
}
