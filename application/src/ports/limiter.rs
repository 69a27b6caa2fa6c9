//! Rate and concurrency limits, per provider realm and where the manifest says so per provider app.

use std::time::Duration;

use super::Unavailable;

/// A limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Calls allowed per `per`.
    pub calls: u32,
    /// The window.
    pub per: Duration,
}

/// The buckets of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buckets {
    /// Key and limit of each bucket the call counts against.
    pub limits: Vec<(String, Limit)>,
}

/// The limiter. No window of a limit's length ever sees more calls than allowed.
#[async_trait::async_trait]
pub trait Limiter: Send + Sync {
    /// Takes one call of each bucket, all or none. `Err` tells how long to wait for the next free one.
    async fn take(&self, buckets: &Buckets) -> Result<Result<(), Duration>, Unavailable>;

    /// The provider said "too many" for this bucket: nothing is sent for `wait`.
    async fn pause(&self, bucket: &str, wait: Duration) -> Result<(), Unavailable>;
}
