//! Webhooks as Intuit sends them, signed.

use std::collections::BTreeMap;

use application::command_handlers::RawWebhook;
use application::ports::connector::WebhookCall;
use base64::Engine as _;
use hmac::{Hmac, Mac};
use sandbox::quickbooks::QuickBooksSandbox;
use serde_json::json;
use sha2::Sha256;
use tests::rig::Rig;

pub(super) const VERIFIER: &str = "verifier-token-of-the-test";

/// The app's verifier token becomes known to the hub.
pub(super) async fn keep_verifier(rig: &Rig) {
    let provider = rig.desk.provider("quickbooks").unwrap();
    let secret = vec![("webhook_secret".to_owned(), VERIFIER.into())];
    rig.desk.put_provider_credentials(rig.envelope().organization, &provider, secret).await.unwrap();
}

/// Hands in a delivery about a customer: its event id, what happened, and the customer's id.
pub(super) async fn deliver(rig: &Rig, books: &QuickBooksSandbox, (event, verb, id): (&str, &str, &str)) {
    let body = json!([{
        "specversion": "1.0", "id": event, "source": "intuit",
        "type": format!("qbo.customer.{verb}.v1"), "datacontenttype": "application/json",
        "time": "2026-11-21T00:00:00Z", "intuitentityid": id,
        "intuitaccountid": books.realm_id, "data": {},
    }])
    .to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(VERIFIER.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let signature = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
    let raw = RawWebhook {
        provider: "quickbooks".to_owned(),
        integration: None,
        call: WebhookCall {
            headers: BTreeMap::from([("intuit-signature".to_owned(), signature)]),
            body: body.into_bytes(),
            ..WebhookCall::default()
        },
    };
    let delivered = rig.desk.receive_webhook(&raw).await.unwrap();
    assert_eq!((delivered.accepted, delivered.unknown_realm), (1, 0));
}
