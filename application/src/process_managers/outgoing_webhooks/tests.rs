//! given / when / then of outgoing webhooks.

use domain::ids::{DEFAULT_ORGANIZATION, OrganizationId, WebhookEndpointId};
use domain::local_record::{LocalRecordEvent, Put, Source};
use domain::stream::{Kind, StreamId};
use domain::webhook_endpoint::{
    Subscription, WebhookEndpointCreated, WebhookEndpointDisabled, WebhookEndpointEnabled,
    WebhookEndpointEvent,
};
use uuid::Uuid;

use super::OutgoingWebhooks;
use crate::process_managers::Knowledge;
use crate::process_managers::testing::*;

const ENDPOINT: WebhookEndpointId = WebhookEndpointId(Uuid::from_u128(7));

fn endpoint() -> StreamId {
    StreamId::of(Kind::WebhookEndpoint, ENDPOINT.0)
}

fn created(types: &[&str], organization: OrganizationId) -> WebhookEndpointEvent {
    let event_types = types.iter().map(|&word| word.to_owned()).collect();
    WebhookEndpointCreated {
        organization,
        origin: "https://shop.example.com".to_owned(),
        description: String::new(),
        subscription: Subscription { project: None, event_types },
    }
    .into()
}

fn put() -> LocalRecordEvent {
    LocalRecordEvent::Put(Put {
        created: true,
        fields: domain::fields::Fields::new(),
        cleared: Vec::new(),
        source: Source::Client,
        updated_at: None,
    })
}

fn knowing(events: Vec<WebhookEndpointEvent>) -> Knowledge {
    let mut knowledge = live();
    for (number, event) in (1..).zip(events) {
        knowledge.routes.apply(&recorded(endpoint(), number, event));
    }
    knowledge
}

#[test]
fn a_change_goes_to_each_endpoint_that_takes_it() {
    let mut knowledge = knowing(vec![created(&["customer.*"], DEFAULT_ORGANIZATION)]);
    let reactions = react(&OutgoingWebhooks, &mut knowledge, local("customer", "C-1"), put());
    assert_eq!(jobs(&reactions).len(), 1);
    assert_eq!(jobs(&reactions)[0].0, "deliver_webhook");
    let reactions = react(&OutgoingWebhooks, &mut knowledge, local("invoice", "I-1"), put());
    assert!(jobs(&reactions).is_empty());
}

#[test]
fn a_disabled_endpoint_is_sent_nothing_and_gets_what_it_missed_when_it_is_enabled() {
    let off = WebhookEndpointDisabled { reason: "quiet".to_owned(), automatic: false, at: now() };
    let mut knowledge = knowing(vec![created(&[], DEFAULT_ORGANIZATION), off.into()]);
    let reactions = react(&OutgoingWebhooks, &mut knowledge, local("customer", "C-1"), put());
    assert!(jobs(&reactions).is_empty());
    let on: WebhookEndpointEvent = WebhookEndpointEnabled { missed_since: now() }.into();
    let reactions = react(&OutgoingWebhooks, &mut knowledge, endpoint(), on);
    assert_eq!(jobs(&reactions)[0].0, "redeliver_webhooks");
}

#[test]
fn another_organizations_endpoint_hears_nothing() {
    let mut knowledge = knowing(vec![created(&[], OrganizationId(Uuid::from_u128(99)))]);
    // The endpoint's own events carry the organization that routes know it by.
    for owned in knowledge.routes.endpoints.values_mut() {
        owned.organization = OrganizationId(Uuid::from_u128(99));
    }
    let reactions = react(&OutgoingWebhooks, &mut knowledge, local("customer", "C-1"), put());
    assert!(jobs(&reactions).is_empty());
}
