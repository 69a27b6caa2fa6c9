use std::time::Duration;

use application::ports::connector::ReadMode;
use domain::value::ErrorClass;

use super::rig::{Rig, create, json};
use crate::http::canned::Play;

const READ: &str = r#"
[entities.x]
local_entity = "order"
id = "id"
write_class = "d"
read = { request = { path = "/x/{id}" } }
"#;

/// What reading a record came to, and how long the realm was told to pause.
async fn refused(manifest: &str, play: Play) -> (ErrorClass, Option<String>, String, Option<Duration>) {
    let rig = Rig::new(&format!("{manifest}{READ}"), vec![play]).await;
    let error = rig.connection.read("x", "1").await.unwrap_err();
    let paused = rig.bench.limiter.paused.lock().unwrap().first().map(|(_, wait)| *wait);
    (error.class, error.code, error.message, paused)
}

fn with(status: u16, headers: &str, body: &str) -> Play {
    Play::with(
        status,
        &format!("Content-Type: application/json\r\nDate: Fri, 02 Jan 2026 03:04:05 GMT\r\n{headers}\r\n"),
        body,
    )
}

#[tokio::test]
async fn an_error_under_a_good_status_is_one() {
    let slack = "[answers]\nfailed = { field = \"ok\", equals = false }\ncode = \"error\"\n[[errors]]\ncode = [\"ratelimited\"]\nclass = \"rate_limited\"\n";
    let (class, code, _, paused) =
        refused(slack, with(200, "Retry-After: 7", r#"{"ok":false,"error":"ratelimited"}"#)).await;
    assert_eq!(
        (class, code.as_deref(), paused),
        (ErrorClass::RateLimited, Some("ratelimited"), Some(Duration::from_secs(7)))
    );
    let graphql = "[answers]\nerror = [\"errors\"]\ncode = \"errors[0].extensions.code\"\nmessage = \"errors[0].message\"\n[[errors]]\ncode = [\"ACCESS_DENIED\"]\nclass = \"permission\"\n";
    let body = r#"{"errors":[{"message":"no","extensions":{"code":"ACCESS_DENIED"}}],"data":null}"#;
    assert_eq!(refused(graphql, json(body)).await.0, ErrorClass::Permission);
}

#[tokio::test]
async fn errors_in_arrays_and_lists_of_reasons_are_read() {
    let salesforce = "[answers]\ncode = \"items[0].errorCode\"\nmessage = \"items[0].message\"\n[[errors]]\nstatus = [\"403\"]\ncode = [\"REQUEST_LIMIT_EXCEEDED\"]\nclass = \"rate_limited\"\nwait_s = 300\n";
    let body = r#"[{"message":"TotalRequests Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}]"#;
    let (class, _, message, paused) = refused(salesforce, Play::json(403, body)).await;
    assert_eq!((class, paused), (ErrorClass::RateLimited, Some(Duration::from_mins(5))));
    assert_eq!(message, "TotalRequests Limit exceeded.");
    let denied = r#"[{"message":"no","errorCode":"INSUFFICIENT_ACCESS"}]"#;
    assert_eq!(refused(salesforce, Play::json(403, denied)).await.0, ErrorClass::Permission);
    let xero = "[answers]\nmessage = \"Message\"\ndetails = { items = \"Elements[0].ValidationErrors\", message = \"Message\" }\n[[errors]]\nstatus = [\"400\"]\nwhen = { field = \"Elements[0].ValidationErrors[0].Message\", contains = \"NOT unique\" }\nclass = \"duplicate\"\n";
    let body = r#"{"Message":"A validation exception occurred","Elements":[{"ValidationErrors":[{"Message":"Invoice # must be unique: it is not unique"},{"Message":"No date"}]}]}"#;
    let (class, _, message, _) = refused(xero, Play::json(400, body)).await;
    assert_eq!(class, ErrorClass::Duplicate);
    assert_eq!(
        message,
        "A validation exception occurred: Invoice # must be unique: it is not unique; No date"
    );
}

#[tokio::test]
async fn waits_are_understood_in_every_unit() {
    let limits = |wait: &str| format!("[limits]\ncalls = 10\nper_s = 1\nconcurrency = 2\nwaits = [{wait}]\n");
    for (wait, headers, body, seconds) in [
        ("", "Retry-After: 12", "{}", 12.0),
        ("", "Retry-After: 2.5", "{}", 2.5),
        ("", "Retry-After: Fri, 02 Jan 2026 03:05:05 GMT", "{}", 60.0),
        (r#"{ header = "X-Reset", unit = "epoch" }"#, "X-Reset: 1767323055", "{}", 10.0),
        (r#"{ header = "X-Reset", unit = "epoch_ms" }"#, "X-Reset: 1767323046500", "{}", 1.5),
        (r#"{ header = "X-Wait", unit = "milliseconds" }"#, "X-Wait: 1500", "{}", 1.5),
        (r#"{ field = "resetAt", unit = "date" }"#, "X: y", r#"{"resetAt":"2026-01-02T03:24:05Z"}"#, 1200.0),
        ("", "X: y", "{}", 1.0),
        ("", "Retry-After: 999999999", "{}", 90_000.0),
    ] {
        let (class, _, _, paused) = refused(&limits(wait), with(429, headers, body)).await;
        assert_eq!(class, ErrorClass::RateLimited);
        assert_eq!(paused, Some(Duration::from_secs_f64(seconds)), "{wait} {headers} {body}");
    }
}

const COSTLY: &str = r#"
[answers]
error = "errors"
code = "errors[0].extensions.code"
[[errors]]
code = ["THROTTLED"]
class = "rate_limited"
[limits]
calls = 10
per_s = 1
concurrency = 2
scope = "app"
cost = { requested = "extensions.cost.requestedQueryCost", available = "extensions.cost.throttleStatus.currentlyAvailable", restore = "extensions.cost.throttleStatus.restoreRate" }
remaining = [{ header = "Sforce-Limit-Info", form = "used_of_total", floor = 100, wait_s = 600 }]
"#;

#[tokio::test]
async fn the_cost_of_a_query_says_how_long_it_takes_to_afford_it() {
    let cost = r#""extensions":{"cost":{"requestedQueryCost":600,"throttleStatus":{"maximumAvailable":1000,"currentlyAvailable":100,"restoreRate":100}}}"#;
    let throttled = format!(r#"{{"errors":[{{"extensions":{{"code":"THROTTLED"}}}}],{cost}}}"#);
    assert_eq!(refused(COSTLY, json(&throttled)).await.3, Some(Duration::from_secs(5)));
    // A good answer that leaves too little for the next one like it.
    let rig = Rig::new(&format!("{COSTLY}{READ}"), vec![json(&format!(r#"{{"id":"1",{cost}}}"#))]).await;
    rig.connection.read("x", "1").await.unwrap();
    let paused = rig.bench.limiter.paused.lock().unwrap().clone();
    assert_eq!(paused.len(), 1);
    assert!(paused[0].0.starts_with("pages/app/"), "the limit is the app's: {}", paused[0].0);
    let low = with(200, "Sforce-Limit-Info: api-usage=14950/15000", r#"{"id":"1"}"#);
    let rig = Rig::new(&format!("{COSTLY}{READ}"), vec![low]).await;
    rig.connection.read("x", "1").await.unwrap();
    assert_eq!(rig.bench.limiter.paused.lock().unwrap()[0].1, Duration::from_mins(10));
}

#[tokio::test]
async fn a_request_counts_against_the_limits_it_names() {
    let manifest = r#"
[limits]
calls = 100
per_s = 10
concurrency = 2
also = [{ name = "day", calls = 5000, per_s = 86400 }, { name = "search", calls = 5, per_s = 1, named = true }]
[entities.x]
local_entity = "order"
id = "id"
write_class = "d"
list = { request = { path = "/x", limits = ["search"] }, items = "items", pages = { kind = "whole", size = 1 } }
"#;
    let rig = Rig::new(manifest, vec![json("[]")]).await;
    rig.connection.admit().await.unwrap();
    rig.all("x").await.unwrap();
    let names = |at: usize| {
        let taken = rig.bench.limiter.taken.lock().unwrap();
        taken[at].limits.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        (names(0), names(1)),
        (vec!["pages/r1".to_owned(), "pages/r1/day".to_owned()], vec!["pages/r1/search".to_owned()])
    );
    *rig.bench.limiter.refuse.lock().unwrap() = Some(Duration::from_secs(3));
    let refused = rig.read("x", ReadMode::Full, None).await.unwrap_err();
    assert_eq!((refused.class, refused.retry_after), (ErrorClass::RateLimited, Some(Duration::from_secs(3))));
    assert_eq!(rig.server.lines().len(), 1, "nothing was sent");
}

#[tokio::test]
async fn user_errors_refuse_a_mutation_and_nothing_is_there_where_the_request_says_so() {
    let manifest = r#"
[graphql]
path = "/graphql"
[[errors]]
code = ["TAKEN"]
class = "duplicate"
[entities.customer]
local_entity = "customer"
id = "id"
write_class = "d"
[entities.customer.read]
request = { path = "/none/{id}", empty_when = [{ status = ["404"], code = ["404"] }] }
[entities.customer.create]
record = "data.customerCreate.customer"
[entities.customer.create.request]
error = { at = "data.customerCreate.userErrors", code = "code", message = "message", field = "field" }
graphql = { query = "mutation($input: CustomerInput!) { customerCreate(input: $input) { customer { id } userErrors { field message code } } }", variables = { input = "{record}" } }
"#;
    let taken = r#"{"data":{"customerCreate":{"customer":null,"userErrors":[{"field":["input","email"],"message":"has been taken","code":"TAKEN"}]}}}"#;
    let good =
        r#"{"data":{"customerCreate":{"customer":{"id":"gid://shopify/Customer/1"},"userErrors":[]}}}"#;
    let rig = Rig::new(manifest, vec![json(taken), json(good), Play::json(404, "{}")]).await;
    let one = [create(r#"{"email":"a@b.c"}"#)];
    assert_eq!(rig.write("customer", &one).await, ["rejected duplicate: input.email: has been taken"]);
    assert_eq!(rig.write("customer", &one).await, ["confirmed gid://shopify/Customer/1"]);
    assert_eq!(rig.body(0)["variables"]["input"]["email"], "a@b.c");
    assert!(rig.connection.read("customer", "1").await.unwrap().is_none());
}
