//! The process manager: which function answers which event.

use chrono::{DateTime, Utc};
use domain::event::Event;
use domain::metadata::Recorded;

use super::NAME;
use super::reactions;
use crate::ports::checkpoints::Instance;
use crate::process_managers::{Knowledge, ProcessManager, Reaction};

/// The process manager.
pub struct InboundSync;

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
            Event::Project(_) | Event::LocalRecord(_) | Event::WebhookEndpoint(_) | Event::Submission(_) => {
                Vec::new()
            }
        }
    }

    /// A schedule's time has come.
    fn wake(&self, knowledge: &Knowledge, instance: &Instance, now: DateTime<Utc>) -> Vec<Reaction> {
        reactions::schedule_due(knowledge, instance, now)
    }
}
