//! Sending: thin JSON with a signed JWT beside it (fact sheet, "Webhooks").

use serde_json::{Value, json};

use super::signing::Signer;
use crate::kit::clock::Clock;
use crate::kit::poster::{Courier, Delivery};

/// Begins the secret of a forged delivery.
const FORGED: &str = "not ";

/// One webhook on its way.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Notice {
    pub(crate) url: String,
    pub(crate) body: Value,
}

impl Notice {
    /// A webhook of an item or a Link session; `more` is added to what all have.
    pub(crate) fn new(url: &str, (kind, code): (&str, &str), environment: &str, more: Value) -> Self {
        let mut body = json!({"webhook_type": kind, "webhook_code": code, "environment": environment});
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        Self { url: url.to_owned(), body }
    }
}

/// Makes and signs deliveries.
pub(crate) struct Messenger {
    pub(crate) clock: Clock,
    pub(crate) signer: Signer,
    pub(crate) disorder: bool,
}

impl Courier for Messenger {
    type Notice = Notice;

    fn prepare(&mut self, notices: &[Notice]) -> Vec<Delivery> {
        let kid = self.signer.current();
        let delivery = |notice: &Notice| Delivery {
            url: notice.url.clone(),
            secret: kid.clone(),
            headers: Vec::new(),
            // Indented: whoever hashes a body that was read and written again gets another hash.
            body: serde_json::to_vec_pretty(&notice.body).expect("a JSON value always serializes"),
        };
        let mut deliveries: Vec<Delivery> = notices.iter().map(delivery).collect();
        if self.disorder {
            deliveries.reverse();
        }
        deliveries
    }

    fn sign(&self, delivery: &Delivery, secret: &str) -> Vec<(String, String)> {
        let (kid, forged) = secret.strip_prefix(FORGED).map_or((secret, false), |kid| (kid, true));
        let iat = self.clock.now_ms() / 1000;
        vec![("plaid-verification".into(), self.signer.token(kid, forged, iat, &delivery.body))]
    }
}
