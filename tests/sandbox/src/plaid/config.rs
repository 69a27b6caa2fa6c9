//! What the simulated client and its banks are like, and how strictly they are guarded.

use std::net::SocketAddr;

use crate::faults::FaultPlan;
use crate::kit::poster::Pace;

/// The simulated client and its limits. `Default` has the limits published for production.
#[derive(Clone, Debug)]
pub struct PlaidConfig {
    /// Where to listen; a free local port when absent.
    pub addr: Option<SocketAddr>,
    /// `client_id`.
    pub client_id: String,
    /// `secret` of this environment.
    pub secret: String,
    /// Which environment this is; `/sandbox/*` is in the sandbox only.
    pub environment: Environment,
    /// Requests per minute; 0 switches a limit off.
    pub limits: PlaidLimits,
    /// Lifetime of a link token in seconds (provider: 4 hours).
    pub link_token_ttl_s: u64,
    /// Lifetime of a link token in update mode in seconds (provider: 30 minutes).
    pub update_token_ttl_s: u64,
    /// Lifetime of a public token in seconds (provider: 30 minutes).
    pub public_token_ttl_s: u64,
    /// Seconds after linking until the last 30 days of transactions are there.
    pub initial_after_s: u64,
    /// Seconds after linking until the whole history is there.
    pub historical_after_s: u64,
    /// Seconds between two visits at the bank; 0 shows a transaction at once (provider: 1 to 4 visits
    /// a day). `/transactions/refresh` visits at once.
    pub pull_every_s: u64,
    /// Whether a transaction that is new and was changed since is in `modified` instead of `added`
    /// (the provider says it may be).
    pub new_as_modified: bool,
    /// Whether posted transactions point back at their pending ones (the provider does not always).
    pub link_pending: bool,
    /// Whether the webhooks for `/transactions/get` are sent besides.
    pub legacy_webhooks: bool,
    /// How fast webhooks are sent and retried (provider: 10 s of patience, retries for 24 hours).
    pub webhook_pace: Pace,
    /// Whether webhooks gathered together leave in the opposite order.
    pub webhook_disorder: bool,
    /// Faults to inject.
    pub faults: FaultPlan,
    /// Seed of ids and tokens.
    pub seed: u64,
}

/// Where the client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// Test banks, with helpers.
    Sandbox,
    /// Real banks.
    Production,
}

impl Environment {
    /// As webhooks and tokens write it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Production => "production",
        }
    }
}

/// A limit per minute: of one item, and of the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PerMinute {
    /// Requests for one item.
    pub item: u32,
    /// Requests of the client.
    pub client: u32,
}

impl PerMinute {
    const fn of(item: u32, client: u32) -> Self {
        Self { item, client }
    }
}

/// The limits by endpoint (fact sheet, "Rate limits").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaidLimits {
    /// `/accounts/get`
    pub accounts: PerMinute,
    /// `/accounts/balance/get`
    pub balance: PerMinute,
    /// `/item/get`
    pub item: PerMinute,
    /// `/item/remove`
    pub remove: PerMinute,
    /// `/transactions/sync`
    pub sync: PerMinute,
    /// `/transactions/get` (not on the sheet; general knowledge)
    pub transactions: PerMinute,
    /// `/transactions/refresh` (tighter; the numbers are not settled by the sources)
    pub refresh: PerMinute,
    /// `/institutions/get`
    pub institutions: PerMinute,
    /// `/institutions/get_by_id`
    pub institution: PerMinute,
}

impl Default for PlaidLimits {
    fn default() -> Self {
        Self {
            accounts: PerMinute::of(15, 15_000),
            balance: PerMinute::of(5, 1200),
            item: PerMinute::of(15, 5000),
            remove: PerMinute::of(30, 2000),
            sync: PerMinute::of(50, 2500),
            transactions: PerMinute::of(30, 20_000),
            refresh: PerMinute::of(2, 100),
            institutions: PerMinute::of(0, 50),
            institution: PerMinute::of(0, 400),
        }
    }
}

impl PlaidLimits {
    /// No limit at all.
    pub fn off() -> Self {
        let none = PerMinute::of(0, 0);
        Self {
            accounts: none,
            balance: none,
            item: none,
            remove: none,
            sync: none,
            transactions: none,
            refresh: none,
            institutions: none,
            institution: none,
        }
    }
}

impl Default for PlaidConfig {
    fn default() -> Self {
        Self {
            addr: None,
            client_id: "plaid-client".into(),
            secret: "plaid-secret".into(),
            environment: Environment::Sandbox,
            limits: PlaidLimits::default(),
            link_token_ttl_s: 4 * 3600,
            update_token_ttl_s: 1800,
            public_token_ttl_s: 1800,
            initial_after_s: 2,
            historical_after_s: 4,
            pull_every_s: 0,
            new_as_modified: true,
            link_pending: true,
            legacy_webhooks: true,
            webhook_pace: Pace { patience_ms: 10_000, ..Pace::default() },
            webhook_disorder: false,
            faults: FaultPlan::default(),
            seed: 1,
        }
    }
}

impl PlaidConfig {
    /// The default client without limits, whose items have their whole history at once.
    pub fn unlimited() -> Self {
        let limits = PlaidLimits::off();
        Self { limits, initial_after_s: 0, historical_after_s: 0, ..Self::default() }
    }
}
