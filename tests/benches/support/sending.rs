//! Records to send, sending them as `headwater serve` does, and what the provider counted.

use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use application::command_handlers::{PutLine, RecordsOf};
use application::dispatcher::Envelope;
use domain::ids::{CommandId, DEFAULT_ORGANIZATION, DEFAULT_PROJECT};
use domain::local_record::Source;
use domain::metadata::{Actor, Metadata};
use domain::value::{EntityName, LocalId};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::bench_hub::BenchHub;
use super::child::Program;

/// Records put at once.
const GROUP: usize = 1_000;
/// How often it is looked whether all is sent.
const LOOK: Duration = Duration::from_millis(50);
/// A job for later than this has to do with a schedule, not with what is sent: retries and recoveries wait seconds.
const SOON: chrono::TimeDelta = chrono::TimeDelta::minutes(3);

/// Puts the records; nothing is sent yet.
pub(crate) async fn put(bench: &BenchHub, writes: usize) -> anyhow::Result<()> {
    let state = &bench.hub.parts.state;
    let of = RecordsOf {
        project: DEFAULT_PROJECT,
        entity: EntityName::parse("customer")?,
        source: Source::Client,
    };
    let lines = (0..writes).map(line).collect::<anyhow::Result<Vec<PutLine>>>()?;
    for group in lines.chunks(GROUP) {
        let id = CommandId(state.dispatcher.ids.next());
        let metadata = Metadata::new(Actor::User("bench".to_owned()), id);
        let envelope = Envelope { organization: DEFAULT_ORGANIZATION, metadata, command: None };
        let done = state.desk.put_records(&envelope, &of, group).await?;
        ensure!(done.iter().all(Result::is_ok), "every record is new");
    }
    Ok(())
}

fn line(number: usize) -> anyhow::Result<PutLine> {
    let fields = json!({
        "name": format!("Customer {number}"), "company": format!("Company {}", number % 997),
        "email": format!("customer{number}@example.com"), "phone": format!("+1555{number:07}"),
        "address": {"city": "Port Ellen"},
    });
    Ok(PutLine {
        local_id: LocalId::parse(&format!("C-{number:06}"))?,
        fields: fields.as_object().cloned().unwrap_or_default(),
        replace: false,
        if_match: None,
        updated_at: None,
    })
}

/// Works with every part at once, until all is sent and every subscription has lag 0.
pub(crate) async fn send(bench: &BenchHub, provider: &Program, writes: usize) -> anyhow::Result<()> {
    let parts = &bench.hub.parts;
    let mut tasks = JoinSet::new();
    let managers = parts.managers.clone();
    tasks.spawn(async move { application::process_managers::run(&managers).await });
    let (worker, projections) = (Arc::clone(&parts.worker), Arc::clone(&parts.projections));
    tasks.spawn(async move { worker.run().await });
    tasks.spawn(async move { projections.run(std::future::pending()).await });
    while stats(provider).await?["distinct_keys"].as_u64().unwrap_or_default() < writes as u64
        || !quiet(bench).await?
    {
        tokio::time::sleep(LOOK).await;
    }
    tasks.shutdown().await;
    Ok(())
}

/// Whether no job is left, and everybody has seen the last event.
async fn quiet(bench: &BenchHub) -> anyhow::Result<bool> {
    let parts = &bench.hub.parts;
    let state = &parts.state;
    let soon = state.dispatcher.clock.now() + SOON;
    let mut busy = state.queue.depth().await?.running > 0;
    busy |= !state.queue.due_lanes(soon).await?.is_empty();
    let head = bench.head().await?;
    let caught_up = parts.managers.iter().all(|manager| manager.reached() >= head);
    let shown = parts.projections.status().iter().all(|status| status.position >= head);
    Ok(!busy && caught_up && shown)
}

/// Lets the provider drop the connection of this share of requests after it has done what they ask for.
pub(crate) async fn drop_answers(provider: &Program, share: f64) -> anyhow::Result<()> {
    let plan = json!({"seed": 7, "drop_after": share});
    let sent = provider.client.post(format!("{}/admin/faults", provider.url)).json(&plan).send().await?;
    ensure!(sent.status().is_success(), "the faults were refused");
    Ok(())
}

/// How many records the provider was made to create more than once.
pub(crate) async fn twice(provider: &Program, writes: usize) -> anyhow::Result<u64> {
    let stats = stats(provider).await?;
    ensure!(stats["distinct_keys"] == json!(writes), "the provider has {}", stats["distinct_keys"]);
    Ok(stats["duplicates"].as_u64().unwrap_or(u64::MAX))
}

async fn stats(provider: &Program) -> anyhow::Result<Value> {
    Ok(provider.client.get(format!("{}/admin/stats", provider.url)).send().await?.json().await?)
}
