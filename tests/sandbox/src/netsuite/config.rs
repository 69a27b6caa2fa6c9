//! What the simulated account is like, and how strictly it is guarded.

use std::net::SocketAddr;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::faults::FaultPlan;

/// The simulated account, integration and limits. `Default` is a US OneWorld sandbox account with
/// the published limits.
#[derive(Clone, Debug)]
pub struct NetSuiteConfig {
    /// Where to listen; a free local port when absent.
    pub addr: Option<SocketAddr>,
    /// The account id as realms spell it: upper case with an underscore (`1234567_SB1`).
    pub account_id: String,
    /// Token-based authentication: consumer key and secret of the integration record.
    pub consumer: (String, String),
    /// Token-based authentication: id and secret of the access token.
    pub token: (String, String),
    /// Seconds a signed request's timestamp may be off (about 300).
    pub timestamp_skew_s: u64,
    /// OAuth 2.0: client id and secret.
    pub client: (String, String),
    /// Redirect addresses registered with the integration; compared exactly.
    pub redirect_uris: Vec<String>,
    /// Certificates mapped for machine-to-machine grants.
    pub certificates: Vec<Certificate>,
    /// Lifetime of an access token in seconds (3600).
    pub access_token_ttl_s: u64,
    /// Lifetime of a refresh token in seconds (7 days); refreshing does not prolong it.
    pub refresh_token_ttl_s: u64,
    /// Shortest `state` that is taken (22; unverified).
    pub shortest_state: usize,
    /// Whether an authorization without an S256 challenge is refused (from 2027.1 it is).
    pub require_pkce: bool,
    /// When set, the consent page answers this OAuth error instead of a code (`access_denied`).
    pub authorize_error: Option<String>,
    /// Whether the account is a OneWorld one, whose entities need a subsidiary.
    pub one_world: bool,
    /// How dates are written in `q` and by SuiteQL.
    pub date_format: DateFormat,
    /// The account's time zone as minutes east of UTC (-480: Pacific standard time, no summer time).
    pub utc_offset_minutes: i32,
    /// The account's custom fields.
    pub custom_fields: Vec<CustomField>,
    /// Whether a SuiteQL query without a unique order answers its rows in another order each time.
    pub shuffle_unordered: bool,
    /// Whether `X-NetSuite-Idempotency-Key` is honoured on asynchronous requests.
    pub idempotency: IdempotencyKeys,
    /// Requests served at once over the whole account; 0 switches the limit off (5).
    pub concurrency: u32,
    /// How long each request takes, in milliseconds: requests at once meet the limit.
    pub latency_ms: u64,
    /// How long an asynchronous job takes, in milliseconds.
    pub job_ms: u64,
    /// When a reference holds a word starting with this prefix, that word is the record's business key.
    pub reference_marker: Option<String>,
    /// Faults to inject.
    pub faults: FaultPlan,
    /// Seed of tokens and of the order of unordered rows.
    pub seed: u64,
}

impl Default for NetSuiteConfig {
    fn default() -> Self {
        let pair = |left: &str, right: &str| (left.to_owned(), right.to_owned());
        Self {
            addr: None,
            account_id: "1234567_SB1".into(),
            consumer: pair("ns-consumer-key", "ns-consumer-secret"),
            token: pair("ns-token-id", "ns-token-secret"),
            timestamp_skew_s: 300,
            client: pair("ns-client", "ns-secret"),
            redirect_uris: vec!["http://127.0.0.1/oauth/callback".into()],
            certificates: Vec::new(),
            access_token_ttl_s: 3600,
            refresh_token_ttl_s: 7 * 24 * 3600,
            shortest_state: 22,
            require_pkce: false,
            authorize_error: None,
            one_world: true,
            date_format: DateFormat::MonthDayYear,
            utc_offset_minutes: -480,
            custom_fields: Vec::new(),
            shuffle_unordered: true,
            idempotency: IdempotencyKeys::Honoured,
            concurrency: 5,
            latency_ms: 0,
            job_ms: 0,
            reference_marker: None,
            faults: FaultPlan::default(),
            seed: 1,
        }
    }
}

impl NetSuiteConfig {
    /// The default account without the concurrency limit.
    pub fn unlimited() -> Self {
        Self { concurrency: 0, ..Self::default() }
    }

    /// The same account with the certificate `cert-1` of a new RSA key mapped, and the private key as PEM of PKCS#8.
    pub fn with_certificate(self) -> (Self, String) {
        let key = RsaKeyPair::generate(KeySize::Rsa3072).expect("the machine has random numbers");
        let public: PublicKeyX509Der<'_> = key.public_key().as_der().expect("a new key can be written");
        let private: Pkcs8V1Der<'_> = key.as_der().expect("a new key can be written");
        let lines = STANDARD.encode(private.as_ref());
        let lines = lines.as_bytes().chunks(64).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\n");
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{lines}\n-----END PRIVATE KEY-----\n");
        let certificate = Certificate { id: "cert-1".into(), public_key: public.as_ref().to_vec() };
        (Self { certificates: vec![certificate], ..self }, pem)
    }

    /// The account id as host names spell it: `1234567-sb1`.
    pub fn host_name(&self) -> String {
        self.account_id.to_lowercase().replace('_', "-")
    }
}

/// A certificate mapped to the integration.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// The certificate id: `kid` of the assertion.
    pub id: String,
    /// Its public key as DER of SubjectPublicKeyInfo (the inside of `-----BEGIN PUBLIC KEY-----`).
    pub public_key: Vec<u8>,
}

/// A text field the account added to a record type.
#[derive(Clone, Debug)]
pub struct CustomField {
    /// The record type, such as `invoice`.
    pub record: String,
    /// The sublist it is a column of (`item`); `None` for a body or entity field.
    pub sublist: Option<String>,
    /// Its id, such as `custbody_reference`.
    pub id: String,
}

/// The account's date preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateFormat {
    /// `1/31/2026`
    MonthDayYear,
    /// `31/1/2026`
    DayMonthYear,
    /// `2026-01-31`
    Iso,
}

/// What the account does with `X-NetSuite-Idempotency-Key` on asynchronous requests. On
/// synchronous ones the header never does anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdempotencyKeys {
    /// A repeat is refused with `IDEMPOTENCY_ERROR` and the address of the first job.
    Honoured,
    /// The header does nothing.
    Ignored,
}
