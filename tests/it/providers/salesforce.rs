//! Salesforce.

use async_trait::async_trait;
use sandbox::faults::Faults;
use sandbox::kit::recorder::{self, Recorder};
use sandbox::salesforce::{self, SalesforceConfig, SalesforceSandbox};
use serde_json::{Value, json};

use super::scenes::scenes;
use super::stand::{Connection, Stand, Start, Subject, There, Way};

mod oddities;

/// An org that is connected by a browser, or by an assertion signed with its private key.
struct Org<const SIGNED: bool> {
    org: SalesforceSandbox,
    private_key: String,
}

/// Connected by a browser.
type Browsed = Org<false>;

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

#[async_trait]
impl<const SIGNED: bool> Stand for Org<SIGNED> {
    const KEY: &'static str = "salesforce";
    const SUBJECT: Subject = Subject {
        local: "company",
        remote: "Account",
        feature: "accounts",
        name: "name",
        ours: "website",
        theirs: "phone",
    };
    /// Changes are told by gRPC or unsigned SOAP only: they are read.
    const HAS_WEBHOOKS: bool = false;

    async fn start(start: &Start) -> Self {
        let limits = if start.limits { SalesforceConfig::default() } else { SalesforceConfig::unlimited() };
        let config = SalesforceConfig {
            redirect_uris: vec![format!("{}/v1/oauth/salesforce/callback", start.hub)],
            // Pages may be smaller than the hint.
            largest_page: 60,
            refresh_rotation: true,
            ..limits
        };
        let (config, private_key) = if SIGNED { config.with_certificate() } else { (config, String::new()) };
        Self { org: salesforce::start(config).await.unwrap(), private_key }
    }

    fn base_url(&self) -> String {
        self.org.base_url.clone()
    }

    fn connection(&self) -> Connection {
        let own = SalesforceConfig::default();
        let (id, secret) = own.client;
        let app = Some(json!({"client_id": id, "client_secret": secret}));
        if !SIGNED {
            return Connection { app, settings: json!({}), way: Way::Browser };
        }
        let audience = "https://login.salesforce.com";
        Connection {
            app,
            settings: json!({"auth": "jwt_bearer", "username": own.username, "audience": audience}),
            way: Way::Typed(json!({"private_key": self.private_key})),
        }
    }

    fn ours(name: &str) -> Value {
        json!({ "name": name })
    }

    fn records(&self) -> Vec<There> {
        let live = self.org.entities("Account").into_iter();
        live.map(|one| There {
            id: text(&one["Id"]).unwrap_or_default(),
            name: text(&one["Name"]).unwrap_or_default(),
            ours: text(&one["Website"]),
            theirs: text(&one["Phone"]),
        })
        .collect()
    }

    fn create(&self, name: &str) -> String {
        let made = self.org.create("Account", json!({ "Name": name })).unwrap();
        text(&made["Id"]).unwrap()
    }

    fn edit(&self, id: &str, name: Option<&str>, theirs: Option<&str>) {
        let mut patch = json!({});
        if let Some(name) = name {
            patch["Name"] = json!(name);
        }
        if let Some(theirs) = theirs {
            patch["Phone"] = json!(theirs);
        }
        self.org.edit("Account", id, patch).unwrap();
    }

    fn remove(&self, id: &str) {
        self.org.delete("Account", id).unwrap();
    }

    fn revoke(&self) {
        self.org.revoke();
    }

    fn is_write(one: &recorder::Exchange) -> bool {
        one.method != "GET" && one.path.starts_with("/services/data/")
    }

    fn advance(&self, seconds: u32) {
        self.org.advance_clock(seconds);
    }

    fn faults(&self) -> &Faults {
        &self.org.faults
    }

    fn recorder(&self) -> &Recorder {
        &self.org.recorder
    }

    fn duplicates(&self) -> u64 {
        self.org.duplicates()
    }

    fn throttled(&self) -> u64 {
        self.org.stats()["throttled"].as_u64().unwrap_or(0)
    }

    fn not_modelled(&self) -> u64 {
        self.org.stats()["not_modelled"].as_u64().unwrap_or(0)
    }
}

scenes!(Browsed, pages: 150, burst: 40);
