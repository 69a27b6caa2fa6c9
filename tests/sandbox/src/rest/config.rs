//! What a REST simulator is set up with.

use std::net::SocketAddr;

use crate::faults::FaultPlan;

/// The setting of one REST simulator. `RestConfig::default()` is two empty collections,
/// `customers` and `orders`, with no authorisation, no versions and no faults.
#[derive(Clone, Debug)]
pub struct RestConfig {
    /// Names of the collections; the first three letters begin their ids.
    pub collections: Vec<String>,
    /// How many records each collection starts with.
    pub records: usize,
    /// Seed of the generated records.
    pub seed: u64,
    /// The key demanded as `Authorization: Bearer <key>`; `None` demands nothing.
    pub api_key: Option<String>,
    /// The largest `limit` a list accepts; a larger one is answered 400.
    pub page_limit_max: usize,
    /// What the header `Idempotency-Key` does.
    pub idempotency: Idempotency,
    /// Whether a second live record with the same `external_id` is refused with 409.
    pub unique_external_id: bool,
    /// Whether records carry an integer `version` and PUT and PATCH need `If-Match`.
    pub versions: bool,
    /// The precision of `updated_at`.
    pub stamp_granularity: StampGranularity,
    /// Requests allowed in any 60 seconds; beyond it 429 with `Retry-After`.
    pub rate_per_minute: Option<u32>,
    /// The faults it starts with.
    pub faults: FaultPlan,
    /// Where changes are announced.
    pub webhook: Option<WebhookTarget>,
    /// The address to listen on; `None` takes a free port of 127.0.0.1.
    pub addr: Option<SocketAddr>,
}

impl Default for RestConfig {
    fn default() -> Self {
        Self {
            collections: vec!["customers".to_owned(), "orders".to_owned()],
            records: 0,
            seed: 1,
            api_key: None,
            page_limit_max: 1000,
            idempotency: Idempotency::Honoured,
            unique_external_id: false,
            versions: false,
            stamp_granularity: StampGranularity::Milliseconds,
            rate_per_minute: None,
            faults: FaultPlan::default(),
            webhook: None,
            addr: None,
        }
    }
}

/// What the provider makes of the header `Idempotency-Key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idempotency {
    /// The same key with the same request is answered with the first answer; with another
    /// request, 422.
    Honoured,
    /// The header changes nothing.
    Ignored,
    /// A request that carries the header is refused with 400.
    Unsupported,
}

/// The precision of `updated_at`. `updated_since` is cut to it before comparing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StampGranularity {
    /// `2025-01-01T00:00:00.000Z`
    Milliseconds,
    /// `2025-01-01T00:00:00Z`
    Seconds,
}

/// Where webhooks go and what signs them.
#[derive(Clone, Debug)]
pub struct WebhookTarget {
    /// The URL events are posted to.
    pub url: String,
    /// The HMAC-SHA256 key of `X-Signature`.
    pub secret: String,
}
