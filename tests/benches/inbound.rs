//! Inbound against a plain script: first load with full history, and the re-read of what did not change.
//!
//! `HEADWATER_TEST_POSTGRES="$(.ci/postgres.sh start)" cargo bench -p tests --bench inbound`
//! `HEADWATER_BENCH_RECORDS` is the number of records, 100,000 unless given. The simulator is a process of its own and
//! not counted.
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
#[path = "support/python.rs"]
mod python;
#[path = "support/row.rs"]
mod row;
#[path = "support/setting.rs"]
mod setting;

use anyhow::ensure;
use bench_hub::{Backend, BenchHub};
use child::{API_KEY, Program};
use measure::Spent;
use median::median;
use serde_json::json;

const ROUNDS: usize = 3;
/// Milliseconds per 1,000 records above which the script was disturbed, and says nothing.
const VOID_UNCHANGED: f64 = 20.0;
const VOID_FIRST: f64 = 35.0;

/// Processor milliseconds per 1,000 records.
struct Round {
    appended: f64,
    shown: f64,
    unchanged: f64,
    script_first: f64,
    script_unchanged: f64,
    /// Records a second, by the wall: to the last append, and until the views have it.
    appended_rate: f64,
    shown_rate: f64,
    script_rate: f64,
}

fn main() -> anyhow::Result<()> {
    tests::program::become_the_program();
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(run())
}

async fn run() -> anyhow::Result<()> {
    let records = setting::number("HEADWATER_BENCH_RECORDS", 100_000);
    let provider = Program::simulator(records).await?;
    println!(
        "{records} records, {ROUNDS} rounds, medians; CPU in ms per 1,000 records, PostgreSQL included, the simulator \
         not; the integration goes inbound only\n"
    );
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            rounds.extend(round(backend, &provider, records).await?);
        }
        if !rounds.is_empty() {
            report(backend, &rounds);
        }
    }
    Ok(())
}

async fn round(backend: Backend, provider: &Program, records: usize) -> anyhow::Result<Option<Round>> {
    let Some(bench) = BenchHub::open(backend, provider, "inbound").await? else { return Ok(None) };
    let folder = tempfile::tempdir()?;
    let database = folder.path().join("floor.db").display().to_string();
    let script = || python::run("floor.py", &[&provider.url, API_KEY, &database]);

    let before = bench.head().await?;
    let ((), appended) = bench.meter.take(async { bench.enable().await.and(bench.work().await) }).await?;
    let ((), shown) = bench.meter.take(bench.show()).await?;
    let loaded = bench.head().await?;
    ensure!(
        loaded - before >= 2 * records as u64,
        "only {} events came of {records} records",
        loaded - before
    );
    let script_first = script()?;
    ensure!(script_first.written == records, "the script wrote {}", script_first.written);

    let ((), unchanged) = bench.meter.take(again(&bench)).await?;
    let more = bench.head().await? - loaded;
    ensure!(more <= 100 + records as u64 / 500, "an unchanged re-read wrote {more} events");
    let script_unchanged = script()?;
    ensure!((script_unchanged.done, script_unchanged.written) == (records, 0), "the script saw changes");

    let per = |seconds: f64| seconds * 1e6 / records as f64;
    let both = Spent { wall: appended.wall + shown.wall, cpu: appended.cpu + shown.cpu };
    Ok(Some(Round {
        appended: per(appended.cpu),
        shown: per(both.cpu),
        unchanged: per(unchanged.cpu),
        script_first: per(script_first.cpu),
        script_unchanged: per(script_unchanged.cpu),
        appended_rate: records as f64 / appended.wall,
        shown_rate: records as f64 / both.wall,
        script_rate: records as f64 / script_first.wall,
    }))
}

/// Reads everything again, until the views have what little came of it.
async fn again(bench: &BenchHub) -> anyhow::Result<()> {
    let path = format!("/v1/integrations/{}/sync", bench.integration);
    bench.hub.post(&path, json!({"direction": "inbound", "sync_type": "full"})).await?;
    bench.work().await?;
    bench.show().await
}

fn report(backend: Backend, rounds: &[Round]) {
    let sqlite = backend == Backend::Sqlite;
    let name = backend.name();
    let ratio =
        |part: fn(&Round) -> f64, peer: fn(&Round) -> f64| median(rounds, |round| part(round) / peer(round));
    let first = median(rounds, |round| round.script_first);
    let again = median(rounds, |round| round.script_unchanged);
    let script = median(rounds, |round| round.script_rate);
    for (figure, most, what) in [(first, VOID_FIRST, "first load"), (again, VOID_UNCHANGED, "re-read")] {
        if figure > most {
            println!(
                "VOID: the script's {what} took {figure:.1}, more than {most}: the machine was disturbed\n"
            );
        }
    }
    let (ours, wall) = (median(rounds, |round| round.appended), median(rounds, |round| round.appended_rate));
    let figures = format!("ours {ours:.1} ({wall:.0} /s by the wall), script {first:.1} ({script:.0} /s)");
    if sqlite {
        let figure = ratio(|round| round.appended, |round| round.script_first);
        row::print(&format!("first load, to the last append, {name}"), &figures, figure, &(0.0..=2.0));
    } else {
        println!("first load, to the last append, {name}\n  {figures}\n");
    }
    let (ours, wall) = (median(rounds, |round| round.shown), median(rounds, |round| round.shown_rate));
    let figures = format!("ours {ours:.1} ({wall:.0} /s by the wall), script {first:.1} ({script:.0} /s)");
    let figure = ratio(|round| round.shown, |round| round.script_first);
    row::print(&format!("first load, until every view has it, {name}"), &figures, figure, &(0.0..=4.0));
    let figures = format!("ours {:.1}, script {again:.1}", median(rounds, |round| round.unchanged));
    let figure = ratio(|round| round.unchanged, |round| round.script_unchanged);
    let goal = 0.0..=if sqlite { 0.4 } else { 0.7 };
    row::print(&format!("unchanged re-read, {name}"), &figures, figure, &goal);
}
