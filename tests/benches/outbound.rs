//! Outbound, durable per acknowledgement, 16 calls in flight, against a careful script with a commit per row.
//!
//! `HEADWATER_TEST_POSTGRES="$(.ci/postgres.sh start)" cargo bench -p tests --bench outbound`
//! `HEADWATER_BENCH_WRITES` is the number of records sent in a round, 10,000 unless given. Both keep their state in the same
//! kind of database; where Python has no psycopg (`HEADWATER_BENCH_PYTHON` names another interpreter), the script beside our
//! PostgreSQL row keeps it in SQLite, the cheaper store, and the row says so. What waits to be sent lies in the database
//! before the clock starts, in ours as in the script's.
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
#[path = "support/sending.rs"]
mod sending;
#[path = "support/setting.rs"]
mod setting;

use anyhow::ensure;
use bench_hub::{Backend, BenchHub};
use child::{API_KEY, Program};
use measure::Spent;
use median::median;
use serde_json::json;

const ROUNDS: usize = 3;
/// Share of writes that are committed and never answered, in the run with faults.
const DROPPED: f64 = 0.01;

struct Round {
    ours: Spent,
    script: Spent,
}

fn main() -> anyhow::Result<()> {
    tests::program::become_the_program();
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(run())
}

async fn run() -> anyhow::Result<()> {
    let writes = setting::number("HEADWATER_BENCH_WRITES", 10_000);
    println!(
        "{writes} creates, {ROUNDS} rounds, medians; CPU in ms per 1,000 records, PostgreSQL included\n"
    );
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            let Some(ours) = ours(backend, writes, 0.0).await? else { break };
            let script = script(backend, writes, 0.0).await?;
            ensure!((ours.twice, script.twice) == (0, 0), "without faults nothing is created twice");
            rounds.push(Round { ours: ours.spent, script: script.spent });
        }
        if !rounds.is_empty() {
            report(backend, writes, &rounds);
        }
    }
    faults(writes).await
}

/// What sending took, and how many records the provider has twice.
struct Outcome {
    spent: Spent,
    twice: u64,
}

async fn ours(backend: Backend, writes: usize, dropped: f64) -> anyhow::Result<Option<Outcome>> {
    let provider = Program::simulator(0).await?;
    let Some(bench) = BenchHub::open(backend, &provider, "bidirectional").await? else { return Ok(None) };
    bench.enable().await?;
    bench.work().await?;
    sending::put(&bench, writes).await?;
    bench.show().await?;
    sending::drop_answers(&provider, dropped).await?;
    let ((), spent) = bench.meter.take(sending::send(&bench, &provider, writes)).await?;
    Ok(Some(Outcome { spent, twice: sending::twice(&provider, writes).await? }))
}

/// Whether the script can talk to PostgreSQL.
fn knows_postgres() -> bool {
    let asked = python::python().args(["-c", "import psycopg"]).output();
    asked.is_ok_and(|output| output.status.success())
}

/// The script on a database of the same kind, where it can.
async fn script(backend: Backend, writes: usize, dropped: f64) -> anyhow::Result<Outcome> {
    let provider = Program::simulator(0).await?;
    sending::drop_answers(&provider, dropped).await?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("outbound.db").display().to_string();
    let server = match backend {
        Backend::Postgres if knows_postgres() => tests::postgres::fresh_database().await,
        _ => None,
    };
    let database = server.unwrap_or(file);
    let said = python::run("outbound.py", &[&provider.url, API_KEY, &database, &writes.to_string()])?;
    ensure!((said.done, said.written) == (writes, writes), "the script sent {}", said.done);
    let spent = Spent { wall: said.wall, cpu: said.cpu };
    Ok(Outcome { spent, twice: sending::twice(&provider, writes).await? })
}

fn report(backend: Backend, writes: usize, rounds: &[Round]) {
    let rate = |seconds: f64| writes as f64 / seconds;
    let per = |seconds: f64| seconds * 1e6 / writes as f64;
    let store = match backend {
        Backend::Postgres if !knows_postgres() => " (in SQLite: no psycopg)",
        _ => "",
    };
    let figures = format!(
        "ours {:.0} /s with {:.0} ms of CPU, script{store} {:.0} /s with {:.0} ms of its own; CPU ratio {:.2}",
        median(rounds, |round| rate(round.ours.wall)),
        median(rounds, |round| per(round.ours.cpu)),
        median(rounds, |round| rate(round.script.wall)),
        median(rounds, |round| per(round.script.cpu)),
        median(rounds, |round| round.script.cpu / round.ours.cpu),
    );
    let figure = median(rounds, |round| round.script.wall / round.ours.wall);
    let name = format!("outbound, durable per acknowledgement, {}", backend.name());
    row::print(&name, &figures, figure, &(3.0..=f64::INFINITY));
}

/// One run with answers that never come, until every outcome is known.
async fn faults(writes: usize) -> anyhow::Result<()> {
    let Some(ours) = ours(Backend::Sqlite, writes, DROPPED).await? else { return Ok(()) };
    let script = script(Backend::Sqlite, writes, DROPPED).await?;
    let figures = format!(
        "records created twice; {} by the script; {}",
        script.twice,
        json!({"seconds": {"ours": ours.spent.wall, "script": script.spent.wall}})
    );
    row::print("1 % of the writes committed, then dropped", &figures, ours.twice as f64, &(0.0..=0.0));
    Ok(())
}
