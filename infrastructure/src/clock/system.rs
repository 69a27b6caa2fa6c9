//! The clock of the machine.

use application::ports::clock::Clock;
use chrono::{DateTime, Utc};

/// The machine's clock, in UTC.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[async_trait::async_trait]
impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        #[expect(clippy::disallowed_methods, reason = "the one place where time enters")]
        Utc::now()
    }

    async fn sleep_until(&self, at: DateTime<Utc>) {
        // In a loop: the machine's clock may be set back while we sleep.
        while let Ok(rest) = (at - self.now()).to_std() {
            if rest.is_zero() {
                return;
            }
            tokio::time::sleep(rest).await;
        }
    }
}
