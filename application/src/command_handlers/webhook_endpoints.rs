//! Customers' endpoints: made, changed, given new secrets, sent things again.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{OrganizationId, WebhookEndpointId};
use domain::stream::{Kind, StreamId};
use domain::webhook_endpoint::{CreateEndpoint, Subscription, WebhookEndpoint, WebhookEndpointCommand};
use secrecy::{ExposeSecret, SecretString};

use super::{Declined, Desk};
use crate::dispatcher::{Done, Envelope};
use crate::jobs::{deliver_webhooks, redeliver_webhooks};
use crate::ports::credentials::{Owner, Secrets};
use crate::process_managers::routes::Owned;

/// How long the secret before the newest signs too.
pub const GRACE: TimeDelta = TimeDelta::hours(24);
/// Longest address.
const LONGEST: usize = 2_048;

/// A new endpoint.
#[derive(Clone, Debug)]
pub struct NewEndpoint {
    /// Where deliveries go; HTTPS unless the operator allows otherwise.
    pub url: SecretString,
    /// What it is for.
    pub description: String,
    /// What it is sent.
    pub subscription: Subscription,
}

/// What changes of an endpoint; what is not given stays.
#[derive(Clone, Debug, Default)]
pub struct EndpointChange {
    /// Another address.
    pub url: Option<SecretString>,
    /// Another description.
    pub description: Option<String>,
    /// Another subscription.
    pub subscription: Option<Subscription>,
}

impl Desk {
    /// Makes an endpoint; answers its id and the secret that signs its deliveries, which is never shown again.
    pub async fn create_webhook_endpoint(
        &self,
        envelope: &Envelope,
        new: NewEndpoint,
    ) -> Result<(WebhookEndpointId, SecretString, Done), Declined> {
        let origin = self.origin(&new.url)?;
        let id = WebhookEndpointId(self.dispatcher().ids.next());
        let secret = self.signing_secret();
        let mut secrets = Secrets::default();
        secrets.set("url", new.url);
        secrets.set("secret", secret.clone());
        self.credentials.put(envelope.organization, &Owner::WebhookEndpoint(id), &secrets, Some(0)).await?;
        let create = CreateEndpoint {
            organization: envelope.organization,
            origin,
            description: new.description,
            subscription: new.subscription,
        };
        let command = |_: &WebhookEndpoint| WebhookEndpointCommand::Create(Box::new(create.clone()));
        let done = self.change(envelope, &stream(id), None, command).await?;
        Ok((id, secret, done))
    }

    /// Changes an endpoint.
    pub async fn change_webhook_endpoint(
        &self,
        envelope: &Envelope,
        id: WebhookEndpointId,
        change: EndpointChange,
    ) -> Result<Done, Declined> {
        self.endpoint_of(envelope.organization, id).await?;
        let origin = change.url.as_ref().map(|url| self.origin(url)).transpose()?;
        if let Some(url) = change.url {
            self.set_secrets(envelope.organization, id, |secrets| secrets.set("url", url.clone())).await?;
        }
        let command = |_: &WebhookEndpoint| WebhookEndpointCommand::Change {
            origin: origin.clone(),
            description: change.description.clone(),
            subscription: change.subscription.clone(),
        };
        self.change(envelope, &stream(id), None, command).await
    }

    /// Gives an endpoint a new signing secret; the old one signs beside it for [`GRACE`].
    pub async fn rotate_webhook_secret(
        &self,
        envelope: &Envelope,
        id: WebhookEndpointId,
    ) -> Result<(SecretString, DateTime<Utc>, Done), Declined> {
        self.endpoint_of(envelope.organization, id).await?;
        let secret = self.signing_secret();
        self.set_secrets(envelope.organization, id, |secrets| {
            if let Some(old) = secrets.get("secret").cloned() {
                secrets.set("old_secret", old);
            }
            secrets.set("secret", secret.clone());
        })
        .await?;
        let old_until = self.dispatcher().clock.now() + GRACE;
        let command = |_: &WebhookEndpoint| WebhookEndpointCommand::RotateSecret { old_until };
        let done = self.change(envelope, &stream(id), None, command).await?;
        Ok((secret, old_until, done))
    }

    /// Switches an endpoint on or off. What it missed is sent when it is on again.
    pub async fn switch_webhook_endpoint(
        &self,
        envelope: &Envelope,
        id: WebhookEndpointId,
        enabled: bool,
    ) -> Result<Done, Declined> {
        self.endpoint_of(envelope.organization, id).await?;
        let at = self.dispatcher().clock.now();
        let command = |_: &WebhookEndpoint| {
            if enabled {
                WebhookEndpointCommand::Enable
            } else {
                let reason = "somebody switched it off".to_owned();
                WebhookEndpointCommand::Disable { reason, automatic: false, at }
            }
        };
        let done = self.change(envelope, &stream(id), None, command).await?;
        self.wakeups.notify("log");
        Ok(done)
    }

    /// Ends an endpoint; its address and secrets are removed.
    pub async fn delete_webhook_endpoint(
        &self,
        envelope: &Envelope,
        id: WebhookEndpointId,
    ) -> Result<Done, Declined> {
        self.endpoint_of(envelope.organization, id).await?;
        let command = |_: &WebhookEndpoint| WebhookEndpointCommand::Delete;
        let done = self.change(envelope, &stream(id), None, command).await?;
        self.credentials.delete(envelope.organization, &Owner::WebhookEndpoint(id)).await?;
        Ok(done)
    }

    /// Sends one change again.
    pub async fn redeliver_webhook(
        &self,
        organization: OrganizationId,
        id: WebhookEndpointId,
        position: u64,
    ) -> Result<(), Declined> {
        self.endpoint_of(organization, id).await?;
        let known = self.deliveries.get(id, position).await?;
        known.ok_or(Declined::NotFound("delivery"))?;
        self.enqueue(deliver_webhooks::job(organization, id, position, self.engine.now())).await
    }

    /// Sends the changes of a time again, or those of them that were not delivered.
    pub async fn redeliver_webhooks(
        &self,
        organization: OrganizationId,
        asked: &redeliver_webhooks::Redelivery,
    ) -> Result<(), Declined> {
        self.endpoint_of(organization, asked.endpoint).await?;
        if asked.from >= asked.to {
            return Err(Declined::invalid(
                "from",
                "from is not before to: give the beginning and the end of a time",
            ));
        }
        self.enqueue(redeliver_webhooks::job(organization, asked, self.engine.now())).await
    }

    /// An endpoint of the organization.
    pub async fn endpoint_of(
        &self,
        organization: OrganizationId,
        id: WebhookEndpointId,
    ) -> Result<Owned<WebhookEndpoint>, Declined> {
        let routes = self.routes().await?;
        let owned = routes.endpoints.get(&id).filter(|owned| owned.organization == organization);
        owned.filter(|owned| !owned.state.deleted).cloned().ok_or(Declined::NotFound("webhook endpoint"))
    }

    async fn enqueue(&self, job: crate::ports::job_queue::NewJob) -> Result<(), Declined> {
        self.engine.ports.queue.enqueue(vec![job]).await?;
        self.wakeups.notify("jobs");
        Ok(())
    }

    /// Scheme, host and port of an address that may be called.
    fn origin(&self, url: &SecretString) -> Result<String, Declined> {
        let text = url.expose_secret();
        if text.len() > LONGEST {
            return Err(Declined::invalid("url", format!("the address is longer than {LONGEST} characters")));
        }
        self.sender.check(text).map_err(|why| Declined::invalid("url", why))?;
        let rest = text.find("://").map_or(0, |at| at + 3);
        let end = text[rest..].find(['/', '?', '#']).map_or(text.len(), |at| rest + at);
        Ok(text[..end].to_owned())
    }

    /// 32 random bytes, as Standard Webhooks writes symmetric secrets.
    fn signing_secret(&self) -> SecretString {
        let mut bytes = [0; 32];
        self.dispatcher().ids.random(&mut bytes);
        SecretString::from(format!("whsec_{}", STANDARD.encode(bytes)))
    }

    async fn set_secrets(
        &self,
        organization: OrganizationId,
        id: WebhookEndpointId,
        set: impl Fn(&mut Secrets),
    ) -> Result<(), Declined> {
        let owner = Owner::WebhookEndpoint(id);
        for _ in 0..8 {
            let stored = self.credentials.get(organization, &owner).await?;
            let (mut secrets, version) = stored.ok_or(Declined::NotFound("webhook endpoint"))?;
            set(&mut secrets);
            if self.credentials.put(organization, &owner, &secrets, Some(version)).await? {
                return Ok(());
            }
        }
        Err(Declined::Contended)
    }
}

fn stream(id: WebhookEndpointId) -> StreamId {
    StreamId::of(Kind::WebhookEndpoint, id.0)
}
