//! In-memory ports for the tests of connectors.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use application::ports::Unavailable;
use application::ports::clock::Clock;
use application::ports::connector::Target;
use application::ports::credentials::{Credentials, Owner, Secrets};
use application::ports::id_generator::IdGenerator;
use application::ports::limiter::{Buckets, Limiter};
use application::ports::vault::VaultError;
use chrono::{DateTime, TimeDelta, Utc};
use domain::fields::Fields;
use domain::ids::{IntegrationId, OrganizationId};
use uuid::Uuid;

use infrastructure::connectors::{ConnectorRegistry, RegistryOptions, Services};
use infrastructure::http::{EgressPolicy, HttpClient};
use reqwest::Url;

pub(crate) const ORGANIZATION: OrganizationId = OrganizationId(Uuid::from_u128(1));
pub(crate) const INTEGRATION: IntegrationId = IntegrationId(Uuid::from_u128(2));

/// The wall clock, which can be moved ahead.
#[derive(Default)]
pub(crate) struct HandClock {
    moved_ms: AtomicI64,
}

impl HandClock {
    pub(crate) fn advance(&self, by: TimeDelta) {
        self.moved_ms.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }
}

#[async_trait::async_trait]
impl Clock for HandClock {
    #[expect(clippy::disallowed_methods, reason = "simulators have a wall clock, and tokens end by it")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + TimeDelta::milliseconds(self.moved_ms.load(Ordering::SeqCst))
    }

    async fn sleep_until(&self, at: DateTime<Utc>) {
        let wait = (at - self.now()).to_std().unwrap_or_default();
        tokio::time::sleep(wait).await;
    }
}

#[derive(Default)]
pub(crate) struct CountingIds(AtomicU64);

impl IdGenerator for CountingIds {
    fn next(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::SeqCst)) + 100)
    }

    fn random(&self, bytes: &mut [u8]) {
        let number = self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        bytes.iter_mut().zip(number.iter().cycle()).for_each(|(byte, from)| *byte = *from ^ 0x5a);
    }
}

/// Lets everything through and notes it.
#[derive(Default)]
pub(crate) struct NotingLimiter {
    pub(crate) taken: Mutex<Vec<Buckets>>,
    pub(crate) paused: Mutex<Vec<(String, Duration)>>,
}

#[async_trait::async_trait]
impl Limiter for NotingLimiter {
    async fn take(&self, buckets: &Buckets) -> Result<Result<(), Duration>, Unavailable> {
        self.taken.lock().unwrap().push(buckets.clone());
        Ok(Ok(()))
    }

    async fn over(&self, _: &Buckets) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn give_back(&self, _: &Buckets) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn pause(&self, bucket: &str, wait: Duration) -> Result<(), Unavailable> {
        self.paused.lock().unwrap().push((bucket.to_owned(), wait));
        Ok(())
    }
}

#[derive(Default)]
pub(crate) struct MemoryCredentials {
    stored: Mutex<HashMap<Owner, (Secrets, u64)>>,
    lease: Mutex<HashMap<Owner, (u64, DateTime<Utc>)>>,
    epochs: AtomicU64,
}

impl MemoryCredentials {
    pub(crate) fn set(&self, owner: Owner, values: &[(&str, &str)], expires_at: Option<DateTime<Utc>>) {
        let values =
            values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned().into())).collect();
        let mut stored = self.stored.lock().unwrap();
        let version = stored.get(&owner).map_or(0, |(_, version)| *version) + 1;
        stored.insert(owner, (Secrets { values, expires_at }, version));
    }

    pub(crate) fn secret(&self, owner: &Owner, name: &str) -> Option<String> {
        use secrecy::ExposeSecret;
        let stored = self.stored.lock().unwrap();
        stored.get(owner)?.0.get(name).map(|secret| secret.expose_secret().to_owned())
    }
}

#[async_trait::async_trait]
impl Credentials for MemoryCredentials {
    async fn get(&self, _: OrganizationId, owner: &Owner) -> Result<Option<(Secrets, u64)>, VaultError> {
        Ok(self.stored.lock().unwrap().get(owner).cloned())
    }

    async fn put(
        &self,
        _: OrganizationId,
        owner: &Owner,
        secrets: &Secrets,
        expected: Option<u64>,
    ) -> Result<bool, VaultError> {
        let mut stored = self.stored.lock().unwrap();
        let version = stored.get(owner).map_or(0, |(_, version)| *version);
        if expected.is_some_and(|expected| expected != version) {
            return Ok(false);
        }
        stored.insert(owner.clone(), (secrets.clone(), version + 1));
        Ok(true)
    }

    async fn delete(&self, _: OrganizationId, owner: &Owner) -> Result<(), VaultError> {
        self.stored.lock().unwrap().remove(owner);
        Ok(())
    }

    async fn names(&self, _: OrganizationId, owner: &Owner) -> Result<Vec<String>, VaultError> {
        let stored = self.stored.lock().unwrap();
        Ok(stored
            .get(owner)
            .into_iter()
            .flat_map(|(secrets, _)| &secrets.values)
            .map(|(name, _)| name.clone())
            .collect())
    }

    async fn lease_refresh(
        &self,
        _: OrganizationId,
        owner: &Owner,
        _: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Option<u64>, VaultError> {
        let mut lease = self.lease.lock().unwrap();
        if lease.get(owner).is_some_and(|(_, ends)| *ends > now) {
            return Ok(None);
        }
        let epoch = self.epochs.fetch_add(1, Ordering::SeqCst) + 1;
        lease.insert(owner.clone(), (epoch, until));
        Ok(Some(epoch))
    }

    async fn release_refresh(&self, _: OrganizationId, owner: &Owner, epoch: u64) -> Result<(), VaultError> {
        let mut lease = self.lease.lock().unwrap();
        if lease.get(owner).is_some_and(|(held, _)| *held == epoch) {
            lease.remove(owner);
        }
        Ok(())
    }
}

/// The ports, each reachable for a test.
#[derive(Clone, Default)]
pub(crate) struct Bench {
    pub(crate) credentials: Arc<MemoryCredentials>,
    pub(crate) limiter: Arc<NotingLimiter>,
    pub(crate) clock: Arc<HandClock>,
}

impl Bench {
    /// A registry that may call `base_url`, with more providers from `folder`.
    pub(crate) fn registry(&self, base_url: &str, mut options: RegistryOptions) -> ConnectorRegistry {
        let base: Url = base_url.parse().unwrap();
        options.folder.get_or_insert_with(|| concat!(env!("CARGO_MANIFEST_DIR"), "/connectors").into());
        let services = Services {
            http: HttpClient::try_new(EgressPolicy::closed().allowing(&base)).unwrap(),
            credentials: self.credentials.clone(),
            limiter: self.limiter.clone(),
            clock: self.clock.clone(),
            ids: Arc::new(CountingIds::default()),
        };
        ConnectorRegistry::try_new(services, &options).unwrap()
    }
}

pub(crate) fn target(provider: &str, realm: &str, base_url: Option<&str>) -> Target {
    Target {
        organization: ORGANIZATION,
        integration: INTEGRATION,
        provider: provider.to_owned(),
        realm: realm.to_owned(),
        base_url: base_url.map(str::to_owned),
        settings: Fields::new(),
        limit: None,
        mapped: std::collections::BTreeMap::new(),
    }
}
