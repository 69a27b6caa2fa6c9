//! A caller of the simulator, for the other tests.

use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

use crate::hubspot::{HubSpotConfig, HubSpotSandbox, start};
use crate::test_client::client;

/// A running simulator with a connected caller.
pub(super) struct Desk {
    pub(super) sandbox: HubSpotSandbox,
    pub(super) token: String,
    pub(super) http: Client,
}

impl Desk {
    /// An account without throttles.
    pub(super) async fn open() -> Self {
        Self::with(HubSpotConfig::unlimited()).await
    }

    pub(super) async fn with(config: HubSpotConfig) -> Self {
        let sandbox = start(config).await.unwrap();
        let token = sandbox.private_app_token();
        Self { sandbox, token, http: client() }
    }

    pub(super) async fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> reqwest::Result<Response> {
        let method: Method = method.parse().unwrap();
        let request =
            self.http.request(method, format!("{}{path}", self.sandbox.base_url)).bearer_auth(&self.token);
        match body {
            Some(body) => request.json(body).send().await,
            None => request.send().await,
        }
    }

    pub(super) async fn get(&self, path: &str) -> (u16, Value) {
        parts(self.send("GET", path, None).await.unwrap()).await
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        parts(self.send("POST", path, Some(&body)).await.unwrap()).await
    }

    pub(super) async fn patch(&self, path: &str, body: Value) -> (u16, Value) {
        parts(self.send("PATCH", path, Some(&body)).await.unwrap()).await
    }

    pub(super) async fn delete(&self, path: &str) -> u16 {
        self.send("DELETE", path, None).await.unwrap().status().as_u16()
    }

    /// Creates a contact by hand; answers its id.
    pub(super) fn contact(&self, email: &str) -> String {
        self.make("contacts", json!({"email": email, "firstname": "Ann"}))
    }

    /// Creates an object by hand; answers its id.
    pub(super) fn make(&self, entity: &str, properties: Value) -> String {
        let made = self.sandbox.create(entity, properties).unwrap();
        made["id"].as_str().unwrap().to_owned()
    }

    /// Defines a text property with unique values.
    pub(super) async fn unique(&self, entity: &str, name: &str) {
        let body = json!({
            "name": name, "label": name, "type": "string", "fieldType": "text", "groupName": "g", "hasUniqueValue": true,
        });
        assert_eq!(self.post(&format!("/crm/v3/properties/{entity}"), body).await.0, 201);
    }
}

pub(super) async fn parts(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}
