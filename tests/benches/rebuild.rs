//! Rebuild of every projection against reading and decoding the same events.
//!
//! `HEADWATER_TEST_POSTGRES="$(.ci/postgres.sh start)" cargo bench -p tests --bench rebuild`
//! `HEADWATER_BENCH_RECORDS` is the number of records that are loaded first, 100,000 unless given.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::cast_precision_loss, reason = "figures for people, far below 2^52")]

#[path = "support/bench_hub.rs"]
mod bench_hub;
#[path = "support/child.rs"]
mod child;
#[path = "support/measure.rs"]
mod measure;
#[path = "support/median.rs"]
mod median;
#[path = "support/row.rs"]
mod row;
#[path = "support/setting.rs"]
mod setting;

use anyhow::ensure;
use bench_hub::{Backend, BenchHub};
use child::Program;
use measure::Spent;
use median::median;
use projections::runner::PAGE;

const ROUNDS: usize = 3;

struct Round {
    events: u64,
    read: Spent,
    rebuilt: Spent,
}

fn main() -> anyhow::Result<()> {
    tests::program::become_the_program();
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(run())
}

async fn run() -> anyhow::Result<()> {
    let records = setting::number("HEADWATER_BENCH_RECORDS", 100_000);
    let provider = Program::simulator(records).await?;
    println!("the events of {records} records, {ROUNDS} rounds, medians; CPU with PostgreSQL\n");
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let Some(bench) = BenchHub::open(backend, &provider, "inbound").await? else { continue };
        bench.enable().await?;
        bench.work().await?;
        bench.show().await?;
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            rounds.push(round(&bench).await?);
        }
        report(backend, &rounds);
    }
    Ok(())
}

async fn round(bench: &BenchHub) -> anyhow::Result<Round> {
    let (events, read) = bench.meter.take(read(bench)).await?;
    let projections = &bench.hub.parts.projections;
    let rebuild = async { Ok(projections.rebuild(&[], &|_| {}).await?) };
    let ((), rebuilt) = bench.meter.take(rebuild).await?;
    ensure!(events > 0 && events <= bench.head().await?, "{events} events were read");
    Ok(Round { events, read, rebuilt })
}

/// Reads and decodes every event, in the pages a projection reads; answers how many.
async fn read(bench: &BenchHub) -> anyhow::Result<u64> {
    let log = &bench.hub.parts.store.dispatcher.log;
    let (mut position, mut events) = (0, 0);
    loop {
        let page = log.read_all(position, PAGE).await?;
        let Some(last) = page.last() else { return Ok(events) };
        (position, events) = (last.position, events + page.len() as u64);
    }
}

fn report(backend: Backend, rounds: &[Round]) {
    let name = backend.name();
    let micros = |seconds: f64, round: &Round| seconds * 1e6 / round.events as f64;
    let ours = median(rounds, |round| micros(round.rebuilt.cpu, round));
    let peer = median(rounds, |round| micros(round.read.cpu, round));
    let figures = format!("rebuild {ours:.1} µs of CPU per event, reading and decoding {peer:.1}");
    let figure = median(rounds, |round| round.read.cpu / round.rebuilt.cpu);
    row::print(
        &format!("projection rebuild, all projections, {name}"),
        &figures,
        figure,
        &(0.1..=f64::INFINITY),
    );
    let rate = median(rounds, |round| round.events as f64 / round.rebuilt.wall);
    let read = median(rounds, |round| round.events as f64 / round.read.wall);
    let cores = median(rounds, |round| round.rebuilt.cpu / round.rebuilt.wall);
    let figures = format!("events a second by the wall, on {cores:.2} cores; reading {read:.0}");
    row::print(
        &format!("projection rebuild, events a second, {name}"),
        &figures,
        rate,
        &(50_000.0..=f64::INFINITY),
    );
}
