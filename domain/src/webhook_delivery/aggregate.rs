//! The delivery: received once, then processed, failed or ignored, and replayed when a person asks.

use serde::{Deserialize, Serialize};

use super::commands::WebhookDeliveryCommand;
use super::error::WebhookDeliveryError;
use super::events::{
    WebhookDeliveryEvent, WebhookFailed, WebhookIgnored, WebhookProcessed, WebhookReceived, WebhookReplayed,
};
use crate::aggregate::Aggregate;
use crate::stream::Kind;
use crate::value::DeliveryStatus;

/// One delivery of a provider.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WebhookDelivery {
    /// What came in; none before it did.
    pub received: Option<Box<WebhookReceived>>,
    /// Where it stands; none before it came in.
    pub status: Option<DeliveryStatus>,
    /// Attempts that failed since it came in or was replayed.
    pub attempts: u32,
    /// Why the last one failed, or why it is ignored.
    pub reason: Option<String>,
}

type Decision = Result<Vec<WebhookDeliveryEvent>, WebhookDeliveryError>;

impl Aggregate for WebhookDelivery {
    const KIND: Kind = Kind::WebhookDelivery;
    type Command = WebhookDeliveryCommand;
    type Event = WebhookDeliveryEvent;
    type Error = WebhookDeliveryError;

    fn decide(&self, command: WebhookDeliveryCommand) -> Decision {
        if let WebhookDeliveryCommand::Receive(received) = command {
            let known = self.received.is_some();
            return Ok(if known { Vec::new() } else { vec![(*received).into()] });
        }
        let status = self.status.ok_or(WebhookDeliveryError::NotFound)?;
        match command {
            WebhookDeliveryCommand::Receive(_) => Ok(Vec::new()),
            WebhookDeliveryCommand::MarkProcessed => processed(status),
            WebhookDeliveryCommand::MarkFailed { reason, attempt } => self.fail(status, &reason, attempt),
            WebhookDeliveryCommand::Ignore { reason } => ignore(status, &reason),
            WebhookDeliveryCommand::Replay { body_kept } => replay(status, body_kept),
        }
    }

    fn apply(&mut self, event: &WebhookDeliveryEvent) {
        match event {
            WebhookDeliveryEvent::WebhookReceived(received) => {
                self.received = Some(received.clone());
                self.status = Some(DeliveryStatus::Pending);
            }
            WebhookDeliveryEvent::WebhookProcessed(_) => {
                self.status = Some(DeliveryStatus::Processed);
                self.reason = None;
            }
            WebhookDeliveryEvent::WebhookFailed(failed) => {
                self.status = Some(DeliveryStatus::Failed);
                self.attempts = failed.attempt;
                self.reason = Some(failed.reason.clone());
            }
            WebhookDeliveryEvent::WebhookIgnored(ignored) => {
                self.status = Some(DeliveryStatus::Ignored);
                self.reason = Some(ignored.reason.clone());
            }
            WebhookDeliveryEvent::WebhookReplayed(_) => {
                self.status = Some(DeliveryStatus::Pending);
                self.attempts = 0;
                self.reason = None;
            }
        }
    }
}

impl WebhookDelivery {
    fn fail(&self, status: DeliveryStatus, reason: &str, attempt: u32) -> Decision {
        check_open(status)?;
        if attempt <= self.attempts {
            return Ok(Vec::new());
        }
        Ok(vec![WebhookFailed { reason: shortened(reason), attempt }.into()])
    }
}

/// A failed attempt may be followed by one that succeeds.
fn processed(status: DeliveryStatus) -> Decision {
    if status == DeliveryStatus::Processed {
        return Ok(Vec::new());
    }
    check_open(status)?;
    Ok(vec![WebhookProcessed {}.into()])
}

fn ignore(status: DeliveryStatus, reason: &str) -> Decision {
    if status == DeliveryStatus::Ignored {
        return Ok(Vec::new());
    }
    check_open(status)?;
    Ok(vec![WebhookIgnored { reason: shortened(reason) }.into()])
}

const fn check_open(status: DeliveryStatus) -> Result<(), WebhookDeliveryError> {
    match status {
        DeliveryStatus::Pending | DeliveryStatus::Processing | DeliveryStatus::Failed => Ok(()),
        DeliveryStatus::Processed | DeliveryStatus::Ignored | DeliveryStatus::Rejected => {
            Err(WebhookDeliveryError::Settled { status })
        }
    }
}

fn replay(status: DeliveryStatus, body_kept: bool) -> Decision {
    match status {
        DeliveryStatus::Pending | DeliveryStatus::Processing => Err(WebhookDeliveryError::Pending),
        _ if !body_kept => Err(WebhookDeliveryError::BodyGone),
        _ => Ok(vec![WebhookReplayed {}.into()]),
    }
}

fn shortened(reason: &str) -> String {
    reason.chars().filter(|c| !c.is_control()).take(500).collect()
}
