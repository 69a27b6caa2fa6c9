//! The process manager: which function answers which event.

use chrono::{DateTime, Utc};
use domain::event::Event;
use domain::metadata::Recorded;
use domain::stream::SyncRecordKey;
use domain::submission::SubmissionEvent;

use super::reactions;
use crate::jobs::{push_records, submit};
use crate::ports::checkpoints::{Instance, StateChange};
use crate::process_managers::{Knowledge, ProcessManager, Reaction};

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
            Event::Submission(SubmissionEvent::SubmissionRequested(requested)) => {
                submit::job(&event.stream, requested, now).map(Reaction::Enqueue).into_iter().collect()
            }
            Event::Project(_)
            | Event::Integration(_)
            | Event::SyncConfig(_)
            | Event::SyncRun(_)
            | Event::WebhookDelivery(_)
            | Event::WebhookEndpoint(_)
            | Event::Submission(_) => Vec::new(),
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
