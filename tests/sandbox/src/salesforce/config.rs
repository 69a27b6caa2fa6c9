//! What the simulated org is like, and how strictly it is guarded.

use std::net::SocketAddr;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::faults::FaultPlan;

/// The simulated org, its connected client and its limits. `Default` is a Developer Edition org
/// with the published limits and a `Headwater_Id__c` external id on every object.
#[derive(Clone, Debug)]
pub struct SalesforceConfig {
    /// Where to listen; a free local port when absent.
    pub addr: Option<SocketAddr>,
    /// Consumer key and secret of the external client app.
    pub client: (String, String),
    /// Redirect addresses registered with the app; compared exactly.
    pub redirect_uris: Vec<String>,
    /// Public key of the certificate uploaded for the JWT bearer flow, as DER of
    /// SubjectPublicKeyInfo; `None` when none is uploaded.
    pub certificate: Option<Vec<u8>>,
    /// The user who consents, and the only one assertions may name.
    pub username: String,
    /// Whether the administrator approved the user for the app (JWT bearer needs it).
    pub pre_authorized: bool,
    /// Whether the client credentials flow is switched on, with the same user to run as.
    pub client_credentials: bool,
    /// Whether an authorization without an S256 challenge is refused.
    pub require_pkce: bool,
    /// When set, the consent page answers this OAuth error instead of a code (`access_denied`).
    pub authorize_error: Option<String>,
    /// Seconds an access token works (2 hours); the token answer does not say so.
    pub session_timeout_s: u64,
    /// Whether each refresh answers a new refresh token and ends the one before.
    pub refresh_rotation: bool,
    /// Seconds of idleness after which a refresh token ends; `None` for never.
    pub refresh_idle_s: Option<u64>,
    /// Whether the API is on another address than the login host, as in production: then only
    /// `instance_url` of the token answer reaches it.
    pub separate_instance: bool,
    /// The org's id, 18 characters.
    pub organization_id: String,
    /// Whether the org has several currencies, and so `CurrencyIsoCode` on records.
    pub multi_currency: bool,
    /// Fields the org added.
    pub custom_fields: Vec<CustomField>,
    /// What happens to a record that matches another one.
    pub duplicate_rule: DuplicateRule,
    /// The org's own validation rules.
    pub validation_rules: Vec<ValidationRule>,
    /// Records on a page of a query, whatever `batchSize` hints (2,000; pages may be smaller).
    pub largest_page: usize,
    /// Whether rows a query gives no unique order come in another order each time.
    pub shuffle_unordered: bool,
    /// Requests in any 24 hours; 0 switches the limit off (15,000).
    pub daily_limit: u32,
    /// When a text of a record holds a word starting with this prefix, that word is the record's
    /// business key.
    pub reference_marker: Option<String>,
    /// Faults to inject.
    pub faults: FaultPlan,
    /// Seed of tokens and of the order of unordered rows.
    pub seed: u64,
}

impl Default for SalesforceConfig {
    fn default() -> Self {
        Self {
            addr: None,
            client: ("sf-consumer-key".into(), "sf-consumer-secret".into()),
            redirect_uris: vec!["http://127.0.0.1/oauth/callback".into()],
            certificate: None,
            username: "integration@acme.example".into(),
            pre_authorized: true,
            client_credentials: false,
            require_pkce: true,
            authorize_error: None,
            session_timeout_s: 2 * 3600,
            refresh_rotation: false,
            refresh_idle_s: None,
            separate_instance: false,
            organization_id: "00D5g000004aBcDEAU".into(),
            multi_currency: false,
            custom_fields: CustomField::external_ids("Headwater_Id__c"),
            duplicate_rule: DuplicateRule::Off,
            validation_rules: Vec::new(),
            largest_page: 2000,
            shuffle_unordered: true,
            daily_limit: 15_000,
            reference_marker: None,
            faults: FaultPlan::default(),
            seed: 1,
        }
    }
}

impl SalesforceConfig {
    /// The default org without the daily limit.
    pub fn unlimited() -> Self {
        Self { daily_limit: 0, ..Self::default() }
    }

    /// The same org with the certificate of a new RSA key uploaded, and the private key as PEM of PKCS#8.
    pub fn with_certificate(self) -> (Self, String) {
        let key = RsaKeyPair::generate(KeySize::Rsa2048).expect("the machine has random numbers");
        let public: PublicKeyX509Der<'_> = key.public_key().as_der().expect("a new key can be written");
        let private: Pkcs8V1Der<'_> = key.as_der().expect("a new key can be written");
        let lines = STANDARD.encode(private.as_ref());
        let lines = lines.as_bytes().chunks(64).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\n");
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{lines}\n-----END PRIVATE KEY-----\n");
        (Self { certificate: Some(public.as_ref().to_vec()), ..self }, pem)
    }
}

/// A text field of 255 characters the org added to an object.
#[derive(Clone, Debug)]
pub struct CustomField {
    /// The object, such as `Account`.
    pub object: String,
    /// Its API name, such as `Headwater_Id__c`.
    pub name: String,
    /// Whether it is flagged External ID: records can be upserted by it.
    pub external_id: bool,
    /// Whether its values are unique, upper and lower case being the same.
    pub unique: bool,
}

impl CustomField {
    /// The same unique external id on every object that can be written.
    pub fn external_ids(name: &str) -> Vec<Self> {
        let objects = super::kind::KINDS.into_iter().filter(|kind| kind.is_writable());
        let field = |kind: super::kind::Kind| Self {
            object: kind.name().to_owned(),
            name: name.to_owned(),
            external_id: true,
            unique: true,
        };
        objects.map(field).collect()
    }
}

/// What the org's duplicate rule does with an account of the same name, or a contact or lead with
/// the same email.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DuplicateRule {
    /// There is none.
    Off,
    /// Refused, unless `Sforce-Duplicate-Rule-Header: allowSave=true` is sent.
    Alert,
    /// Always refused.
    Block,
}

/// A rule of the org: a field may not have a value.
#[derive(Clone, Debug)]
pub struct ValidationRule {
    /// The object, such as `Account`.
    pub object: String,
    /// The field the error is shown at.
    pub field: String,
    /// The text it may not have.
    pub forbidden: String,
    /// What the user is told.
    pub message: String,
}
