//! A received webhook is a hint: the record it names is read again, by every config that takes its entity.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::ids::OrganizationId;
use domain::stream::{Kind, StreamId};
use domain::value::{Direction, RunType, TriggeredBy};
use domain::webhook_delivery::{WebhookDelivery, WebhookDeliveryCommand, WebhookReceived};

use super::push_records::again;
use super::{JobHandler, Outbox};
use crate::dispatcher::Working;
use crate::jobs::{pull_records, runs};
use crate::ports::Unavailable;
use crate::ports::event_log::Unit;
use crate::ports::job_queue::{Job, NewJob, Settled};
use crate::process_managers::routes::Live;
use crate::sync::Engine;

const KIND: &str = "process_webhook";
/// Why a delivery is ignored that leads to nothing.
pub const NOBODY: &str = "no enabled config takes this entity";

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

/// What is done already needs no job: its kind and key.
pub fn settled(stream: &StreamId) -> (&'static str, String) {
    (KIND, stream.id.clone())
}

/// Runs `process_webhook`.
pub struct ProcessWebhooks(pub Arc<Engine>);

#[async_trait::async_trait]
impl JobHandler for ProcessWebhooks {
    fn kind(&self) -> &'static str {
        KIND
    }

    /// No call: as many as one transaction takes.
    fn per_call(&self, _lane: &str) -> usize {
        128
    }

    async fn run(&self, jobs: Vec<Job>, done: &Outbox) {
        let outcomes = self.process(&jobs).await.unwrap_or_else(|error| {
            let later =
                |job: &Job| again(self.0.now(), Duration::from_secs(1), job.attempts, &error.to_string());
            jobs.iter().map(later).collect()
        });
        jobs.into_iter().zip(outcomes).for_each(|(job, outcome)| done.settle(job, outcome));
    }
}

impl ProcessWebhooks {
    /// What becomes of each job, in their order.
    async fn process(&self, jobs: &[Job]) -> Result<Vec<Settled>, Unavailable> {
        let engine = &self.0;
        let log = engine.ports.dispatcher.log.as_ref();
        let stream = |job: &Job| StreamId { kind: Kind::WebhookDelivery, id: job.key.clone() };
        let streams: Vec<StreamId> = jobs.iter().map(stream).collect();
        let loaded = log.load_many(&streams, None).await?;
        let (mut reads, mut units, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
        for (at, (job, loaded)) in jobs.iter().zip(&loaded).enumerate() {
            let mut working = Working::<WebhookDelivery>::loaded(loaded);
            outcomes.push(Settled::Done);
            let Some(received) = working.state.received.clone() else { continue };
            let hints = self.hints(&received).await?;
            if let Err(refusal) = working.execute(command(&hints)) {
                tracing::debug!(%refusal, "delivery is settled already");
                continue;
            }
            reads.extend(hints);
            let mut unit = engine.unit(job.organization, "webhook_processing");
            unit.add(working);
            if !unit.is_empty() {
                units.push((at, unit.build()));
            }
        }
        // The reads first: a delivery that is marked processed has been acted on.
        fail::fail_point!("before_webhook_reads");
        if !reads.is_empty() {
            engine.ports.queue.enqueue(reads).await?;
        }
        fail::fail_point!("after_webhook_reads");
        self.store(jobs, units, &mut outcomes).await?;
        fail::fail_point!("after_webhook");
        Ok(outcomes)
    }

    async fn store(
        &self,
        jobs: &[Job],
        units: Vec<(usize, Unit)>,
        outcomes: &mut [Settled],
    ) -> Result<(), Unavailable> {
        let engine = &self.0;
        let (places, units): (Vec<usize>, Vec<Unit>) = units.into_iter().unzip();
        if units.is_empty() {
            return Ok(());
        }
        let answers = engine.ports.dispatcher.log.append(units).await?;
        for (at, answer) in places.into_iter().zip(answers) {
            if let Err(refused) = answer {
                let attempts = jobs[at].attempts;
                outcomes[at] = again(engine.now(), Duration::from_secs(1), attempts, &refused.to_string());
            }
        }
        Ok(())
    }

    /// One read per live config that takes the entity: of the record, or of what changed.
    async fn hints(&self, received: &WebhookReceived) -> Result<Vec<NewJob>, Unavailable> {
        let routes = self.0.directory.now().await?;
        let at = self.0.now();
        let live = routes.takers(received.integration, received.entity.as_deref().unwrap_or_default());
        Ok(live
            .map(|live| match received.remote_id.as_deref() {
                Some(id) => pull_records::job(&live, id, at),
                None => changes(&live, at),
            })
            .collect())
    }
}

/// The entity changed as a whole: its changes are read.
fn changes(live: &Live<'_>, at: DateTime<Utc>) -> NewJob {
    let (direction, run_type) = (Direction::Inbound, RunType::Incremental);
    let request = runs::Request { config: live.config_id, direction, run_type };
    runs::start_job(live, &request, TriggeredBy::Webhook, at)
}

fn command(hints: &[NewJob]) -> WebhookDeliveryCommand {
    if hints.is_empty() {
        WebhookDeliveryCommand::Ignore { reason: NOBODY.to_owned() }
    } else {
        WebhookDeliveryCommand::MarkProcessed
    }
}
