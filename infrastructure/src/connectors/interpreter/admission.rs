//! Limits: what a call counts against, and waiting for it.

use std::time::Duration;

use application::ports::Unavailable;
use application::ports::connector::{CallError, Target};
use application::ports::limiter::{Buckets, Limit};
use chrono::TimeDelta;
use domain::value::ErrorClass;

use super::call::refused;
use super::connection::{ManifestConnection, bucket};
use crate::connectors::manifest::{Bucket, LimitScope};

/// The longest that a call inside another one waits for its turn.
const PATIENCE: Duration = Duration::from_mins(1);

impl ManifestConnection {
    /// The key of a limit: the realm's, or the app's over all of its connections.
    fn bucket_of(&self, scope: LimitScope) -> String {
        match scope {
            LimitScope::Realm => self.bucket(),
            LimitScope::App => format!("{}/app/{}", self.target.provider, self.target.organization.0),
        }
    }

    /// The key of the limit that a refusal pauses.
    pub(super) fn main_bucket(&self) -> String {
        self.bucket_of(self.manifest().limits.scope)
    }

    /// The further limits that hold; none where an operator set the limit.
    fn further(&self, counts: impl Fn(&Bucket) -> bool) -> Vec<(String, Limit)> {
        let also: &[Bucket] = if self.target.limit.is_some() { &[] } else { &self.manifest().limits.also };
        let counted = also.iter().filter(|bucket| counts(bucket)).map(|also| {
            let limit = Limit { calls: also.calls, per: Duration::from_secs(also.per_s) };
            (format!("{}/{}", self.bucket_of(also.scope), also.name), limit)
        });
        counted.collect()
    }

    /// Counts a call; `Err` tells how long until one more is let through.
    pub(super) async fn counted(&self) -> Result<(), Duration> {
        self.take(self.every_call()).await
    }

    /// What every call counts against.
    fn every_call(&self) -> Vec<(String, Limit)> {
        let limits = &self.manifest().limits;
        let own = Limit { calls: limits.calls, per: Duration::from_secs(limits.per_s) };
        let mut buckets = vec![(self.main_bucket(), self.target.limit.unwrap_or(own))];
        buckets.extend(self.further(|bucket| !bucket.batch && !bucket.named));
        buckets
    }

    fn named_limits(&self, names: &[String]) -> Vec<(String, Limit)> {
        if names.is_empty() {
            return Vec::new();
        }
        self.further(|bucket| bucket.named && names.contains(&bucket.name))
    }

    /// A call that was made before anybody knew whose company it is counts against that company's limits, too.
    pub(super) async fn over_for(&self, realm: &str) {
        if self.target.realm != "-" {
            return;
        }
        let unknown = self.bucket();
        let known = bucket(&Target { realm: realm.to_owned(), ..self.target.clone() });
        let theirs =
            |(key, limit): (String, Limit)| Some((format!("{known}{}", key.strip_prefix(&unknown)?), limit));
        let limits = self.every_call().into_iter().filter_map(theirs).collect();
        self.noted(self.services.limiter.over(&Buckets { limits }).await);
    }

    /// A call was answered, or never will be: it counts from now on.
    pub(super) async fn over(&self, names: &[String]) {
        let mut limits = self.every_call();
        limits.extend(self.named_limits(names));
        self.noted(self.services.limiter.over(&Buckets { limits }).await);
    }

    /// A batch call is over, for the limits of batches.
    pub(super) async fn batch_over(&self) {
        let limits = self.further(|bucket| bucket.batch);
        if !limits.is_empty() {
            self.noted(self.services.limiter.over(&Buckets { limits }).await);
        }
    }

    /// A call that was let in was not sent.
    pub(super) async fn unsent(&self) {
        let limits = self.every_call();
        self.noted(self.services.limiter.give_back(&Buckets { limits }).await);
    }

    /// A limiter that hears nothing of a call lets its place go by itself, later.
    fn noted(&self, answer: Result<(), Unavailable>) {
        if let Err(away) = answer {
            tracing::warn!(%away, provider = self.target.provider, "the limiter could not be told of a call");
        }
    }

    async fn take(&self, limits: Vec<(String, Limit)>) -> Result<(), Duration> {
        match self.services.limiter.take(&Buckets { limits }).await {
            Ok(admitted) => admitted,
            Err(away) => {
                tracing::warn!(%away, "the limiter does not answer; the call waits");
                Err(Duration::from_secs(1))
            }
        }
    }

    /// Counts a call that stands inside another one, such as the reading of a record that an event named. It waits for
    /// its turn, but not for ever.
    pub(super) async fn admitted(&self) -> Result<(), CallError> {
        let mut waited = Duration::ZERO;
        loop {
            let Err(wait) = self.counted().await else { return Ok(()) };
            waited += wait;
            if waited > PATIENCE {
                return Err(limited("the limit of calls is reached", wait));
            }
            let until = TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX);
            self.services.clock.sleep_until(self.services.clock.now() + until).await;
        }
    }

    /// Counts a call that stands before a write. It does not wait: the write goes back to the queue, where others of its
    /// realm wait too, and keeps no worker meanwhile.
    pub(super) async fn let_in(&self) -> Result<(), CallError> {
        self.counted().await.map_err(|wait| limited("the limit of calls is reached", wait))
    }

    /// Counts a call against the limits that its request names.
    pub(super) async fn within_named(&self, names: &[String]) -> Result<(), CallError> {
        let limits = self.named_limits(names);
        if limits.is_empty() {
            return Ok(());
        }
        let refused = self.take(limits).await;
        refused.map_err(|wait| limited(&format!("the limit of `{}` is reached", names.join(", ")), wait))
    }

    /// Counts a batch call against the limits of batches.
    pub(super) async fn within_batches(&self) -> Result<(), CallError> {
        let limits = self.further(|bucket| bucket.batch);
        if limits.is_empty() {
            return Ok(());
        }
        self.take(limits).await.map_err(|wait| limited("the limit of batch calls is reached", wait))
    }
}

fn limited(what: &str, wait: Duration) -> CallError {
    let error = refused(ErrorClass::RateLimited, format!("{what}: nothing was sent"));
    CallError { retry_after: Some(wait), ..error }
}
