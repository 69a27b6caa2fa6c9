use std::time::Duration;

use application::ports::connector::{Connection, Connectors, Target, WriteOutcome, WriteRequest};
use application::ports::credentials::Owner;
use application::ports::limiter::Limit;
use chrono::TimeDelta;
use domain::value::{ErrorClass, Operation};
use serde_json::json;
use std::sync::Arc;

use crate::connectors::memory::{Bench, INTEGRATION, start, target};
use crate::connectors::{ConnectorRegistry, Endpoints, RegistryOptions};
use crate::http::canned::{Canned, Play};
use crate::http::{EgressPolicy, HttpClient};

fn open(bench: &Bench, server: &Canned, target: &Target) -> Arc<dyn Connection> {
    let endpoints = Endpoints { base_url: Some(server.url.clone()), ..Endpoints::default() };
    let options = RegistryOptions {
        endpoints: [("quickbooks".into(), endpoints)].into(),
        ..RegistryOptions::default()
    };
    let http = HttpClient::try_new(EgressPolicy::closed().allowing(&server.url)).unwrap();
    bench.credentials.set(Owner::Integration(INTEGRATION), &[("access_token", "access-1")], None);
    ConnectorRegistry::try_new(bench.services(http), &options).unwrap().open(target).unwrap()
}

fn create(number: u32) -> WriteRequest {
    WriteRequest {
        item: format!("item {number}"),
        operation: Operation::Create,
        remote_id: None,
        body: json!({ "DisplayName": format!("Customer {number}") }).as_object().unwrap().clone(),
        version_token: None,
        key: format!("key {number}"),
        reference: format!("reference {number}"),
    }
}

#[tokio::test]
async fn the_bytes_of_a_call_are_a_function_of_its_writes() {
    let (bench, server) = (Bench::default(), Canned::start([]).await);
    let connection = open(&bench, &server, &target("quickbooks", "123", None));
    let writes: Vec<WriteRequest> = (0..61).map(create).collect();
    let (calls, refused) = connection.prepare("Customer", &writes);
    assert_eq!(
        (calls.iter().map(|call| call.items.len()).collect::<Vec<_>>(), refused.len()),
        (vec![30, 30, 1], 0)
    );
    assert_eq!(connection.prepare("Customer", &writes).0, calls);
    assert!(calls.iter().all(|call| !format!("{call:?}").contains("access-1")));
    let (calls, refused) = connection.prepare("Nothing", &writes[..1]);
    assert_eq!((calls.len(), refused[0].1.class), (0, ErrorClass::Validation));
    assert!(server.lines().is_empty());
}

#[tokio::test]
async fn a_call_that_reaches_nobody_had_no_effect_and_one_that_breaks_may_have() {
    let (bench, server) = (Bench::default(), Canned::start([Play::Drop]).await);
    let connection = open(&bench, &server, &target("quickbooks", "123", None));
    let call = connection.prepare("Customer", &[create(1)]).0.remove(0);
    let outcome = connection.send(&call, start() + TimeDelta::seconds(5)).await.remove(0).1;
    assert!(matches!(outcome, WriteOutcome::Unknown { .. }), "{outcome:?}");
    assert_eq!(server.lines().len(), 1, "nothing is sent twice");

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let mut nobody = Canned::start([]).await;
    nobody.url = closed.parse().unwrap();
    let connection = open(&bench, &nobody, &target("quickbooks", "123", None));
    let outcome = connection.send(&call, start() + TimeDelta::seconds(5)).await.remove(0).1;
    assert!(
        matches!(&outcome, WriteOutcome::Rejected(error) if error.class == ErrorClass::Transient),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn admission_counts_against_every_limit_of_the_realm_until_an_operator_sets_one() {
    let (bench, server) = (Bench::default(), Canned::start([]).await);
    open(&bench, &server, &target("quickbooks", "123", None)).admit().await.unwrap();
    let raised = Target {
        limit: Some(Limit { calls: 60_000, per: Duration::from_mins(1) }),
        ..target("quickbooks", "123", None)
    };
    open(&bench, &server, &raised).admit().await.unwrap();
    *bench.limiter.refuse.lock().unwrap() = Some(Duration::from_secs(3));
    let refused = open(&bench, &server, &raised).admit().await;
    assert_eq!(refused, Err(Duration::from_secs(3)));
    let taken = bench.limiter.taken.lock().unwrap();
    let of = |at: usize| {
        taken[at].limits.iter().map(|(key, limit)| (key.as_str(), limit.calls)).collect::<Vec<_>>()
    };
    assert_eq!(of(0), [("quickbooks/123", 500), ("quickbooks/123/second", 10)]);
    assert_eq!(of(1), [("quickbooks/123", 60_000)]);
}

#[tokio::test]
async fn a_batch_waits_for_its_own_limit_and_nothing_is_sent_meanwhile() {
    let (bench, server) = (Bench::default(), Canned::start([]).await);
    let connection = open(&bench, &server, &target("quickbooks", "123", None));
    let call = connection.prepare("Customer", &[create(1), create(2)]).0.remove(0);
    *bench.limiter.refuse.lock().unwrap() = Some(Duration::from_secs(9));
    for (_, outcome) in connection.send(&call, start() + TimeDelta::seconds(5)).await {
        let fits = matches!(&outcome, WriteOutcome::Rejected(error)
            if error.class == ErrorClass::RateLimited && error.retry_after == Some(Duration::from_secs(9)));
        assert!(fits, "{outcome:?}");
    }
    assert!(server.lines().is_empty());
}
