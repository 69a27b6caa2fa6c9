//! A caller of the simulator, for the other tests.

use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::salesforce::{SalesforceConfig, SalesforceSandbox, start};
use crate::test_client::client;

/// A running simulator with a connected caller.
pub(super) struct Desk {
    pub(super) sandbox: SalesforceSandbox,
    pub(super) token: String,
    pub(super) http: Client,
}

impl Desk {
    pub(super) async fn open() -> Self {
        Self::with(SalesforceConfig::unlimited()).await
    }

    pub(super) async fn with(config: SalesforceConfig) -> Self {
        let sandbox = start(config).await.unwrap();
        let token = sandbox.issue_tokens().access_token;
        Self { sandbox, token, http: client() }
    }

    /// A request on `/services/data/v67.0`.
    pub(super) fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.sandbox.data_url());
        self.http.request(method, url).bearer_auth(&self.token)
    }

    pub(super) async fn get(&self, path: &str) -> (u16, Value) {
        parts(self.ask(Method::GET, path).send().await.unwrap()).await
    }

    pub(super) async fn write(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        parts(self.ask(method, path).json(&body).send().await.unwrap()).await
    }

    /// A create that must go well; answers the id.
    pub(super) async fn made(&self, object: &str, body: Value) -> String {
        let (status, body) = self.write(Method::POST, &format!("/sobjects/{object}"), body).await;
        assert_eq!((status, &body["success"]), (201, &json!(true)), "{body}");
        body["id"].as_str().unwrap().to_owned()
    }

    /// A write that must be refused with 400; answers the code and the message.
    pub(super) async fn refused(&self, method: Method, path: &str, body: Value) -> (String, String) {
        let (status, body) = self.write(method, path, body).await;
        assert_eq!(status, 400, "{body}");
        told(&body)
    }

    pub(super) async fn query(&self, resource: &str, q: &str) -> (u16, Value) {
        let request = self.ask(Method::GET, &format!("/{resource}")).query(&[("q", q)]);
        parts(request.send().await.unwrap()).await
    }

    /// Values of one field of a query that must go well.
    pub(super) async fn column(&self, q: &str, field: &str) -> Vec<String> {
        let (status, body) = self.query("query", q).await;
        assert_eq!(status, 200, "{body}");
        let records = body["records"].as_array().unwrap();
        records.iter().map(|record| record[field].as_str().unwrap_or("null").to_owned()).collect()
    }
}

pub(super) async fn parts(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// Code and message of the first error.
pub(super) fn told(body: &Value) -> (String, String) {
    let text = |name: &str| body[0][name].as_str().unwrap_or_default().to_owned();
    (text("errorCode"), text("message"))
}
