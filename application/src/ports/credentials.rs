//! Credentials of connections, sealed; opened only inside the call that uses them.

use chrono::{DateTime, Utc};
use domain::ids::{IntegrationId, OrganizationId, WebhookEndpointId};
use secrecy::SecretString;

use super::vault::VaultError;

/// The secrets of one connection or of a provider's app, by name (`access_token`, `refresh_token`, `api_key`,
/// `client_secret`, `webhook_secret`).
#[derive(Clone, Default)]
pub struct Secrets {
    /// Name and value.
    pub values: Vec<(String, SecretString)>,
    /// When the access token ends, if it does.
    pub expires_at: Option<DateTime<Utc>>,
}

impl Secrets {
    /// The secret of a name.
    pub fn get(&self, name: &str) -> Option<&SecretString> {
        self.values.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Sets the secret of a name.
    pub fn set(&mut self, name: &str, value: SecretString) {
        self.values.retain(|(key, _)| key != name);
        self.values.push((name.to_owned(), value));
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.values.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Secrets").field("names", &names).field("expires_at", &self.expires_at).finish()
    }
}

/// Whose secrets.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// One connection.
    Integration(IntegrationId),
    /// The organization's app registration or global key of a provider.
    Provider(String),
    /// A customer's webhook endpoint: its address and what signs its deliveries.
    WebhookEndpoint(WebhookEndpointId),
}

/// The credential store.
#[async_trait::async_trait]
pub trait Credentials: Send + Sync {
    /// The secrets, or `None` when there are none; with their version.
    async fn get(
        &self,
        organization: OrganizationId,
        owner: &Owner,
    ) -> Result<Option<(Secrets, u64)>, VaultError>;

    /// Replaces them, durable when it returns. `expected` is the version they were read at (0: none were there);
    /// `false` when somebody was faster.
    async fn put(
        &self,
        organization: OrganizationId,
        owner: &Owner,
        secrets: &Secrets,
        expected: Option<u64>,
    ) -> Result<bool, VaultError>;

    /// Removes them.
    async fn delete(&self, organization: OrganizationId, owner: &Owner) -> Result<(), VaultError>;

    /// Names of the secrets that are set, never their values.
    async fn names(&self, organization: OrganizationId, owner: &Owner) -> Result<Vec<String>, VaultError>;

    /// Takes the refresher's lease of a connection: one refresher at a time, over all processes. `None` while held.
    #[expect(clippy::too_many_arguments, reason = "each is a different thing the protocol needs")]
    async fn lease_refresh(
        &self,
        organization: OrganizationId,
        owner: &Owner,
        holder: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Option<u64>, VaultError>;

    /// Gives the lease back.
    async fn release_refresh(
        &self,
        organization: OrganizationId,
        owner: &Owner,
        epoch: u64,
    ) -> Result<(), VaultError>;
}
