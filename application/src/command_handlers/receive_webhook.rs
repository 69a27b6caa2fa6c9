//! Takes a provider's webhook: verified on its raw bytes, its body stored once, one delivery per integration and event
//! in one append. Nothing enters the log unverified.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::ids::{DEFAULT_ORGANIZATION, IntegrationId, OrganizationId};
use domain::integration::{Integration, IntegrationCommand};
use domain::stream::{Kind, StreamId, webhook_delivery};
use domain::webhook_delivery::{Body, WebhookDelivery, WebhookDeliveryCommand, WebhookReceived};

use super::desk::{bare, target};
use super::{Declined, Desk};
use crate::dispatcher::{Envelope, Persisted, UnitBuilder, Working};
use crate::error::Failure;
use crate::ports::connector::{
    Target, WebhookAnswer, WebhookCall, WebhookEvent, WebhookRejection, WebhookTaken,
};
use crate::ports::credentials::{Owner, Secrets};
use crate::ports::event_log::Refused;
use crate::process_managers::Routes;
use crate::process_managers::routes::Owned;

/// How long bodies are kept.
const KEEP: TimeDelta = TimeDelta::days(30);
/// Headers kept with a delivery, when they are there; none that authenticates.
const KEPT: [&str; 4] = ["content-type", "user-agent", "x-request-id", "intuit-t-id"];
/// Rounds until a contended append is given up.
const ROUNDS: usize = 5;

/// A delivery as it came in.
#[derive(Clone, Debug)]
pub struct RawWebhook {
    /// The provider's key, from the path.
    pub provider: String,
    /// The integration, where the path names one.
    pub integration: Option<IntegrationId>,
    /// The request.
    pub call: WebhookCall,
}

/// What was made of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Deliveries that were stored, new ones and known ones.
    pub accepted: u64,
    /// Events for companies that nobody connected.
    pub unknown_realm: u64,
    /// What to answer.
    pub answer: WebhookAnswer,
}

impl Desk {
    /// Verifies, stores and acknowledges.
    pub async fn receive_webhook(&self, raw: &RawWebhook) -> Result<Delivered, Declined> {
        self.provider(&raw.provider)?;
        let routes = self.routes().await?;
        let mut rejected = WebhookRejection::NoSecret;
        for organization in receivers(&routes, raw)? {
            let secrets = self.webhook_secrets(organization, raw).await?;
            let whom = whom(&routes, organization, raw);
            let connectors = &self.engine.ports.connectors;
            let now = self.engine.now();
            match connectors.verify_webhook(&whom, &secrets, &raw.call, now).await {
                Ok(WebhookTaken::Handshake(answer)) => {
                    return Ok(Delivered { answer, ..Delivered::default() });
                }
                Ok(WebhookTaken::Events(events, answer)) => {
                    let mut delivered = Delivered { answer, ..Delivered::default() };
                    self.store_deliveries(organization, &routes, raw, (&events, &mut delivered)).await?;
                    return Ok(delivered);
                }
                // Whoever had a secret to compare with says it best.
                Err(WebhookRejection::NoSecret) => {}
                Err(rejection) => rejected = rejection,
            }
        }
        Err(rejected.into())
    }

    /// The app's secrets, then the integration's own where the path names one: they speak for that integration only.
    async fn webhook_secrets(
        &self,
        organization: OrganizationId,
        raw: &RawWebhook,
    ) -> Result<Vec<Secrets>, Declined> {
        let mut owners = vec![Owner::Provider(raw.provider.clone())];
        owners.extend(raw.integration.map(Owner::Integration));
        let mut secrets = Vec::new();
        for owner in owners {
            let stored = self.credentials.get(organization, &owner).await?;
            secrets.push(stored.map(|(kept, _)| kept).unwrap_or_default());
        }
        Ok(secrets)
    }

    async fn store_deliveries(
        &self,
        organization: OrganizationId,
        routes: &Routes,
        raw: &RawWebhook,
        (events, delivered): (&[WebhookEvent], &mut Delivered),
    ) -> Result<(), Declined> {
        let mut wanted = Vec::new();
        for event in events {
            let of = integrations(routes, organization, raw, &event.realm);
            delivered.unknown_realm += u64::from(of.is_empty());
            wanted.extend(of.into_iter().map(|integration| (integration, event)));
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let body = self.store_body(organization, &raw.call.body).await?;
        for round in 0..ROUNDS {
            if self.append_deliveries(organization, raw, (&wanted, &body), round > 0).await? {
                delivered.accepted = wanted.len() as u64;
                return self.mark_ended(organization, &wanted).await;
            }
        }
        Err(Declined::Contended)
    }

    /// The provider says that connections were revoked there.
    async fn mark_ended(
        &self,
        organization: OrganizationId,
        wanted: &[(Receiver, &WebhookEvent)],
    ) -> Result<(), Declined> {
        for (receiver, event) in wanted.iter().filter(|(_, event)| event.ended) {
            let envelope: Envelope = self.dispatcher().system(organization, "receive_webhook");
            let stream = StreamId::of(Kind::Integration, receiver.integration.0);
            let reason = format!("the provider says that the connection was revoked ({})", event.event_type);
            let command = |_: &Integration| IntegrationCommand::MarkExpired { reason: reason.clone() };
            match self.dispatcher().dispatch::<Integration>(&envelope, &stream, command).await {
                // One that is not connected has nothing to lose.
                Ok(_) | Err(Failure::Refused(_)) => {}
                Err(failure) => return Err(failure.into()),
            }
        }
        Ok(())
    }

    async fn store_body(&self, organization: OrganizationId, bytes: &[u8]) -> Result<Body, Declined> {
        let ports = &self.engine.ports;
        let keep_until = self.engine.now() + KEEP;
        let blob = ports.blobs.put(organization, "webhook_body", bytes, keep_until).await?;
        let digest = ports.vault.digest_key(organization).await?.digest(bytes);
        Ok(Body { digest, length: bytes.len() as u64, blob })
    }

    /// `false` when they are known, or another delivery of the same events was faster: `look` at what there is then. Most
    /// events come once, and a look costs a query.
    async fn append_deliveries(
        &self,
        organization: OrganizationId,
        raw: &RawWebhook,
        (wanted, body): (&[(Receiver, &WebhookEvent)], &Body),
        look: bool,
    ) -> Result<bool, Declined> {
        let key = self.engine.ports.vault.digest_key(organization).await?;
        let named: Vec<_> = wanted
            .iter()
            .map(|(receiver, event)| {
                let dedupe = dedupe_id(&event.dedupe_id, &key);
                (webhook_delivery(receiver.integration, &dedupe), dedupe)
            })
            .collect();
        let streams: Vec<_> = named.iter().map(|(stream, _)| stream.clone()).collect();
        let known: Vec<Working<WebhookDelivery>> = if look {
            let loaded = self.dispatcher().log.load_many(&streams, WebhookDelivery::SHAPE).await?;
            loaded.iter().map(Working::loaded).collect()
        } else {
            streams.into_iter().map(Working::new).collect()
        };
        let envelope: Envelope = self.dispatcher().system(organization, "receive_webhook");
        let mut unit = UnitBuilder::new(organization, envelope.metadata.clone());
        let mut seen = BTreeSet::new();
        for (((receiver, event), (stream, dedupe_id)), mut delivery) in wanted.iter().zip(named).zip(known) {
            // One POST may name the same event twice.
            if !seen.insert(stream) {
                continue;
            }
            let received = receiver.received(raw, event, (dedupe_id, body.clone(), self.engine.now()));
            let events = delivery.execute(WebhookDeliveryCommand::Receive(Box::new(received)))?;
            if events > 0 && receiver.disabled {
                let reason = "the integration is disabled".to_owned();
                delivery.execute(WebhookDeliveryCommand::Ignore { reason })?;
            }
            unit.add(delivery);
        }
        if unit.is_empty() {
            return Ok(true);
        }
        match self.dispatcher().append_one(unit.build()).await? {
            Ok(_) => Ok(true),
            Err(Refused::StaleStream { .. }) => Ok(false),
            Err(refused) => Err(refused.into()),
        }
    }
}

/// An integration that an event is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Receiver {
    integration: IntegrationId,
    project: domain::ids::ProjectId,
    disabled: bool,
}

impl Receiver {
    fn received(
        self,
        raw: &RawWebhook,
        event: &WebhookEvent,
        (dedupe_id, body, received_at): (String, Body, chrono::DateTime<chrono::Utc>),
    ) -> WebhookReceived {
        let kept =
            KEPT.iter().filter_map(|name| Some(((*name).to_owned(), raw.call.headers.get(*name)?.clone())));
        let given = |text: &String| (!text.is_empty()).then(|| text.clone());
        WebhookReceived {
            project: self.project,
            integration: self.integration,
            provider: raw.provider.clone(),
            realm: event.realm.clone(),
            event_type: event.event_type.clone(),
            dedupe_id,
            headers: kept.collect(),
            body,
            entity: given(&event.entity),
            remote_id: given(&event.remote_id),
            received_at,
        }
    }
}

/// Integrations with the provider: the one that the path names, else all.
fn candidates<'a>(
    routes: &'a Routes,
    raw: &'a RawWebhook,
) -> impl Iterator<Item = (IntegrationId, &'a Owned<Integration>)> {
    let named = raw.integration.and_then(|id| routes.integrations.get_key_value(&id));
    let all = raw.integration.is_none().then(|| routes.integrations.iter());
    let found = named.into_iter().chain(all.into_iter().flatten()).map(|(id, owned)| (*id, owned));
    found.filter(|(_, owned)| {
        let identity = owned.state.identity.as_ref();
        !owned.state.deleted && identity.is_some_and(|identity| identity.provider == raw.provider)
    })
}

/// Organizations that could have a secret for it: those with an integration with the provider.
fn receivers(routes: &Routes, raw: &RawWebhook) -> Result<BTreeSet<OrganizationId>, Declined> {
    let organizations: BTreeSet<OrganizationId> =
        candidates(routes, raw).map(|(_, owned)| owned.organization).collect();
    match (raw.integration, organizations.is_empty()) {
        (Some(_), true) => Err(Declined::NotFound("integration")),
        (Some(_), false) => Ok(organizations),
        // A registered app may be told of companies that nobody connected yet.
        (None, _) => Ok(organizations.into_iter().chain([DEFAULT_ORGANIZATION]).collect()),
    }
}

/// The integration that the path names, else any of the organization's with the provider: its settings say which of the
/// provider's systems is meant.
fn whom(routes: &Routes, organization: OrganizationId, raw: &RawWebhook) -> Target {
    let found = candidates(routes, raw).find(|(_, owned)| owned.organization == organization);
    found.map_or_else(
        || bare(organization, &raw.provider),
        |(id, owned)| target(organization, id, &owned.state),
    )
}

fn integrations(
    routes: &Routes,
    organization: OrganizationId,
    raw: &RawWebhook,
    realm: &str,
) -> Vec<Receiver> {
    let wanted = candidates(routes, raw).filter(|(_, owned)| {
        let own = owned.state.realm.as_deref() == Some(realm) || (raw.integration.is_some() && realm == "-");
        own && owned.organization == organization
    });
    wanted
        .filter_map(|(integration, owned)| {
            let project = owned.state.identity.as_ref()?.project;
            Some(Receiver { integration, project, disabled: !owned.state.enabled })
        })
        .collect()
}

/// The provider's event id when it is one; else the digest of what was given.
fn dedupe_id(given: &str, key: &domain::digest::DigestKey) -> String {
    let plain = !given.is_empty() && given.len() <= 100 && given.chars().all(|c| c.is_ascii_graphic());
    if plain { given.to_owned() } else { key.digest(given.as_bytes()).to_string() }
}
