//! Sends one change to one endpoint, and again for days until it is taken.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::event::Event;
use domain::ids::{CommandId, OrganizationId, WebhookEndpointId};
use domain::metadata::{Actor, Metadata, Recorded};
use domain::stream::{Kind, StreamId};
use domain::webhook_endpoint::{WebhookEndpoint, WebhookEndpointCommand};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{JobHandler, Outbox};
use crate::change_feed::Change;
use crate::dispatcher::Envelope;
use crate::error::Failure;
use crate::ports::Unavailable;
use crate::ports::credentials::{Credentials, Owner, Secrets};
use crate::ports::deliveries::{Deliveries, Delivery, DeliveryState};
use crate::ports::job_queue::{Job, NewJob, Settled};
use crate::ports::vault::VaultError;
use crate::ports::webhook_sender::{Message, Reply, WebhookSender};
use crate::sync::Engine;

const KIND: &str = "deliver_webhook";
/// Pauses between attempts in seconds (Standard Webhooks, "Deliverability and reliability": over days, backing off).
const PAUSES: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// An endpoint that takes nothing for so long is disabled.
const HOPELESS: TimeDelta = TimeDelta::days(5);
/// How long it is remembered what became of a delivery.
const KEPT: TimeDelta = TimeDelta::days(30);
/// Deliveries to one endpoint at once.
const AT_ONCE: usize = 4;

/// A delivery's job.
#[derive(Serialize, Deserialize)]
struct Payload {
    endpoint: WebhookEndpointId,
    position: u64,
}

/// Sends the change at `position` to an endpoint.
pub fn job(
    organization: OrganizationId,
    endpoint: WebhookEndpointId,
    position: u64,
    now: DateTime<Utc>,
) -> NewJob {
    NewJob {
        organization,
        kind: KIND.to_owned(),
        lane: format!("endpoints/{endpoint}"),
        key: format!("{endpoint}/{position:020}"),
        payload: serde_json::to_vec(&Payload { endpoint, position }).unwrap_or_default(),
        not_before: now,
    }
}

/// Runs `deliver_webhook`.
pub struct DeliverWebhooks {
    /// The engine.
    pub engine: Arc<Engine>,
    /// Addresses and signing secrets.
    pub credentials: Arc<dyn Credentials>,
    /// What became of deliveries.
    pub deliveries: Arc<dyn Deliveries>,
    /// The way out.
    pub sender: Arc<dyn WebhookSender>,
}

/// Why a delivery could not be tried.
#[derive(Debug, thiserror::Error)]
enum Stuck {
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error("{0}")]
    Failure(String),
}

#[async_trait::async_trait]
impl JobHandler for DeliverWebhooks {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn at_once(&self, _lane: &str) -> usize {
        AT_ONCE
    }

    async fn run(&self, jobs: Vec<Job>, done: &Outbox) {
        for job in jobs {
            let settled = self.deliver(&job).await.unwrap_or_else(|stuck| {
                Settled::RetryAt(self.engine.now() + TimeDelta::seconds(1), stuck.to_string())
            });
            done.settle(job, settled);
        }
    }
}

impl DeliverWebhooks {
    async fn deliver(&self, job: &Job) -> Result<Settled, Stuck> {
        let Ok(payload) = serde_json::from_slice::<Payload>(&job.payload) else {
            return Ok(Settled::Park("the job's payload cannot be read".to_owned()));
        };
        let routes = self.engine.directory.now().await?;
        let endpoint = routes.endpoints.get(&payload.endpoint).map(|owned| &owned.state);
        let Some(endpoint) = endpoint.filter(|endpoint| endpoint.is_live()) else {
            // What a disabled endpoint misses is sent when it is enabled again.
            return Ok(Settled::Done);
        };
        let Some(change) = self.change(payload.position).await? else { return Ok(Settled::Done) };
        let owner = Owner::WebhookEndpoint(payload.endpoint);
        let Some((secrets, _)) = self.credentials.get(job.organization, &owner).await? else {
            return Ok(Settled::Park("the endpoint has no address: change it".to_owned()));
        };
        let now = self.engine.now();
        let Some(message) = message(&change, endpoint, &secrets, now) else {
            return Ok(Settled::Park("the endpoint has no address or no secret: change it".to_owned()));
        };
        fail::fail_point!("before_delivery");
        let reply = self.sender.send(&message).await;
        fail::fail_point!("after_delivery");
        let known = self.deliveries.get(payload.endpoint, payload.position).await?;
        let delivery = judged(job.organization, &payload, known, (&change, &reply, now));
        self.deliveries.put(&delivery, now - KEPT).await?;
        self.give_up(job, payload.endpoint, &reply).await?;
        Ok(match (delivery.state, delivery.next_at) {
            (DeliveryState::Retrying, Some(next)) => {
                Settled::RetryAt(next, delivery.error.unwrap_or_default())
            }
            _ => Settled::Done,
        })
    }

    async fn change(&self, position: u64) -> Result<Option<Change>, Unavailable> {
        let log = &self.engine.ports.dispatcher.log;
        let found: Vec<Recorded<Event>> = log.read_all(position.saturating_sub(1), 1).await?;
        Ok(found.first().filter(|event| event.position == position).and_then(Change::of))
    }

    /// Disables an endpoint that says so, or that has taken nothing for days.
    async fn give_up(&self, job: &Job, id: WebhookEndpointId, reply: &Reply) -> Result<(), Stuck> {
        let reason = match reply {
            Reply::Taken { .. } => return Ok(()),
            Reply::Gone => "the endpoint answered 410: it wants nothing more".to_owned(),
            Reply::Refused { .. } | Reply::Silent { .. } => {
                let since = self.deliveries.failing_since(id).await?;
                match since.filter(|since| self.engine.now() - *since >= HOPELESS) {
                    Some(since) => {
                        format!("the endpoint has taken nothing since {}", since.format("%Y-%m-%dT%H:%M:%SZ"))
                    }
                    None => return Ok(()),
                }
            }
        };
        let metadata = Metadata::new(
            Actor::system("outgoing_webhooks"),
            CommandId(self.engine.ports.dispatcher.ids.next()),
        );
        let envelope = Envelope { organization: job.organization, metadata, command: None };
        let stream = StreamId::of(Kind::WebhookEndpoint, id.0);
        let at = self.engine.now();
        let command = |_: &WebhookEndpoint| WebhookEndpointCommand::Disable {
            reason: reason.clone(),
            automatic: true,
            at,
        };
        let done = self.engine.ports.dispatcher.dispatch::<WebhookEndpoint>(&envelope, &stream, command);
        done.await.map(drop).map_err(|failure: Failure<_>| Stuck::Failure(failure.to_string()))
    }
}

fn message(
    change: &Change,
    endpoint: &WebhookEndpoint,
    secrets: &Secrets,
    now: DateTime<Utc>,
) -> Option<Message> {
    let old =
        secrets.get("old_secret").filter(|_| endpoint.old_secret_until.is_some_and(|until| now < until));
    let keys = secrets.get("secret").into_iter().chain(old).cloned().collect::<Vec<_>>();
    let body = json!({
        "type": format!("{}.{}", change.entity, change.change),
        "timestamp": change.recorded_at,
        "data": change,
    });
    (!keys.is_empty()).then_some(Message {
        url: secrets.get("url")?.clone(),
        id: format!("msg_{:020}", change.position),
        at: now,
        body: body.to_string().into_bytes(),
        secrets: keys,
    })
}

type Tried<'a> = (&'a Change, &'a Reply, DateTime<Utc>);

/// How a delivery stands after an attempt.
fn judged(
    organization: OrganizationId,
    payload: &Payload,
    known: Option<Delivery>,
    (change, reply, now): Tried<'_>,
) -> Delivery {
    // A delivery that had ended begins anew: somebody asked for it.
    let going = known.filter(|known| known.state == DeliveryState::Retrying);
    let attempts = going.as_ref().map_or(0, |known| known.attempts) + 1;
    let pause = usize::try_from(attempts).ok().and_then(|made| PAUSES.get(made - 1));
    let next = pause.map(|&seconds| now + TimeDelta::seconds(seconds));
    let (state, next_at, status, error) = match reply {
        Reply::Taken { status } => (DeliveryState::Delivered, None, Some(*status), None),
        Reply::Gone => (DeliveryState::Failed, None, Some(410), Some("it wants nothing more".to_owned())),
        Reply::Refused { status, retry_at } => {
            let next = next.map(|next| retry_at.map_or(next, |asked| asked.max(next)));
            (open(next), next, Some(*status), Some(format!("it answered {status}")))
        }
        Reply::Silent { why } => (open(next), next, None, Some(why.clone())),
    };
    Delivery {
        organization,
        endpoint: payload.endpoint,
        position: payload.position,
        event_type: format!("{}.{}", change.entity, change.change),
        state,
        attempts,
        first_at: going.map_or(now, |known| known.first_at),
        last_at: now,
        next_at,
        status,
        error,
    }
}

const fn open(next: Option<DateTime<Utc>>) -> DeliveryState {
    if next.is_some() { DeliveryState::Retrying } else { DeliveryState::Failed }
}
