//! Small in-memory ports for the tests of this folder.

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

use super::services::Services;
use crate::http::HttpClient;

pub(crate) const ORGANIZATION: OrganizationId = OrganizationId(Uuid::from_u128(1));
pub(crate) const INTEGRATION: IntegrationId = IntegrationId(Uuid::from_u128(2));

/// 2026-01-02T03:04:05Z until it is moved.
pub(crate) fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_323_045, 0).unwrap()
}

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
    fn now(&self) -> DateTime<Utc> {
        start() + TimeDelta::milliseconds(self.moved_ms.load(Ordering::SeqCst))
    }

    /// Time passes at once, after letting others run.
    async fn sleep_until(&self, at: DateTime<Utc>) {
        tokio::time::sleep(Duration::from_millis(5)).await;
        self.advance((at - self.now()).max(TimeDelta::zero()));
    }
}

#[derive(Default)]
pub(crate) struct CountingIds(AtomicU64);

impl IdGenerator for CountingIds {
    fn next(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::SeqCst)) + 100)
    }

    fn random(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

/// Lets everything through and notes it.
#[derive(Default)]
pub(crate) struct NotingLimiter {
    pub(crate) taken: Mutex<Vec<Buckets>>,
    pub(crate) paused: Mutex<Vec<(String, Duration)>>,
    pub(crate) refuse: Mutex<Option<Duration>>,
}

#[async_trait::async_trait]
impl Limiter for NotingLimiter {
    async fn take(&self, buckets: &Buckets) -> Result<Result<(), Duration>, Unavailable> {
        self.taken.lock().unwrap().push(buckets.clone());
        Ok(self.refuse.lock().unwrap().map_or(Ok(()), Err))
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
    /// Puts that fail before one works.
    pub(crate) failing_puts: AtomicU64,
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

    /// Holds the lease of an owner for somebody else.
    pub(crate) fn hold(&self, owner: &Owner, until: DateTime<Utc>) {
        self.lease.lock().unwrap().insert(owner.clone(), (999, until));
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
        if self.failing_puts.load(Ordering::SeqCst) > 0 {
            self.failing_puts.fetch_sub(1, Ordering::SeqCst);
            return Err(Unavailable::new("credentials", "down").into());
        }
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
    pub(crate) fn services(&self, http: HttpClient) -> Services {
        Services {
            http,
            credentials: self.credentials.clone(),
            limiter: self.limiter.clone(),
            clock: self.clock.clone(),
            ids: Arc::new(CountingIds::default()),
        }
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
