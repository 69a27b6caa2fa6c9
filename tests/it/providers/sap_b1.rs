//! SAP Business One: a connector that is not in the binary, started from its folder as a user would.

use async_trait::async_trait;
use sandbox::faults::Faults;
use sandbox::kit::recorder::{self, Recorder};
use sandbox::sap_b1::{self, SapB1Config, SapB1Sandbox};
use serde_json::{Value, json};

use super::scenes::scenes;
use super::stand::{Connection, Stand, Start, Subject, There, Way};

mod oddities;

struct Company(SapB1Sandbox);

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// What a person types in.
fn typed() -> Value {
    let config = SapB1Config::default();
    json!({"username": config.user_name, "password": config.password})
}

#[async_trait]
impl Stand for Company {
    const KEY: &'static str = "sap_b1";
    const SUBJECT: Subject = Subject {
        local: "customer",
        remote: "Customer",
        feature: "customers",
        name: "name",
        ours: "display_name",
        theirs: "phone",
    };
    const HAS_WEBHOOKS: bool = false;
    const FROM_FOLDER: bool = true;

    /// There are no idempotency keys, so nothing can be ignored: documents without a stamp are the harder setting.
    async fn start(start: &Start) -> Self {
        let limits = if start.limits { SapB1Config::default() } else { SapB1Config::unlimited() };
        let config = SapB1Config { stamped_on_create: start.keys_honoured, ..limits };
        Self(sap_b1::start(config).await.unwrap())
    }

    fn base_url(&self) -> String {
        self.0.base_url.clone()
    }

    fn own_base(&self) -> Option<String> {
        Some(format!("{}/b1s/v2", self.0.base_url))
    }

    fn connection(&self) -> Connection {
        let company = SapB1Config::default().company_db;
        Connection { app: None, settings: json!({ "company_db": company }), way: Way::Typed(typed()) }
    }

    fn ours(name: &str) -> Value {
        json!({ "name": name })
    }

    fn records(&self) -> Vec<There> {
        let live =
            self.0.entities("BusinessPartners").into_iter().filter(|one| one["Frozen"] != json!("tYES"));
        live.map(|one| There {
            id: text(&one["CardCode"]).unwrap_or_default(),
            name: text(&one["CardName"]).unwrap_or_default(),
            ours: text(&one["CardForeignName"]),
            theirs: text(&one["Phone1"]),
        })
        .collect()
    }

    /// The code is the name's, in letters that a code may have.
    fn create(&self, name: &str) -> String {
        let code: String = name.chars().filter(char::is_ascii_alphanumeric).take(15).collect();
        let made = self.0.create("BusinessPartners", json!({"CardCode": code, "CardName": name})).unwrap();
        text(&made["CardCode"]).unwrap()
    }

    fn edit(&self, id: &str, name: Option<&str>, theirs: Option<&str>) {
        let mut patch = json!({});
        if let Some(name) = name {
            patch["CardName"] = json!(name);
        }
        if let Some(theirs) = theirs {
            patch["Phone1"] = json!(theirs);
        }
        self.0.edit("BusinessPartners", id, patch).unwrap();
    }

    /// A deletion leaves no trace; a partner that is not wanted any more is made inactive.
    fn remove(&self, id: &str) {
        self.0.edit("BusinessPartners", id, json!({"Frozen": "tYES"})).unwrap();
    }

    fn revoke(&self) {
        self.0.revoke();
    }

    async fn restore(&self) {
        self.0.restore();
    }

    fn is_write(one: &recorder::Exchange) -> bool {
        let path = one.path.strip_prefix("/b1s/v2/").unwrap_or_default();
        one.method != "GET" && !path.starts_with("Log") && !path.starts_with("CompanyService_")
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
        self.0.count("throttled")
    }

    fn not_modelled(&self) -> u64 {
        self.0.count("not_modelled")
    }
}

scenes!(Company, pages: 450, burst: 40);
