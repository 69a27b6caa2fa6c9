//! Stores verified webhooks: those that come while others are being stored share their transactions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::digest::DigestKey;
use domain::ids::OrganizationId;
use domain::stream::{StreamId, webhook_delivery};
use domain::webhook_delivery::{Body, WebhookDelivery, WebhookDeliveryCommand, WebhookReceived};

use super::Receiver;
use crate::command_handlers::{Declined, Desk};
use crate::dispatcher::{Envelope, Persisted, UnitBuilder, Working};
use crate::gathering::Gathering;
use crate::ports::connector::WebhookEvent;
use crate::ports::event_log::{Refused, Unit};

/// How long bodies are kept.
const KEEP: TimeDelta = TimeDelta::days(30);
/// Rounds until a contended append is given up.
const ROUNDS: usize = 5;

/// Verified webhooks on their way into the log.
#[derive(Default)]
pub struct Intake(pub(super) Gathering<Verified, Result<(), Declined>>);

/// A verified webhook, and whom its events are for.
pub(super) struct Verified {
    pub(super) organization: OrganizationId,
    pub(super) provider: String,
    /// Those that are kept.
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Vec<u8>,
    pub(super) wanted: Vec<(Receiver, WebhookEvent)>,
}

/// One whose body is stored.
struct Kept {
    webhook: Arc<Verified>,
    body: Body,
    /// Stream and dedupe id of each event.
    named: Vec<(StreamId, String)>,
    received_at: DateTime<Utc>,
}

impl Desk {
    /// Stores each webhook's body, then its deliveries, in one append for all. One answer each.
    pub(super) async fn store_verified(&self, all: Vec<Arc<Verified>>) -> Vec<Result<(), Declined>> {
        let count = all.len();
        let mut kept = Vec::with_capacity(count);
        for organization in all.iter().map(|webhook| webhook.organization).collect::<BTreeSet<_>>() {
            match self.store_bodies(organization, &all).await {
                Ok(more) => kept.extend(more),
                Err(declined) => return vec![Err(declined); count],
            }
        }
        let mut answers = vec![Err(Declined::Contended); count];
        for round in 0..ROUNDS {
            if kept.is_empty() {
                break;
            }
            kept = match self.append_deliveries(kept, round > 0, &mut answers).await {
                Ok(left) => left,
                Err(declined) => return vec![Err(declined); count],
            };
        }
        answers
    }

    /// The organization's webhooks with their places, once their bodies are durable.
    async fn store_bodies(
        &self,
        organization: OrganizationId,
        all: &[Arc<Verified>],
    ) -> Result<Vec<(usize, Kept)>, Declined> {
        let ports = &self.engine.ports;
        let (received_at, key) = (self.engine.now(), ports.vault.digest_key(organization).await?);
        let ours = all.iter().enumerate().filter(|(_, webhook)| webhook.organization == organization);
        let ours: Vec<(usize, &Arc<Verified>)> = ours.collect();
        let bodies: Vec<Vec<u8>> = ours.iter().map(|(_, webhook)| webhook.body.clone()).collect();
        let keep_until = received_at + KEEP;
        let blobs = ports.blobs.put_many(organization, "webhook_body", &bodies, keep_until).await?;
        let kept = ours.into_iter().zip(blobs).map(|((place, webhook), blob)| {
            let (digest, length) = (key.digest(&webhook.body), webhook.body.len() as u64);
            let named = webhook.wanted.iter().map(|(receiver, event)| {
                let dedupe = dedupe_id(&event.dedupe_id, &key);
                (webhook_delivery(receiver.integration, &dedupe), dedupe)
            });
            let named = named.collect();
            let body = Body { digest, length, blob };
            (place, Kept { webhook: Arc::clone(webhook), body, named, received_at })
        });
        Ok(kept.collect())
    }

    /// Answers those that are stored or refused, and gives back the others: another delivery of the same events was
    /// faster, `look` at what there is then. Most events come once, and a look costs a query.
    async fn append_deliveries(
        &self,
        kept: Vec<(usize, Kept)>,
        look: bool,
        answers: &mut [Result<(), Declined>],
    ) -> Result<Vec<(usize, Kept)>, Declined> {
        let streams: Vec<StreamId> =
            kept.iter().flat_map(|(_, kept)| kept.named.iter().map(|(stream, _)| stream.clone())).collect();
        let known: Vec<Working<WebhookDelivery>> = if look {
            let loaded = self.dispatcher().log.load_many(&streams, WebhookDelivery::SHAPE).await?;
            loaded.iter().map(Working::loaded).collect()
        } else {
            streams.into_iter().map(Working::new).collect()
        };
        let (mut known, mut units, mut waiting) = (known.into_iter(), Vec::new(), Vec::new());
        for (place, kept) in kept {
            let mine = known.by_ref().take(kept.named.len()).collect();
            match self.unit_of(&kept, mine) {
                Ok(Some(unit)) => {
                    units.push(unit);
                    waiting.push((place, kept));
                }
                Ok(None) => answers[place] = Ok(()),
                Err(declined) => answers[place] = Err(declined),
            }
        }
        let appended = self.dispatcher().log.append(units).await?;
        let mut left = Vec::new();
        for ((place, kept), appended) in waiting.into_iter().zip(appended) {
            match appended {
                Ok(_) => answers[place] = Ok(()),
                Err(Refused::StaleStream { .. }) => left.push((place, kept)),
                Err(refused) => answers[place] = Err(refused.into()),
            }
        }
        Ok(left)
    }

    /// What is news of a webhook.
    fn unit_of(&self, kept: &Kept, known: Vec<Working<WebhookDelivery>>) -> Result<Option<Unit>, Declined> {
        let organization = kept.webhook.organization;
        let envelope: Envelope = self.dispatcher().system(organization, "receive_webhook");
        let mut unit = UnitBuilder::new(organization, envelope.metadata);
        let mut seen = BTreeSet::new();
        for (number, mut delivery) in known.into_iter().enumerate() {
            let (receiver, event) = &kept.webhook.wanted[number];
            // One POST may name the same event twice.
            if !seen.insert(&kept.named[number].0) {
                continue;
            }
            let received = received(kept, (*receiver, event), &kept.named[number].1);
            let events = delivery.execute(WebhookDeliveryCommand::Receive(Box::new(received)))?;
            if let Some(reason) = receiver.ignored.filter(|_| events > 0) {
                delivery.execute(WebhookDeliveryCommand::Ignore { reason: reason.to_owned() })?;
            }
            unit.add(delivery);
        }
        Ok((!unit.is_empty()).then(|| unit.build()))
    }
}

fn received(kept: &Kept, (receiver, event): (Receiver, &WebhookEvent), dedupe_id: &str) -> WebhookReceived {
    let given = |text: &String| (!text.is_empty()).then(|| text.clone());
    WebhookReceived {
        project: receiver.project,
        integration: receiver.integration,
        provider: kept.webhook.provider.clone(),
        realm: event.realm.clone(),
        event_type: event.event_type.clone(),
        dedupe_id: dedupe_id.to_owned(),
        headers: kept.webhook.headers.clone(),
        body: kept.body.clone(),
        entity: given(&event.entity),
        remote_id: given(&event.remote_id),
        received_at: kept.received_at,
    }
}

/// The provider's event id when it is one; else the digest of what was given.
fn dedupe_id(given: &str, key: &DigestKey) -> String {
    let plain = !given.is_empty() && given.len() <= 100 && given.chars().all(|c| c.is_ascii_graphic());
    if plain { given.to_owned() } else { key.digest(given.as_bytes()).to_string() }
}
