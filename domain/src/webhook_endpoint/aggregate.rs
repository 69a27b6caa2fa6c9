//! The endpoint: created, changed, switched off and on, ended.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::commands::{CreateEndpoint, WebhookEndpointCommand};
use super::error::WebhookEndpointError;
use super::events::{
    Subscription, WebhookEndpointChanged, WebhookEndpointCreated, WebhookEndpointDeleted,
    WebhookEndpointDisabled, WebhookEndpointEnabled, WebhookEndpointEvent, WebhookSecretRotated,
};
use crate::aggregate::Aggregate;
use crate::ids::OrganizationId;
use crate::stream::Kind;

/// What a change of a record can be.
const CHANGES: [&str; 5] = ["created", "updated", "deleted", "erased", "*"];

/// A customer's endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookEndpoint {
    /// The tenant; none before it is created.
    pub organization: Option<OrganizationId>,
    /// Scheme, host and port of its address.
    pub origin: String,
    /// What it is for.
    pub description: String,
    /// What it is sent.
    pub subscription: Subscription,
    /// Why it is sent nothing, if it is disabled.
    pub disabled: Option<WebhookEndpointDisabled>,
    /// Until when the secret before the present one signs too.
    pub old_secret_until: Option<DateTime<Utc>>,
    /// Whether it was ended.
    pub deleted: bool,
}

type Decision = Result<Vec<WebhookEndpointEvent>, WebhookEndpointError>;

impl Aggregate for WebhookEndpoint {
    const KIND: Kind = Kind::WebhookEndpoint;
    type Command = WebhookEndpointCommand;
    type Event = WebhookEndpointEvent;
    type Error = WebhookEndpointError;

    fn decide(&self, command: WebhookEndpointCommand) -> Decision {
        if let WebhookEndpointCommand::Create(create) = command {
            return self.create(*create);
        }
        if self.organization.is_none() || (self.deleted && command != WebhookEndpointCommand::Delete) {
            return Err(WebhookEndpointError::NotFound);
        }
        match command {
            WebhookEndpointCommand::Create(_) => Err(WebhookEndpointError::Exists),
            WebhookEndpointCommand::Change { origin, description, subscription } => {
                self.change(origin, description, subscription)
            }
            WebhookEndpointCommand::RotateSecret { old_until } => {
                Ok(vec![WebhookSecretRotated { old_until }.into()])
            }
            WebhookEndpointCommand::Disable { .. } if self.disabled.is_some() => Ok(Vec::new()),
            WebhookEndpointCommand::Disable { reason, automatic, at } => {
                Ok(vec![WebhookEndpointDisabled { reason, automatic, at }.into()])
            }
            WebhookEndpointCommand::Enable => {
                let since = self.disabled.as_ref().map(|disabled| disabled.at);
                Ok(since
                    .map(|missed_since| WebhookEndpointEnabled { missed_since }.into())
                    .into_iter()
                    .collect())
            }
            WebhookEndpointCommand::Delete if self.deleted => Ok(Vec::new()),
            WebhookEndpointCommand::Delete => Ok(vec![WebhookEndpointDeleted {}.into()]),
        }
    }

    fn apply(&mut self, event: &WebhookEndpointEvent) {
        match event {
            WebhookEndpointEvent::WebhookEndpointCreated(created) => {
                self.organization = Some(created.organization);
                self.origin.clone_from(&created.origin);
                self.description.clone_from(&created.description);
                self.subscription.clone_from(&created.subscription);
            }
            WebhookEndpointEvent::WebhookEndpointChanged(changed) => {
                self.origin = changed.origin.clone().unwrap_or_else(|| std::mem::take(&mut self.origin));
                if let Some(description) = &changed.description {
                    self.description.clone_from(description);
                }
                if let Some(subscription) = &changed.subscription {
                    self.subscription.clone_from(subscription);
                }
            }
            WebhookEndpointEvent::WebhookSecretRotated(rotated) => {
                self.old_secret_until = Some(rotated.old_until);
            }
            WebhookEndpointEvent::WebhookEndpointDisabled(disabled) => self.disabled = Some(disabled.clone()),
            WebhookEndpointEvent::WebhookEndpointEnabled(_) => self.disabled = None,
            WebhookEndpointEvent::WebhookEndpointDeleted(_) => self.deleted = true,
        }
    }
}

impl WebhookEndpoint {
    /// Whether deliveries are sent to it.
    pub const fn is_live(&self) -> bool {
        self.organization.is_some() && !self.deleted && self.disabled.is_none()
    }

    fn create(&self, create: CreateEndpoint) -> Decision {
        if self.organization.is_some() {
            return Err(WebhookEndpointError::Exists);
        }
        check(&create.subscription)?;
        let CreateEndpoint { organization, origin, description, subscription } = create;
        Ok(vec![WebhookEndpointCreated { organization, origin, description, subscription }.into()])
    }

    fn change(
        &self,
        origin: Option<String>,
        description: Option<String>,
        subscription: Option<Subscription>,
    ) -> Decision {
        subscription.as_ref().map_or(Ok(()), check)?;
        let changed = WebhookEndpointChanged {
            origin: origin.filter(|origin| *origin != self.origin),
            description: description.filter(|description| *description != self.description),
            subscription: subscription.filter(|subscription| *subscription != self.subscription),
        };
        let nothing =
            changed.origin.is_none() && changed.description.is_none() && changed.subscription.is_none();
        Ok(if nothing { Vec::new() } else { vec![changed.into()] })
    }
}

fn check(subscription: &Subscription) -> Result<(), WebhookEndpointError> {
    let known = |given: &&String| {
        given.rsplit_once('.').is_some_and(|(entity, change)| !entity.is_empty() && CHANGES.contains(&change))
    };
    match subscription.event_types.iter().find(|given| !known(given)) {
        Some(given) => Err(WebhookEndpointError::EventType { given: given.clone() }),
        None => Ok(()),
    }
}
