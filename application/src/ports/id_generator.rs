//! Ids and randomness.

use uuid::Uuid;

/// The one source of ids and randomness.
pub trait IdGenerator: Send + Sync {
    /// A new UUIDv7 (RFC 9562): ordered by time, so that keys arrive in order.
    fn next(&self) -> Uuid;
    /// Fills `bytes` from a cryptographically secure source.
    fn random(&self, bytes: &mut [u8]);
}
