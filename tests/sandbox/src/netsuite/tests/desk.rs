//! A caller of the simulator, for the other tests.

use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::netsuite::auth::{pct, signature};
use crate::netsuite::{NetSuiteConfig, NetSuiteSandbox, start};
use crate::test_client::client;

/// A running simulator with a connected caller.
pub(super) struct Desk {
    pub(super) sandbox: NetSuiteSandbox,
    pub(super) token: String,
    pub(super) http: Client,
}

impl Desk {
    pub(super) async fn open() -> Self {
        Self::with(NetSuiteConfig::unlimited()).await
    }

    pub(super) async fn with(config: NetSuiteConfig) -> Self {
        let sandbox = start(config).await.unwrap();
        let token = sandbox.issue_tokens().access_token;
        Self { sandbox, token, http: client() }
    }

    /// A request on `/services/rest/record/v1`.
    pub(super) fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.sandbox.record_url());
        self.http.request(method, url).bearer_auth(&self.token)
    }

    pub(super) async fn get(&self, path: &str) -> (u16, Value) {
        parts(self.ask(Method::GET, path).send().await.unwrap()).await
    }

    /// A write; status, body and the id in `Location`.
    pub(super) async fn write(&self, method: Method, path: &str, body: Value) -> (u16, Value, String) {
        let response = self.ask(method, path).json(&body).send().await.unwrap();
        let location = response.headers().get("location").map(|own| own.to_str().unwrap().to_owned());
        let id = location.unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned();
        let (status, body) = parts(response).await;
        (status, body, id)
    }

    /// A create that must go well; answers the id.
    pub(super) async fn made(&self, kind: &str, body: Value) -> String {
        let (status, body, id) = self.write(Method::POST, &format!("/{kind}"), body).await;
        assert_eq!((status, &body), (204, &json!("")), "{body}");
        id
    }

    pub(super) async fn patch(&self, path: &str, body: Value) {
        let (status, body, _) = self.write(Method::PATCH, path, body).await;
        assert_eq!(status, 204, "{body}");
    }

    /// A write that must be refused; answers code and detail.
    pub(super) async fn refused(&self, method: Method, path: &str, body: Value) -> (String, String) {
        let (status, body, _) = self.write(method, path, body).await;
        assert_eq!(status, 400, "{body}");
        told(&body)
    }

    /// Rows of a query that must go well.
    pub(super) async fn rows(&self, q: &str) -> Vec<Value> {
        let (status, body) = self.query(q, "").await;
        assert_eq!(status, 200, "{body}");
        body["items"].as_array().unwrap().clone()
    }

    pub(super) async fn query(&self, q: &str, parameters: &str) -> (u16, Value) {
        let url = format!("{}{parameters}", self.sandbox.suiteql_url());
        let request = self.http.post(url).bearer_auth(&self.token).header("prefer", "transient");
        parts(request.json(&json!({"q": q})).send().await.unwrap()).await
    }

    pub(super) async fn customer(&self, name: &str) -> String {
        self.made("customer", json!({"companyName": name, "subsidiary": {"id": "1"}})).await
    }

    pub(super) async fn item(&self, name: &str) -> String {
        self.made("serviceSaleItem", json!({"itemId": name, "basePrice": 10.5})).await
    }

    /// A customer, an item and an invoice over two of it; answers the ids.
    pub(super) async fn invoice(&self) -> (String, String, String) {
        let (customer, item) = (self.customer("Acme").await, self.item("Widget").await);
        let id = self.made("invoice", invoice(&customer, &item)).await;
        (customer, item, id)
    }
}

pub(super) fn invoice(customer: &str, item: &str) -> Value {
    json!({
        "entity": {"id": customer}, "tranDate": "2026-01-15", "otherRefNum": "PO-1",
        "item": {"items": [{"item": {"id": item}, "quantity": 2}]}
    })
}

pub(super) async fn parts(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// Code and detail of the first error.
pub(super) fn told(body: &Value) -> (String, String) {
    let detail = &body["o:errorDetails"][0];
    let text = |name: &str| detail[name].as_str().unwrap_or_default().to_owned();
    (text("o:errorCode"), text("detail"))
}

/// A signed request as RFC 5849 has it: what of it is changed before it is sent is the test's.
#[derive(Clone)]
pub(super) struct Signed {
    pub(super) realm: String,
    pub(super) nonce: String,
    pub(super) timestamp: i64,
    pub(super) secret: String,
    pub(super) method_name: &'static str,
    pub(super) signs_query: bool,
}

impl Signed {
    pub(super) fn now(nonce: &str) -> Self {
        Self {
            realm: "1234567_SB1".into(),
            nonce: nonce.into(),
            timestamp: crate::kit::Clock::default().now_ms() / 1000,
            secret: "ns-consumer-secret".into(),
            method_name: "HMAC-SHA256",
            signs_query: true,
        }
    }

    /// The header for a request on this address.
    pub(super) fn header(&self, method: &str, url: &str) -> String {
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let own = [
            ("oauth_consumer_key", "ns-consumer-key".to_owned()),
            ("oauth_nonce", self.nonce.clone()),
            ("oauth_signature_method", self.method_name.to_owned()),
            ("oauth_timestamp", self.timestamp.to_string()),
            ("oauth_token", "ns-token-id".to_owned()),
            ("oauth_version", "1.0".to_owned()),
        ];
        let mut pairs: Vec<(String, String)> =
            own.iter().map(|(name, value)| (pct(name), pct(value))).collect();
        if self.signs_query {
            let query = url::form_urlencoded::parse(query.as_bytes());
            pairs.extend(query.map(|(name, value)| (pct(&name), pct(&value))));
        }
        pairs.sort();
        let list: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let base = format!("{method}&{}&{}", pct(address), pct(&list.join("&")));
        let signature = signature(&base, &self.secret, "ns-token-secret");
        let own: Vec<String> =
            own.iter().map(|(name, value)| format!(", {name}=\"{}\"", pct(value))).collect();
        let header = format!("OAuth realm=\"{}\"{}", self.realm, own.concat());
        header + &format!(", oauth_signature=\"{}\"", pct(&signature))
    }
}
