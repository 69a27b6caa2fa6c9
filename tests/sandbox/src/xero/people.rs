//! The user's grants and connections.

use serde_json::{Value, json};

use super::config::XeroConfig;
use crate::kit::clock::utc;
use crate::kit::grants::{Rotation, Rules};
use crate::kit::{Grant, Grants, Ids};

/// One organisation connected to the app.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    pub(super) id: String,
    pub(super) tenant_id: String,
    auth_event: String,
    created_ms: i64,
    updated_ms: i64,
}

/// The authorization server's memory.
pub(super) struct People {
    pub(super) grants: Grants,
    pub(super) connections: Vec<Connection>,
    ids: Ids,
}

impl People {
    pub(super) fn new(config: &XeroConfig) -> Self {
        let rotation = Rotation::Single { grace_s: config.refresh_grace_s, reuse_ends_grant: false };
        let rules = Rules {
            seed: config.seed,
            access_ttl_s: Some(config.access_token_ttl_s),
            refresh_ttl_s: Some(config.refresh_token_ttl_s),
            rotation,
            access_text: Some(token_text),
            ..Rules::default()
        };
        Self { grants: Grants::new(rules), connections: Vec::new(), ids: Ids::new(!config.seed) }
    }

    /// A grant of the one user; connects the organisations under a new authorization event.
    pub(super) fn consent(&mut self, config: &XeroConfig, scopes: Vec<String>, now_ms: i64) -> Grant {
        let event = self.ids.uuid();
        for organisation in &config.organisations {
            self.connect(&organisation.tenant_id, &event, now_ms);
        }
        Grant {
            client_id: config.client_id.clone(),
            subject: "user".into(),
            scopes,
            data: json!({"authentication_event_id": event}),
            ..Grant::default()
        }
    }

    /// Connects an organisation, or renews its connection.
    pub(super) fn connect(&mut self, tenant_id: &str, event: &str, now_ms: i64) {
        if let Some(own) = self.connections.iter_mut().find(|own| own.tenant_id == tenant_id) {
            own.updated_ms = now_ms;
            event.clone_into(&mut own.auth_event);
            return;
        }
        let connection = Connection {
            id: self.ids.uuid(),
            tenant_id: tenant_id.to_owned(),
            auth_event: event.to_owned(),
            created_ms: now_ms,
            updated_ms: now_ms,
        };
        self.connections.push(connection);
    }

    /// Connects an organisation in the provider's own interface.
    pub(super) fn connect_by_hand(&mut self, tenant_id: &str, now_ms: i64) {
        let event = self.ids.uuid();
        self.connect(tenant_id, &event, now_ms);
    }

    pub(super) fn is_connected(&self, tenant_id: &str) -> bool {
        self.connections.iter().any(|own| own.tenant_id == tenant_id)
    }

    /// Ends one connection by its id. Answers whether there was one.
    pub(super) fn disconnect(&mut self, id: &str) -> bool {
        let before = self.connections.len();
        self.connections.retain(|own| own.id != id);
        self.connections.len() < before
    }

    /// Ends everything, as revoking a refresh token does.
    pub(super) fn revoke_all(&mut self) {
        self.grants.revoke_all();
        self.connections.clear();
    }

    /// `GET /connections`.
    pub(super) fn listed(&self, config: &XeroConfig, event: Option<&str>) -> Value {
        let wanted = self.connections.iter().filter(|own| event.is_none_or(|event| own.auth_event == event));
        let stamp = |ms| utc(ms).format("%Y-%m-%dT%H:%M:%S%.3f0000").to_string();
        let shown = wanted.map(|own| {
            let organisation = config.organisations.iter().find(|known| known.tenant_id == own.tenant_id);
            json!({
                "id": own.id, "authEventId": own.auth_event, "tenantId": own.tenant_id,
                "tenantType": "ORGANISATION",
                "tenantName": organisation.map(|organisation| organisation.name.as_str()),
                "createdDateUtc": stamp(own.created_ms), "updatedDateUtc": stamp(own.updated_ms)
            })
        });
        shown.collect()
    }
}

/// An access token looks like a JWT and carries the authorization event; its signature is a word.
fn token_text(grant: &Grant, word: &str, until_ms: i64) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let header = json!({"alg": "RS256", "typ": "JWT"});
    let claims = json!({
        "iss": "https://identity.xero.com", "exp": until_ms / 1000, "client_id": grant.client_id,
        "sub": grant.subject, "scope": grant.scopes, "jti": word,
        "authentication_event_id": grant.data["authentication_event_id"]
    });
    let [header, claims, word] =
        [header.to_string(), claims.to_string(), word.to_owned()].map(|part| URL_SAFE_NO_PAD.encode(part));
    format!("{header}.{claims}.{word}")
}
