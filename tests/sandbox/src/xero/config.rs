//! What the simulated organisations are like, and how strictly they are guarded.

use std::net::SocketAddr;

use crate::faults::FaultPlan;
use crate::kit::poster::Pace;

/// The simulated app, user, organisations and their limits. `Default` is one UK organisation with
/// the published limits.
#[derive(Clone, Debug)]
pub struct XeroConfig {
    /// Where to listen; a free local port when absent.
    pub addr: Option<SocketAddr>,
    /// The organisations the user has; all are connected by a consent.
    pub organisations: Vec<Organisation>,
    /// The app's client id.
    pub client_id: String,
    /// The app's client secret.
    pub client_secret: String,
    /// Redirect addresses registered with the app; compared exactly.
    pub redirect_uris: Vec<String>,
    /// Whether the app has granular scopes (made since 2026-03-02) or the older broad ones.
    pub granular_scopes: bool,
    /// Whether an authorization without an S256 challenge is refused.
    pub require_pkce: bool,
    /// When set, the consent page answers this OAuth error instead of a code (`access_denied`).
    pub authorize_error: Option<String>,
    /// Lifetime of an access token in seconds (provider: 1800).
    pub access_token_ttl_s: u64,
    /// Lifetime of an unused refresh token in seconds (provider: 60 days).
    pub refresh_token_ttl_s: u64,
    /// Seconds for which a superseded refresh token still works (provider: single use; a grace of
    /// about 1800 is unverified).
    pub refresh_grace_s: u64,
    /// Whether `Idempotency-Key` replays the first answer.
    pub idempotency: IdempotencyKeys,
    /// How long an answer is kept for its key, in seconds (about 6 minutes; unverified).
    pub idempotency_ttl_s: u64,
    /// Whether lists without `page` show lines (unverified; believed not to).
    pub lines_without_page: bool,
    /// When a reference or contact number holds a word starting with this prefix, that word is the
    /// object's business key.
    pub reference_marker: Option<String>,
    /// Rate limits.
    pub limits: Limits,
    /// How long each call takes, in milliseconds: calls at once meet the concurrency limit.
    pub latency_ms: u64,
    /// Faults to inject.
    pub faults: FaultPlan,
    /// Where to send webhooks.
    pub webhook: Option<WebhookConfig>,
    /// Seed of tokens and ids.
    pub seed: u64,
}

impl Default for XeroConfig {
    fn default() -> Self {
        Self {
            addr: None,
            organisations: vec![Organisation::default()],
            client_id: "xero-client".into(),
            client_secret: "xero-secret".into(),
            redirect_uris: vec!["http://127.0.0.1/oauth/callback".into()],
            granular_scopes: true,
            require_pkce: false,
            authorize_error: None,
            access_token_ttl_s: 1800,
            refresh_token_ttl_s: 60 * 24 * 3600,
            refresh_grace_s: 0,
            idempotency: IdempotencyKeys::Honoured,
            idempotency_ttl_s: 360,
            lines_without_page: false,
            reference_marker: None,
            limits: Limits::default(),
            latency_ms: 0,
            faults: FaultPlan::default(),
            webhook: None,
            seed: 1,
        }
    }
}

impl XeroConfig {
    /// The default organisation with all throttling off.
    pub fn unlimited() -> Self {
        Self { limits: Limits::off(), ..Self::default() }
    }
}

/// One organisation of the user.
#[derive(Clone, Debug)]
pub struct Organisation {
    /// The tenant id: a UUID.
    pub tenant_id: String,
    /// Its name.
    pub name: String,
    /// ISO country; `GB`, `NZ`, `AU` and `US` have their own tax rates.
    pub country: String,
    /// ISO currency of the books.
    pub base_currency: String,
    /// Other currencies documents may be in.
    pub currencies: Vec<String>,
}

impl Default for Organisation {
    fn default() -> Self {
        Self {
            tenant_id: "70784a63-d24b-46a9-a4db-0e70a274b056".into(),
            name: "Demo Company (UK)".into(),
            country: "GB".into(),
            base_currency: "GBP".into(),
            currencies: vec!["USD".into(), "EUR".into()],
        }
    }
}

/// The published limits; 0 switches one off.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Calls a minute and organisation (60).
    pub per_minute: u32,
    /// Calls in 24 hours and organisation (5,000).
    pub per_day: u32,
    /// Calls at once and organisation (5).
    pub at_once: u32,
    /// Calls a minute over all organisations (10,000).
    pub app_per_minute: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { per_minute: 60, per_day: 5000, at_once: 5, app_per_minute: 10_000 }
    }
}

impl Limits {
    /// No limits.
    pub fn off() -> Self {
        Self { per_minute: 0, per_day: 0, at_once: 0, app_per_minute: 0 }
    }
}

/// What the provider does with `Idempotency-Key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdempotencyKeys {
    /// The same key and request answer the first answer again; another request is refused.
    Honoured,
    /// The header is checked for its length and otherwise does nothing.
    Ignored,
}

/// The app's one webhook.
#[derive(Clone, Debug)]
pub struct WebhookConfig {
    /// The delivery address.
    pub url: String,
    /// The signing key.
    pub key: String,
    /// How deliveries are made.
    pub pace: Pace,
}

impl WebhookConfig {
    /// Quick delivery for tests.
    pub fn new(url: impl Into<String>, key: impl Into<String>) -> Self {
        Self { url: url.into(), key: key.into(), pace: Pace::default() }
    }
}
