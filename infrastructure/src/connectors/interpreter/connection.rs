//! A connection to a provider: the port, step by step delegated.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use application::ports::connector::{
    CallError, Connection, Cursor, Find, Page, PreparedCall, ReadMode, RemoteRecord, Target, Verified,
    WriteOutcome, WriteRequest,
};
use application::ports::credentials::Secrets;
use chrono::{DateTime, Utc};
use domain::value::ErrorClass;
use url::Url;

use super::call::{call, refused};
use super::pluck::{pluck, scalar};
use super::tokens::Using;
use crate::connectors::connector::Connector;
use crate::connectors::manifest::{Auth, Entity, Manifest, Values};
use crate::connectors::services::{RealmState, Services};

/// Where a connection's secrets are.
#[derive(Clone)]
pub(in crate::connectors) enum Secret {
    /// In the credential store.
    Stored,
    /// In hand, for a test before saving.
    Draft(Secrets),
}

/// A connection by a manifest.
pub(in crate::connectors) struct ManifestConnection {
    pub(super) connector: Arc<Connector>,
    pub(super) target: Target,
    pub(super) services: Services,
    pub(super) realm: Arc<RealmState>,
    pub(super) secret: Secret,
    /// The base URL; a token answer may name another.
    base: RwLock<Option<Arc<Url>>>,
    /// `{context.*}`, by whole names.
    context: BTreeMap<String, String>,
}

/// What a connection is opened with.
pub(in crate::connectors) struct Opened {
    /// The base URL, checked against the manifest's origins and the operator's list; absent where a token answer names
    /// it.
    pub(in crate::connectors) base: Option<Url>,
    /// What this process knows of the realm.
    pub(in crate::connectors) realm: Arc<RealmState>,
    /// Where its secrets are.
    pub(in crate::connectors) secret: Secret,
    /// `{context.*}`, by whole names.
    pub(in crate::connectors) context: BTreeMap<String, String>,
}

impl ManifestConnection {
    /// A connection.
    pub(in crate::connectors) fn new(
        connector: Arc<Connector>,
        target: Target,
        services: Services,
        opened: Opened,
    ) -> Self {
        let Opened { base, realm, secret, context } = opened;
        let base = RwLock::new(base.map(Arc::new));
        Self { connector, target, services, realm, secret, base, context }
    }

    /// The base URL: the connection's own, or the one its last token answer named.
    pub(super) fn base(&self) -> Result<Arc<Url>, CallError> {
        let base = self.base.read().unwrap_or_else(PoisonError::into_inner).clone();
        base.ok_or_else(|| {
            refused(
                ErrorClass::Validation,
                "this provider needs the base URL of your installation: set `base_url`",
            )
        })
    }

    /// A token answer named the base URL. Its origin is checked again, for a manifest may have changed since.
    pub(super) fn moved(&self, base: &str) -> Result<(), CallError> {
        let url = Url::parse(base)
            .map_err(|_| refused(ErrorClass::Validation, "the stored base URL is no URL: connect again"))?;
        if self.connector.endpoints.base_url.is_some() {
            return Ok(());
        }
        let url = self.connector.placed(url);
        if !self.connector.owns(&url) && !self.services.http.policy().names(&url) {
            let origin = url.origin().ascii_serialization();
            let message = format!("credentials of {} do not go to {origin}", self.manifest().name);
            return Err(refused(ErrorClass::Permission, message));
        }
        *self.base.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(url));
        Ok(())
    }

    /// The method of authentication of this connection.
    pub(super) fn own_method(&self) -> Result<&Auth, CallError> {
        let using = Using::of(self.manifest(), &self.target, None)?;
        using.auth.ok_or_else(|| refused(ErrorClass::Mapping, "the manifest has no such method"))
    }

    /// `{context.*}` with further holes.
    pub(super) fn named(&self, further: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let mut named = self.context.clone();
        named.extend(further.iter().map(|(name, value)| (name.clone(), value.clone())));
        named
    }

    pub(super) fn manifest(&self) -> &Manifest {
        &self.connector.manifest
    }

    pub(super) fn entity(&self, name: &str) -> Result<&Entity, CallError> {
        self.manifest().entities.get(name).map(AsRef::as_ref).ok_or_else(|| {
            let known: Vec<&str> = self.manifest().entities.keys().map(String::as_str).collect();
            let message =
                format!("{} has no entity `{name}`: use one of {}", self.manifest().name, known.join(", "));
            refused(ErrorClass::Validation, message)
        })
    }

    /// The values every request of this connection may use.
    pub(super) fn values(&self) -> Values<'_> {
        Values {
            realm: Some(self.target.realm.as_str()).filter(|realm| *realm != "-"),
            settings: Some(&self.target.settings),
            named: Some(&self.context),
            now: Some(self.now()),
            ..Values::default()
        }
    }

    /// The realm, where a setting names it.
    fn typed_realm(&self) -> Option<String> {
        let setting = self.own_method().ok()?.realm.as_ref()?.setting.as_ref()?;
        self.target.settings.get(setting)?.as_str().map(str::to_owned)
    }

    pub(super) fn timeout(&self) -> Duration {
        Duration::from_millis(self.manifest().timing.request_timeout_ms)
    }

    /// The key of this realm's main bucket.
    pub(super) fn bucket(&self) -> String {
        bucket(&self.target)
    }
}

/// The key of a realm's main bucket.
pub(in crate::connectors) fn bucket(target: &Target) -> String {
    if target.realm == "-" {
        format!("{}/-/{}", target.provider, target.integration)
    } else {
        format!("{}/{}", target.provider, target.realm)
    }
}

#[async_trait::async_trait]
impl Connection for ManifestConnection {
    async fn verify(&self) -> Result<Verified, CallError> {
        let Some(verify) = &self.manifest().verify else {
            return Ok(Verified { realm: self.typed_realm(), name: None });
        };
        let call = call(self.manifest(), &verify.request, &self.values())?;
        let text = self.ask(&call).await?.text;
        let [realm, name] = pluck(&text, [verify.realm.as_ref(), verify.name.as_ref()])
            .map_err(|error| super::answer::Refusal::unreadable(error).error)?;
        let words = |raw: Option<&serde_json::value::RawValue>| {
            raw.and_then(scalar).map(std::borrow::Cow::into_owned)
        };
        let verified = Verified { realm: words(realm).or_else(|| self.typed_realm()), name: words(name) };
        if let Some(realm) = &verified.realm {
            self.over_for(realm).await;
        }
        Ok(verified)
    }

    async fn read_page(
        &self,
        entity: &str,
        mode: ReadMode,
        cursor: Option<&Cursor>,
    ) -> Result<Page, CallError> {
        self.page(entity, mode, cursor).await
    }

    async fn read(&self, entity: &str, id: &str) -> Result<Option<RemoteRecord>, CallError> {
        self.by_id(entity, id).await
    }

    async fn find(&self, entity: &str, by: &Find) -> Result<Vec<RemoteRecord>, CallError> {
        self.search(entity, by).await
    }

    fn prepare(
        &self,
        entity: &str,
        writes: &[WriteRequest],
    ) -> (Vec<PreparedCall>, Vec<(String, CallError)>) {
        self.calls(entity, writes)
    }

    async fn admit(&self) -> Result<(), Duration> {
        self.counted().await
    }

    async fn give_back(&self) {
        self.unsent().await;
    }

    async fn send(&self, call: &PreparedCall, send_before: DateTime<Utc>) -> Vec<(String, WriteOutcome)> {
        self.outcomes(call, send_before).await
    }

    fn provider_time(&self) -> Option<DateTime<Utc>> {
        self.realm.time()
    }
}
