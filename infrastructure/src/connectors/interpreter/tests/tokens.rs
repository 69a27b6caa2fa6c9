use std::sync::Arc;
use std::sync::atomic::Ordering;

use application::ports::clock::Clock;
use application::ports::connector::{Connection, Connectors};
use application::ports::credentials::{Owner, Secrets};
use chrono::TimeDelta;
use domain::value::ErrorClass;

use crate::connectors::memory::{Bench, INTEGRATION, start, target};
use crate::connectors::{ConnectorRegistry, Endpoints, RegistryOptions};
use crate::http::canned::{Canned, Play};
use crate::http::{EgressPolicy, HttpClient};

const INFO: &str = r#"{"CompanyInfo":{"CompanyName":"Books"},"time":"2026-01-02T03:04:05Z"}"#;

struct Scene {
    server: Canned,
    bench: Bench,
    registry: ConnectorRegistry,
}

impl Scene {
    async fn new(plays: Vec<Play>) -> Self {
        let server = Canned::start(plays).await;
        let bench = Bench::default();
        let app = [("client_id", "id"), ("client_secret", "app-secret-1")];
        bench.credentials.set(Owner::Provider("quickbooks".into()), &app, None);
        let ends = start() + TimeDelta::hours(1);
        bench.credentials.set(
            owner(),
            &[("access_token", "access-1"), ("refresh_token", "refresh-1")],
            Some(ends),
        );
        let at = |path: &str| Some(server.url.join(path).unwrap());
        let endpoints = Endpoints {
            base_url: at("/"),
            authorize_url: at("/authorize"),
            token_url: at("/token"),
            revoke_url: at("/revoke"),
            ..Endpoints::default()
        };
        let options = RegistryOptions {
            endpoints: [("quickbooks".into(), endpoints)].into(),
            ..RegistryOptions::default()
        };
        let http = HttpClient::try_new(EgressPolicy::closed().allowing(&server.url)).unwrap();
        let registry = ConnectorRegistry::try_new(bench.services(http), &options).unwrap();
        Self { server, bench, registry }
    }

    fn open(&self) -> Arc<dyn Connection> {
        self.registry.open(&target("quickbooks", "123", None)).unwrap()
    }

    fn secret(&self, name: &str) -> String {
        self.bench.credentials.secret(&owner(), name).unwrap_or_default()
    }
}

fn owner() -> Owner {
    Owner::Integration(INTEGRATION)
}

fn tokens(number: u32) -> Play {
    let body = format!(
        r#"{{"token_type":"bearer","access_token":"access-{number}","refresh_token":"refresh-{number}","expires_in":3600}}"#
    );
    Play::json(200, &body)
}

#[tokio::test]
async fn a_token_about_to_end_is_replaced_and_stored_before_it_is_used() {
    let scene = Scene::new(vec![tokens(2), Play::json(200, INFO)]).await;
    scene.bench.credentials.failing_puts.store(2, Ordering::SeqCst);
    scene.bench.clock.advance(TimeDelta::seconds(3400));
    scene.open().verify().await.unwrap();
    let asked = scene.server.asked();
    assert!(asked[0].starts_with("POST /token") && asked[0].contains("refresh_token=refresh-1"), "{asked:?}");
    assert!(asked[1].to_lowercase().contains("authorization: bearer access-2"), "{asked:?}");
    assert_eq!(
        (scene.secret("refresh_token"), scene.secret("previous_refresh_token")),
        ("refresh-2".into(), "refresh-1".into())
    );
}

#[tokio::test]
async fn a_token_that_cannot_be_stored_is_not_used() {
    let scene = Scene::new(vec![tokens(2), Play::json(200, INFO)]).await;
    scene.bench.credentials.failing_puts.store(100, Ordering::SeqCst);
    scene.bench.clock.advance(TimeDelta::seconds(3400));
    let error = scene.open().verify().await.unwrap_err();
    assert_eq!((error.class, scene.server.lines().len()), (ErrorClass::Transient, 1));
    assert!(!error.message.contains("access-2"));
}

#[tokio::test]
async fn who_finds_the_lease_taken_waits_for_the_other_tokens() {
    let scene = Scene::new(vec![Play::json(200, INFO)]).await;
    scene.bench.clock.advance(TimeDelta::seconds(3400));
    let now = scene.bench.clock.now();
    scene.bench.credentials.hold(&owner(), now + TimeDelta::hours(1));
    let connection = scene.open();
    let waiting = tokio::spawn(async move { connection.verify().await });
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    let fresh = [("access_token", "access-9"), ("refresh_token", "refresh-9")];
    scene.bench.credentials.set(owner(), &fresh, Some(now + TimeDelta::hours(2)));
    waiting.await.unwrap().unwrap();
    assert!(scene.server.asked()[0].to_lowercase().contains("bearer access-9"));
    assert_eq!(scene.server.lines().len(), 1);
}

#[tokio::test]
async fn a_lease_that_never_ends_is_given_up() {
    let scene = Scene::new(vec![]).await;
    scene.bench.clock.advance(TimeDelta::seconds(3400));
    scene.bench.credentials.hold(&owner(), scene.bench.clock.now() + TimeDelta::days(1));
    assert_eq!(scene.open().verify().await.unwrap_err().class, ErrorClass::Transient);
    assert!(scene.server.lines().is_empty());
}

#[tokio::test]
async fn tokens_go_nowhere_but_to_the_provider() {
    let scene = Scene::new(vec![]).await;
    let other = Canned::start([Play::json(200, INFO)]).await;
    let error = scene.registry.open(&target("quickbooks", "123", Some(other.url.as_str()))).err().unwrap();
    assert_eq!(error.class, ErrorClass::Permission);
    assert!(other.lines().is_empty());
}

#[tokio::test]
async fn a_provider_that_repeats_our_token_in_its_words_is_redacted() {
    let fault = r#"{"Fault":{"Error":[{"Detail":"token access-1 is odd","code":"6000"}]}}"#;
    let scene = Scene::new(vec![Play::json(400, fault)]).await;
    let error = scene.open().verify().await.unwrap_err();
    assert_eq!(error.message, "token [redacted] is odd");
}

#[tokio::test]
async fn an_unreadable_token_answer_shows_none_of_its_text() {
    let body = r#"{"access_token":"leaked-token","token_type":7}"#;
    let scene = Scene::new(vec![Play::json(200, body)]).await;
    let error = scene.registry.refresh(&target("quickbooks", "123", None)).await.unwrap_err();
    assert!(!format!("{error:?}").contains("leaked"), "{error:?}");
    assert_eq!(scene.secret("refresh_token"), "refresh-1");
}

#[tokio::test]
async fn a_draft_is_tried_and_stored_nowhere() {
    let scene = Scene::new(vec![Play::json(200, INFO), Play::json(401, "{}")]).await;
    let mut draft = Secrets::default();
    draft.set("access_token", "draft-token".into());
    let connection = scene.registry.open_draft(&target("quickbooks", "123", None), draft).unwrap();
    assert_eq!(connection.verify().await.unwrap().name.as_deref(), Some("Books"));
    assert_eq!(connection.verify().await.unwrap_err().class, ErrorClass::AuthExpired);
    assert!(scene.server.asked()[0].to_lowercase().contains("bearer draft-token"));
    assert_eq!(scene.secret("access_token"), "access-1");
}

#[tokio::test]
async fn the_state_and_the_scopes_stand_in_the_authorize_url() {
    let scene = Scene::new(vec![]).await;
    let mut app = Secrets::default();
    app.set("client_id", "id".into());
    app.set("client_secret", "app-secret-1".into());
    let whom = target("quickbooks", "-", None);
    let asked =
        scene.registry.authorize(&whom, &app, "state & more", "https://hub.example/callback").await.unwrap();
    let url: url::Url = asked.url.parse().unwrap();
    let query: std::collections::BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!((query["state"].as_str(), query["response_type"].as_str()), ("state & more", "code"));
    assert_eq!(query["scope"], "com.intuit.quickbooks.accounting");
    assert!(!asked.url.contains("app-secret"));
}
