//! Authorizations under way: one-time state, bound to whom it was given.

use chrono::{DateTime, Utc};
use domain::ids::{IntegrationId, OrganizationId, ProjectId};
use secrecy::SecretString;
use uuid::Uuid;

use super::vault::VaultError;

/// An authorization under way or ended.
#[derive(Clone, Debug)]
pub struct OAuthAttempt {
    /// Its id.
    pub id: Uuid,
    /// The tenant.
    pub organization: OrganizationId,
    /// The project.
    pub project: ProjectId,
    /// The integration that will be connected.
    pub integration: IntegrationId,
    /// The provider's key.
    pub provider: String,
    /// Where the provider sends the browser back; exact.
    pub redirect_uri: String,
    /// PKCE verifier (RFC 7636), where the provider takes it, or the secret of a temporary OAuth 1.0 token. Stored
    /// sealed.
    pub verifier: Option<SecretString>,
    /// Given back to the caller when it ends.
    pub additional_data: Option<String>,
    /// `pending`, `realm_required`, `completed` or `failed`.
    pub status: String,
    /// Why it failed, for people.
    pub error: Option<String>,
    /// Not usable after this.
    pub expires_at: DateTime<Utc>,
}

/// Attempts by state. The state is random and stored as SHA-256 only.
#[async_trait::async_trait]
pub trait OAuthAttempts: Send + Sync {
    /// Stores a new attempt under `state`.
    async fn begin(&self, attempt: &OAuthAttempt, state: &str) -> Result<(), VaultError>;
    /// Takes the attempt of `state`, once: a second call, an expired or an unknown state answers `None`.
    async fn take(&self, state: &str, now: DateTime<Utc>) -> Result<Option<OAuthAttempt>, VaultError>;
    /// Notes how it ended.
    async fn end(&self, id: Uuid, status: &str, error: Option<&str>) -> Result<(), VaultError>;
    /// The attempt, for its owner.
    async fn get(&self, organization: OrganizationId, id: Uuid) -> Result<Option<OAuthAttempt>, VaultError>;
    /// Forgets it.
    async fn delete(&self, organization: OrganizationId, id: Uuid) -> Result<(), VaultError>;
}
