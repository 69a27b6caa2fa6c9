//! What the simulated account is like, and how strictly it is guarded.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use crate::faults::FaultPlan;
use crate::kit::poster::Pace;

/// The simulated account, its keys and limits. `Default` has the published limits.
#[derive(Clone, Debug)]
pub struct StripeConfig {
    /// Where to listen; a free local port when absent.
    pub addr: Option<SocketAddr>,
    /// The account the keys belong to: the platform, where there are connected accounts.
    pub account_id: String,
    /// Accounts that are connected from the start: usable in `Stripe-Account`.
    pub connected_accounts: Vec<String>,
    /// The secret key of the test mode.
    pub secret_key: String,
    /// The secret key of the live mode.
    pub live_secret_key: String,
    /// Restricted keys with what each allows.
    pub restricted_keys: Vec<RestrictedKey>,
    /// The account's default API version: of requests without `Stripe-Version`, and of events.
    pub api_version: String,
    /// Whether `Idempotency-Key` replays the first answer.
    pub idempotency: IdempotencyKeys,
    /// How long a key is kept, in seconds (provider: pruned once at least 24 hours old).
    pub idempotency_ttl_s: u64,
    /// Requests per second and account in test mode; 0 switches the limit off (provider: 25).
    pub test_per_second: u32,
    /// Requests per second and account in live mode; 0 switches the limit off (provider: 100).
    pub live_per_second: u32,
    /// Requests per second and endpoint; 0 switches the limit off (provider: 25).
    pub endpoint_per_second: u32,
    /// Searches per second; 0 switches the limit off (provider: 20).
    pub search_per_second: u32,
    /// Updates per hour and payment intent; 0 switches the limit off (provider: 1000).
    pub intent_updates_per_hour: u32,
    /// Requests at once; 0 switches the limit off (the provider publishes no number).
    pub concurrency: u32,
    /// How far searches are behind writes, in milliseconds (provider: under a minute). The fault
    /// plan's `search_lag_ms` counts when it is longer. Lists are never behind.
    pub search_lag_ms: u64,
    /// Metadata key that holds the caller's own reference: the business key of duplicates.
    pub reference_metadata: Option<String>,
    /// A webhook endpoint that is there from the start.
    pub webhook: Option<WebhookConfig>,
    /// How fast webhooks are sent and retried.
    pub webhook_pace: Pace,
    /// Whether webhooks gathered together leave in the opposite order (the provider promises none).
    pub webhook_disorder: bool,
    /// Client id of the Connect platform.
    pub client_id: String,
    /// Redirect addresses of the Connect platform; compared exactly.
    pub redirect_uris: Vec<String>,
    /// The account whose owner says yes on the Connect page.
    pub authorizing_account: String,
    /// When set, the Connect page answers this OAuth error instead of a code (`access_denied`).
    pub authorize_error: Option<String>,
    /// Faults to inject.
    pub faults: FaultPlan,
    /// Seed of ids and secrets.
    pub seed: u64,
}

impl Default for StripeConfig {
    fn default() -> Self {
        Self {
            addr: None,
            account_id: "acct_1HeadwaterPlatfm".into(),
            connected_accounts: Vec::new(),
            secret_key: "sk_test_headwater".into(),
            live_secret_key: "sk_live_headwater".into(),
            restricted_keys: Vec::new(),
            api_version: "2025-09-30.clover".into(),
            idempotency: IdempotencyKeys::Honoured,
            idempotency_ttl_s: 24 * 3600,
            test_per_second: 25,
            live_per_second: 100,
            endpoint_per_second: 25,
            search_per_second: 20,
            intent_updates_per_hour: 1000,
            concurrency: 0,
            search_lag_ms: 1000,
            reference_metadata: None,
            webhook: None,
            webhook_pace: Pace::default(),
            webhook_disorder: false,
            client_id: "ca_headwater".into(),
            redirect_uris: vec!["http://127.0.0.1/oauth/callback".into()],
            authorizing_account: "acct_1HeadwaterTenant".into(),
            authorize_error: None,
            faults: FaultPlan::default(),
            seed: 1,
        }
    }
}

impl StripeConfig {
    /// The default account with all rate limits off.
    pub fn unlimited() -> Self {
        Self {
            test_per_second: 0,
            live_per_second: 0,
            endpoint_per_second: 0,
            search_per_second: 0,
            intent_updates_per_hour: 0,
            ..Self::default()
        }
    }
}

/// What the provider does with `Idempotency-Key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdempotencyKeys {
    /// The same key and parameters answer the first answer again.
    Honoured,
    /// The header is checked for its length and otherwise does nothing.
    Ignored,
}

/// A key that may do less than the secret key.
#[derive(Clone, Debug)]
pub struct RestrictedKey {
    /// `rk_test_…` or `rk_live_…`; the text says the mode.
    pub key: String,
    /// Access by resource: `customer`, `product`, `plan` (prices), `invoice`, `payment_intent`,
    /// `charge` (refunds too), `credit_note`, `event`, `webhook`, ….
    pub permissions: BTreeMap<String, Access>,
}

/// How far a permission goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Reading.
    Read,
    /// Reading and writing.
    Write,
}

/// A webhook endpoint as made in the dashboard.
#[derive(Clone, Debug)]
pub struct WebhookConfig {
    /// The receiver's address.
    pub url: String,
    /// `whsec_…`: the whole text is the signing key.
    pub secret: String,
    /// Event types; `*` for all.
    pub enabled_events: Vec<String>,
    /// Version of the payload; the account's when absent.
    pub api_version: Option<String>,
    /// Whether only ids are sent.
    pub thin: bool,
}

impl WebhookConfig {
    /// All events as snapshots in the account's version.
    pub fn new(url: impl Into<String>, secret: impl Into<String>) -> Self {
        let enabled_events = vec!["*".to_owned()];
        Self { url: url.into(), secret: secret.into(), enabled_events, api_version: None, thin: false }
    }
}
