//! Collections: pages and `q`.

use reqwest::Method;
use serde_json::json;

use super::desk::{Desk, parts, told};
use crate::netsuite::{DateFormat, NetSuiteConfig};

#[tokio::test]
async fn collections_show_ids_only_and_page_by_links() {
    let desk = Desk::open().await;
    for name in ["A", "B", "C"] {
        desk.customer(name).await;
    }
    let (_, body) = desk.get("/customer?limit=2").await;
    assert_eq!(
        (&body["count"], &body["hasMore"], &body["totalResults"]),
        (&json!(2), &json!(true), &json!(3))
    );
    assert_eq!(body["items"][0].as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "links"]);
    let next = body["links"].as_array().unwrap().iter().find(|own| own["rel"] == "next").unwrap();
    let request = desk.http.get(next["href"].as_str().unwrap()).bearer_auth(&desk.token);
    let (_, body) = parts(request.send().await.unwrap()).await;
    assert_eq!((&body["count"], &body["hasMore"], &body["offset"]), (&json!(1), &json!(false), &json!(2)));
    for bad in ["limit=1001", "limit=0", "limit=2&offset=1", "offset=x"] {
        let (status, body) = desk.get(&format!("/customer?{bad}")).await;
        assert_eq!((status, told(&body).0.as_str()), (400, "INVALID_PARAMETER"), "{bad}");
    }
}

async fn found(desk: &Desk, kind: &str, q: &str) -> usize {
    let request = desk.ask(Method::GET, &format!("/{kind}")).query(&[("q", q)]);
    let (status, body) = parts(request.send().await.unwrap()).await;
    assert_eq!(status, 200, "{q}: {body}");
    body["totalResults"].as_u64().unwrap().try_into().unwrap()
}

#[tokio::test]
async fn conditions_have_operators_by_type() {
    let desk = Desk::open().await;
    let (customer, _, _) = desk.invoice().await;
    desk.made(
        "customer",
        json!({"companyName": "Beta \"B\" Ltd", "subsidiary": {"id": "2"}, "email": "b@b.co"}),
    )
    .await;
    for (kind, q, wanted) in [
        ("customer", "companyName IS \"acme\"".to_owned(), 1),
        ("customer", "companyName START_WITH Beta AND isInactive IS false".into(), 1),
        ("customer", "companyName IS Acme OR email CONTAIN b.co".into(), 2),
        ("customer", "email EMPTY".into(), 1),
        ("customer", "subsidiary ANY_OF [1,3]".into(), 1),
        ("customer", format!("id EQUAL {customer}"), 1),
        ("invoice", "total BETWEEN [20, 22]".into(), 1),
        ("invoice", "tranDate ON_OR_AFTER \"1/15/2026\"".into(), 1),
        ("invoice", "tranDate AFTER \"1/15/2026\"".into(), 0),
        ("invoice", format!("entity ANY_OF [{customer}]"), 1),
    ] {
        assert_eq!(found(&desk, kind, &q).await, wanted, "{q}");
    }
    for q in [
        "balance GREATER 1",
        "companyName GREATER 1",
        "companyName",
        "tranDate ON \"2026-01-15\"",
        "email IS a XOR b",
    ] {
        let kind = if q.starts_with("tranDate") { "invoice" } else { "customer" };
        let request = desk.ask(Method::GET, &format!("/{kind}")).query(&[("q", q)]);
        let (status, body) = parts(request.send().await.unwrap()).await;
        assert_eq!((status, &body["o:errorDetails"][0]["o:errorQueryParam"]), (400, &json!("q")), "{q}");
    }
}

#[tokio::test]
async fn dates_in_q_follow_the_account() {
    let config = NetSuiteConfig { date_format: DateFormat::DayMonthYear, ..NetSuiteConfig::unlimited() };
    let desk = Desk::with(config).await;
    desk.invoice().await;
    assert_eq!(found(&desk, "invoice", "tranDate ON \"15/1/2026\"").await, 1);
    let request = desk.ask(Method::GET, "/invoice").query(&[("q", "tranDate ON \"1/15/2026\"")]);
    assert_eq!(request.send().await.unwrap().status(), 400);
    assert_eq!(found(&desk, "invoice", "lastModifiedDate AFTER \"1/1/2026 1:30 pm\"").await, 1);
}
