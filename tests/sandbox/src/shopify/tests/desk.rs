//! A caller of the simulator, for the other tests.

use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::shopify::{ShopifyConfig, ShopifySandbox, start};
use crate::test_client::client;

pub(super) const VERSION: &str = "2026-10";

pub(super) const ALL_SCOPES: &[&str] = &[
    "write_orders",
    "write_customers",
    "write_products",
    "write_inventory",
    "read_locations",
    "write_draft_orders",
    "write_fulfillments",
];

/// A running simulator with a connected caller.
pub(super) struct Desk {
    pub(super) sandbox: ShopifySandbox,
    pub(super) token: String,
    pub(super) http: Client,
}

impl Desk {
    /// A shop without throttles.
    pub(super) async fn open() -> Self {
        Self::with(ShopifyConfig::unlimited()).await
    }

    pub(super) async fn with(config: ShopifyConfig) -> Self {
        let sandbox = start(config).await.unwrap();
        let token = sandbox.issue_tokens(ALL_SCOPES).access_token;
        Self { sandbox, token, http: client() }
    }

    /// The raw answer of a request in a version.
    pub(super) async fn send(
        &self,
        version: &str,
        query: &str,
        variables: &Value,
    ) -> reqwest::Result<Response> {
        let request = self.http.post(self.sandbox.graphql_url(version));
        let request = request.header("x-shopify-access-token", &self.token);
        request.json(&json!({"query": query, "variables": variables})).send().await
    }

    /// The whole body of a request in a version.
    pub(super) async fn ask_in(&self, version: &str, query: &str, variables: Value) -> Value {
        let response = self.send(version, query, &variables).await.unwrap();
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }

    pub(super) async fn ask(&self, query: &str, variables: Value) -> Value {
        self.ask_in(VERSION, query, variables).await
    }

    /// `data` of a request that must go well.
    pub(super) async fn data(&self, query: &str, variables: Value) -> Value {
        let mut body = self.ask(query, variables).await;
        assert!(body.get("errors").is_none(), "{body}");
        body["data"].take()
    }

    /// `extensions.code` of the first error.
    pub(super) async fn code(&self, query: &str, variables: Value) -> String {
        let body = self.ask(query, variables).await;
        body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
    }

    pub(super) fn customer(&self, email: &str) -> String {
        let made = self.sandbox.create("Customer", json!({"email": email, "firstName": "Ann"})).unwrap();
        made["id"].as_str().unwrap().to_owned()
    }

    /// A product with one variant; answers product, variant, inventory item and first location.
    pub(super) fn product(&self, sku: &str) -> [String; 4] {
        let made = self.sandbox.create("Product", json!({
            "title": "Lamp", "productOptions": [{"name": "Size", "values": [{"name": "S"}]}],
            "variants": [{"optionValues": [{"optionName": "Size", "name": "S"}], "sku": sku, "price": "10.50"}],
        }));
        let made = made.unwrap();
        let variant = made["variants"][0].as_str().unwrap().to_owned();
        let item = self.sandbox.get("ProductVariant", &variant).unwrap()["inventoryItem"].clone();
        let location = self.sandbox.entities("Location")[0]["id"].clone();
        [made["id"].clone(), json!(variant), item, location].map(|value| value.as_str().unwrap().to_owned())
    }

    /// An order of two lamps, paid.
    pub(super) fn order(&self, source: &str) -> Value {
        let order = json!({
            "sourceIdentifier": source, "financialStatus": "PAID",
            "lineItems": [{"title": "Lamp", "quantity": 2, "priceSet": money("10.50", "10.50", "USD")}],
        });
        self.sandbox.create("Order", order).unwrap()
    }
}

pub(super) fn money(shop: &str, buyer: &str, currency: &str) -> Value {
    json!({
        "shopMoney": {"amount": shop, "currencyCode": "USD"},
        "presentmentMoney": {"amount": buyer, "currencyCode": currency},
    })
}
