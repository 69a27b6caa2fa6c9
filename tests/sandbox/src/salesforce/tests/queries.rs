//! SOQL over HTTP.

use reqwest::Method;
use serde_json::{Value, json};

use super::desk::{Desk, parts, told};
use crate::faults::FaultPlan;
use crate::salesforce::SalesforceConfig;

async fn accounts(desk: &Desk, names: &[&str]) {
    for name in names {
        desk.made(
            "Account",
            json!({"Name": name, "Phone": if *name == "Beta" { Value::Null } else { json!("1") }}),
        )
        .await;
    }
}

#[tokio::test]
async fn conditions_order_and_limit_work_together() {
    let desk = Desk::open().await;
    accounts(&desk, &["acme", "Beta", "Gamma", "ACME Two"]).await;
    let q = "SELECT Id, Name FROM Account WHERE Name LIKE 'ACME%' ORDER BY Name DESC";
    assert_eq!(desk.column(q, "Name").await, ["ACME Two", "acme"], "case does not matter");
    let q = "select name from account where (Name = 'beta' OR Name = 'gamma') AND Phone != '1'";
    assert_eq!(desk.column(q, "Name").await, ["Beta"], "an empty field is another than '1'");
    let q =
        "SELECT Name FROM Account WHERE Name IN ('acme', 'Gamma') ORDER BY Phone NULLS LAST, Name LIMIT 1";
    assert_eq!(desk.column(q, "Name").await, ["acme"]);
    assert_eq!(
        desk.column("SELECT Name FROM Account ORDER BY Phone, Name", "Name").await[0],
        "Beta",
        "nulls first"
    );
    assert_eq!(desk.query("query", "SELECT COUNT() FROM Account").await.1["totalSize"], 4);
    let (_, body) = desk.query("query", "SELECT Name FROM Account WHERE Name = 'Beta'").await;
    assert_eq!(body["records"][0]["attributes"]["type"], "Account");
    assert_eq!((&body["done"], body.get("nextRecordsUrl")), (&json!(true), None));
}

#[tokio::test]
async fn times_are_seconds_and_literals_are_not_quoted() {
    let desk = Desk::open().await;
    accounts(&desk, &["Old"]).await;
    let stamp = desk.column("SELECT SystemModstamp FROM Account", "SystemModstamp").await.remove(0);
    let literal = stamp.replace(".000+0000", "Z");
    let after =
        format!("SELECT Name FROM Account WHERE SystemModstamp > {literal} ORDER BY SystemModstamp, Id");
    assert_eq!(desk.column(&after, "Name").await, Vec::<String>::new());
    assert_eq!(desk.column(&after.replace('>', ">="), "Name").await, ["Old"]);
    desk.sandbox.advance_clock(2);
    let id = desk.column("SELECT Id FROM Account", "Id").await.remove(0);
    desk.sandbox.touch("Account", &id);
    assert_eq!(desk.column(&after, "Name").await, ["Old"], "automation moves SystemModstamp");
    let q = format!("SELECT Name FROM Account WHERE LastModifiedDate > {literal}");
    assert_eq!(desk.column(&q, "Name").await, Vec::<String>::new(), "and nothing else");
    for (q, code) in [
        (format!("SELECT Id FROM Account WHERE SystemModstamp > '{literal}'"), "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE SystemModstamp > 2026-01-01".into(), "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE Name = 5".into(), "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE Id LIKE '0015g%'".into(), "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT Id FROM Account WHERE Description = 'x'".into(), "INVALID_FIELD"),
        ("SELECT Nope FROM Account".into(), "INVALID_FIELD"),
        ("SELECT Id, Id FROM Account".into(), "INVALID_FIELD"),
        ("SELECT Id FROM Account ORDER BY Description".into(), "MALFORMED_QUERY"),
        ("SELECT Id FROM Account OFFSET 2001".into(), "NUMBER_OUTSIDE_VALID_RANGE"),
        ("DELETE FROM Account".into(), "MALFORMED_QUERY"),
    ] {
        let (status, body) = desk.query("query", &q).await;
        assert_eq!((status, told(&body).0.as_str()), (400, code), "{q}: {body}");
    }
}

#[tokio::test]
async fn pages_follow_a_relative_address() {
    let desk = Desk::open().await;
    for at in 0..210 {
        desk.sandbox.create("Lead", json!({"LastName": format!("L{at:03}"), "Company": "X"})).unwrap();
    }
    let q = "SELECT LastName FROM Lead ORDER BY LastName";
    let request = desk.ask(Method::GET, "/queryAll").query(&[("q", q)]);
    let request = request.header("sforce-query-options", "batchSize=50");
    let (_, first) = parts(request.send().await.unwrap()).await;
    assert_eq!(first["records"].as_array().unwrap().len(), 200, "the hint is at least 200");
    assert_eq!((&first["totalSize"], &first["done"]), (&json!(210), &json!(false)));
    let next = first["nextRecordsUrl"].as_str().unwrap();
    assert!(next.starts_with("/services/data/v67.0/query/"), "{next}");
    let url = format!("{}{next}", desk.sandbox.instance_url);
    let follow =
        async |token: &str| parts(desk.http.get(&url).bearer_auth(token).send().await.unwrap()).await;
    let (_, last) = follow(&desk.token).await;
    assert_eq!((last["records"].as_array().unwrap().len(), &last["done"]), (10, &json!(true)));
    assert_eq!(last["records"][9]["LastName"], "L209");
    desk.sandbox.advance_clock(2 * 24 * 3600 + 1);
    let (status, body) = follow(&desk.sandbox.issue_tokens().access_token).await;
    assert_eq!((status, told(&body).0.as_str()), (400, "INVALID_QUERY_LOCATOR"));
    let small = Desk::with(SalesforceConfig { largest_page: 1, ..SalesforceConfig::unlimited() }).await;
    accounts(&small, &["A", "B", "C"]).await;
    let (_, first) = small.query("query", "SELECT Id FROM Account ORDER BY Id").await;
    assert_eq!((first["records"].as_array().unwrap().len(), &first["done"]), (1, &json!(false)));
}

#[tokio::test]
async fn queries_may_lag_behind_reads() {
    let config = SalesforceConfig {
        faults: FaultPlan { search_lag_ms: 60_000, ..FaultPlan::default() },
        ..SalesforceConfig::unlimited()
    };
    let desk = Desk::with(config).await;
    accounts(&desk, &["New"]).await;
    let q = "SELECT Id, Phone FROM Account";
    assert_eq!(desk.column(q, "Id").await, Vec::<String>::new());
    desk.sandbox.advance_clock(61);
    let id = desk.column(q, "Id").await.remove(0);
    desk.sandbox.edit("Account", &id, json!({"Phone": "2"})).unwrap();
    assert_eq!(desk.column(q, "Phone").await, ["1"], "the state before");
    assert_eq!(desk.get(&format!("/sobjects/Account/{id}")).await.1["Phone"], "2");
}

#[tokio::test]
async fn rows_without_an_order_come_as_they_like() {
    let desk = Desk::open().await;
    accounts(&desk, &["A", "B", "C", "D", "E", "F"]).await;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..8 {
        seen.insert(desk.column("SELECT Name FROM Account", "Name").await);
    }
    assert!(seen.len() > 1);
}
