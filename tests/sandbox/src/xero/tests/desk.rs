//! A caller of the simulator, for the other tests.

use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::test_client::client;
use crate::xero::{XeroConfig, XeroSandbox, start};

/// A running simulator with a connected caller.
pub(super) struct Desk {
    pub(super) sandbox: XeroSandbox,
    pub(super) token: String,
    pub(super) http: Client,
}

impl Desk {
    /// An organisation without throttles.
    pub(super) async fn open() -> Self {
        Self::with(XeroConfig::unlimited()).await
    }

    pub(super) async fn with(config: XeroConfig) -> Self {
        let sandbox = start(config).await.unwrap();
        let token = sandbox.issue_tokens().access_token;
        Self { sandbox, token, http: client() }
    }

    /// A request with everything the provider wants.
    pub(super) fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.sandbox.api_url());
        let request = self.http.request(method, url).bearer_auth(&self.token);
        request.header("xero-tenant-id", &self.sandbox.tenant_id).header("accept", "application/json")
    }

    pub(super) async fn get(&self, path: &str) -> (u16, Value) {
        parts(self.ask(Method::GET, path).send().await.unwrap()).await
    }

    pub(super) async fn put(&self, path: &str, body: Value) -> (u16, Value) {
        parts(self.ask(Method::PUT, path).json(&body).send().await.unwrap()).await
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        parts(self.ask(Method::POST, path).json(&body).send().await.unwrap()).await
    }

    pub(super) async fn delete(&self, path: &str) -> (u16, Value) {
        parts(self.ask(Method::DELETE, path).send().await.unwrap()).await
    }

    /// A PUT that must go well; answers the first object.
    pub(super) async fn made(&self, array: &str, body: Value) -> Value {
        let (status, mut answer) = self.put(&format!("/{array}"), body).await;
        assert_eq!(status, 200, "{answer}");
        answer[array][0].take()
    }

    /// A POST that must go well; answers the first object.
    pub(super) async fn saved(&self, path: &str, body: Value) -> Value {
        let (status, mut answer) = self.post(path, body).await;
        assert_eq!(status, 200, "{answer}");
        let array = path.split('/').nth(1).unwrap();
        answer[array][0].take()
    }

    /// A write that must break a rule; answers the first message.
    pub(super) async fn refused(&self, method: Method, path: &str, body: Value) -> String {
        let response = self.ask(method, path).json(&body).send().await.unwrap();
        let (status, answer) = parts(response).await;
        assert_eq!((status, &answer["Type"]), (400, &json!("ValidationException")), "{answer}");
        assert_eq!(answer["ErrorNumber"], 10);
        answer["Elements"][0]["ValidationErrors"][0]["Message"].as_str().unwrap().to_owned()
    }

    /// A list that must go well; answers its objects.
    pub(super) async fn list(&self, array: &str, query: &[(&str, &str)]) -> Vec<Value> {
        let request = self.ask(Method::GET, &format!("/{array}")).query(query);
        let (status, answer) = parts(request.send().await.unwrap()).await;
        assert_eq!(status, 200, "{answer}");
        answer[array].as_array().unwrap().clone()
    }

    pub(super) async fn contact(&self, name: &str) -> Value {
        self.made("Contacts", json!({"Name": name})).await
    }

    /// An invoice to `Acme` (made when missing) over 2 at 10.50 and 20% VAT: 25.20.
    pub(super) async fn invoice(&self, extra: Value) -> Value {
        self.made("Invoices", invoice(extra)).await
    }
}

pub(super) fn invoice(extra: impl Into<Value>) -> Value {
    let mut body = json!({
        "Type": "ACCREC", "Contact": {"Name": "Acme"}, "Date": "2026-01-10", "DueDate": "2026-02-10",
        "LineItems": [{"Description": "Widget", "Quantity": 2, "UnitAmount": 10.50, "AccountCode": "200"}]
    });
    let extra: Value = extra.into();
    for (name, value) in extra.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

pub(super) async fn parts(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// A property as text.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}
