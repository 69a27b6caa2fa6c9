//! Memory of `headwater serve` with SQLite: at rest, and at most during a long inbound run.
//!
//! `cargo bench -p tests --bench memory`
//! `HEADWATER_BENCH_RECORDS` is the number of records, 1,000,000 unless given.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[path = "support/child.rs"]
mod child;
#[path = "support/row.rs"]
mod row;
#[path = "support/setting.rs"]
mod setting;

use std::time::Duration;

use anyhow::{Context as _, ensure};
use child::{API_KEY, Program, client};
use reqwest::{Client, Method};
use serde_json::{Value, json};

/// How long a hub is at rest before it is looked at.
const REST: Duration = Duration::from_secs(3);

fn main() -> anyhow::Result<()> {
    tests::program::become_the_program();
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(run())
}

async fn run() -> anyhow::Result<()> {
    let records = setting::number("HEADWATER_BENCH_RECORDS", 1_000_000);
    let provider = Program::simulator(records).await?;
    let folder = tempfile::tempdir()?;
    let data = folder.path().display().to_string();
    let connectors = tests::hub::connectors().display().to_string();
    let arguments =
        ["serve", "--data-dir", &data, "--connectors", &connectors, "--egress-allow", &provider.url];
    let program = Program::start(&arguments, "/readyz").await?;
    tokio::time::sleep(REST).await;
    let idle = mebibytes(&program, "VmRSS")?;
    let hub = Hub { url: program.url.clone(), client: client()? };
    load(&hub, &provider).await?;
    let events = settled(&hub, &provider, records).await?;
    let peak = mebibytes(&program, "VmHWM")?;
    tokio::time::sleep(REST).await;
    let parts = |name| mebibytes(&program, name);
    let figures = format!(
        "MiB resident; afterwards {:.0}, of which {:.0} of the program's own and {:.0} of mapped files",
        parts("VmRSS")?,
        parts("RssAnon")?,
        parts("RssFile")?
    );
    println!("{records} records, {events} events\n");
    row::print("memory at most, inbound run, SQLite", &figures, peak, &(0.0..=128.0));
    row::print("memory at rest, SQLite", "MiB resident, after the start", idle, &(0.0..=50.0));
    Ok(())
}

/// The API of a hub in another process.
struct Hub {
    url: String,
    client: Client,
}

impl Hub {
    async fn ask(&self, method: Method, path: &str, body: Value) -> anyhow::Result<Value> {
        let request = self.client.request(method, format!("{}{path}", self.url));
        let answer = request.json(&body).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "{path} was answered {status}: {text}");
        Ok(serde_json::from_str(&text)?)
    }
}

async fn load(hub: &Hub, provider: &Program) -> anyhow::Result<()> {
    let url = &provider.url;
    let new = json!({"provider": "rest", "display_name": "Rest", "base_url": url, "direction": "inbound"});
    let made = hub.ask(Method::POST, "/v1/integrations", new).await?;
    let id = made["id"].as_str().context("no id")?;
    let at = |what: &str| format!("/v1/integrations/{id}{what}");
    hub.ask(Method::PUT, &at("/credentials"), json!({"api_key": API_KEY})).await?;
    hub.ask(Method::POST, &at("/test"), json!({})).await?;
    hub.ask(Method::PUT, &at("/features/customers"), json!({"enabled": true})).await?;
    hub.ask(Method::POST, &at("/enable"), json!({})).await?;
    Ok(())
}

/// Waits until every record was read and every subscription has lag 0, twice in a row; answers the log's head.
async fn settled(hub: &Hub, provider: &Program, records: usize) -> anyhow::Result<String> {
    let simulator = Hub { url: provider.url.clone(), client: client()? };
    let mut last = None;
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let stats = simulator.ask(Method::GET, "/admin/stats", json!({})).await?;
        let shown = hub.ask(Method::GET, "/v1/projections", json!({})).await?;
        let lists = [&shown["items"], &shown["subscriptions"]];
        let behind = lists.iter().flat_map(|list| list.as_array().into_iter().flatten());
        let there = behind.into_iter().all(|reached| reached["lag"] == json!(0));
        let read = stats["rows_served"].as_u64().unwrap_or_default();
        let head = shown["head"].as_str().unwrap_or_default().to_owned();
        let now = (there && read >= records as u64).then_some(head);
        match (now, last.take()) {
            (Some(now), Some(before)) if now == before => return Ok(now),
            (now, _) => last = now,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people, far below 2^52")]
fn mebibytes(program: &Program, name: &str) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", program.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kibibytes: u64 =
        line.and_then(|line| line.split_whitespace().next()).context("no such line")?.parse()?;
    Ok(kibibytes as f64 / 1024.0)
}
