//! Bulk writers wait for those who follow the log, as long as somebody follows it.

use std::time::Duration;

use application::ports::Unavailable;
use application::ports::checkpoints::Checkpoints;
use application::ports::event_log::EventLog;

/// Events a live subscription may be behind.
const BEHIND: u64 = 20_000;
/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// Looks without any progress after which nobody is taken to follow: the hub is not running.
const PATIENCE: u32 = 30;

/// Holds a bulk writer back.
#[derive(Debug, Default)]
pub(super) struct Pace {
    nobody_follows: bool,
}

impl Pace {
    /// Returns once every subscription is near the head, or none of them moves.
    pub(super) async fn wait(
        &mut self,
        log: &dyn EventLog,
        checkpoints: &dyn Checkpoints,
    ) -> Result<(), Unavailable> {
        let (mut last, mut still) = (None, 0);
        while !self.nobody_follows {
            let places = checkpoints.list().await?;
            let slowest = places.iter().map(|(_, position)| *position).min();
            let head = log.head().await?;
            if slowest.is_none_or(|slowest| slowest + BEHIND >= head) {
                return Ok(());
            }
            still = if last.as_ref() == Some(&places) { still + 1 } else { 0 };
            self.nobody_follows = still >= PATIENCE;
            last = Some(places);
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }
}
