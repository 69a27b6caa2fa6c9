//! Answers of a gigabyte, ten thousand levels, or one byte a second.

use std::time::Duration;

use sandbox::faults::Fault;
use sandbox::rest::{self, RestConfig, RestSandbox};
use serde_json::json;

use crate::own_connectors::{Ground, rest_as};

const CUSTOMERS: &str = "/v1/projects/00000000-0000-7000-8000-000000000002/records/customer";
/// How long a call may take.
const TIMEOUT: Duration = Duration::from_millis(400);

async fn provider(records: usize) -> RestSandbox {
    rest::start(RestConfig { api_key: Some("key".into()), records, ..RestConfig::default() }).await.unwrap()
}

/// Two providers of one hub: one is read, the other is written.
struct Two {
    ground: Ground,
    bad: RestSandbox,
    good: RestSandbox,
    integration: String,
    config: String,
}

impl Two {
    async fn new() -> Self {
        let (bad, good) = (provider(3).await, provider(0).await);
        let manifests = [("bad", rest_as("bad")), ("good", rest_as("good"))];
        let ground = Ground::new(TIMEOUT, &[&bad.base_url, &good.base_url], &manifests).await;
        let integration = ground.connect("bad", &bad.base_url).await;
        let other = ground.connect("good", &good.base_url).await;
        let config = ground.config(&integration, "customers", "inbound").await;
        ground.config(&other, "customers", "outbound").await;
        // What making the configs began is done before anything goes wrong.
        ground.hub().advance(Duration::from_secs(10)).await.unwrap();
        Self { ground, bad, good, integration, config }
    }

    /// Whether the other provider has what was put.
    fn has_ada(&self) -> bool {
        self.good.records("customers").iter().any(|record| record["name"] == "Ada")
    }
}

async fn costs_one_run(fault: Fault, reason: &str) {
    // Given two providers, one of which answers every read in a way that nobody can take.
    let two = Two::new().await;
    two.bad.faults.force(fault, 1_000);
    let run = two.ground.start(&two.integration, &two.config).await;
    two.ground.hub().put(&format!("{CUSTOMERS}/c-1"), json!({"name": "Ada"})).await.unwrap();
    // When both are worked on, then the run ends with its reason after some tries, and the other provider is served.
    let ended = two.ground.ended(&run).await;
    assert_eq!(ended["status"], "failed", "{ended}");
    let message = ended["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains(reason), "{fault:?}: {ended}");
    assert_eq!(ended["records_processed"], 0);
    assert!(two.has_ada(), "{fault:?}");
    assert!(two.ground.parked().await <= 1, "{fault:?}");
    // And once it answers again, the next run reads everything.
    two.bad.faults.reset();
    let ended = two.ground.ended(&two.ground.start(&two.integration, &two.config).await).await;
    assert_eq!((&ended["status"], &ended["errors"]), (&json!("completed"), &json!([])), "{ended}");
}

#[tokio::test]
async fn an_answer_of_a_gigabyte_costs_one_run() {
    costs_one_run(Fault::Huge, "larger than 16 MiB").await;
}

#[tokio::test]
async fn an_answer_of_ten_thousand_levels_costs_one_run() {
    costs_one_run(Fault::Deep, "nested more than 64 levels deep").await;
}

#[tokio::test]
async fn an_answer_of_one_byte_a_second_costs_one_run() {
    costs_one_run(Fault::Trickle, "no answer in time").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_one_provider_drips_the_other_is_served() {
    let two = Two::new().await;
    two.bad.faults.force(Fault::Trickle, 1_000);
    two.ground.start(&two.integration, &two.config).await;
    two.ground.hub().put(&format!("{CUSTOMERS}/c-1"), json!({"name": "Ada"})).await.unwrap();
    let served = async {
        while !two.has_ada() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        two.bad.faults.sent().get(&Fault::Trickle).copied().unwrap_or_default()
    };
    let (worked, dripping) = tokio::join!(two.ground.hub().run_until_idle(), served);
    worked.unwrap();
    assert!(dripping <= 1, "the other waited for {dripping} calls to be given up");
}

#[tokio::test]
async fn errors_between_the_pages_of_a_long_read_do_not_end_it() {
    // Given a read of thirty pages, some of which are answered only after errors.
    let provider = provider(30).await;
    let manifest = rest_as("small").replace("size = 1000", "size = 1");
    let ground = Ground::new(TIMEOUT, &[&provider.base_url], &[("small", manifest)]).await;
    let integration = ground.connect("small", &provider.base_url).await;
    for _ in 0..3 {
        provider.faults.force(Fault::None, 9);
        provider.faults.force(Fault::ServerError, 2);
    }
    // When it runs, then it comes to its end.
    let config = ground.config(&integration, "customers", "inbound").await;
    let ended = ground.ended(&ground.first_run(&config).await).await;
    assert_eq!((&ended["status"], &ended["errors"]), (&json!("completed"), &json!([])), "{ended}");
    assert_eq!(ended["records_processed"], 30, "{ended}");
    assert_eq!(provider.faults.sent()[&Fault::ServerError], 6);
}
