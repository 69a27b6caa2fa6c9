//! A caller of the simulator, for the other tests.

use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::quickbooks::{QuickBooksConfig, QuickBooksSandbox, start};
use crate::test_client::client;

/// A running simulator with a connected caller.
pub(super) struct Desk {
    pub(super) sandbox: QuickBooksSandbox,
    pub(super) token: String,
    pub(super) http: Client,
}

impl Desk {
    /// A company without throttles.
    pub(super) async fn open() -> Self {
        Self::with(QuickBooksConfig::unlimited()).await
    }

    pub(super) async fn with(config: QuickBooksConfig) -> Self {
        let sandbox = start(config).await.unwrap();
        let token = sandbox.issue_tokens().access_token;
        Self { sandbox, token, http: client() }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.company_url())
    }

    pub(super) async fn try_get(&self, path: &str) -> reqwest::Result<Response> {
        let request = self.http.get(self.url(path)).bearer_auth(&self.token);
        request.header("accept", "application/json").send().await
    }

    pub(super) async fn try_post(&self, path: &str, body: &Value) -> reqwest::Result<Response> {
        let request = self.http.post(self.url(path)).bearer_auth(&self.token);
        request.header("accept", "application/json").json(body).send().await
    }

    /// Status and body.
    pub(super) async fn get(&self, path: &str) -> (u16, Value) {
        parts(self.try_get(path).await.unwrap()).await
    }

    /// Status and body.
    pub(super) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        parts(self.try_post(path, &body).await.unwrap()).await
    }

    /// A write that must go well; answers the object.
    pub(super) async fn put(&self, entity: &str, body: Value) -> Value {
        let (status, mut answer) = self.post(&format!("/{}", entity.to_lowercase()), body).await;
        assert_eq!(status, 200, "{answer}");
        answer[entity].take()
    }

    /// A write that must be refused; answers the fault's code.
    pub(super) async fn refused(&self, path: &str, body: Value) -> String {
        let (status, answer) = self.post(path, body).await;
        assert_eq!(status, 400, "{answer}");
        assert_eq!(answer["Fault"]["type"], "ValidationFault");
        code(&answer)
    }

    /// `QueryResponse`.
    pub(super) async fn query(&self, text: &str) -> Value {
        let (status, mut answer) = self.ask(text).await;
        assert_eq!(status, 200, "{answer}");
        answer["QueryResponse"].take()
    }

    /// Status and whole body of a query.
    pub(super) async fn ask(&self, text: &str) -> (u16, Value) {
        let request = self.http.get(self.url("/query")).query(&[("query", text)]);
        let request = request.bearer_auth(&self.token).header("accept", "application/json");
        parts(request.send().await.unwrap()).await
    }

    pub(super) async fn customer(&self, name: &str) -> Value {
        self.put("Customer", json!({"DisplayName": name})).await
    }

    pub(super) async fn item(&self, name: &str) -> Value {
        self.put("Item", json!({"Name": name, "Type": "Service", "IncomeAccountRef": {"value": "79"}})).await
    }

    /// A customer `Acme` and an item `Widget`; answers a body of an invoice over 2 at 10.5.
    pub(super) async fn invoice_body(&self) -> Value {
        let customer = self.customer("Acme").await;
        let item = self.item("Widget").await;
        invoice(&customer, &item)
    }
}

pub(super) fn invoice(customer: &Value, item: &Value) -> Value {
    json!({
        "CustomerRef": {"value": customer["Id"]},
        "DocNumber": "1001",
        "Line": [{
            "Amount": 21.00,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": item["Id"]}, "Qty": 2, "UnitPrice": 10.50}
        }]
    })
}

pub(super) async fn parts(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    (status, body)
}

/// The code of the first error.
pub(super) fn code(answer: &Value) -> String {
    answer["Fault"]["Error"][0]["code"].as_str().unwrap_or_default().to_owned()
}
