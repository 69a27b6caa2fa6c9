//! Shopify.

use async_trait::async_trait;
use sandbox::faults::Faults;
use sandbox::kit::recorder::{self, Recorder};
use sandbox::shopify::{self, ShopifyConfig, ShopifySandbox};
use serde_json::{Value, json};

use super::scenes::scenes;
use super::stand::{Connection, Stand, Start, Subject, There, Way};

mod oddities;

struct Shop(ShopifySandbox);

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// The number in a global id, by which records are known here.
fn number(record: &Value) -> String {
    let gid = record["id"].as_str().unwrap_or_default();
    gid.rsplit('/').next().unwrap_or_default().to_owned()
}

#[async_trait]
impl Stand for Shop {
    const KEY: &'static str = "shopify";
    const SUBJECT: Subject = Subject {
        local: "customer",
        remote: "Customer",
        feature: "customers",
        name: "last_name",
        ours: "first_name",
        theirs: "notes",
    };
    /// Webhooks only tell of them.
    const SHOWS_DELETIONS: bool = false;

    async fn start(start: &Start) -> Self {
        let limits = if start.limits { ShopifyConfig::default() } else { ShopifyConfig::unlimited() };
        let config = ShopifyConfig {
            redirect_uris: vec![format!("{}/v1/oauth/shopify/callback", start.hub)],
            // Our ids in the scenes, which a created customer carries in a metafield.
            reference_marker: Some("C-".to_owned()),
            ..limits
        };
        Self(shopify::start(config).await.unwrap())
    }

    fn base_url(&self) -> String {
        self.0.base_url.clone()
    }

    fn connection(&self) -> Connection {
        let app = ShopifyConfig::default();
        Connection {
            app: Some(json!({"client_id": app.client_id, "client_secret": app.client_secret})),
            settings: json!({"shop": "headwater-demo"}),
            way: Way::Browser,
        }
    }

    fn ours(name: &str) -> Value {
        json!({"name": name, "last_name": name})
    }

    fn records(&self) -> Vec<There> {
        let live = self.0.entities("Customer").into_iter();
        live.map(|one| There {
            id: number(&one),
            name: text(&one["lastName"]).unwrap_or_default(),
            ours: text(&one["firstName"]),
            theirs: text(&one["note"]),
        })
        .collect()
    }

    fn create(&self, name: &str) -> String {
        number(&self.0.create("Customer", json!({"lastName": name})).unwrap())
    }

    fn edit(&self, id: &str, name: Option<&str>, theirs: Option<&str>) {
        let mut patch = json!({});
        if let Some(name) = name {
            patch["lastName"] = json!(name);
        }
        if let Some(theirs) = theirs {
            patch["note"] = json!(theirs);
        }
        self.0.edit("Customer", id, patch).unwrap();
    }

    fn remove(&self, id: &str) {
        self.0.delete("Customer", id).unwrap();
    }

    fn revoke(&self) {
        self.0.revoke();
    }

    /// Everything is sent by POST: a write is a mutation, but for those that subscribe to webhooks.
    fn is_write(one: &recorder::Exchange) -> bool {
        let body = String::from_utf8_lossy(&one.request_body).into_owned();
        body.contains("mutation") && !body.contains("webhookSubscription")
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

scenes!(Shop, pages: 520, burst: 40);
