//! Connections, authorizations, webhooks: what the adapter does.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{
    CallError, Cursor, Find, Page, PreparedCall, Provider, ReadMode, RemoteRecord, Target, WriteOutcome,
    WriteRequest,
};
use crate::ports::credentials::Secrets;

/// What a connection test found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The realm the credentials belong to.
    pub realm: Option<String>,
    /// The remote company's name, if it says.
    pub name: Option<String>,
}

/// A connection that may be used: its credentials are opened inside each call.
#[async_trait::async_trait]
pub trait Connection: Send + Sync {
    /// Asks the provider who we are.
    async fn verify(&self) -> Result<Verified, CallError>;

    /// Reads a page.
    async fn read_page(
        &self,
        entity: &str,
        mode: ReadMode,
        cursor: Option<&Cursor>,
    ) -> Result<Page, CallError>;

    /// Reads one record; `None` when it is not there.
    async fn read(&self, entity: &str, id: &str) -> Result<Option<RemoteRecord>, CallError>;

    /// Looks for records; several mean that the criterion was not unique.
    async fn find(&self, entity: &str, by: &Find) -> Result<Vec<RemoteRecord>, CallError>;

    /// Makes the exact bytes of the calls that carry `writes` (one entity), without sending anything. A write that
    /// cannot be said is refused with its item.
    fn prepare(&self, entity: &str, writes: &[WriteRequest])
    -> (Vec<PreparedCall>, Vec<(String, CallError)>);

    /// Waits for nobody: `Err` tells how long until the limits let one more call through. A call admitted is counted.
    async fn admit(&self) -> Result<(), Duration>;

    /// Sends an admitted call unless `send_before` has passed; answers per item, in order. Never retries.
    async fn send(&self, call: &PreparedCall, send_before: DateTime<Utc>) -> Vec<(String, WriteOutcome)>;

    /// The provider's own clock as last seen (`Date` header), for judging what was created after an intent.
    fn provider_time(&self) -> Option<DateTime<Utc>>;
}

/// An authorization that the provider confirmed.
#[derive(Debug)]
pub struct Authorized {
    /// Tokens.
    pub secrets: Secrets,
    /// The realm, from where the manifest says.
    pub realm: Option<String>,
    /// Scopes granted.
    pub scopes: Vec<String>,
}

/// Where to send the browser.
#[derive(Debug)]
pub struct Authorization {
    /// The URL.
    pub url: String,
    /// PKCE verifier to keep until the callback, where the provider takes PKCE.
    pub pkce_verifier: Option<secrecy::SecretString>,
}

/// One event of a verified webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookEvent {
    /// The provider's id of the event, else the digest-worthy text of its entry.
    pub dedupe_id: String,
    /// The remote company it is about; `-` without realms.
    pub realm: String,
    /// `<entity>.<verb>` in the provider's words.
    pub event_type: String,
    /// The provider's entity.
    pub entity: String,
    /// The record's id.
    pub remote_id: String,
    /// Whether it says the record is gone.
    pub deleted: bool,
}

/// Why a webhook was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookRejection {
    /// No signature header.
    #[error("the signature header is missing")]
    MissingSignature,
    /// The signature is another.
    #[error("the signature does not match")]
    WrongSignature,
    /// No secret is configured to verify with.
    #[error("no webhook secret is configured")]
    NoSecret,
    /// Outside the replay window.
    #[error("the timestamp is too old or in the future")]
    Replayed,
    /// Signed, but not what the manifest describes.
    #[error("the body makes no sense: {0}")]
    Unreadable(String),
    /// The provider sends no webhooks.
    #[error("the provider sends no webhooks")]
    Unsupported,
}

/// Every connector this process knows.
#[async_trait::async_trait]
pub trait Connectors: Send + Sync {
    /// Providers by key.
    fn providers(&self) -> Vec<std::sync::Arc<Provider>>;

    /// One provider.
    fn provider(&self, key: &str) -> Option<std::sync::Arc<Provider>>;

    /// A connection to use. Opens no credential yet.
    fn open(&self, target: &Target) -> Result<std::sync::Arc<dyn Connection>, CallError>;

    /// A connection with draft credentials that are stored nowhere, for a test before saving.
    fn open_draft(
        &self,
        target: &Target,
        secrets: Secrets,
    ) -> Result<std::sync::Arc<dyn Connection>, CallError>;

    /// The authorize URL of an OAuth provider. `app` holds `client_id` (and `client_secret`).
    fn authorize(
        &self,
        provider: &str,
        app: &Secrets,
        state: &str,
        redirect_uri: &str,
    ) -> Result<Authorization, CallError>;

    /// Exchanges the callback's code; `callback` is every query parameter of the redirect.
    #[expect(clippy::too_many_arguments, reason = "each is a different thing the protocol needs")]
    async fn exchange(
        &self,
        target: &Target,
        app: &Secrets,
        callback: &BTreeMap<String, String>,
        redirect_uri: &str,
        pkce_verifier: Option<&secrecy::SecretString>,
    ) -> Result<Authorized, CallError>;

    /// Refreshes a connection's tokens now, under its lease, and stores what came back before anything uses it.
    async fn refresh(&self, target: &Target) -> Result<(), CallError>;

    /// Gives tokens back to the provider, where it can.
    async fn revoke(&self, target: &Target) -> Result<(), CallError>;

    /// Verifies a webhook on its raw bytes and says what it is about. `url` is ours, as the provider called it.
    #[expect(clippy::too_many_arguments, reason = "each is a different thing the protocol needs")]
    fn verify_webhook(
        &self,
        provider: &str,
        secrets: &[secrecy::SecretString],
        headers: &BTreeMap<String, String>,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Vec<WebhookEvent>, WebhookRejection>;
}
