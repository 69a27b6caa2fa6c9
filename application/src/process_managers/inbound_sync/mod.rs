//! Inbound sync: runs and webhooks become jobs; cursors and schedules are remembered.
//!
//! 1. An integration is connected and enabled, or a config is created or enabled → one full run per direction.
//! 2. A run starts → `pull_page` (or `push_page` for outbound runs) until it ends.
//! 3. A run ends or finds nothing → its cursor is remembered; the next incremental run begins there.
//! 4. A config has a schedule → remembered; woken at its time → an incremental run.
//! 5. A webhook is received → `process_webhook`.

pub(crate) mod reactions;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use domain::event::Event;
use domain::metadata::Recorded;

use super::{Knowledge, ProcessManager, Reaction};
use crate::ports::checkpoints::Instance;

/// The process manager.
pub struct InboundSync;

/// Its name; also where cursors are found.
pub const NAME: &str = "inbound_sync";

impl ProcessManager for InboundSync {
    fn name(&self) -> &'static str {
        NAME
    }

    fn react(&self, knowledge: &Knowledge, event: &Recorded<Event>, now: DateTime<Utc>) -> Vec<Reaction> {
        match &event.event {
            Event::Integration(changed) => {
                reactions::integration_changed(knowledge, &event.stream, changed, now)
            }
            Event::SyncConfig(changed) => reactions::config_changed(knowledge, &event.stream, changed, now),
            Event::SyncRun(moved) => reactions::run_moved(knowledge, event, moved, now),
            Event::WebhookDelivery(delivery) => reactions::webhook(event, delivery, now),
            Event::SyncRecord(record) => reactions::linked_blindly(knowledge, &event.stream, record, now),
            Event::Project(_) | Event::LocalRecord(_) => Vec::new(),
        }
    }

    /// A schedule's time has come.
    fn wake(&self, knowledge: &Knowledge, instance: &Instance, now: DateTime<Utc>) -> Vec<Reaction> {
        reactions::schedule_due(knowledge, instance, now)
    }
}
