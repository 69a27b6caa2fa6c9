//! HubSpot.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use sandbox::faults::Faults;
use sandbox::hubspot::{self, HubSpotConfig, HubSpotSandbox, WebhookConfig};
use sandbox::kit::poster::Pace;
use sandbox::kit::recorder::{self, Recorder};
use serde_json::{Value, json};

use super::scenes::scenes;
use super::stage::outside;
use super::stand::{Connection, Stand, Start, Subject, There, Way};

mod oddities;

/// Kinds of records that carry our reference, and the group of properties that each has.
const KINDS: [(&str, &str); 5] = [
    ("contacts", "contactinformation"),
    ("companies", "companyinformation"),
    ("deals", "dealinformation"),
    ("products", "productinformation"),
    ("line_items", "line_iteminformation"),
];

/// The account, and whether it is connected by a private app's token.
struct Portal {
    hubspot: HubSpotSandbox,
    private: AtomicBool,
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

impl Portal {
    /// A call that a person makes beside the hub, with the token of a private app.
    async fn call(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.hubspot.base_url);
        let request = outside().post(url).bearer_auth(self.hubspot.private_app_token());
        let answer = request.header("content-type", "application/json").body(body.to_string()).send();
        let answer = answer.await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    /// The app takes its webhooks back, so that only reading tells of changes.
    async fn silence(&self) {
        let app = HubSpotConfig::default();
        let url = format!("{}/webhooks/v3/{}/settings", self.hubspot.base_url, app.app_id);
        let request = outside().delete(format!("{url}?hapikey={}", app.developer_key));
        assert!(request.send().await.unwrap().status().is_success());
    }

    /// Somebody prepares the account as the setup says.
    async fn prepare(&self) {
        for (kind, group) in KINDS {
            let property = json!({
                "name": "headwater_id", "label": "Headwater reference", "type": "string", "fieldType": "text",
                "groupName": group, "hasUniqueValue": true,
            });
            self.call(&format!("/crm/properties/2026-03/{kind}"), &property).await;
        }
    }

    /// The account with nothing prepared.
    async fn bare(start: &Start) -> Self {
        let limits = if start.limits { HubSpotConfig::default() } else { HubSpotConfig::unlimited() };
        let mut webhook = WebhookConfig::new(format!("{}/v1/webhooks/hubspot", start.hub));
        webhook.subscriptions.push("company.propertyChange phone".to_owned());
        let config = HubSpotConfig {
            redirect_uris: vec![format!("{}/v1/oauth/hubspot/callback", start.hub)],
            webhook: Some(webhook),
            // Ten repetitions take a day; pressed into seconds they would bring what happened before the connection.
            pace: Pace::default(),
            ..limits
        };
        Self { hubspot: hubspot::start(config).await.unwrap(), private: AtomicBool::new(false) }
    }
}

#[async_trait]
impl Stand for Portal {
    const KEY: &'static str = "hubspot";
    const SUBJECT: Subject = Subject {
        local: "company",
        remote: "Company",
        feature: "companies",
        name: "name",
        ours: "notes",
        theirs: "phone",
    };

    async fn start(start: &Start) -> Self {
        let portal = Self::bare(start).await;
        portal.prepare().await;
        portal
    }

    fn base_url(&self) -> String {
        self.hubspot.base_url.clone()
    }

    fn connection(&self) -> Connection {
        if self.private.load(Ordering::Relaxed) {
            return Connection {
                app: None,
                settings: json!({"auth": "private_app"}),
                way: Way::Typed(json!({"api_key": self.hubspot.private_app_token()})),
            };
        }
        let app = HubSpotConfig::default();
        Connection {
            app: Some(json!({"client_id": app.client_id, "client_secret": app.client_secret})),
            settings: json!({"deal_stage": "appointmentscheduled"}),
            way: Way::Browser,
        }
    }

    fn ours(name: &str) -> Value {
        json!({"name": name})
    }

    fn records(&self) -> Vec<There> {
        let live = self.hubspot.entities("companies").into_iter();
        live.map(|one| There {
            id: text(&one["id"]).unwrap_or_default(),
            name: text(&one["properties"]["name"]).unwrap_or_default(),
            ours: text(&one["properties"]["description"]),
            theirs: text(&one["properties"]["phone"]),
        })
        .collect()
    }

    fn create(&self, name: &str) -> String {
        let made = self.hubspot.create("companies", json!({"name": name})).unwrap();
        text(&made["id"]).unwrap()
    }

    fn edit(&self, id: &str, name: Option<&str>, theirs: Option<&str>) {
        let mut patch = json!({});
        if let Some(name) = name {
            patch["name"] = json!(name);
        }
        if let Some(theirs) = theirs {
            patch["phone"] = json!(theirs);
        }
        self.hubspot.edit("companies", id, patch).unwrap();
    }

    fn remove(&self, id: &str) {
        self.hubspot.delete("companies", id).unwrap();
    }

    fn revoke(&self) {
        self.hubspot.revoke();
    }

    fn is_write(one: &recorder::Exchange) -> bool {
        let reads = ["/search", "/batch/read", "/token"];
        one.method != "GET" && !reads.iter().any(|end| one.path.ends_with(end))
    }

    fn advance(&self, seconds: u32) {
        self.hubspot.advance_clock(seconds);
    }

    fn faults(&self) -> &Faults {
        &self.hubspot.faults
    }

    fn recorder(&self) -> &Recorder {
        &self.hubspot.recorder
    }

    fn duplicates(&self) -> u64 {
        self.hubspot.duplicates()
    }

    fn throttled(&self) -> u64 {
        self.hubspot.stats()["throttled"].as_u64().unwrap_or(0)
    }

    fn not_modelled(&self) -> u64 {
        self.hubspot.stats()["not_modelled"].as_u64().unwrap_or(0)
    }
}

scenes!(Portal, pages: 210, burst: 60);
