//! What connectors need of the rest of the process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use application::ports::clock::Clock;
use application::ports::credentials::Credentials;
use application::ports::id_generator::IdGenerator;
use application::ports::limiter::Limiter;
use chrono::{DateTime, Utc};
use tokio::sync::Semaphore;

use crate::http::HttpClient;

/// The adapters that every connection uses.
#[derive(Clone)]
pub struct Services {
    /// The way out.
    pub http: HttpClient,
    /// Sealed credentials.
    pub credentials: Arc<dyn Credentials>,
    /// Limits over all processes.
    pub limiter: Arc<dyn Limiter>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids and randomness.
    pub ids: Arc<dyn IdGenerator>,
}

/// What this process knows of the realms it calls: one entry per (provider, realm).
#[derive(Default)]
pub(super) struct Realms {
    known: Mutex<HashMap<String, Arc<RealmState>>>,
}

/// One realm.
pub(super) struct RealmState {
    /// Calls under way at once.
    pub(super) slots: Semaphore,
    time: Mutex<Option<DateTime<Utc>>>,
}

impl Realms {
    /// The realm of a bucket, made with `concurrency` slots when it is new.
    pub(super) fn of(&self, bucket: &str, concurrency: u32) -> Arc<RealmState> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(state) = known.get(bucket) {
            return Arc::clone(state);
        }
        let slots = Semaphore::new(usize::try_from(concurrency.max(1)).unwrap_or(1));
        let state = Arc::new(RealmState { slots, time: Mutex::new(None) });
        known.insert(bucket.to_owned(), Arc::clone(&state));
        state
    }
}

impl RealmState {
    /// The provider's clock as last seen.
    pub(super) fn time(&self) -> Option<DateTime<Utc>> {
        *self.time.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what the provider's clock says.
    pub(super) fn saw(&self, date: Option<DateTime<Utc>>) {
        let mut time = self.time.lock().unwrap_or_else(PoisonError::into_inner);
        *time = date.max(*time);
    }
}
