//! How long the demo waits for things to come to rest.

use std::time::Duration;

use tokio::time::Instant;

/// The demo waits this long, whatever happens.
const USUAL: Duration = Duration::from_secs(42);
/// Records that are done within that.
const FEW: u64 = 100;
/// A larger input may take this much longer per record, as long as something happens.
const PER_RECORD: Duration = Duration::from_millis(250);
/// After this without an event or a job that is done nothing happens any more.
const STANDSTILL: Duration = Duration::from_secs(30);

/// How long is waited: a usual time, and longer while there is progress.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    began: Instant,
    usual: Duration,
    most: Duration,
    given: bool,
}

impl Patience {
    /// Patience from `began` on; `given` by the user, or the usual one.
    pub(super) fn new(began: Instant, given: Option<Duration>) -> Self {
        let usual = given.unwrap_or(USUAL);
        Self { began, usual, most: usual, given: given.is_some() }
    }

    /// Patience with an input of this many records; what the user gave stays.
    pub(super) fn with(self, records: u64) -> Self {
        if self.given {
            return self;
        }
        let more = u32::try_from(records.saturating_sub(FEW)).unwrap_or(u32::MAX);
        Self { most: self.usual + PER_RECORD.saturating_mul(more), ..self }
    }

    /// Whether it lasts, when there was progress at `moved` last.
    pub(super) fn lasts(&self, moved: Instant) -> bool {
        let waited = self.began.elapsed();
        waited < self.usual || (waited < self.most && moved.elapsed() < STANDSTILL)
    }
}
