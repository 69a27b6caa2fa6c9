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

/// The limiter. No window of a limit's length ever sees more calls than allowed, wherever the window begins and however
/// long a call is under way: a provider counts a call at a moment of its own between its sending and its answer.
#[async_trait::async_trait]
pub trait Limiter: Send + Sync {
    /// Lets one call of each bucket in, all or none. It keeps its place until it is over, and for a window from then on.
    /// `Err` tells how long to wait for the next free place, if those under way are over by now.
    async fn take(&self, buckets: &Buckets) -> Result<Result<(), Duration>, Unavailable>;

    /// A call of these buckets was answered, or will not be any more: it counts from now on. One that nobody let in
    /// counts too.
    async fn over(&self, buckets: &Buckets) -> Result<(), Unavailable>;

    /// A call that was let in was not sent: it does not count.
    async fn give_back(&self, buckets: &Buckets) -> Result<(), Unavailable>;

    /// The provider said "too many" for this bucket: nothing is sent for `wait`.
    async fn pause(&self, bucket: &str, wait: Duration) -> Result<(), Unavailable>;
}
