//! What a simulated company is like, and how strictly it is guarded.

use std::net::SocketAddr;

use rust_decimal::Decimal;

use crate::faults::FaultPlan;

/// The simulated app, company and their limits. `Default` is a US company with the published limits.
#[derive(Clone, Debug)]
pub struct QuickBooksConfig {
    /// Where to listen; a free local port when absent.
    pub addr: Option<SocketAddr>,
    /// The company id: a decimal string of 10 to 19 digits (fact sheet, "Tenant").
    pub realm_id: String,
    /// ISO country of the company; `US` has automated sales tax (`TAX`/`NON`), others real tax codes.
    pub company_country: String,
    /// The app's client id.
    pub client_id: String,
    /// The app's client secret.
    pub client_secret: String,
    /// Redirect addresses registered with the app; compared exactly.
    pub redirect_uris: Vec<String>,
    /// Key of the webhook signature.
    pub verifier_token: String,
    /// Lifetime of an access token in seconds (provider: 3600).
    pub access_token_ttl_s: u64,
    /// Whether each refresh answers a new refresh token.
    pub refresh_rotates: bool,
    /// Seconds for which a superseded refresh token still works.
    pub refresh_grace_s: u64,
    /// Lifetime of an authorization code in seconds.
    pub code_ttl_s: u64,
    /// Whether an authorization without an S256 challenge is refused.
    pub require_pkce: bool,
    /// When set, the consent page answers this OAuth error instead of a code (`access_denied`).
    pub authorize_error: Option<String>,
    /// Whether `requestid` replays the first answer.
    pub request_id: RequestIds,
    /// Whether a second document with a number in use is refused with 6140.
    pub enforce_unique_doc_number: bool,
    /// The company's "custom transaction numbers" preference; when off, missing numbers are counted up.
    pub custom_txn_numbers: bool,
    /// Whether transactions in other than the home currency are allowed.
    pub multi_currency: bool,
    /// Sales tax in percent put on lines marked `TAX` in a US company.
    pub tax_rate_percent: Decimal,
    /// Whether `PrivateNote` and `Notes` may stand in a `where` clause (not settled by the sources).
    pub notes_filterable: bool,
    /// When a note holds a word starting with this prefix, that word is the object's business key.
    pub reference_marker: Option<String>,
    /// Requests per minute and company; 0 switches the limit off (provider: 500).
    pub requests_per_minute: u32,
    /// Requests per second; 0 switches the limit off (provider: 10).
    pub requests_per_second: u32,
    /// Batches per minute; 0 switches the limit off (provider: 40).
    pub batch_per_minute: u32,
    /// Faults to inject.
    pub faults: FaultPlan,
    /// Where to send webhooks.
    pub webhook: Option<WebhookConfig>,
    /// Seed of tokens and event ids.
    pub seed: u64,
}

impl Default for QuickBooksConfig {
    fn default() -> Self {
        Self {
            addr: None,
            realm_id: "9341453172000001".into(),
            company_country: "US".into(),
            client_id: "qbo-client".into(),
            client_secret: "qbo-secret".into(),
            redirect_uris: vec!["http://127.0.0.1/oauth/callback".into()],
            verifier_token: "qbo-verifier".into(),
            access_token_ttl_s: 3600,
            refresh_rotates: true,
            refresh_grace_s: 60,
            code_ttl_s: 300,
            require_pkce: false,
            authorize_error: None,
            request_id: RequestIds::Honoured,
            enforce_unique_doc_number: false,
            custom_txn_numbers: true,
            multi_currency: false,
            tax_rate_percent: Decimal::ZERO,
            notes_filterable: true,
            reference_marker: None,
            requests_per_minute: 500,
            requests_per_second: 10,
            batch_per_minute: 40,
            faults: FaultPlan::default(),
            webhook: None,
            seed: 1,
        }
    }
}

impl QuickBooksConfig {
    /// The default company with all throttling off.
    pub fn unlimited() -> Self {
        Self { requests_per_minute: 0, requests_per_second: 0, batch_per_minute: 0, ..Self::default() }
    }
}

/// What the provider does with `?requestid=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestIds {
    /// The same id on the same company answers the first answer again, byte for byte.
    Honoured,
    /// The parameter is checked for its length and otherwise does nothing.
    Ignored,
}

/// Where webhooks go, and in which of the two published shapes.
#[derive(Clone, Debug)]
pub struct WebhookConfig {
    /// The receiver's address.
    pub url: String,
    /// Body layout.
    pub shape: WebhookShape,
    /// How long changes are gathered into one delivery, in milliseconds.
    pub batch_ms: u64,
    /// Pause before the first retry in milliseconds; doubled each time (provider: 10 s, 20 s, …).
    pub retry_ms: u64,
}

impl WebhookConfig {
    /// Quick delivery for tests: 50 ms of gathering, retries from 100 ms.
    pub fn new(url: impl Into<String>, shape: WebhookShape) -> Self {
        Self { url: url.into(), shape, batch_ms: 50, retry_ms: 100 }
    }
}

/// The two payload layouts in use (fact sheet, "Webhooks").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookShape {
    /// An object with `eventNotifications`.
    Classic,
    /// An array of CloudEvents 1.0.
    CloudEvents,
}

/// A company setting a bookkeeper can change while connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preference {
    /// Refuse a document number in use (6140).
    UniqueDocNumbers(bool),
    /// Keep the numbers callers send; when off, number missing ones automatically.
    CustomTxnNumbers(bool),
    /// Allow foreign currencies.
    MultiCurrency(bool),
    /// Sales tax percent on `TAX` lines (US).
    TaxRatePercent(Decimal),
}
