//! Webhooks accepted durably, 16 connections: `headwater serve` against express + pg (an insert per request, fsync on).
//!
//! `HEADWATER_TEST_POSTGRES="$(.ci/postgres.sh start)" HEADWATER_BENCH_EXPRESS=<express_pg.js> \
//!  NODE_PATH=<node_modules with express and pg> cargo bench -p tests --bench webhooks`
//! `HEADWATER_BENCH_SECONDS` is how long each run takes, 5 unless given; `HEADWATER_BENCH_PROGRAM` names a `headwater`
//! binary to measure in place of this build.
//!
//! The script reads `PORT`, `PG_DSN` and `HOOK_SECRET`, and takes `POST /hook` with `X-Delivery` and a hexadecimal
//! HMAC-SHA-256 of the body in `X-Signature`. Both get the same bodies from the same generator, which runs in this process
//! and on the same machine; what each acknowledged is counted in its database afterwards. Ours goes on to work with what it
//! took, as it does in service.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::cast_precision_loss, reason = "figures for people, far below 2^52")]

#[path = "support/child.rs"]
mod child;
#[path = "webhooks/load.rs"]
mod load;
#[path = "support/measure.rs"]
mod measure;
#[path = "support/median.rs"]
mod median;
#[path = "support/row.rs"]
mod row;
#[path = "webhooks/servers.rs"]
mod servers;
#[path = "support/setting.rs"]
mod setting;

use std::time::Duration;

use anyhow::ensure;
use load::{Load, Taken};
use median::median;
use servers::{Server, express, headwater};

const ROUNDS: usize = 3;
const CONNECTIONS: usize = 16;

/// One server, driven as fast as it goes and then at half of that.
struct Run {
    rate: f64,
    /// Milliseconds at half load.
    p99: f64,
    /// Processor µs of server and database per webhook, as fast as it goes.
    cpu: f64,
}

fn main() -> anyhow::Result<()> {
    tests::program::become_the_program();
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run())
}

async fn run() -> anyhow::Result<()> {
    let seconds = setting::number("HEADWATER_BENCH_SECONDS", 5);
    let time = Duration::from_secs(seconds as u64);
    let (mut sqlite, mut postgres, mut peer) = (Vec::new(), Vec::new(), Vec::new());
    println!(
        "{CONNECTIONS} connections, bodies of about 600 bytes, {ROUNDS} rounds of {seconds} s, medians\n"
    );
    for _ in 0..ROUNDS {
        sqlite.push(measured(headwater(None).await?, time).await?);
        if let Some(url) = tests::postgres::fresh_database().await {
            postgres.push(measured(headwater(Some(url)).await?, time).await?);
            if let Some(server) = express().await? {
                peer.push(measured(server, time).await?);
            }
        }
    }
    if peer.is_empty() {
        println!("NOT COMPARED: HEADWATER_BENCH_EXPRESS and HEADWATER_TEST_POSTGRES name no peer\n");
    }
    for (name, runs) in [("SQLite", &sqlite), ("PostgreSQL", &postgres)] {
        if !runs.is_empty() {
            report(name, runs, &peer);
        }
    }
    Ok(())
}

async fn measured(server: Server, time: Duration) -> anyhow::Result<Run> {
    let load = |rate: Option<f64>, from: usize| Load {
        address: server.address,
        path: server.path.clone(),
        prefix: server.prefix,
        connections: CONNECTIONS,
        rate,
        from,
    };
    // Connections, caches and statements are warm before anything counts.
    let warm = load(None, 0).drive(Duration::from_secs(1)).await?;
    let (full, spent) = server.meter.take(load(None, 1_000_000).drive(time)).await?;
    let rate = full.count() as f64 / spent.wall;
    let half = load(Some(rate / 2.0), 2_000_000).drive(time).await?;
    let stored = server.stored().await?;
    let taken: usize = [&warm, &full, &half].iter().map(|taken: &&Taken| taken.count()).sum();
    ensure!(stored >= taken as u64, "{taken} were acknowledged, {stored} are stored");
    Ok(Run { rate, p99: half.percentile(0.99), cpu: spent.cpu * 1e6 / full.count() as f64 })
}

fn report(name: &str, runs: &[Run], peer: &[Run]) {
    let rate = |runs: &[Run]| median(runs, |run| run.rate);
    let cpu = |runs: &[Run]| median(runs, |run| run.cpu);
    if !peer.is_empty() {
        let figures = format!(
            "ours {:.0} /s with {:.0} µs of CPU each, express + pg {:.0} /s with {:.0} µs; CPU ratio {:.2}",
            rate(runs),
            cpu(runs),
            rate(peer),
            cpu(peer),
            cpu(peer) / cpu(runs)
        );
        let ratio = rate(runs) / rate(peer);
        row::print(&format!("webhooks accepted durably, {name}"), &figures, ratio, &(3.0..=f64::INFINITY));
    }
    let figures = format!("ms at p99 with half of its own {:.0} /s", rate(runs));
    let p99 = median(runs, |run| run.p99);
    row::print(&format!("webhooks at half load, {name}"), &figures, p99, &(0.0..=50.0));
}
