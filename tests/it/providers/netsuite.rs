//! NetSuite.

use async_trait::async_trait;
use sandbox::faults::Faults;
use sandbox::kit::recorder::{self, Recorder};
use sandbox::netsuite::{self, NetSuiteConfig, NetSuiteSandbox};
use serde_json::{Value, json};

use super::scenes::scenes;
use super::stand::{Connection, Stand, Start, Subject, There, Way};

mod documents;
mod logins;
mod oddities;

/// Token-based authentication: what is typed in signs every request.
const SIGNED: u8 = 0;
/// Machine to machine: an assertion for each token.
const MACHINE: u8 = 1;
/// A person in a browser.
const BROWSED: u8 = 2;

/// An account that is connected in one of three ways.
struct Account<const LOGIN: u8> {
    account: NetSuiteSandbox,
    private_key: String,
}

/// Connected by token-based authentication.
type Signed = Account<SIGNED>;

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

#[async_trait]
impl<const LOGIN: u8> Stand for Account<LOGIN> {
    const KEY: &'static str = "netsuite";
    const SUBJECT: Subject = Subject {
        local: "customer",
        remote: "customer",
        feature: "customers",
        name: "name",
        ours: "website",
        theirs: "phone",
    };
    /// There are none: changes are read.
    const HAS_WEBHOOKS: bool = false;

    async fn start(start: &Start) -> Self {
        let limits = if start.limits { NetSuiteConfig::default() } else { NetSuiteConfig::unlimited() };
        let config = NetSuiteConfig {
            redirect_uris: vec![format!("{}/v1/oauth/netsuite/callback", start.hub)],
            require_pkce: true,
            // Requests that take a while meet each other: the limit is about those.
            latency_ms: if start.limits { 20 } else { 0 },
            ..limits
        };
        let (config, private_key) =
            if LOGIN == MACHINE { config.with_certificate() } else { (config, String::new()) };
        Self { account: netsuite::start(config).await.unwrap(), private_key }
    }

    fn base_url(&self) -> String {
        self.account.base_url.clone()
    }

    fn connection(&self) -> Connection {
        let own = NetSuiteConfig::default();
        let ((consumer, consumer_secret), (token, token_secret)) = (own.consumer, own.token);
        let (client_id, client_secret) = own.client;
        let settings = |auth: Option<&str>| {
            let mut settings = json!({"account": own.account_id, "subsidiary": "1", "income_account": "7"});
            if let Some(auth) = auth {
                settings["auth"] = json!(auth);
            }
            settings
        };
        match LOGIN {
            BROWSED => Connection {
                app: Some(json!({"client_id": client_id, "client_secret": client_secret})),
                settings: settings(Some("browser")),
                way: Way::Browser,
            },
            MACHINE => {
                let mut settings = settings(None);
                settings["certificate_id"] = json!("cert-1");
                let secrets = json!({"client_id": client_id, "private_key": self.private_key});
                Connection { app: None, settings, way: Way::Typed(secrets) }
            }
            _ => Connection {
                app: None,
                settings: settings(Some("token")),
                way: Way::Typed(json!({
                    "consumer_key": consumer, "consumer_secret": consumer_secret,
                    "token": token, "token_secret": token_secret,
                })),
            },
        }
    }

    fn ours(name: &str) -> Value {
        json!({ "name": name })
    }

    fn records(&self) -> Vec<There> {
        let live = self.account.entities("customer").into_iter();
        live.filter(|one| one["isInactive"] != json!(true))
            .map(|one| There {
                id: text(&one["id"]).unwrap_or_default(),
                name: text(&one["companyName"]).unwrap_or_default(),
                ours: text(&one["url"]),
                theirs: text(&one["phone"]),
            })
            .collect()
    }

    fn create(&self, name: &str) -> String {
        let body = json!({"companyName": name, "subsidiary": {"id": "1"}});
        text(&self.account.create("customer", body).unwrap()["id"]).unwrap()
    }

    fn edit(&self, id: &str, name: Option<&str>, theirs: Option<&str>) {
        let mut patch = json!({});
        if let Some(name) = name {
            patch["companyName"] = json!(name);
        }
        if let Some(theirs) = theirs {
            patch["phone"] = json!(theirs);
        }
        self.account.edit("customer", id, patch).unwrap();
    }

    fn remove(&self, id: &str) {
        self.account.delete("customer", id).unwrap();
    }

    fn revoke(&self) {
        self.account.revoke();
    }

    async fn restore(&self) {
        self.account.restore_token();
    }

    fn is_write(one: &recorder::Exchange) -> bool {
        one.method != "GET" && one.path.starts_with("/services/rest/record/")
    }

    fn advance(&self, seconds: u32) {
        self.account.advance_clock(seconds);
    }

    fn faults(&self) -> &Faults {
        &self.account.faults
    }

    fn recorder(&self) -> &Recorder {
        &self.account.recorder
    }

    fn duplicates(&self) -> u64 {
        self.account.duplicates()
    }

    fn throttled(&self) -> u64 {
        self.account.stats()["throttled"].as_u64().unwrap_or(0)
    }

    fn not_modelled(&self) -> u64 {
        self.account.stats()["not_modelled"].as_u64().unwrap_or(0)
    }
}

scenes!(Signed, pages: 250, burst: 40);
