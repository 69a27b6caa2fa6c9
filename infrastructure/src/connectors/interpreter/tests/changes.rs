use application::ports::connector::ReadMode;

use super::rig::{Rig, json};
use crate::http::canned::Play;

const EVENTS: &str = r#"
[entities.customer]
local_entity = "customer"
id = "id"
write_class = "d"
read = { request = { path = "/customers/{id}" } }
deleted = { field = "deleted", equals = true }
[entities.customer.list]
request = { path = "/customers" }
items = "data"
pages = { kind = "whole", size = 1 }
[entities.customer.changes]
request = { path = "/events", query = { "types[]" = ["customer.created", "customer.updated"], "created[gte]" = "{since:epoch}", after = "{cursor}" } }
items = "data"
pages = { kind = "cursor", size = 100, next_item = "id", more = { field = "has_more", equals = true } }
overlap_s = 60
look_back_s = 2592000
event = { id = "data.object.id", at = "created", at_as = "epoch", deleted = { field = "type", any_of = ["customer.deleted"] } }
"#;

fn dated(body: &str) -> Play {
    // A day after 2026-01-01: the provider's clock is what counts.
    Play::with(200, "Content-Type: application/json\r\nDate: Fri, 02 Jan 2026 00:00:00 GMT\r\n", body)
}

#[tokio::test]
async fn events_name_records_which_are_read_anew_once() {
    let events = r#"{"has_more":false,"data":[
        {"id":"e3","created":1767312060,"type":"customer.deleted","data":{"object":{"id":"c2"}}},
        {"id":"e2","created":1767312050,"type":"customer.updated","data":{"object":{"id":"c1"}}},
        {"id":"e1","created":1767312040,"type":"customer.created","data":{"object":{"id":"c1"}}}]}"#;
    let plays = vec![
        dated(r#"{"data":[{"id":"c0"}]}"#),
        dated(events),
        dated(r#"{"id":"c1","name":"Ada"}"#),
        dated(r#"{"has_more":false,"data":[]}"#),
    ];
    let rig = Rig::new(EVENTS, plays).await;
    let (all, resume) = rig.read("customer", ReadMode::Full, None).await.unwrap();
    assert_eq!(all, ["c0"]);
    let (changed, resume) = rig.read("customer", ReadMode::Incremental, resume).await.unwrap();
    assert_eq!(changed, ["c1", "c2 deleted"]);
    let lines = rig.server.lines();
    // The first page's clock was 1767312000; a minute overlaps.
    assert_eq!(
        lines[1],
        "GET /api/events?created%5Bgte%5D=1767311940&types%5B%5D=customer.created&types%5B%5D=customer.updated"
    );
    assert_eq!(lines[2], "GET /api/customers/c1");
    assert_eq!(rig.bench.limiter.taken.lock().unwrap().len(), 1, "the record that is read anew is counted");
    rig.read("customer", ReadMode::Incremental, resume).await.unwrap();
}

#[tokio::test]
async fn beyond_the_look_back_everything_is_read_again() {
    let plays = vec![
        dated(r#"{"data":[{"id":"c0"}]}"#),
        Play::with(
            200,
            "Content-Type: application/json\r\nDate: Sun, 01 Mar 2026 00:00:00 GMT\r\n",
            r#"{"id":"c9"}"#,
        ),
        dated(r#"{"data":[{"id":"c0"},{"id":"c1"}]}"#),
    ];
    let rig = Rig::new(EVENTS, plays).await;
    let (_, resume) = rig.read("customer", ReadMode::Full, None).await.unwrap();
    rig.connection.read("customer", "c9").await.unwrap();
    let (again, _) = rig.read("customer", ReadMode::Incremental, resume).await.unwrap();
    assert_eq!(again, ["c0", "c1"]);
    assert_eq!(rig.server.lines()[2], "GET /api/customers");
}

const DELETIONS: &str = r#"
[entities.Account]
local_entity = "customer"
id = "Id"
updated_at = "SystemModstamp"
write_class = "d"
[entities.Account.list]
request = { path = "/all" }
items = "records"
pages = { kind = "url", size = 200, next = "nextRecordsUrl", more = { field = "done", equals = false } }
[entities.Account.changes]
request = { path = "/changed", headers = { If-Modified-Since = "{since:local}" } }
items = "records"
pages = { kind = "whole", size = 200 }
overlap_s = 60
[entities.Account.deletions]
request = { path = "/deleted", query = { start = "{since:millis}", end = "{now:offset}" } }
items = "deletedRecords"
id = "id"
at = "deletedDate"
pages = { kind = "whole", size = 1 }
look_back_s = 1296000
"#;

#[tokio::test]
async fn deletions_follow_the_changes_and_begin_where_they_began() {
    let plays = vec![
        dated(r#"{"done":false,"records":[{"Id":"1"}],"nextRecordsUrl":"/api/all/2"}"#),
        dated(r#"{"done":true,"records":[{"Id":"2","SystemModstamp":"2026-01-01T23:59:00.000+0000"}]}"#),
        Play::with(304, "", ""),
        dated(
            r#"{"deletedRecords":[{"id":"1","deletedDate":"2026-01-02T01:00:00.000+0000"},{"id":"0","deletedDate":"2025-12-01T01:00:00.000+0000"}]}"#,
        ),
    ];
    let rig = Rig::new(DELETIONS, plays).await;
    let (all, resume) = rig.read("Account", ReadMode::Full, None).await.unwrap();
    assert_eq!(all, ["1", "2"]);
    let (changed, resume) = rig.read("Account", ReadMode::Incremental, resume).await.unwrap();
    assert_eq!(changed, ["1 deleted"], "what was deleted before the beginning is left out");
    assert!(
        rig.asked(2).0.to_lowercase().contains("if-modified-since: 2026-01-01t23:58:00"),
        "{}",
        rig.asked(2).0
    );
    assert_eq!(
        rig.server.lines()[3],
        "GET /api/deleted?end=2026-01-02T00%3A00%3A00%2B0000&start=2026-01-01T23%3A58%3A00.000Z"
    );
    assert!(resume.is_some());
}

const DELTA: &str = r#"
answers = { code = "error_code" }
[entities.Transaction]
local_entity = "payment"
id = "transaction_id"
write_class = "d"
[entities.Transaction.delta]
request = { method = "POST", path = "/sync", body = { cursor = "{cursor}", count = "{limit}" } }
items = ["added", "modified"]
removed = { items = "removed" }
pages = { kind = "cursor", size = 500, next = "next_cursor", more = { field = "has_more", equals = true } }
token = "next_cursor"
restart = [{ code = ["MUTATION"] }]
expired = [{ status = ["410"] }]
"#;

fn synced(added: &str, removed: &str, next: &str, more: bool) -> Play {
    json(&format!(
        r#"{{"added":[{added}],"modified":[],"removed":[{removed}],"next_cursor":"{next}","has_more":{more}}}"#
    ))
}

#[tokio::test]
async fn a_feed_keeps_its_token_and_begins_again_at_it_when_it_is_broken_off() {
    let (one, two) = (r#"{"transaction_id":"t1"}"#, r#"{"transaction_id":"t2"}"#);
    let plays = vec![
        synced(one, "", "c1", false),
        synced(two, "", "c2", true),
        Play::json(400, r#"{"error_code":"MUTATION"}"#),
        synced(two, "", "c3", true),
        synced("", one, "c4", false),
        Play::json(410, "{}"),
        synced(two, "", "c5", false),
    ];
    let rig = Rig::new(DELTA, plays).await;
    let (all, resume) = rig.read("Transaction", ReadMode::Full, None).await.unwrap();
    assert_eq!(all, ["t1"]);
    assert_eq!(rig.body(0), serde_json::json!({ "count": 500 }), "no token yet");
    let (changed, resume) = rig.read("Transaction", ReadMode::Incremental, resume).await.unwrap();
    assert_eq!(changed, ["t2", "t1 deleted"], "what was shown before it began again is dropped");
    let cursors: Vec<String> = (1..5).map(|at| rig.body(at)["cursor"].to_string()).collect();
    assert_eq!(cursors, [r#""c1""#, r#""c2""#, r#""c1""#, r#""c3""#]);
    let (again, resume) = rig.read("Transaction", ReadMode::Incremental, resume).await.unwrap();
    assert_eq!(again, ["t2"], "a token that is no longer known: everything");
    assert_eq!(rig.body(6), serde_json::json!({ "count": 500 }));
    assert!(resume.unwrap().contains("c5"));
}

#[tokio::test]
async fn a_feed_that_is_broken_off_for_ever_is_stopped_and_an_empty_token_is_not_kept() {
    let broken: Vec<Play> = (0..9).map(|_| Play::json(400, r#"{"error_code":"MUTATION"}"#)).collect();
    let rig = Rig::new(DELTA, broken).await;
    let error = rig.all("Transaction").await.unwrap_err();
    assert_eq!(error, "the read was stopped: the provider broke it off again and again");
    let rig = Rig::new(DELTA, vec![synced("", "", "", false)]).await;
    assert_eq!(rig.read("Transaction", ReadMode::Full, None).await.unwrap().1, None);
}
