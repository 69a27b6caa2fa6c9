use std::collections::BTreeMap;

use uuid::Uuid;

use super::*;
use crate::digest::Digest;
use crate::ids::{DEFAULT_PROJECT, IntegrationId};
use crate::testing::given;
use crate::value::DeliveryStatus;

fn received() -> WebhookReceived {
    WebhookReceived {
        project: DEFAULT_PROJECT,
        integration: IntegrationId(Uuid::from_u128(1)),
        provider: "quickbooks".to_owned(),
        realm: "4620816365".to_owned(),
        event_type: "customer.updated".to_owned(),
        dedupe_id: "evt-1".to_owned(),
        headers: BTreeMap::new(),
        body: Body { digest: Digest([7; 32]), length: 120, blob: "b/1".to_owned() },
        entity: Some("Customer".to_owned()),
        remote_id: Some("58".to_owned()),
        received_at: "2026-01-02T03:04:05Z".parse().unwrap(),
    }
}

fn receive() -> WebhookDeliveryCommand {
    WebhookDeliveryCommand::Receive(Box::new(received()))
}

fn fail(attempt: u32) -> WebhookDeliveryCommand {
    WebhookDeliveryCommand::MarkFailed { reason: "the provider is down".to_owned(), attempt }
}

fn failed(attempt: u32) -> WebhookDeliveryEvent {
    WebhookFailed { reason: "the provider is down".to_owned(), attempt }.into()
}

fn ignored() -> WebhookDeliveryEvent {
    WebhookIgnored { reason: "the integration is disabled".to_owned() }.into()
}

fn ignore() -> WebhookDeliveryCommand {
    WebhookDeliveryCommand::Ignore { reason: "the integration is disabled".to_owned() }
}

fn processed() -> WebhookDeliveryEvent {
    WebhookProcessed {}.into()
}

fn replay(body_kept: bool) -> WebhookDeliveryCommand {
    WebhookDeliveryCommand::Replay { body_kept }
}

fn after(events: &[WebhookDeliveryEvent]) -> crate::testing::Given<WebhookDelivery> {
    given::<WebhookDelivery>([received().into()].into_iter().chain(events.iter().cloned()))
}

#[test]
fn a_delivery_that_comes_twice_is_one() {
    given::<WebhookDelivery>([]).when(receive()).then([received().into()]);
    after(&[]).when(receive()).then_nothing();
    after(&[processed()]).when(receive()).then_nothing();
}

#[test]
fn a_delivery_is_processed_once() {
    after(&[]).when(WebhookDeliveryCommand::MarkProcessed).then([processed()]);
    after(&[processed()]).when(WebhookDeliveryCommand::MarkProcessed).then_nothing();
}

#[test]
fn a_failed_attempt_may_be_followed_by_one_that_succeeds() {
    after(&[]).when(fail(1)).then([failed(1)]);
    after(&[failed(1)]).when(fail(1)).then_nothing();
    after(&[failed(1)]).when(fail(2)).then([failed(2)]);
    after(&[failed(1)]).when(WebhookDeliveryCommand::MarkProcessed).then([processed()]);
    let state = after(&[failed(1), failed(2), processed()]).state();
    assert_eq!((state.status, state.attempts, state.reason), (Some(DeliveryStatus::Processed), 2, None));
}

#[test]
fn a_delivery_may_be_ignored_with_its_reason() {
    after(&[]).when(ignore()).then([ignored()]);
    after(&[ignored()]).when(ignore()).then_nothing();
    assert_eq!(after(&[ignored()]).state().reason.as_deref(), Some("the integration is disabled"));
}

#[test]
fn a_delivery_that_is_over_is_not_touched_again() {
    let over = |status| WebhookDeliveryError::Settled { status };
    after(&[processed()]).when(fail(1)).then_refused(&over(DeliveryStatus::Processed));
    after(&[processed()]).when(ignore()).then_refused(&over(DeliveryStatus::Processed));
    let done = WebhookDeliveryCommand::MarkProcessed;
    after(&[ignored()]).when(done).then_refused(&over(DeliveryStatus::Ignored));
}

#[test]
fn a_delivery_can_be_replayed_while_its_body_is_kept() {
    let replayed = || WebhookDeliveryEvent::from(WebhookReplayed {});
    for past in [processed(), ignored(), failed(3)] {
        after(std::slice::from_ref(&past)).when(replay(true)).then([replayed()]);
        after(&[past]).when(replay(false)).then_refused(&WebhookDeliveryError::BodyGone);
    }
    let state = after(&[failed(3), replayed()]).state();
    assert_eq!((state.status, state.attempts), (Some(DeliveryStatus::Pending), 0));
}

#[test]
fn a_delivery_that_waits_to_be_processed_is_not_replayed() {
    after(&[]).when(replay(true)).then_refused(&WebhookDeliveryError::Pending);
}

#[test]
fn a_delivery_that_never_came_is_not_found() {
    for command in [WebhookDeliveryCommand::MarkProcessed, fail(1), ignore(), replay(true)] {
        given::<WebhookDelivery>([]).when(command).then_refused(&WebhookDeliveryError::NotFound);
    }
}
