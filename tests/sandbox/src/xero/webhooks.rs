//! The app's webhook: thin, signed, in sequence, disabled when it fails (fact sheet, "Webhooks").

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::config::WebhookConfig;
use super::kind::Kind;
use super::store::Change;
use crate::faults::Faults;
use crate::kit::clock::utc;
use crate::kit::poster::{Courier, Delivery, Outcome, Poster, client, hmac_sha256};
use crate::kit::{Ids, Tally};

/// The way to the sender.
pub(super) struct Announcer {
    poster: Poster<Change>,
    webhook: WebhookConfig,
    enabled: Arc<AtomicBool>,
}

impl Announcer {
    pub(super) fn start(
        webhook: WebhookConfig,
        seed: u64,
        faults: Faults,
        tally: Tally,
    ) -> std::io::Result<Self> {
        let enabled = Arc::new(AtomicBool::new(true));
        let post = Post {
            webhook: webhook.clone(),
            enabled: Arc::clone(&enabled),
            sequence: 0,
            ids: Ids::new(seed ^ 0x5851),
        };
        let poster = Poster::start(post, webhook.pace, faults, tally)?;
        Ok(Self { poster, webhook, enabled })
    }

    pub(super) fn send(&self, changes: Vec<Change>) {
        self.poster.send(changes);
    }

    pub(super) fn outcomes(&self) -> Vec<Outcome> {
        self.poster.outcomes()
    }

    pub(super) fn is_enabled(&self) -> bool {
        self.enabled.load(Ordering::SeqCst)
    }

    /// The intent to receive: empty deliveries, rightly and wrongly signed. The webhook is active
    /// when every right one was answered 200 and every wrong one 401.
    pub(super) async fn verify(&self) -> bool {
        let Ok(client) = client(self.webhook.pace) else { return false };
        let body = json!({"events": [], "firstEventSequence": 0, "lastEventSequence": 0, "entropy": "INTENTTORECEIVEXXXXX"});
        let body = body.to_string();
        let wrong = format!("not {}", self.webhook.key);
        let mut active = true;
        for (key, wanted) in
            [(&self.webhook.key, 200), (&wrong, 401), (&self.webhook.key, 200), (&wrong, 401)]
        {
            let request = client.post(&self.webhook.url).header("content-type", "application/json");
            let request = request.header("x-xero-signature", signature(key, body.as_bytes()));
            let answer = request.body(body.clone()).send().await;
            active &= answer.is_ok_and(|answer| answer.status() == wanted);
        }
        self.enabled.store(active, Ordering::SeqCst);
        active
    }
}

struct Post {
    webhook: WebhookConfig,
    enabled: Arc<AtomicBool>,
    sequence: u64,
    ids: Ids,
}

impl Post {
    fn delivery(&mut self, changes: &[Change], first: u64) -> Delivery {
        let last = first + changes.len() as u64 - 1;
        let events: Vec<Value> = changes.iter().map(event).collect();
        let body = json!({
            "events": events, "firstEventSequence": first, "lastEventSequence": last,
            "entropy": self.ids.base62("", 20).to_uppercase()
        });
        Delivery {
            url: self.webhook.url.clone(),
            secret: self.webhook.key.clone(),
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
        }
    }
}

fn event(change: &Change) -> Value {
    let mut event = json!({
        "resourceUrl": format!("https://api.xero.com/api.xro/2.0/{}/{}", change.kind.path(), change.id),
        "resourceId": change.id,
        "eventDateUtc": utc(change.at_ms).format("%Y-%m-%dT%H:%M:%S%.3f").to_string(),
        "eventType": if change.created { "CREATE" } else { "UPDATE" },
        "eventCategory": change.kind.category(),
        "tenantId": change.tenant_id,
        "tenantType": "ORGANISATION"
    });
    if change.kind == Kind::CreditNote {
        event["data"] = json!({"Type": change.state.0, "Status": change.state.1});
    }
    event
}

impl Courier for Post {
    type Notice = Change;

    fn prepare(&mut self, changes: &[Change]) -> Vec<Delivery> {
        let first = self.sequence + 1;
        // What happens while the webhook is disabled takes its numbers too, so a gap is seen.
        self.sequence += changes.len() as u64;
        if self.enabled.load(Ordering::SeqCst) { vec![self.delivery(changes, first)] } else { Vec::new() }
    }

    fn forge(&mut self, changes: &[Change]) -> Vec<Delivery> {
        vec![self.delivery(changes, self.sequence + 1)]
    }

    fn sign(&self, delivery: &Delivery, secret: &str) -> Vec<(String, String)> {
        vec![("x-xero-signature".into(), signature(secret, &delivery.body))]
    }

    fn is_accepted(&self, status: u16) -> bool {
        status == 200
    }

    fn settled(&mut self, _: &Delivery, accepted: bool) {
        if !accepted {
            self.enabled.store(false, Ordering::SeqCst);
        }
    }
}

/// `x-xero-signature`: base64 of HMAC-SHA256 of the raw body, the key as a string.
pub(super) fn signature(key: &str, body: &[u8]) -> String {
    STANDARD.encode(hmac_sha256(key.as_bytes(), body))
}
