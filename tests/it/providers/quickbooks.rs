//! QuickBooks Online.

use async_trait::async_trait;
use sandbox::faults::Faults;
use sandbox::kit::recorder::{self, Recorder};
use sandbox::quickbooks::{
    self, QuickBooksConfig, QuickBooksSandbox, RequestIds, WebhookConfig, WebhookShape,
};
use serde_json::{Value, json};

use super::scenes::scenes;
use super::stand::{Connection, Stand, Start, Subject, There, Way};

mod desk;
mod ledger;
mod purchases;

struct Books(QuickBooksSandbox);

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

#[async_trait]
impl Stand for Books {
    const KEY: &'static str = "quickbooks";
    const SUBJECT: Subject = Subject {
        local: "customer",
        remote: "Customer",
        feature: "customers",
        name: "name",
        ours: "company",
        theirs: "phone",
    };

    async fn start(start: &Start) -> Self {
        let hook = format!("{}/v1/webhooks/quickbooks", start.hub);
        let request_id = if start.keys_honoured { RequestIds::Honoured } else { RequestIds::Ignored };
        let limits = if start.limits { QuickBooksConfig::default() } else { QuickBooksConfig::unlimited() };
        let config = QuickBooksConfig {
            redirect_uris: vec![format!("{}/v1/oauth/quickbooks/callback", start.hub)],
            webhook: Some(WebhookConfig::new(hook, WebhookShape::CloudEvents)),
            request_id,
            ..limits
        };
        Self(quickbooks::start(config).await.unwrap())
    }

    fn base_url(&self) -> String {
        self.0.base_url.clone()
    }

    fn connection(&self) -> Connection {
        let app = QuickBooksConfig::default();
        Connection {
            app: Some(json!({
                "client_id": app.client_id, "client_secret": app.client_secret,
                "webhook_secret": app.verifier_token,
            })),
            settings: json!({"income_account": "79"}),
            way: Way::Browser,
        }
    }

    fn ours(name: &str) -> Value {
        json!({"name": name})
    }

    fn records(&self) -> Vec<There> {
        let live = self.0.entities("Customer").into_iter().filter(|one| one["Active"] != json!(false));
        live.map(|one| There {
            id: text(&one["Id"]).unwrap_or_default(),
            name: text(&one["DisplayName"]).unwrap_or_default(),
            ours: text(&one["CompanyName"]),
            theirs: text(&one["PrimaryPhone"]["FreeFormNumber"]),
        })
        .collect()
    }

    fn create(&self, name: &str) -> String {
        let made = self.0.create("Customer", json!({"DisplayName": name})).unwrap();
        text(&made["Id"]).unwrap()
    }

    fn edit(&self, id: &str, name: Option<&str>, theirs: Option<&str>) {
        let mut patch = json!({});
        if let Some(name) = name {
            patch["DisplayName"] = json!(name);
        }
        if let Some(theirs) = theirs {
            patch["PrimaryPhone"] = json!({"FreeFormNumber": theirs});
        }
        self.0.edit("Customer", id, patch).unwrap();
    }

    fn remove(&self, id: &str) {
        self.0.deactivate("Customer", id).unwrap();
    }

    fn revoke(&self) {
        self.0.revoke();
    }

    fn is_write(one: &recorder::Exchange) -> bool {
        one.method != "GET" && one.path.starts_with("/v3/company/")
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
        self.0.stats().throttled
    }

    fn not_modelled(&self) -> u64 {
        self.0.stats().not_modelled
    }
}

scenes!(Books, pages: 150, burst: 40);
