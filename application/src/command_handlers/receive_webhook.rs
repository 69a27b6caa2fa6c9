//! Takes a provider's webhook: verified on its raw bytes, its body stored once, one delivery per integration and event
//! in one append. Nothing enters the log unverified.

mod store;

pub use self::store::Intake;

use std::collections::BTreeSet;

use domain::ids::{DEFAULT_ORGANIZATION, IntegrationId, OrganizationId};
use domain::integration::{Integration, IntegrationCommand};
use domain::stream::{Kind, StreamId};

use self::store::Verified;
use super::desk::{bare, target};
use super::{Declined, Desk};
use crate::dispatcher::Envelope;
use crate::error::Failure;
use crate::jobs::process_webhook::NOBODY;
use crate::ports::connector::{
    Target, WebhookAnswer, WebhookCall, WebhookEvent, WebhookRejection, WebhookTaken,
};
use crate::ports::credentials::{Owner, Secrets};
use crate::process_managers::Routes;
use crate::process_managers::routes::Owned;

/// Headers kept with a delivery, when they are there; none that authenticates.
const KEPT: [&str; 4] = ["content-type", "user-agent", "x-request-id", "intuit-t-id"];

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
                    self.store_deliveries(organization, &routes, raw, (events, &mut delivered)).await?;
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
        (events, delivered): (Vec<WebhookEvent>, &mut Delivered),
    ) -> Result<(), Declined> {
        let mut wanted = Vec::new();
        for event in events {
            let of = integrations(routes, organization, raw, &event);
            delivered.unknown_realm += u64::from(of.is_empty());
            wanted.extend(of.into_iter().map(|receiver| (receiver, event.clone())));
        }
        if wanted.is_empty() {
            return Ok(());
        }
        delivered.accepted = wanted.len() as u64;
        let ended: Vec<_> = wanted.iter().filter(|(_, event)| event.ended).cloned().collect();
        let kept =
            KEPT.iter().filter_map(|name| Some(((*name).to_owned(), raw.call.headers.get(*name)?.clone())));
        let verified = Verified {
            organization,
            provider: raw.provider.clone(),
            headers: kept.collect(),
            body: raw.call.body.clone(),
            wanted,
        };
        let stored = self.intake.0.join(verified, |all| self.store_verified(all)).await;
        stored.unwrap_or(Err(Declined::Contended))?;
        self.mark_ended(organization, &ended).await
    }

    /// The provider says that connections were revoked there.
    async fn mark_ended(
        &self,
        organization: OrganizationId,
        ended: &[(Receiver, WebhookEvent)],
    ) -> Result<(), Declined> {
        for (receiver, event) in ended {
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
}

/// An integration that an event is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Receiver {
    integration: IntegrationId,
    project: domain::ids::ProjectId,
    /// Why nothing follows from the event.
    ignored: Option<&'static str>,
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
    event: &WebhookEvent,
) -> Vec<Receiver> {
    let wanted = candidates(routes, raw).filter(|(_, owned)| {
        let realm = event.realm.as_str();
        let own = owned.state.realm.as_deref() == Some(realm) || (raw.integration.is_some() && realm == "-");
        own && owned.organization == organization
    });
    wanted
        .filter_map(|(integration, owned)| {
            let project = owned.state.identity.as_ref()?.project;
            let nobody = || routes.takers(integration, &event.entity).next().is_none().then_some(NOBODY);
            let ignored = if owned.state.enabled { nobody() } else { Some("the integration is disabled") };
            Some(Receiver { integration, project, ignored })
        })
        .collect()
}
