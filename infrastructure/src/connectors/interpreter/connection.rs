//! A connection to a provider: the port, step by step delegated.

use std::sync::Arc;
use std::time::Duration;

use application::ports::connector::{
    CallError, Connection, Cursor, Find, Page, PreparedCall, ReadMode, RemoteRecord, Target, Verified,
    WriteOutcome, WriteRequest,
};
use application::ports::credentials::Secrets;
use application::ports::limiter::{Buckets, Limit};
use chrono::{DateTime, Utc};
use domain::value::ErrorClass;
use url::Url;

use super::call::{call, refused};
use super::pluck::{pluck, scalar};
use crate::connectors::connector::Connector;
use crate::connectors::manifest::{Bucket, Entity, Manifest, Values};
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
    pub(super) base: Url,
    pub(super) services: Services,
    pub(super) realm: Arc<RealmState>,
    pub(super) secret: Secret,
}

impl ManifestConnection {
    /// A connection. `base` was checked against the manifest's origins and the operator's list.
    pub(in crate::connectors) fn new(
        connector: Arc<Connector>,
        target: Target,
        base: Url,
        services: Services,
        (realm, secret): (Arc<RealmState>, Secret),
    ) -> Self {
        Self { connector, target, base, services, realm, secret }
    }

    pub(super) fn manifest(&self) -> &Manifest {
        &self.connector.manifest
    }

    pub(super) fn entity(&self, name: &str) -> Result<&Entity, CallError> {
        self.manifest().entities.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.manifest().entities.keys().map(String::as_str).collect();
            let message =
                format!("{} has no entity `{name}`: use one of {}", self.manifest().name, known.join(", "));
            refused(ErrorClass::Validation, message)
        })
    }

    /// The values every request of this connection may use.
    pub(super) fn values(&self) -> Values<'_> {
        Values { realm: Some(&self.target.realm), settings: Some(&self.target.settings), ..Values::default() }
    }

    pub(super) fn timeout(&self) -> Duration {
        Duration::from_millis(self.manifest().timing.request_timeout_ms)
    }

    /// The key of this realm's main bucket.
    pub(super) fn bucket(&self) -> String {
        bucket(&self.target)
    }

    /// The further limits that hold; none where an operator set the limit.
    pub(super) fn further(&self, batch: bool) -> impl Iterator<Item = (String, Limit)> {
        let also: &[Bucket] = if self.target.limit.is_some() { &[] } else { &self.manifest().limits.also };
        also.iter().filter(move |bucket| bucket.batch == batch).map(|also| {
            let limit = Limit { calls: also.calls, per: Duration::from_secs(also.per_s) };
            (format!("{}/{}", self.bucket(), also.name), limit)
        })
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
            return Ok(Verified { realm: None, name: None });
        };
        let call = call(self.manifest(), &verify.request, &self.values())?;
        let text = self.ask(&call).await?.text;
        let [realm, name] = pluck(&text, [verify.realm.as_ref(), verify.name.as_ref()])
            .map_err(|error| super::answer::Refusal::unreadable(error).error)?;
        let words = |raw: Option<&serde_json::value::RawValue>| {
            raw.and_then(scalar).map(std::borrow::Cow::into_owned)
        };
        Ok(Verified { realm: words(realm), name: words(name) })
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
        let limits = &self.manifest().limits;
        let own = Limit { calls: limits.calls, per: Duration::from_secs(limits.per_s) };
        let mut buckets = vec![(self.bucket(), self.target.limit.unwrap_or(own))];
        buckets.extend(self.further(false));
        match self.services.limiter.take(&Buckets { limits: buckets }).await {
            Ok(admitted) => admitted,
            Err(away) => {
                tracing::warn!(%away, "the limiter does not answer; the call waits");
                Err(Duration::from_secs(1))
            }
        }
    }

    async fn send(&self, call: &PreparedCall, send_before: DateTime<Utc>) -> Vec<(String, WriteOutcome)> {
        self.outcomes(call, send_before).await
    }

    fn provider_time(&self) -> Option<DateTime<Utc>> {
        self.realm.time()
    }
}
