//! Outbound sync: a local change becomes a job; an intent without outcome becomes a look-up; a wait ends when what it
//! waits for is linked.
//!
//! 1. A local record is put or deleted → `push_record` for every live config of its entity that sends and is triggered.
//! 2. A write begins → remembered until its outcome; woken after `recover_after` → `recover_write`.
//! 3. A record waits → remembered by what it waits for, and looked at once more, because that may just have come.
//! 4. A record is linked → `push_record` for everything that waits for it.
//! 5. A decision, a retry or a partial inbound change leaves something to send → `push_record`.

mod reactions;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use domain::event::Event;
use domain::metadata::Recorded;
use domain::stream::SyncRecordKey;

use super::{Knowledge, ProcessManager, Reaction};
use crate::jobs::push_records;
use crate::ports::checkpoints::{Instance, StateChange};

/// The process manager.
pub struct OutboundSync;

impl ProcessManager for OutboundSync {
    fn name(&self) -> &'static str {
        "outbound_sync"
    }

    fn react(&self, knowledge: &Knowledge, event: &Recorded<Event>, now: DateTime<Utc>) -> Vec<Reaction> {
        match &event.event {
            Event::LocalRecord(record) => reactions::local_change(knowledge, &event.stream, record, now),
            Event::SyncRecord(record) => reactions::record_moved(knowledge, &event.stream, record, now),
            Event::Project(_)
            | Event::Integration(_)
            | Event::SyncConfig(_)
            | Event::SyncRun(_)
            | Event::WebhookDelivery(_) => Vec::new(),
        }
    }

    /// An open write whose outcome should be known by now.
    fn wake(&self, knowledge: &Knowledge, instance: &Instance, now: DateTime<Utc>) -> Vec<Reaction> {
        let forget = Reaction::Remember(StateChange::Delete { key: instance.key.clone() });
        let key: Option<SyncRecordKey> = serde_json::from_slice(&instance.state).ok();
        let job = key.and_then(|key| {
            let live = knowledge.routes.live(key.config)?;
            Some(push_records::recover_job(&live, &key, now))
        });
        job.map(Reaction::Enqueue).into_iter().chain([forget]).collect()
    }
}
