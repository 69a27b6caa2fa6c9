//! Keys and sealing. Nothing that this port opens may enter an event, a row, a log or an answer.

use domain::digest::DigestKey;
use domain::ids::OrganizationId;
use secrecy::SecretSlice;

use super::Unavailable;

/// Why something sealed could not be opened.
#[derive(Clone, Debug, thiserror::Error)]
pub enum VaultError {
    /// The key that sealed it is not here.
    #[error("key `{key_id}` is not configured")]
    UnknownKey {
        /// The missing key's id.
        key_id: String,
    },
    /// Altered, or sealed for something else.
    #[error("sealed data does not open: it was altered or belongs elsewhere")]
    NotAuthentic,
    /// The store of wrapped keys is away.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Envelope encryption: every record has its own data key, wrapped by the key-encryption key (AES-256-GCM,
/// NIST SP 800-38D); what it belongs to is associated data, so that swapping two records' bytes fails.
#[async_trait::async_trait]
pub trait Vault: Send + Sync {
    /// The organization's digest key; made and stored (wrapped) on first use, the same ever after.
    async fn digest_key(&self, organization: OrganizationId) -> Result<DigestKey, VaultError>;

    /// Seals `plain` under a fresh data key. `context` is what it belongs to (`connection/<id>/tokens`).
    fn seal(&self, organization: OrganizationId, context: &str, plain: &[u8]) -> Vec<u8>;

    /// Opens what `seal` made for the same organization and context.
    fn open(
        &self,
        organization: OrganizationId,
        context: &str,
        sealed: &[u8],
    ) -> Result<SecretSlice<u8>, VaultError>;
}
