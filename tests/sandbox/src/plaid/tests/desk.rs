//! A caller of the simulator, for the other tests.

use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::plaid::{PlaidConfig, PlaidSandbox, start};
use crate::test_client::client;

/// The usual bank.
pub(super) const BANK: &str = "ins_109508";

/// A running simulator with a caller.
pub(super) struct Desk {
    pub(super) sandbox: PlaidSandbox,
    pub(super) http: Client,
}

/// An item with its token and first account.
pub(super) struct Login {
    pub(super) id: String,
    pub(super) token: String,
    pub(super) account: String,
    pub(super) card: String,
}

impl Desk {
    /// Without limits, histories at once.
    pub(super) async fn open() -> Self {
        Self::with(PlaidConfig::unlimited()).await
    }

    pub(super) async fn with(config: PlaidConfig) -> Self {
        Self { sandbox: start(config).await.unwrap(), http: client() }
    }

    /// A request with the keys in headers.
    pub(super) fn request(&self, path: &str, body: &Value) -> RequestBuilder {
        let request = self.http.post(format!("{}{path}", self.sandbox.base_url)).json(body);
        request.header("PLAID-CLIENT-ID", "plaid-client").header("PLAID-SECRET", "plaid-secret")
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        parts(self.request(path, &body).send().await.unwrap()).await
    }

    /// A call that must go well.
    pub(super) async fn done(&self, path: &str, body: Value) -> Value {
        let (status, body) = self.post(path, body).await;
        assert_eq!(status, 200, "{body}");
        assert!(body["request_id"].is_string());
        body
    }

    /// A call that must be refused with 400: `TYPE/CODE`.
    pub(super) async fn refused(&self, path: &str, body: Value) -> String {
        let (status, body) = self.post(path, body).await;
        assert_eq!(status, 400, "{body}");
        format!("{}/{}", text(&body["error_type"]), text(&body["error_code"]))
    }

    /// An item made by hand.
    pub(super) fn login(&self, body: Value) -> Login {
        let item = self.sandbox.create("item", body).unwrap();
        Login {
            id: text(&item["item_id"]),
            token: text(&item["access_token"]),
            account: text(&item["accounts"][0]["account_id"]),
            card: text(&item["accounts"][2]["account_id"]),
        }
    }

    /// A transaction on the first account; its id.
    pub(super) fn book(&self, login: &Login, body: Value) -> String {
        let mut body = body;
        body["account_id"] = json!(login.account);
        text(&self.sandbox.create("transaction", body).unwrap()["transaction_id"])
    }

    /// One page of a sync.
    pub(super) async fn sync(&self, login: &Login, cursor: &str, count: u64) -> Value {
        let body = json!({"access_token": login.token, "cursor": cursor, "count": count});
        self.done("/transactions/sync", body).await
    }
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Transaction ids of a list.
pub(super) fn ids(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|row| text(&row["transaction_id"])).collect()
}

pub(super) async fn parts(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}
