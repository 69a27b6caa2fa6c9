use std::collections::BTreeMap;
use std::fmt::Write as _;

use application::ports::connector::{Connectors, ReadMode};
use application::ports::credentials::Owner;

use crate::connectors::memory::{Bench, INTEGRATION, target};
use crate::connectors::{ConnectorRegistry, RegistryOptions};
use crate::http::canned::{Canned, Play};
use crate::http::{EgressPolicy, HttpClient};

/// A provider of a folder whose pages are of each kind.
const MANIFEST: &str = r#"
key = "pages"
name = "Pages"
categories = ["erp"]
docs = "https://pages.example/docs"
origins = ["https://pages.example"]
auth = { kind = "api_key", send = [{ secret = "api_key", query = "key" }] }
base = {}
limits = { calls = 10, per_s = 1, concurrency = 2 }
timing = { request_timeout_ms = 5000, send_window_ms = 1000 }

[entities.rows]
local_entity = "order"
id = "id"
write_class = "d"
[entities.rows.list]
request = { path = "/rows", query = { offset = "{offset}", limit = "{limit}" } }
items = "rows"
pages = { kind = "rows", size = 2 }

[entities.linked]
local_entity = "order"
id = "key.id"
write_class = "d"
[entities.linked.list]
request = { path = "/linked" }
items = "rows"
pages = { kind = "url", size = 2, next = "links.next" }
"#;

async fn read(entity: &str, plays: Vec<Play>) -> (Result<Vec<String>, String>, Vec<String>) {
    let server = Canned::start(plays).await;
    let folder = std::env::temp_dir().join(format!("headwater-pages-{}", server.url.port().unwrap()));
    std::fs::create_dir_all(folder.join("pages")).unwrap();
    std::fs::write(folder.join("pages/manifest.toml"), MANIFEST).unwrap();
    let bench = Bench::default();
    bench.credentials.set(Owner::Integration(INTEGRATION), &[("api_key", "s&cret")], None);
    let http = HttpClient::try_new(EgressPolicy::closed().allowing(&server.url)).unwrap();
    let options = RegistryOptions {
        folder: Some(folder.clone()),
        endpoints: BTreeMap::new(),
        ..RegistryOptions::default()
    };
    let registry = ConnectorRegistry::try_new(bench.services(http), &options).unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    let base = server.url.join("/api/").unwrap();
    let connection = registry.open(&target("pages", "-", Some(base.as_str()))).unwrap();
    let (mut ids, mut cursor) = (Vec::new(), None);
    loop {
        match connection.read_page(entity, ReadMode::Full, cursor.as_ref()).await {
            Err(error) => return (Err(error.message), server.lines()),
            Ok(page) => {
                ids.extend(page.records.into_iter().map(|record| record.id));
                match page.next {
                    Some(next) => cursor = Some(next),
                    None => return (Ok(ids), server.lines()),
                }
            }
        }
    }
}

#[tokio::test]
async fn rows_are_counted_until_a_page_is_short() {
    let pages = [r#"{"rows":[{"id":1},{"id":"2"}]}"#, r#"{"rows":[{"id":3},{"id":4}]}"#, r#"{"rows":[]}"#];
    let (ids, lines) = read("rows", pages.iter().map(|page| Play::json(200, page)).collect()).await;
    assert_eq!(ids.unwrap(), ["1", "2", "3", "4"]);
    assert_eq!(
        lines,
        [
            "GET /api/rows?limit=2&offset=0&key=s%26cret",
            "GET /api/rows?limit=2&offset=2&key=s%26cret",
            "GET /api/rows?limit=2&offset=4&key=s%26cret"
        ]
    );
}

#[tokio::test]
async fn addresses_of_next_pages_are_followed_within_the_same_base_only() {
    let first = r#"{"rows":[{"key":{"id":"a"}}],"links":{"next":"/api/linked?page=2"}}"#;
    let last = r#"{"rows":[{"key":{"id":"b"}}],"links":{"next":null}}"#;
    let (ids, lines) = read("linked", vec![Play::json(200, first), Play::json(200, last)]).await;
    assert_eq!(ids.unwrap(), ["a", "b"]);
    assert_eq!(lines[1], "GET /api/linked?page=2&key=s%26cret");
    for elsewhere in ["https://evil.example/api/linked", "/other", "//evil.example/api/x", "/api/../admin"] {
        let mut page = String::new();
        write!(page, r#"{{"rows":[],"links":{{"next":"{elsewhere}"}}}}"#).unwrap();
        let (found, lines) = read("linked", vec![Play::json(200, &page)]).await;
        assert!(found.unwrap_err().contains("another address"), "{elsewhere}");
        assert_eq!(lines.len(), 1, "{elsewhere}");
    }
}

#[tokio::test]
async fn a_record_without_an_id_is_unreadable() {
    let (found, _) = read("rows", vec![Play::json(200, r#"{"rows":[{"name":"x"}]}"#)]).await;
    assert!(found.unwrap_err().contains("no id"));
}
