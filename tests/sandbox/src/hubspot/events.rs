//! Webhooks: thin events in arrays of up to 100, signed over method, address, body and time.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::kit::Clock;
use crate::kit::poster::{Courier, Delivery, hmac_sha256};

/// Events in one delivery (fact sheet, "Webhooks").
const MOST: usize = 100;

/// Escapes that are undone before signing, and only these (fact sheet, "Webhooks").
const UNDONE: [(&str, &str); 12] = [
    ("%3A", ":"),
    ("%2F", "/"),
    ("%3F", "?"),
    ("%40", "@"),
    ("%21", "!"),
    ("%24", "$"),
    ("%27", "'"),
    ("%28", "("),
    ("%29", ")"),
    ("%2A", "*"),
    ("%2C", ","),
    ("%3B", ";"),
];

/// Something that happened to an object.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// `contact.creation`
    pub(crate) subscription_type: String,
    pub(crate) object_id: u64,
    /// The property of a change, for finding its subscription.
    pub(crate) property: Option<String>,
    /// What the type adds: `propertyName`, `mergedObjectIds`, ….
    pub(crate) more: Map<String, Value>,
    pub(crate) at_ms: i64,
    pub(crate) by_hand: bool,
}

/// An event on its way: where to, and its body.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub(crate) url: String,
    pub(crate) body: Value,
}

/// The provider's way of delivering.
pub(crate) struct Post {
    pub(crate) secret: String,
    pub(crate) clock: Clock,
}

/// The address as it is signed.
pub(crate) fn signed_uri(url: &str) -> String {
    let mut text = url.to_owned();
    for (escape, letter) in UNDONE {
        text = text.replace(escape, letter).replace(&escape.to_lowercase(), letter);
    }
    text
}

/// Version 3 of the signature.
pub(crate) fn signature_v3(secret: &str, url: &str, body: &[u8], timestamp: &str) -> String {
    let mut message = format!("POST{}", signed_uri(url)).into_bytes();
    message.extend_from_slice(body);
    message.extend_from_slice(timestamp.as_bytes());
    STANDARD.encode(hmac_sha256(secret.as_bytes(), &message))
}

/// Version 1: a plain digest, still sent.
pub(crate) fn signature_v1(secret: &str, body: &[u8]) -> String {
    let mut digest = Sha256::new();
    digest.update(secret.as_bytes());
    digest.update(body);
    hex::encode(digest.finalize())
}

impl Courier for Post {
    type Notice = Notice;

    fn prepare(&mut self, notices: &[Notice]) -> Vec<Delivery> {
        let mut deliveries = Vec::new();
        for batch in notices.chunk_by(|one, next| one.url == next.url).flat_map(|same| same.chunks(MOST)) {
            let bodies: Vec<&Value> = batch.iter().map(|notice| &notice.body).collect();
            deliveries.push(Delivery {
                url: batch[0].url.clone(),
                secret: self.secret.clone(),
                headers: Vec::new(),
                body: json!(bodies).to_string().into_bytes(),
            });
        }
        deliveries
    }

    fn sign(&self, delivery: &Delivery, secret: &str) -> Vec<(String, String)> {
        let timestamp = self.clock.now_ms().to_string();
        let v3 = signature_v3(secret, &delivery.url, &delivery.body, &timestamp);
        vec![
            ("X-HubSpot-Request-Timestamp".into(), timestamp),
            ("X-HubSpot-Signature-v3".into(), v3),
            ("X-HubSpot-Signature".into(), signature_v1(secret, &delivery.body)),
            ("X-HubSpot-Signature-Version".into(), "v1".into()),
        ]
    }
}
