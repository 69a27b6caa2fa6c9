//! Manifests that pass the checker and misbehave at run time, because the provider is not what they say.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tests::hub::Hub;

use crate::own_connectors::Ground;

/// Entities, and why reading them is stopped.
const STOPPED: [(&str, &str); 4] = [
    ("Same", "the provider gave the same page twice"),
    ("Circle", "its pages go round in a circle"),
    ("Endless", "it has more than 25 pages"),
    ("Elsewhere", "the next page is at another address"),
];
/// What every entity has in common.
const ENTITY: &str = r#"
local_entity = "customer"
id = "id"
write_class = "d"
fields = { id = "text", name = "text" }
mapping = [{ local = "name", remote = "name", required = true }]
"#;

/// A provider whose pages have no end, each in its own way.
fn manifest() -> String {
    let mut text = r#"
key = "pond"
name = "Pond"
categories = ["erp"]
docs = "https://pond.example/docs"
origins = ["https://api.pond.example"]
base = {}
limits = { calls = 60000, per_s = 60, concurrency = 2 }
timing = { request_timeout_ms = 5000, send_window_ms = 1000 }
auth = { kind = "api_key", send = [{ secret = "api_key", header = "X-Key" }] }
setup = [{ name = "api_key", label = "API key", secret = true, required = true }]
verify = { request = { path = "/me" } }
"#
    .to_owned();
    let by_url = r#"{ kind = "url", size = 1, next = "next" }"#;
    let by_token = r#"{ kind = "cursor", size = 1, next = "next", max_pages = 25 }"#;
    let entities = [
        ("Same", "/same", "", by_url),
        ("Circle", "/circle", ", query = { at = \"{cursor}\" }", by_token),
        ("Endless", "/endless", ", query = { at = \"{cursor}\" }", by_token),
        ("Elsewhere", "/elsewhere", "", by_url),
        ("Good", "/good", "", r#"{ kind = "whole", size = 10 }"#),
    ];
    for (name, path, query, pages) in entities {
        let list = format!(
            "list = {{ request = {{ path = \"{path}\"{query} }}, items = \"data\", pages = {pages} }}"
        );
        writeln!(text, "[entities.{name}]{ENTITY}{list}").unwrap();
    }
    text
}

/// What the provider was asked, by path.
#[derive(Clone, Default)]
struct Pond {
    asked: Arc<Mutex<BTreeMap<String, usize>>>,
    elsewhere: Arc<Mutex<String>>,
}

async fn page(
    State(pond): State<Pond>,
    Path(path): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Json<Value> {
    *pond.asked.lock().unwrap().entry(path.clone()).or_default() += 1;
    let at: usize = query.get("at").and_then(|at| at.parse().ok()).unwrap_or_default();
    let row = |id: usize| json!([{"id": format!("{path}-{id}"), "name": format!("{path} {id}")}]);
    Json(match path.as_str() {
        "same" => json!({"data": row(0), "next": "/same"}),
        "circle" => {
            json!({"data": row(pond.asked.lock().unwrap()["circle"]), "next": ((at + 1) % 7 + 1).to_string()})
        }
        "endless" => json!({"data": row(at), "next": (at + 1).to_string()}),
        "elsewhere" => json!({"data": row(0), "next": *pond.elsewhere.lock().unwrap()}),
        _ => json!({"data": row(0)}),
    })
}

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// How many customers of ours there are.
async fn customers(hub: &Hub) -> usize {
    hub.view("v_local_records").await.unwrap().len()
}

#[tokio::test]
async fn a_manifest_that_reads_for_ever_is_stopped_with_a_named_reason_and_the_others_go_on() {
    // Given a provider whose pages repeat, go round in a circle, never end, or lead to another origin.
    let pond = Pond::default();
    let strangers = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&strangers);
    let count = move || {
        counted.fetch_add(1, Ordering::SeqCst);
        async { Json(json!({"data": []})) }
    };
    let elsewhere = serve(Router::new().fallback(count)).await;
    *pond.elsewhere.lock().unwrap() = format!("{elsewhere}/more");
    let base = serve(Router::new().route("/{*path}", get(page)).with_state(pond.clone())).await;
    let addresses = [base.as_str(), elsewhere.as_str()];
    let ground = Ground::new(Duration::from_secs(5), &addresses, &[("pond", manifest())]).await;
    let integration = ground.connect("pond", &base).await;
    // When each is read, then it is stopped after a few calls, and its run says why.
    for (entity, reason) in STOPPED {
        let config = ground.config(&integration, entity, "inbound").await;
        let ended = ground.ended(&ground.first_run(&config).await).await;
        let error = &ended["errors"][0];
        assert_eq!(error["message"], format!("the read was stopped: {reason}"), "{entity}: {ended}");
        assert_eq!(error["class"], "unreadable", "{entity}");
        assert!(["failed", "partial"].contains(&ended["status"].as_str().unwrap()), "{entity}: {ended}");
    }
    let asked = pond.asked.lock().unwrap().clone();
    assert!(asked.values().all(|times| *times <= 100), "{asked:?}");
    assert_eq!(strangers.load(Ordering::SeqCst), 0, "not one call went to another origin");
    assert_eq!(ground.parked().await, 0);
    // And an entity of the same connection that behaves is read.
    let before = customers(ground.hub()).await;
    let config = ground.config(&integration, "Good", "inbound").await;
    let ended = ground.ended(&ground.first_run(&config).await).await;
    assert_eq!((&ended["status"], &ended["errors"]), (&json!("completed"), &json!([])), "{ended}");
    assert_eq!(customers(ground.hub()).await, before + 1);
}

#[tokio::test]
async fn the_checker_has_nothing_against_that_manifest() {
    // What misbehaves is the provider: no checker could have known.
    let ground = Ground::new(Duration::from_secs(5), &[], &[("pond", manifest())]).await;
    let folder = ground.folder().join("connectors/pond");
    std::fs::create_dir_all(folder.join("cases")).unwrap();
    std::fs::write(folder.join("cases/none.toml"), "").unwrap();
    let files = infrastructure::connectors::manifest::read_folder(&folder).unwrap();
    let found = infrastructure::connectors::manifest::check(&files);
    assert!(found.is_empty(), "{found:?}");
}
