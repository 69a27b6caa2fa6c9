//! Subscriptions to a provider's events.

use application::ports::clock::Clock as _;
use application::ports::connector::{Connectors as _, Subscribing, Subscription};
use chrono::TimeDelta;

use super::door::{Door, json};
use crate::http::canned::Play;

const STRIPE: &str = r#"
auth = { kind = "api_key", send = [{ secret = "api_key", header = "Authorization", prefix = "Bearer " }] }
[webhooks]
secret = "integration"
signature = { header = "Sig", encoding = "hex" }
shapes = [{ root = "object", entity = { at = "a" }, verb = { at = "b" }, id = { at = "c" } }]
[webhooks.subscribe]
list = { request = { path = "/endpoints" }, each = "data", id = "id", url = "url" }
create = { request = { method = "POST", path = "/endpoints", body = { url = "{webhook.url}" } }, id = "id", secret = "secret" }
delete = { request = { method = "DELETE", path = "/endpoints/{webhook.id}" } }
"#;

fn wanted(event: &str) -> Subscribing {
    Subscribing { event: event.to_owned(), url: "https://hub.example/v1/webhooks/door/1".to_owned() }
}

#[tokio::test]
async fn a_subscription_is_made_once_and_its_secret_kept() {
    let there = r#"{"data":[{"id":"we_1","url":"https://hub.example/v1/webhooks/door/1"},{"id":"we_0","url":"https://other.example"}]}"#;
    let plays = vec![
        json(r#"{"data":[]}"#),
        json(r#"{"id":"we_1","secret":"whsec_1"}"#),
        json(there),
        Play::json(404, "{}"),
    ];
    let door = Door::new(STRIPE, plays).await;
    door.own(&[("api_key", "k")]);
    let made = door.registry.subscribe(&door.target, &wanted("")).await.unwrap();
    assert_eq!(made, Subscription { id: Some("we_1".to_owned()), expires_at: None });
    assert_eq!((door.secret("webhook_secret"), door.secret("api_key")), ("whsec_1".into(), "k".into()));
    assert_eq!(door.asked(1).1, r#"{"url":"https://hub.example/v1/webhooks/door/1"}"#);
    // A crash forgot that it was made: the one that is there is taken.
    assert_eq!(door.registry.subscribe(&door.target, &wanted("")).await.unwrap(), made);
    // One that the provider does not know is gone.
    door.registry.unsubscribe(&door.target, &wanted(""), &made).await.unwrap();
    assert_eq!(door.server.lines()[3], "DELETE /api/endpoints/we_1");
}

#[tokio::test]
async fn one_whose_secret_is_lost_is_made_anew() {
    let there = r#"{"data":[{"id":"we_1","url":"https://hub.example/v1/webhooks/door/1"}]}"#;
    let plays = vec![json(there), json("{}"), json(r#"{"id":"we_2","secret":"whsec_2"}"#)];
    let door = Door::new(STRIPE, plays).await;
    door.own(&[("api_key", "k")]);
    let made = door.registry.subscribe(&door.target, &wanted("")).await.unwrap();
    assert_eq!((made.id.as_deref(), door.secret("webhook_secret").as_str()), (Some("we_2"), "whsec_2"));
}

const GRAPH: &str = r#"
auth = { kind = "none" }
[webhooks]
secret = "integration"
signature = { kind = "shared", at = "clientState" }
shapes = [{ root = "object", entity = { at = "a" }, verb = { at = "b" }, id = { at = "c" } }]
[webhooks.subscribe]
events = ["customers", "items"]
lifetime_s = 259200
makes_secret = true
create = { request = { method = "POST", path = "/subscriptions", body = { notificationUrl = "{webhook.url}", resource = "/{webhook.event}", clientState = "{webhook.secret}", until = "{webhook.expires}" } }, id = "id", expires = "expires" }
renew = { request = { method = "PATCH", path = "/subscriptions/{webhook.id}", body = { until = "{webhook.expires}" } } }
"#;

#[tokio::test]
async fn a_subscription_that_ends_is_prolonged_and_made_again_when_it_is_gone() {
    let plays = vec![
        json(r#"{"id":"s-1","expires":"2026-01-03T00:00:00Z"}"#),
        json("{}"),
        Play::json(404, "{}"),
        json(r#"{"id":"s-2"}"#),
    ];
    let door = Door::new(GRAPH, plays).await;
    let described = door.registry.subscriptions("door").unwrap();
    assert_eq!((described.events.len(), described.renew_before_s, described.listed), (2, 43_200, false));
    let made = door.registry.subscribe(&door.target, &wanted("customers")).await.unwrap();
    assert_eq!(made.expires_at.unwrap().to_rfc3339(), "2026-01-03T00:00:00+00:00");
    let secret = door.secret("webhook_secret");
    assert_eq!(secret.len(), 64);
    let asked: serde_json::Value = serde_json::from_str(&door.asked(0).1).unwrap();
    assert_eq!(
        (asked["clientState"].as_str(), asked["resource"].as_str()),
        (Some(secret.as_str()), Some("/customers"))
    );
    assert_eq!(asked["until"], "2026-01-05T03:04:05Z");
    let again = door.registry.renew_subscription(&door.target, &wanted("customers"), &made).await.unwrap();
    assert_eq!(again.expires_at, Some(door.bench.clock.now() + TimeDelta::days(3)));
    assert_eq!(door.server.lines()[1], "PATCH /api/subscriptions/s-1");
    let anew = door.registry.renew_subscription(&door.target, &wanted("customers"), &again).await.unwrap();
    assert_eq!((anew.id.as_deref(), door.secret("webhook_secret")), (Some("s-2"), secret));
}
