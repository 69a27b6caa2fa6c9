//! Sending: `Stripe-Signature: t=…,v1=…`, one `v1` for each secret that still signs.

use serde_json::Value;

use super::notices::Notice;
use crate::kit::clock::Clock;
use crate::kit::poster::{Courier, Delivery, hmac_sha256};
use crate::stripe::world::Acks;

/// Begins the secrets of a forged delivery.
const FORGED: &str = "not ";

/// Makes and signs deliveries.
pub(crate) struct Messenger {
    pub(crate) clock: Clock,
    pub(crate) disorder: bool,
    pub(crate) acks: Acks,
}

impl Courier for Messenger {
    type Notice = Notice;

    fn prepare(&mut self, notices: &[Notice]) -> Vec<Delivery> {
        let now_ms = self.clock.now_ms();
        let mut deliveries: Vec<Delivery> = notices
            .iter()
            .map(|notice| {
                let live =
                    notice.secrets.iter().filter(|(_, until)| until.is_none_or(|until| until > now_ms));
                let secrets: Vec<&str> = live.map(|(secret, _)| secret.as_str()).collect();
                let headers =
                    vec![("user-agent".into(), "Stripe/1.0 (+https://stripe.com/docs/webhooks)".into())];
                Delivery {
                    url: notice.url.clone(),
                    secret: secrets.join(","),
                    headers,
                    body: notice.body.clone(),
                }
            })
            .collect();
        if self.disorder {
            deliveries.reverse();
        }
        deliveries
    }

    fn sign(&self, delivery: &Delivery, secret: &str) -> Vec<(String, String)> {
        let t = self.clock.now_ms() / 1000;
        vec![("stripe-signature".into(), signature(secret, t, &delivery.body))]
    }

    fn settled(&mut self, delivery: &Delivery, accepted: bool) {
        let event: Value = serde_json::from_slice(&delivery.body).unwrap_or_default();
        if let Some(id) = event["id"].as_str().filter(|_| accepted) {
            self.acks.lock().expect("no code panics while it holds the list").push(id.to_owned());
        }
    }
}

/// The header's value. `secrets` are separated by commas; each whole text is a key. A `v0` of the
/// test mode goes along, to be ignored.
pub(crate) fn signature(secrets: &str, t: i64, body: &[u8]) -> String {
    let (forged, list) = secrets.strip_prefix(FORGED).map_or(("", secrets), |list| (FORGED, list));
    let mut signed = format!("{t}.").into_bytes();
    signed.extend_from_slice(body);
    let mut value = format!("t={t}");
    for secret in list.split(',') {
        let key = format!("{forged}{secret}");
        value.push_str(",v1=");
        value.push_str(&hex::encode(hmac_sha256(key.as_bytes(), &signed)));
    }
    value.push_str(",v0=");
    value.push_str(&hex::encode(hmac_sha256(b"v0", &signed)));
    value
}
