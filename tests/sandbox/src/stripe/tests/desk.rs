//! A caller of the simulator, for the other tests.

use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;

use crate::stripe::{StripeConfig, StripeSandbox, start};
use crate::test_client::client;

/// Before payments of invoices became many.
pub(super) const ACACIA: &str = "2025-02-24.acacia";

/// A running simulator with a caller.
pub(super) struct Desk {
    pub(super) sandbox: StripeSandbox,
    pub(super) http: Client,
}

impl Desk {
    /// An account without rate limits and without lag.
    pub(super) async fn open() -> Self {
        Self::with(StripeConfig { search_lag_ms: 0, ..StripeConfig::unlimited() }).await
    }

    pub(super) async fn with(config: StripeConfig) -> Self {
        Self { sandbox: start(config).await.unwrap(), http: client() }
    }

    /// A request with the secret key.
    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.sandbox.base_url);
        self.http.request(method, url).bearer_auth(&self.sandbox.secret_key)
    }

    pub(super) async fn get(&self, path: &str) -> (u16, Value) {
        parts(self.request(Method::GET, path).send().await.unwrap()).await
    }

    /// A read that must go well.
    pub(super) async fn read(&self, path: &str) -> Value {
        let (status, body) = self.get(path).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    /// A form.
    pub(super) fn form(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        self.request(Method::POST, path).form(fields)
    }

    pub(super) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> (u16, Value) {
        parts(self.form(path, fields).send().await.unwrap()).await
    }

    /// A write that must go well.
    pub(super) async fn write(&self, path: &str, fields: &[(&str, &str)]) -> Value {
        let (status, body) = self.post(path, fields).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    /// A write that must be refused with 400; its code and parameter.
    pub(super) async fn refused(&self, path: &str, fields: &[(&str, &str)]) -> (String, String) {
        let (status, body) = self.post(path, fields).await;
        assert_eq!(status, 400, "{body}");
        assert_eq!(body["error"]["type"], "invalid_request_error");
        (text(&body["error"]["code"]), text(&body["error"]["param"]))
    }

    /// In an older version.
    pub(super) async fn old(&self, path: &str) -> Value {
        let request = self.request(Method::GET, path).header("stripe-version", ACACIA);
        let (status, body) = parts(request.send().await.unwrap()).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    pub(super) async fn delete(&self, path: &str) -> (u16, Value) {
        parts(self.request(Method::DELETE, path).send().await.unwrap()).await
    }

    pub(super) async fn customer(&self, email: &str) -> String {
        text(&self.write("/v1/customers", &[("email", email)]).await["id"])
    }

    /// A draft over one item of `amount` in `currency`.
    pub(super) async fn draft(&self, customer: &str, amount: &str, currency: &str) -> String {
        let fields = [("customer", customer), ("currency", currency)];
        let id = text(&self.write("/v1/invoices", &fields).await["id"]);
        let fields = [("customer", customer), ("invoice", &id), ("amount", amount), ("currency", currency)];
        self.write("/v1/invoiceitems", &fields).await;
        id
    }

    /// A finalized invoice of 2100 cents.
    pub(super) async fn open_invoice(&self) -> String {
        let customer = self.customer("acme@example.com").await;
        let id = self.draft(&customer, "2100", "usd").await;
        self.write(&format!("/v1/invoices/{id}/finalize"), &[]).await;
        id
    }

    /// Types of all events, oldest first.
    pub(super) async fn events(&self) -> Vec<String> {
        let page = self.read("/v1/events?limit=100").await;
        let mut types: Vec<String> =
            page["data"].as_array().unwrap().iter().map(|e| text(&e["type"])).collect();
        types.reverse();
        types
    }
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub(super) fn ids(page: &Value) -> Vec<String> {
    page["data"].as_array().unwrap().iter().map(|row| text(&row["id"])).collect()
}

pub(super) async fn parts(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}
