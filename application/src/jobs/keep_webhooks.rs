//! Keeps the subscriptions of a connection: makes those that are missing, renews those that end, and looks once a day
//! whether the provider still has the others.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{IntegrationId, OrganizationId};
use domain::integration::{CredentialReference, Integration, IntegrationCommand, Webhook};
use domain::stream::{Kind, StreamId};
use domain::value::{Connection, ErrorClass};
use uuid::Uuid;

use super::push_records::again;
use super::{JobHandler, Outbox};
use crate::error::Failure;
use crate::ports::Unavailable;
use crate::ports::connector::{CallError, Subscribing, Subscription, Subscriptions, Target};
use crate::ports::job_queue::{Job, NewJob, Settled};
use crate::sync::Engine;

const KIND: &str = "keep_webhooks";
/// How often it is looked whether the provider still has a subscription that does not end.
const LOOK: TimeDelta = TimeDelta::days(1);

/// Keeps the subscriptions of an integration.
pub fn job(organization: OrganizationId, id: IntegrationId, provider: &str, now: DateTime<Utc>) -> NewJob {
    NewJob {
        organization,
        kind: KIND.to_owned(),
        lane: format!("subscriptions/{provider}"),
        key: id.to_string(),
        payload: Vec::new(),
        not_before: now,
    }
}

/// Where a provider sends the events of an integration, or of every one of the app.
pub fn address(public_url: &str, provider: &str, integration: Option<IntegrationId>) -> String {
    match integration {
        Some(id) => format!("{public_url}/v1/webhooks/{provider}/{id}"),
        None => format!("{public_url}/v1/webhooks/{provider}"),
    }
}

/// The name of a provider's event in an integration's list: `<entity>.<verb>`.
pub fn event_type(event: &str) -> String {
    let plain = |text: &str| {
        let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        text.chars().map(letter).take(48).collect::<String>()
    };
    match event.split_once(['.', '/', ':']) {
        _ if event.is_empty() => "all.events".to_owned(),
        Some((entity, verb)) if !entity.is_empty() && !verb.is_empty() => {
            format!("{}.{}", plain(entity), plain(verb))
        }
        _ => format!("{}.any", plain(event)),
    }
}

/// Runs `keep_webhooks`.
pub struct KeepWebhooks {
    /// The engine.
    pub engine: Arc<Engine>,
    /// Where providers reach this service; no trailing slash.
    pub public_url: String,
}

#[async_trait::async_trait]
impl JobHandler for KeepWebhooks {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, jobs: Vec<Job>, done: &Outbox) {
        for job in jobs {
            let outcome = self.keep(&job).await.unwrap_or_else(|why| self.failed(&job, &why));
            done.settle(job, outcome);
        }
    }
}

/// Why the subscriptions could not be kept.
enum Why {
    Away(Unavailable),
    Call(CallError),
    Full(Duration),
}

impl From<Unavailable> for Why {
    fn from(away: Unavailable) -> Self {
        Self::Away(away)
    }
}

/// One subscription of a connection.
struct One<'a> {
    target: &'a Target,
    described: &'a Subscriptions,
    wanted: Subscribing,
    known: Option<&'a Webhook>,
}

impl KeepWebhooks {
    fn failed(&self, job: &Job, why: &Why) -> Settled {
        let now = self.engine.now();
        match why {
            Why::Away(away) => again(now, Duration::from_secs(1), job.attempts, &away.to_string()),
            Why::Full(wait) => again(now, *wait, job.attempts, "the limits are used up"),
            Why::Call(error) => match error.class {
                ErrorClass::Validation | ErrorClass::Permission | ErrorClass::Mapping => {
                    Settled::Park(format!("webhooks are not subscribed to: {error}"))
                }
                _ => {
                    let wait = error.retry_after.unwrap_or(Duration::from_mins(1));
                    again(now, wait, job.attempts, &error.to_string())
                }
            },
        }
    }

    async fn keep(&self, job: &Job) -> Result<Settled, Why> {
        let engine = &self.engine;
        let id = IntegrationId(job.key.parse().unwrap_or_default());
        let routes = engine.directory.now().await?;
        let Some(owned) = routes.integrations.get(&id) else { return Ok(Settled::Done) };
        let integration = &owned.state;
        let target = crate::command_handlers::target(owned.organization, id, integration);
        let described = engine.ports.connectors.subscriptions(&target.provider);
        let (Some(described), Connection::Connected) = (described, integration.connection) else {
            return Ok(Settled::Done);
        };
        let mut due: Option<DateTime<Utc>> = None;
        for event in &described.events {
            let place = (!described.of_app).then_some(id);
            let url = address(&self.public_url, &target.provider, place);
            let name = event_type(event);
            let known = integration.webhooks.values().find(|webhook| webhook.event_type == name);
            let wanted = Subscribing { event: event.clone(), url };
            let one = One { target: &target, described: &described, wanted, known };
            let next = self.one(&one).await?;
            due = [due, next].into_iter().flatten().min();
        }
        Ok(due.map_or(Settled::Done, |at| {
            Settled::RetryAt(at, "the next look at the subscriptions".to_owned())
        }))
    }

    /// Keeps one; answers when it wants to be looked at again.
    async fn one(&self, one: &One<'_>) -> Result<Option<DateTime<Utc>>, Why> {
        let connectors = &self.engine.ports.connectors;
        let (now, margin) = (self.engine.now(), margin(one.described));
        let before = one.known.map(|webhook| Subscription {
            id: webhook.provider_webhook_id.clone(),
            expires_at: webhook.expires_at,
        });
        let made = match &before {
            Some(known) if known.expires_at.is_some_and(|ends| now < ends - margin) => known.clone(),
            Some(known) if known.expires_at.is_some() => {
                self.admitted(one.target).await?;
                connectors.renew_subscription(one.target, &one.wanted, known).await.map_err(Why::Call)?
            }
            Some(known) if !one.described.listed => known.clone(),
            _ => {
                self.admitted(one.target).await?;
                connectors.subscribe(one.target, &one.wanted).await.map_err(Why::Call)?
            }
        };
        if before.as_ref() != Some(&made) {
            self.record(one, &made).await?;
        }
        let looked = one.described.listed.then(|| now + LOOK);
        Ok(made.expires_at.map(|ends| (ends - margin).max(now + TimeDelta::minutes(1))).or(looked))
    }

    /// Subscriptions count like every other call.
    async fn admitted(&self, target: &Target) -> Result<(), Why> {
        let connection = self.engine.ports.connectors.open(target).map_err(Why::Call)?;
        connection.admit().await.map_err(Why::Full)
    }

    async fn record(&self, one: &One<'_>, made: &Subscription) -> Result<(), Why> {
        let dispatcher = &self.engine.ports.dispatcher;
        let integration = one.target.integration;
        let id = one.known.map_or_else(|| dispatcher.ids.next(), |webhook| webhook.id);
        let webhook = webhook(id, one, made);
        let renews = one.known.is_some();
        let command = |_: &Integration| {
            let webhook = Box::new(webhook.clone());
            if renews {
                IntegrationCommand::RenewWebhook(webhook)
            } else {
                IntegrationCommand::RegisterWebhook(webhook)
            }
        };
        let envelope = dispatcher.system(one.target.organization, "keep_webhooks");
        let stream = StreamId::of(Kind::Integration, integration.0);
        match dispatcher.dispatch::<Integration>(&envelope, &stream, command).await {
            Ok(_) => Ok(()),
            Err(Failure::Unavailable(away)) => Err(Why::Away(away)),
            Err(failure) => {
                tracing::warn!(%integration, %failure, "a subscription is there, but was not recorded");
                Ok(())
            }
        }
    }
}

fn margin(described: &Subscriptions) -> TimeDelta {
    i64::try_from(described.renew_before_s).ok().and_then(TimeDelta::try_seconds).unwrap_or_default()
}

fn webhook(id: Uuid, one: &One<'_>, made: &Subscription) -> Webhook {
    Webhook {
        id,
        event_type: event_type(&one.wanted.event),
        provider_webhook_id: made.id.clone(),
        verification: one.described.verification,
        secret: Some(CredentialReference(one.target.integration.0)),
        expires_at: made.expires_at,
    }
}

#[cfg(test)]
mod tests;
