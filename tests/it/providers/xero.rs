//! Xero.

use async_trait::async_trait;
use sandbox::faults::Faults;
use sandbox::kit::recorder::{self, Recorder};
use sandbox::xero::{self, IdempotencyKeys, Organisation, WebhookConfig, XeroConfig, XeroSandbox};
use serde_json::{Value, json};

use super::scenes::scenes;
use super::stand::{Connection, Stand, Start, Subject, There, Way};

mod documents;
mod oddities;

/// The signing key of the app's webhook.
const SIGNING_KEY: &str = "signing-key-1";
/// The organisation that a second one is beside.
const SECOND: &str = "11111111-2222-4333-8444-555555555555";

/// A user with this many organisations.
struct Books<const ORGANISATIONS: usize>(XeroSandbox);

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The telephone number of this type.
fn phone(contact: &Value, phone_type: &str) -> Option<String> {
    let phones = contact["Phones"].as_array()?;
    text(&phones.iter().find(|phone| phone["PhoneType"] == phone_type)?["PhoneNumber"])
}

#[async_trait]
impl<const ORGANISATIONS: usize> Stand for Books<ORGANISATIONS> {
    const KEY: &'static str = "xero";
    const SUBJECT: Subject = Subject {
        local: "customer",
        remote: "Contact",
        feature: "customers",
        name: "name",
        ours: "mobile",
        theirs: "phone",
    };

    async fn start(start: &Start) -> Self {
        let hook = format!("{}/v1/webhooks/xero", start.hub);
        let idempotency =
            if start.keys_honoured { IdempotencyKeys::Honoured } else { IdempotencyKeys::Ignored };
        let limits = if start.limits { XeroConfig::default() } else { XeroConfig::unlimited() };
        let second = Organisation {
            tenant_id: SECOND.to_owned(),
            name: "Second Ltd".to_owned(),
            ..Organisation::default()
        };
        let config = XeroConfig {
            redirect_uris: vec![format!("{}/v1/oauth/xero/callback", start.hub)],
            organisations: [Organisation::default(), second].into_iter().take(ORGANISATIONS).collect(),
            webhook: Some(WebhookConfig::new(hook, SIGNING_KEY)),
            idempotency,
            ..limits
        };
        Self(xero::start(config).await.unwrap())
    }

    fn base_url(&self) -> String {
        self.0.base_url.clone()
    }

    fn connection(&self) -> Connection {
        let app = XeroConfig::default();
        Connection {
            app: Some(json!({
                "client_id": app.client_id, "client_secret": app.client_secret, "webhook_secret": SIGNING_KEY,
            })),
            settings: json!({"document_status": "AUTHORISED", "payment_account": "090"}),
            way: Way::Browser,
        }
    }

    fn ours(name: &str) -> Value {
        json!({"name": name})
    }

    fn records(&self) -> Vec<There> {
        let all = self.0.entities("Contact").into_iter();
        let live = all.filter(|one| one["ContactStatus"] != json!("ARCHIVED"));
        live.map(|one| There {
            id: text(&one["ContactID"]).unwrap_or_default(),
            name: text(&one["Name"]).unwrap_or_default(),
            ours: phone(&one, "MOBILE"),
            theirs: phone(&one, "DEFAULT"),
        })
        .collect()
    }

    fn create(&self, name: &str) -> String {
        let made = self.0.create("Contact", json!({"Name": name})).unwrap();
        text(&made["ContactID"]).unwrap()
    }

    fn edit(&self, id: &str, name: Option<&str>, theirs: Option<&str>) {
        let mut patch = json!({});
        if let Some(name) = name {
            patch["Name"] = json!(name);
        }
        if let Some(theirs) = theirs {
            patch["Phones"] = json!([{"PhoneType": "DEFAULT", "PhoneNumber": theirs}]);
        }
        self.0.edit("Contact", id, patch).unwrap();
    }

    fn remove(&self, id: &str) {
        self.0.delete("Contact", id).unwrap();
    }

    fn revoke(&self) {
        self.0.revoke();
    }

    fn is_write(one: &recorder::Exchange) -> bool {
        one.method != "GET" && one.path.starts_with("/api.xro/")
    }

    fn advance(&self, seconds: u32) {
        self.0.advance_clock(seconds);
    }

    fn faults(&self) -> &Faults {
        &self.0.faults
    }

    fn recorder(&self) -> &Recorder {
        &self.0.recorder
    }

    fn duplicates(&self) -> u64 {
        self.0.duplicates()
    }

    fn throttled(&self) -> u64 {
        self.0.stats()["throttled"].as_u64().unwrap_or(0)
    }

    fn not_modelled(&self) -> u64 {
        self.0.stats()["not_modelled"].as_u64().unwrap_or(0)
    }
}

scenes!(Books<1>, pages: 520, burst: 60);
