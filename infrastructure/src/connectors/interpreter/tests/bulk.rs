use application::ports::connector::ReadMode;

use super::rig::{Rig, json};
use crate::http::canned::Play;

const JOB: &str = r#"
[entities.Order]
local_entity = "order"
id = "id"
write_class = "d"
[entities.Order.list]
request = { path = "/orders" }
items = "orders"
pages = { kind = "whole", size = 1 }
[entities.Order.bulk]
submit = { request = { method = "POST", path = "/jobs", body = { query = "orders" } }, job = "job.id" }
poll = { request = { path = "/jobs/{job}" }, state = "state", done = ["DONE"], failed = ["FAILED"], url = "url", every_s = 5 }
skip = { field = "__parentId", present = true }
"#;

const LINES: &str = "download = { format = \"jsonl\", origins = [\"https://storage.example\"] }\n";
const TABLE: &str = r#"
[entities.Order.bulk.download]
format = "csv"
request = { path = "/jobs/{job}/results", query = { locator = "{cursor}", maxRecords = "{limit}" } }
pages = { kind = "cursor", size = 2, next_header = "Sforce-Locator", end = ["null"] }
"#;

#[tokio::test]
async fn a_job_is_started_asked_for_and_fetched_without_credentials() {
    let manifest = format!("{JOB}{LINES}");
    let done = |url: &str| json(&format!(r#"{{"state":"DONE","url":"{url}"}}"#));
    let rows = "{\"id\":\"1\"}\n{\"id\":\"1a\",\"__parentId\":\"1\"}\n{\"id\":\"2\"}\n";
    let rig = Rig::here(&manifest, |server| {
        vec![
            json(r#"{"job":{"id":"j 1"}}"#),
            json(r#"{"state":"RUNNING"}"#),
            done(server.join("/result.jsonl").unwrap().as_str()),
            Play::with(206, "", rows),
        ]
    })
    .await;
    let (all, _) = rig.read("Order", ReadMode::Full, None).await.unwrap();
    assert_eq!(all, ["1", "2"]);
    assert_eq!(
        rig.server.lines(),
        ["POST /api/jobs", "GET /api/jobs/j%201", "GET /api/jobs/j%201", "GET /result.jsonl"]
    );
    let head = rig.asked(3).0.to_lowercase();
    assert!(head.contains("range: bytes=0-8388607") && !head.contains("s3cret"), "{head}");
}

#[tokio::test]
async fn a_result_elsewhere_is_not_fetched_a_failed_job_is_told_and_one_that_cannot_start_is_a_list() {
    let manifest = format!("{JOB}{LINES}");
    let elsewhere =
        vec![json(r#"{"job":{"id":"1"}}"#), json(r#"{"state":"DONE","url":"https://evil.example/x"}"#)];
    let rig = Rig::new(&manifest, elsewhere).await;
    assert!(
        rig.all("Order")
            .await
            .unwrap_err()
            .contains("https://evil.example, which the manifest does not name")
    );
    let rig = Rig::new(&manifest, vec![json(r#"{"job":{"id":"1"}}"#), json(r#"{"state":"FAILED"}"#)]).await;
    assert_eq!(rig.all("Order").await.unwrap_err(), "the provider's bulk job ended as `FAILED`");
    let rig = Rig::new(&manifest, vec![Play::json(400, "{}"), json(r#"{"orders":[{"id":"9"}]}"#)]).await;
    assert_eq!(rig.all("Order").await.unwrap(), ["9"]);
    let empty = vec![json(r#"{"job":{"id":"1"}}"#), json(r#"{"state":"DONE","url":null}"#)];
    assert_eq!(Rig::new(&manifest, empty).await.all("Order").await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn tables_are_read_page_by_page() {
    let manifest = format!("{JOB}{TABLE}");
    let page = |locator: &str, rows: &str| Play::with(200, &format!("Sforce-Locator: {locator}\r\n"), rows);
    let plays = vec![
        json(r#"{"job":{"id":"750"}}"#),
        json(r#"{"state":"DONE"}"#),
        page("MTAw", "\"id\",\"Name\"\n\"1\",\"a, \"\"b\"\"\"\n\"2\",\"\"\n"),
        page("null", "\"id\",\"Name\"\n\"3\",\"c\"\n"),
    ];
    let rig = Rig::new(&manifest, plays).await;
    assert_eq!(rig.all("Order").await.unwrap(), ["1", "2", "3"]);
    assert_eq!(rig.server.lines()[3], "GET /api/jobs/750/results?locator=MTAw&maxRecords=2");
}
