use super::*;
use crate::ids::{DEFAULT_ORGANIZATION, DEFAULT_PROJECT, ProjectId};
use crate::testing::given;

fn noon() -> chrono::DateTime<chrono::Utc> {
    "2026-01-02T12:00:00Z".parse().unwrap()
}

fn subscription(types: &[&str]) -> Subscription {
    Subscription { project: None, event_types: types.iter().map(|&word| word.to_owned()).collect() }
}

fn create(types: &[&str]) -> WebhookEndpointCommand {
    WebhookEndpointCommand::Create(Box::new(CreateEndpoint {
        organization: DEFAULT_ORGANIZATION,
        origin: "https://shop.example.com".to_owned(),
        description: "the shop".to_owned(),
        subscription: subscription(types),
    }))
}

fn created() -> WebhookEndpointEvent {
    WebhookEndpointCreated {
        organization: DEFAULT_ORGANIZATION,
        origin: "https://shop.example.com".to_owned(),
        description: "the shop".to_owned(),
        subscription: subscription(&["invoice.*"]),
    }
    .into()
}

fn disabled() -> WebhookEndpointEvent {
    WebhookEndpointDisabled { reason: "it did not answer for 5 days".to_owned(), automatic: true, at: noon() }
        .into()
}

fn disable() -> WebhookEndpointCommand {
    let reason = "it did not answer for 5 days".to_owned();
    WebhookEndpointCommand::Disable { reason, automatic: true, at: noon() }
}

#[test]
fn an_endpoint_is_created_once_with_what_it_is_sent() {
    given::<WebhookEndpoint>([]).when(create(&["invoice.*"])).then([created()]);
    given::<WebhookEndpoint>([created()]).when(create(&[])).then_refused(&WebhookEndpointError::Exists);
}

#[test]
fn a_type_that_no_change_has_is_refused() {
    for wrong in ["invoice", "invoice.paid", ".created"] {
        let refusal = WebhookEndpointError::EventType { given: wrong.to_owned() };
        given::<WebhookEndpoint>([]).when(create(&[wrong])).then_refused(&refusal);
    }
}

#[test]
fn a_change_says_only_what_is_new() {
    let change = |description: &str| WebhookEndpointCommand::Change {
        origin: Some("https://shop.example.com".to_owned()),
        description: Some(description.to_owned()),
        subscription: Some(subscription(&["invoice.*"])),
    };
    given::<WebhookEndpoint>([created()]).when(change("the shop")).then_nothing();
    let changed = WebhookEndpointChanged {
        origin: None,
        description: Some("the other shop".to_owned()),
        subscription: None,
    };
    given::<WebhookEndpoint>([created()]).when(change("the other shop")).then([changed.into()]);
}

#[test]
fn it_is_switched_off_and_on_and_ended() {
    given::<WebhookEndpoint>([created()]).when(disable()).then([disabled()]);
    given::<WebhookEndpoint>([created(), disabled()]).when(disable()).then_nothing();
    let enabled = || WebhookEndpointEvent::from(WebhookEndpointEnabled { missed_since: noon() });
    given::<WebhookEndpoint>([created(), disabled()]).when(WebhookEndpointCommand::Enable).then([enabled()]);
    let gone = || WebhookEndpointEvent::from(WebhookEndpointDeleted {});
    given::<WebhookEndpoint>([created(), gone()]).when(WebhookEndpointCommand::Delete).then_nothing();
    given::<WebhookEndpoint>([created(), gone()])
        .when(WebhookEndpointCommand::Enable)
        .then_refused(&WebhookEndpointError::NotFound);
    assert!(given::<WebhookEndpoint>([created()]).state().is_live());
    assert!(!given::<WebhookEndpoint>([created(), disabled()]).state().is_live());
}

#[test]
fn a_subscription_takes_what_it_names() {
    let other = ProjectId(uuid::Uuid::from_u128(9));
    let all = Subscription::default();
    assert!(all.takes(DEFAULT_PROJECT, "invoice", "created"));
    let some =
        Subscription { project: Some(DEFAULT_PROJECT), ..subscription(&["invoice.*", "customer.deleted"]) };
    assert!(some.takes(DEFAULT_PROJECT, "invoice", "updated"));
    assert!(some.takes(DEFAULT_PROJECT, "customer", "deleted"));
    assert!(!some.takes(DEFAULT_PROJECT, "customer", "updated"));
    assert!(!some.takes(other, "invoice", "updated"));
}
