//! Stripe.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use sandbox::faults::Faults;
use sandbox::kit::recorder::{self, Recorder};
use sandbox::stripe::{self, Access, IdempotencyKeys, RestrictedKey, StripeConfig, StripeSandbox};
use serde_json::{Value, json};

use super::scenes::scenes;
use super::stand::{Connection, Stand, Start, Subject, There, Way};

mod money;
mod oddities;

/// A restricted key that reads and writes customers, and nothing else.
const RESTRICTED: &str = "rk_test_customers";

/// The account, and what a person would type in.
struct Account {
    stripe: StripeSandbox,
    entered: Mutex<Entered>,
}

struct Entered {
    key: String,
    settings: Value,
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

impl Account {
    fn entered(&self) -> MutexGuard<'_, Entered> {
        self.entered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Stand for Account {
    const KEY: &'static str = "stripe";
    const SUBJECT: Subject = Subject {
        local: "customer",
        remote: "Customer",
        feature: "customers",
        name: "name",
        ours: "notes",
        theirs: "phone",
    };

    async fn start(start: &Start) -> Self {
        let idempotency =
            if start.keys_honoured { IdempotencyKeys::Honoured } else { IdempotencyKeys::Ignored };
        let limits = if start.limits { StripeConfig::default() } else { StripeConfig::unlimited() };
        let reference_metadata = Some("headwater_id".to_owned());
        let permissions = BTreeMap::from([("customer", Access::Write), ("event", Access::Read)]);
        let permissions = permissions.into_iter().map(|(name, access)| (name.to_owned(), access)).collect();
        let restricted_keys = vec![RestrictedKey { key: RESTRICTED.to_owned(), permissions }];
        let config = StripeConfig { idempotency, reference_metadata, restricted_keys, ..limits };
        let stripe = stripe::start(config).await.unwrap();
        let entered = Entered { key: stripe.secret_key.clone(), settings: json!({}) };
        Self { stripe, entered: Mutex::new(entered) }
    }

    fn base_url(&self) -> String {
        self.stripe.base_url.clone()
    }

    fn connection(&self) -> Connection {
        let entered = self.entered();
        let way = Way::Typed(json!({ "api_key": entered.key }));
        Connection { app: None, settings: entered.settings.clone(), way }
    }

    fn ours(name: &str) -> Value {
        json!({ "name": name })
    }

    fn records(&self) -> Vec<There> {
        let live = self.stripe.entities("customer").into_iter();
        live.map(|one| There {
            id: text(&one["id"]).unwrap_or_default(),
            name: text(&one["name"]).unwrap_or_default(),
            ours: text(&one["description"]),
            theirs: text(&one["phone"]),
        })
        .collect()
    }

    fn create(&self, name: &str) -> String {
        let made = self.stripe.create("customer", json!({ "name": name })).unwrap();
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
        self.stripe.edit("customer", id, patch).unwrap();
    }

    fn remove(&self, id: &str) {
        self.stripe.delete("customer", id).unwrap();
    }

    fn revoke(&self) {
        self.stripe.revoke();
    }

    /// A deleted key never comes back: a new one is made.
    async fn restore(&self) {
        self.entered().key = self.stripe.roll_key(false);
    }

    fn is_write(one: &recorder::Exchange) -> bool {
        one.method != "GET" && !one.path.starts_with("/v1/webhook_endpoints")
    }

    fn advance(&self, seconds: u32) {
        self.stripe.advance_clock(seconds);
    }

    fn faults(&self) -> &Faults {
        &self.stripe.faults
    }

    fn recorder(&self) -> &Recorder {
        &self.stripe.recorder
    }

    fn duplicates(&self) -> u64 {
        self.stripe.duplicates()
    }

    fn throttled(&self) -> u64 {
        self.stripe.stats()["throttled"].as_u64().unwrap_or(0)
    }

    fn not_modelled(&self) -> u64 {
        self.stripe.stats()["not_modelled"].as_u64().unwrap_or(0)
    }
}

scenes!(Account, pages: 210, burst: 60);
