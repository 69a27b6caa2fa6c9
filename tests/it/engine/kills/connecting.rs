//! Killed while an authorization ends, and while tokens are refreshed.

use domain::integration::Integration;
use domain::stream::{Kind, StreamId};
use sandbox::quickbooks::{QuickBooksConfig, QuickBooksSandbox};
use serde_json::{Value, json};
use tests::rig::Rig;

use super::hub_process::{Kill, Task, much_later, run};
use crate::engine::ground::{all_configs, books, connected_books};

/// Points of the end of an authorization.
const CONNECTING: [&str; 4] =
    ["before_exchange", "after_exchange", "after_tokens_stored", "after_connection_confirmed"];
/// Points of a refresh.
const REFRESHING: [&str; 3] = ["before_refresh", "after_refresh", "after_refreshed_stored"];

fn app() -> QuickBooksConfig {
    QuickBooksConfig::default()
}

async fn is_connected(rig: &Rig, stream: &StreamId) -> bool {
    let integration = rig.store.dispatcher.load::<Integration>(stream).await.unwrap().state;
    integration.realm.is_some()
}

/// What a customer that is put now comes to, and the connection it went over.
async fn end(rig: &Rig, stream: &StreamId, books: &QuickBooksSandbox) -> Value {
    let integration = rig.store.dispatcher.load::<Integration>(stream).await.unwrap().state;
    let customers = books.entities("Customer");
    let names: Vec<&Value> = customers.iter().map(|customer| &customer["DisplayName"]).collect();
    json!([integration.realm, integration.enabled, names, books.duplicates()])
}

async fn killed_connecting(kill: Kill<'_>) -> (Value, bool) {
    let (_folder, books, ground) = books(QuickBooksConfig::unlimited()).await;
    let rig = Rig::open(&ground).await.unwrap();
    let (id, secret) = (app().client_id, app().client_secret);
    let integration = rig.create_oauth_integration((&id, &secret)).await.unwrap();
    let (_, callback) = rig.consent(Some(integration)).await.unwrap();
    drop(rig);
    let survived = run(&ground, 1, &Task::CompleteOAuth(&callback), kill).success();
    assert!(survived || kill.is_some());
    let rig = Rig::open(&ground).await.unwrap();
    let stream = StreamId::of(Kind::Integration, integration.0);
    if !is_connected(&rig, &stream).await {
        // A person sees that it did not end, and connects again.
        rig.authorize(Some(integration)).await.unwrap();
    }
    rig.enable(integration).await.unwrap();
    all_configs(&rig, integration).await;
    rig.put("customer", "C-1", json!({"name": "Ada"})).await.unwrap();
    rig.advance(5).await.unwrap();
    (end(&rig, &stream, &books).await, !survived)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_every_point_of_ending_an_authorization_the_end_is_the_same() {
    let (undisturbed, _) = killed_connecting(None).await;
    assert_eq!(undisturbed[2], json!(["Ada"]), "{undisturbed}");
    for point in CONNECTING {
        let (end, killed) = killed_connecting(Some((point, 1))).await;
        assert!(killed, "{point} is never reached");
        assert_eq!(end, undisturbed, "killed at {point}");
    }
}

async fn killed_refreshing(kill: Kill<'_>) -> (Value, bool) {
    let (_folder, books, ground) = books(QuickBooksConfig::unlimited()).await;
    let (rig, configs) = connected_books(&ground).await;
    rig.put("customer", "C-1", json!({"name": "Ada"})).await.unwrap();
    drop(rig);
    books.expire_access_tokens();
    let killed = kill.is_some() && !run(&ground, 60, &Task::Work, kill).success();
    assert!(run(&ground, 1_200, &Task::Work, None).success(), "{kill:?}");
    let rig = Rig::open(&much_later(&ground)).await.unwrap();
    let stream = StreamId::of(Kind::Integration, configs.integration.0);
    let status = rig.status(configs.customers, &books.realm_id, "C-1").await.unwrap();
    (json!([end(&rig, &stream, &books).await, status]), killed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_every_point_of_refreshing_tokens_the_end_is_the_same() {
    let (undisturbed, _) = killed_refreshing(None).await;
    assert_eq!(undisturbed[0][2], json!(["Ada"]), "{undisturbed}");
    for point in REFRESHING {
        let (end, killed) = killed_refreshing(Some((point, 1))).await;
        assert!(killed, "{point} is never reached");
        assert_eq!(end, undisturbed, "killed at {point}");
    }
}
