//! Subscriptions to the provider's events: one per event type, none that cannot be verified.

use uuid::Uuid;

use super::{Decision, shortened};
use crate::integration::aggregate::Integration;
use crate::integration::error::IntegrationError;
use crate::integration::events::{IntegrationEvent, WebhookDeactivated, WebhookRegistered, WebhookRenewed};
use crate::integration::parts::Webhook;

impl Integration {
    pub(super) fn register_webhook(&self, webhook: Webhook) -> Decision {
        check_webhook(&webhook)?;
        match self.webhooks.values().find(|known| known.event_type == webhook.event_type) {
            Some(known) if *known == webhook => Ok(Vec::new()),
            Some(known) => {
                Err(IntegrationError::WebhookExists { event_type: webhook.event_type, id: known.id })
            }
            None => Ok(vec![WebhookRegistered { webhook }.into()]),
        }
    }

    pub(super) fn renew_webhook(&self, webhook: Webhook) -> Decision {
        check_webhook(&webhook)?;
        match self.webhooks.get(&webhook.id) {
            Some(known) if *known == webhook => Ok(Vec::new()),
            Some(known) if known.event_type == webhook.event_type => {
                Ok(vec![WebhookRenewed { webhook }.into()])
            }
            _ => Err(IntegrationError::NoSuchPart { what: "webhook", id: webhook.id }),
        }
    }

    pub(super) fn deactivate_webhook(&self, id: Uuid, reason: &str) -> Vec<IntegrationEvent> {
        if !self.webhooks.contains_key(&id) {
            return Vec::new();
        }
        vec![WebhookDeactivated { id, reason: shortened(reason) }.into()]
    }
}

fn check_webhook(webhook: &Webhook) -> Result<(), IntegrationError> {
    if !is_event_type(&webhook.event_type) {
        return Err(IntegrationError::WebhookEventType { given: shortened(&webhook.event_type) });
    }
    if webhook.verification.needs_secret() && webhook.secret.is_none() {
        return Err(IntegrationError::WebhookSecretRequired);
    }
    Ok(())
}

/// `<entity>.<verb>`, at most 100 characters.
fn is_event_type(text: &str) -> bool {
    let word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    text.len() <= 100 && text.split_once('.').is_some_and(|(entity, verb)| word(entity) && word(verb))
}
