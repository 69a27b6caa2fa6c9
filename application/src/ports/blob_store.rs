//! Bulky or personal raw material, outside the events, sealed per organization and erasable.

use chrono::{DateTime, Utc};
use domain::ids::OrganizationId;

use super::Unavailable;

/// Where a blob lies.
pub type BlobAddress = String;

/// Sealed bytes with retention.
#[async_trait::async_trait]
pub trait BlobStore: Send + Sync {
    /// Stores `bytes`, durable when it returns. The address is the keyed digest of (kind, bytes), so that storing the
    /// same twice is one blob; the later `keep_until` wins.
    async fn put(
        &self,
        organization: OrganizationId,
        kind: &str,
        bytes: &[u8],
        keep_until: DateTime<Utc>,
    ) -> Result<BlobAddress, Unavailable>;

    /// Like `put`, many in one transaction, addresses in the order given.
    async fn put_many(
        &self,
        organization: OrganizationId,
        kind: &str,
        blobs: &[Vec<u8>],
        keep_until: DateTime<Utc>,
    ) -> Result<Vec<BlobAddress>, Unavailable>;

    /// The bytes; `None` once erased or expired.
    async fn get(&self, organization: OrganizationId, address: &str) -> Result<Option<Vec<u8>>, Unavailable>;

    /// Removes what was to be kept until before `now`; answers how many.
    async fn sweep(&self, now: DateTime<Utc>) -> Result<u64, Unavailable>;
}
