//! What stands around a connector while a case is played: secrets in memory, no limits, the machine's clock.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use application::ports::Unavailable;
use application::ports::credentials::{Credentials, Owner, Secrets};
use application::ports::limiter::{Buckets, Limiter};
use application::ports::vault::VaultError;
use chrono::{DateTime, Utc};
use domain::ids::OrganizationId;
use infrastructure::clock::SystemClock;
use infrastructure::connectors::Services;
use infrastructure::http::{EgressPolicy, HttpClient};
use infrastructure::id_generator::SystemIds;
use url::Url;

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Every change under a lock is a single insertion, so what a panic left is whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets everything through and notes pauses.
#[derive(Default)]
pub(super) struct NotingLimiter {
    paused: Mutex<Option<Duration>>,
}

impl NotingLimiter {
    /// The first pause, if any.
    pub(super) fn first_pause(&self) -> Option<Duration> {
        *locked(&self.paused)
    }
}

#[async_trait::async_trait]
impl Limiter for NotingLimiter {
    async fn take(&self, _: &Buckets) -> Result<Result<(), Duration>, Unavailable> {
        Ok(Ok(()))
    }

    async fn over(&self, _: &Buckets) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn give_back(&self, _: &Buckets) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn pause(&self, _: &str, wait: Duration) -> Result<(), Unavailable> {
        locked(&self.paused).get_or_insert(wait);
        Ok(())
    }
}

/// Secrets of one case.
#[derive(Default)]
pub(super) struct CaseCredentials {
    stored: Mutex<HashMap<Owner, (Secrets, u64)>>,
}

impl CaseCredentials {
    pub(super) fn set(&self, owner: Owner, values: &[(&str, &str)]) {
        let values =
            values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned().into())).collect();
        locked(&self.stored).insert(owner, (Secrets { values, expires_at: None }, 1));
    }

    /// The secrets of an owner; none are none.
    pub(super) fn of(&self, owner: &Owner) -> Secrets {
        locked(&self.stored).get(owner).map(|(secrets, _)| secrets.clone()).unwrap_or_default()
    }
}

#[async_trait::async_trait]
impl Credentials for CaseCredentials {
    async fn get(&self, _: OrganizationId, owner: &Owner) -> Result<Option<(Secrets, u64)>, VaultError> {
        Ok(locked(&self.stored).get(owner).cloned())
    }

    async fn put(
        &self,
        _: OrganizationId,
        owner: &Owner,
        secrets: &Secrets,
        expected: Option<u64>,
    ) -> Result<bool, VaultError> {
        let mut stored = locked(&self.stored);
        let version = stored.get(owner).map_or(0, |(_, version)| *version);
        if expected.is_some_and(|expected| expected != version) {
            return Ok(false);
        }
        stored.insert(owner.clone(), (secrets.clone(), version + 1));
        Ok(true)
    }

    async fn delete(&self, _: OrganizationId, owner: &Owner) -> Result<(), VaultError> {
        locked(&self.stored).remove(owner);
        Ok(())
    }

    async fn names(&self, _: OrganizationId, owner: &Owner) -> Result<Vec<String>, VaultError> {
        Ok(self.of(owner).values.into_iter().map(|(name, _)| name).collect())
    }

    /// A case is alone, so its lease is always free.
    async fn lease_refresh(
        &self,
        _: OrganizationId,
        _: &Owner,
        _: &str,
        _: DateTime<Utc>,
        _: DateTime<Utc>,
    ) -> Result<Option<u64>, VaultError> {
        Ok(Some(1))
    }

    async fn release_refresh(&self, _: OrganizationId, _: &Owner, _: u64) -> Result<(), VaultError> {
        Ok(())
    }
}

/// The ports of one case.
#[derive(Clone, Default)]
pub(super) struct Bench {
    pub(super) credentials: Arc<CaseCredentials>,
    pub(super) limiter: Arc<NotingLimiter>,
    pub(super) clock: SystemClock,
}

impl Bench {
    /// The services of a registry that may call the script at `base`, and nothing else.
    pub(super) fn services(&self, base: &Url) -> anyhow::Result<Services> {
        Ok(Services {
            http: HttpClient::try_new(EgressPolicy::closed().allowing(base))?,
            credentials: self.credentials.clone(),
            limiter: self.limiter.clone(),
            clock: Arc::new(self.clock),
            ids: Arc::new(SystemIds::new(Arc::new(self.clock))),
        })
    }
}
