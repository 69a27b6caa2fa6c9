//! The process manager.

use chrono::{DateTime, Utc};
use domain::event::Event;
use domain::ids::WebhookEndpointId;
use domain::local_record::LocalRecordEvent;
use domain::metadata::Recorded;
use domain::stream::LocalRecordKey;
use domain::webhook_endpoint::WebhookEndpointEvent;

use super::NAME;
use crate::change_feed;
use crate::jobs::{deliver_webhooks, redeliver_webhooks};
use crate::ports::checkpoints::Instance;
use crate::process_managers::{Knowledge, ProcessManager, Reaction};

/// The process manager.
pub struct OutgoingWebhooks;

impl ProcessManager for OutgoingWebhooks {
    fn name(&self) -> &'static str {
        NAME
    }

    fn react(&self, knowledge: &Knowledge, event: &Recorded<Event>, now: DateTime<Utc>) -> Vec<Reaction> {
        match &event.event {
            Event::LocalRecord(record) => changed(knowledge, event, record, now),
            Event::WebhookEndpoint(WebhookEndpointEvent::WebhookEndpointEnabled(enabled)) => {
                let Some(id) = event.stream.uuid() else { return Vec::new() };
                let missed = redeliver_webhooks::Redelivery {
                    endpoint: WebhookEndpointId(id),
                    from: enabled.missed_since,
                    to: event.recorded_at,
                    only_missed: true,
                };
                vec![Reaction::Enqueue(redeliver_webhooks::job(event.organization, &missed, now))]
            }
            _ => Vec::new(),
        }
    }

    /// Nothing is remembered.
    fn wake(&self, _knowledge: &Knowledge, _instance: &Instance, _now: DateTime<Utc>) -> Vec<Reaction> {
        Vec::new()
    }
}

fn changed(
    knowledge: &Knowledge,
    event: &Recorded<Event>,
    record: &LocalRecordEvent,
    now: DateTime<Utc>,
) -> Vec<Reaction> {
    let endpoints = &knowledge.routes.endpoints;
    if endpoints.is_empty() {
        return Vec::new();
    }
    let Some(key) = LocalRecordKey::parse(&event.stream) else { return Vec::new() };
    let takes = endpoints.iter().filter(|(_, owned)| {
        let subscription = &owned.state.subscription;
        owned.organization == event.organization
            && owned.state.is_live()
            && subscription.takes(key.project, &key.entity, change_feed::word(record))
    });
    let job = |id| deliver_webhooks::job(event.organization, id, event.position, now);
    takes.map(|(id, _)| Reaction::Enqueue(job(*id))).collect()
}
