//! A received webhook is a hint: the record it names is read again, by every config that takes its entity.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::ids::OrganizationId;
use domain::stream::StreamId;
use domain::webhook_delivery::{WebhookDelivery, WebhookDeliveryCommand, WebhookReceived};

use super::JobHandler;
use super::push_records::again;
use crate::jobs::pull_records;
use crate::ports::Unavailable;
use crate::ports::job_queue::{Job, NewJob, Settled};
use crate::sync::Engine;

const KIND: &str = "process_webhook";

/// Processes a stored delivery.
pub fn job(organization: OrganizationId, stream: &StreamId, provider: &str, now: DateTime<Utc>) -> NewJob {
    NewJob {
        organization,
        kind: KIND.to_owned(),
        lane: format!("webhooks/{provider}"),
        key: stream.id.clone(),
        payload: serde_json::to_vec(&stream.id).unwrap_or_default(),
        not_before: now,
    }
}

/// Runs `process_webhook`.
pub struct ProcessWebhooks(pub Arc<Engine>);

#[async_trait::async_trait]
impl JobHandler for ProcessWebhooks {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn batch(&self) -> usize {
        64
    }

    async fn run(&self, jobs: Vec<Job>) -> Vec<(Job, Settled)> {
        let mut settled = Vec::new();
        for job in jobs {
            let outcome = self.process(&job).await.unwrap_or_else(|error| {
                again(self.0.now(), Duration::from_secs(1), job.attempts, &error.to_string())
            });
            settled.push((job, outcome));
        }
        settled
    }
}

impl ProcessWebhooks {
    async fn process(&self, job: &Job) -> Result<Settled, Unavailable> {
        let engine = &self.0;
        let stream = StreamId { kind: domain::stream::Kind::WebhookDelivery, id: job.key.clone() };
        let mut working = engine.ports.dispatcher.load::<WebhookDelivery>(&stream).await?;
        let Some(received) = working.state.received.clone() else { return Ok(Settled::Done) };
        let jobs = self.hints(&received).await?;
        let command = if jobs.is_empty() {
            WebhookDeliveryCommand::Ignore { reason: "no enabled config takes this entity".to_owned() }
        } else {
            WebhookDeliveryCommand::MarkProcessed
        };
        // The jobs first: a delivery that is marked processed has been acted on.
        if !jobs.is_empty() {
            engine.ports.queue.enqueue(jobs).await?;
        }
        if let Err(refusal) = working.execute(command) {
            tracing::debug!(%refusal, "delivery is settled already");
            return Ok(Settled::Done);
        }
        let mut unit = engine.unit(job.organization, "webhook_processing");
        unit.add(working);
        if unit.is_empty() {
            return Ok(Settled::Done);
        }
        match engine.ports.dispatcher.append_one(unit.build()).await? {
            Ok(_) => Ok(Settled::Done),
            Err(refused) => {
                Ok(again(engine.now(), Duration::from_secs(1), job.attempts, &refused.to_string()))
            }
        }
    }

    /// One read per live config that takes the entity.
    async fn hints(&self, received: &WebhookReceived) -> Result<Vec<NewJob>, Unavailable> {
        let routes = self.0.directory.now().await?;
        let at = self.0.now();
        let configs = routes.of_integration(received.integration).filter(|(_, config)| {
            config
                .identity
                .as_ref()
                .is_some_and(|identity| Some(&identity.remote_entity) == received.entity.as_ref())
        });
        let live = configs.filter_map(|(id, _)| routes.live(id));
        Ok(live
            .filter_map(|live| Some(pull_records::job(&live, received.remote_id.as_deref()?, at)))
            .collect())
    }
}
