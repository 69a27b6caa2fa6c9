//! Connections and authorizations: what the adapter does.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::value::ErrorClass;

use super::{
    CallError, Cursor, Find, Operations, Page, PreparedCall, Provider, ReadMode, RemoteRecord, Subscribing,
    Subscription, Subscriptions, Target, WebhookCall, WebhookRejection, WebhookTaken, WriteOutcome,
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
pub trait Connection: Operations + Send + Sync {
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

    /// An admitted call is not sent after all: it no longer counts.
    async fn give_back(&self);

    /// The same as `admit` for a read or a look-up: a full limit is told as the provider's own refusal would be.
    async fn admit_read(&self) -> Result<(), CallError> {
        self.admit().await.map_err(|wait| CallError {
            class: ErrorClass::RateLimited,
            code: None,
            message: "waits for the provider's rate limit".to_owned(),
            next_step: None,
            retry_after: Some(wait),
        })
    }

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

/// A company that credentials give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteRealm {
    /// The realm.
    pub id: String,
    /// Its name, where the provider tells.
    pub name: Option<String>,
}

/// A day on which a connection ends that nobody renews.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline {
    /// When.
    pub at: DateTime<Utc>,
    /// What ends, for people.
    pub what: String,
    /// What a person should do before.
    pub next_step: String,
}

/// Where to send the browser.
#[derive(Debug)]
pub struct Authorization {
    /// The URL.
    pub url: String,
    /// What to keep until the callback: a PKCE verifier, or the secret of a temporary OAuth 1.0 token.
    pub verifier: Option<secrecy::SecretString>,
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

    /// Where to send the browser. `app` holds the app's registration (`client_id`, `client_secret`).
    async fn authorize(
        &self,
        target: &Target,
        app: &Secrets,
        state: &str,
        redirect_uri: &str,
    ) -> Result<Authorization, CallError>;

    /// Exchanges what the callback brought; `callback` is every query parameter of the redirect, `verifier` what the
    /// authorization kept.
    #[expect(clippy::too_many_arguments, reason = "each is a different thing the protocol needs")]
    async fn exchange(
        &self,
        target: &Target,
        app: &Secrets,
        callback: &BTreeMap<String, String>,
        redirect_uri: &str,
        verifier: Option<&secrecy::SecretString>,
    ) -> Result<Authorized, CallError>;

    /// The companies that a connection's credentials give, where the provider tells; with `secrets` in hand in place of
    /// the stored ones. `None` for providers that have no such call.
    async fn realms(
        &self,
        target: &Target,
        secrets: Option<Secrets>,
    ) -> Result<Option<Vec<RemoteRealm>>, CallError>;

    /// Days on which a connection ends that nobody renews, the first one first.
    fn deadlines(&self, target: &Target, secrets: &Secrets, scopes: &[String]) -> Vec<Deadline>;

    /// Refreshes a connection's tokens now, under its lease, and stores what came back before anything uses it.
    async fn refresh(&self, target: &Target) -> Result<(), CallError>;

    /// Gives tokens back to the provider, where it can.
    async fn revoke(&self, target: &Target) -> Result<(), CallError>;

    /// Verifies a webhook on its raw bytes and says what it is about, or what to answer to a handshake. `target` is
    /// the connection it is for, or any of the provider; `secrets` are those of the app, then of the connection.
    async fn verify_webhook(
        &self,
        target: &Target,
        secrets: &[Secrets],
        call: &WebhookCall,
        now: DateTime<Utc>,
    ) -> Result<WebhookTaken, WebhookRejection>;

    /// What is to be subscribed to, where a manifest says how.
    fn subscriptions(&self, provider: &str) -> Option<Subscriptions>;

    /// Makes a subscription, or adopts one that is there. The secret it may come with is stored.
    async fn subscribe(&self, target: &Target, wanted: &Subscribing) -> Result<Subscription, CallError>;

    /// Prolongs a subscription; where the provider has no such call, it is made anew.
    async fn renew_subscription(
        &self,
        target: &Target,
        wanted: &Subscribing,
        known: &Subscription,
    ) -> Result<Subscription, CallError>;

    /// Deletes a subscription. One that is gone is what was wanted.
    async fn unsubscribe(
        &self,
        target: &Target,
        wanted: &Subscribing,
        known: &Subscription,
    ) -> Result<(), CallError>;
}
