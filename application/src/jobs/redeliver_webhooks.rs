//! Sends an endpoint the changes of a time again: what it missed while it was disabled, or what somebody asks for.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{OrganizationId, WebhookEndpointId};
use domain::stream::Kind;
use serde::{Deserialize, Serialize};

use super::{JobHandler, Outbox, deliver_webhooks};
use crate::change_feed::Change;
use crate::ports::Unavailable;
use crate::ports::deliveries::{Deliveries, DeliveryState};
use crate::ports::event_log::Filter;
use crate::ports::job_queue::{Job, NewJob, Settled};
use crate::sync::Engine;

const KIND: &str = "redeliver_webhooks";
/// Changes looked at in one step.
const PAGE: usize = 1_000;

/// Which changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redelivery {
    /// The endpoint.
    pub endpoint: WebhookEndpointId,
    /// From when on.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: DateTime<Utc>,
    /// Whether those that were delivered are left out.
    pub only_missed: bool,
}

/// Enqueues the deliveries of a time.
pub fn job(organization: OrganizationId, redelivery: &Redelivery, now: DateTime<Utc>) -> NewJob {
    let Redelivery { endpoint, from, to, .. } = redelivery;
    NewJob {
        organization,
        kind: KIND.to_owned(),
        lane: format!("endpoints/{endpoint}"),
        key: format!("{endpoint}/{}/{}", from.timestamp_micros(), to.timestamp_micros()),
        payload: serde_json::to_vec(redelivery).unwrap_or_default(),
        not_before: now,
    }
}

/// Runs `redeliver_webhooks`.
pub struct RedeliverWebhooks {
    /// The engine.
    pub engine: Arc<Engine>,
    /// What became of deliveries.
    pub deliveries: Arc<dyn Deliveries>,
}

#[async_trait::async_trait]
impl JobHandler for RedeliverWebhooks {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, jobs: Vec<Job>, done: &Outbox) {
        for job in jobs {
            let settled = match serde_json::from_slice::<Redelivery>(&job.payload) {
                Err(_) => Settled::Park("the job's payload cannot be read".to_owned()),
                Ok(asked) => self.redeliver(job.organization, &asked).await.map_or_else(
                    |away| Settled::RetryAt(self.engine.now() + TimeDelta::seconds(1), away.to_string()),
                    |()| Settled::Done,
                ),
            };
            done.settle(job, settled);
        }
    }
}

impl RedeliverWebhooks {
    async fn redeliver(&self, organization: OrganizationId, asked: &Redelivery) -> Result<(), Unavailable> {
        let ports = &self.engine.ports;
        let routes = self.engine.directory.now().await?;
        let Some(owned) = routes.endpoints.get(&asked.endpoint) else { return Ok(()) };
        let log = &ports.dispatcher.log;
        let filter = Filter { organization: Some(organization), kinds: vec![Kind::LocalRecord] };
        let mut position = log.position_at(asked.from).await?;
        loop {
            let page = log.read_filtered(position, PAGE, &filter).await?;
            let Some(last) = page.last() else { return Ok(()) };
            position = last.position;
            let is_over = last.recorded_at > asked.to;
            let within =
                page.iter().filter(|event| asked.from <= event.recorded_at && event.recorded_at <= asked.to);
            let takes = |change: &Change| {
                owned.state.subscription.takes(change.project_id, &change.entity, change.change)
            };
            let mut jobs = Vec::new();
            for change in within.filter_map(Change::of).filter(takes) {
                if !(asked.only_missed && self.was_delivered(asked.endpoint, change.position).await?) {
                    jobs.push(deliver_webhooks::job(
                        organization,
                        asked.endpoint,
                        change.position,
                        self.engine.now(),
                    ));
                }
            }
            ports.queue.enqueue(jobs).await?;
            if is_over {
                return Ok(());
            }
        }
    }

    async fn was_delivered(&self, endpoint: WebhookEndpointId, position: u64) -> Result<bool, Unavailable> {
        let known = self.deliveries.get(endpoint, position).await?;
        Ok(known.is_some_and(|known| known.state == DeliveryState::Delivered))
    }
}
