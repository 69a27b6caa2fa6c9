//! What reading a manifest costs: processor time of the manifest-driven connection for a page of 100 records, a create and
//! an update, against a client written by hand for that one provider.
//!
//! `cargo bench -p tests --bench interpretation`
//! `HEADWATER_BENCH_CALLS` is the number of calls of each kind in a round, 1,500 unless given. The provider is a process of
//! its own and not counted; each side runs on one thread of this process, in turn. The hand-written client does what such
//! a client does: reqwest, an API key in a header, `serde_json::Value`, the same members taken out of each record, the
//! times parsed. Ours is used as jobs use it: admitted by the limits, its credentials opened for each call out of the
//! vault.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::cast_precision_loss, reason = "figures for people, far below 2^52")]

#[path = "support/child.rs"]
mod child;
#[path = "support/ground.rs"]
mod ground;
#[path = "interpretation/manual.rs"]
mod manual;
#[path = "support/measure.rs"]
mod measure;
#[path = "support/median.rs"]
mod median;
#[path = "interpretation/ours.rs"]
mod ours;
#[path = "support/row.rs"]
mod row;
#[path = "support/setting.rs"]
mod setting;

use anyhow::ensure;
use child::Program;
use manual::Manual;
use measure::{Meter, Spent};
use median::median;
use ours::Ours;

const ROUNDS: usize = 5;
/// Records that the provider has, in pages of 100.
const RECORDS: usize = 10_000;
/// Records of a page.
const PAGE: usize = 100;

/// What each side took for the same calls.
struct Round {
    pages: (Spent, Spent),
    creates: (Spent, Spent),
    updates: (Spent, Spent),
}

fn main() -> anyhow::Result<()> {
    tests::program::become_the_program();
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run())
}

async fn run() -> anyhow::Result<()> {
    let calls = setting::number("HEADWATER_BENCH_CALLS", 1_500);
    let provider = Program::simulator(RECORDS).await?;
    let folder = tempfile::tempdir()?;
    let (ours, manual) = (Ours::open(folder.path(), &provider).await?, Manual::new(&provider)?);
    let meter = Meter::of(None, None).await?;
    let mut rounds = Vec::new();
    // The first round warms connections and caches of both.
    for number in 0..=ROUNDS {
        let round = round((&ours, &manual), &meter, (number, calls)).await?;
        if number > 0 {
            rounds.push(round);
        }
    }
    println!(
        "{calls} calls of each kind, {ROUNDS} rounds, medians; CPU in µs per call, the provider not counted\n"
    );
    report("a page of 100 records", calls, &rounds, |round| round.pages);
    report("a create", calls, &rounds, |round| round.creates);
    report("an update", calls, &rounds, |round| round.updates);
    let cpu = |(ours, manual): (Spent, Spent)| (ours.cpu, manual.cpu);
    let whole = |round: &Round| {
        let parts = [cpu(round.pages), cpu(round.creates), cpu(round.updates)];
        parts.iter().map(|part| part.0).sum::<f64>() / parts.iter().map(|part| part.1).sum::<f64>()
    };
    let ratio = median(&rounds, whole);
    row::print(
        "manifest against hand-written client",
        "CPU of all three kinds together",
        ratio,
        &(0.0..=1.3),
    );
    Ok(())
}

async fn round(
    (ours, manual): (&Ours, &Manual),
    meter: &Meter,
    (number, calls): (usize, usize),
) -> anyhow::Result<Round> {
    let (mine, pages_ours) = meter.take(ours.pages(calls)).await?;
    let (theirs, pages_manual) = meter.take(manual.pages(calls)).await?;
    ensure!((mine, theirs) == (calls * PAGE, calls * PAGE), "{mine} and {theirs} records were read");
    let (made_ours, creates_ours) = meter.take(ours.creates((number, calls))).await?;
    let (made_manual, creates_manual) = meter.take(manual.creates((number, calls))).await?;
    let ((), updates_ours) = meter.take(ours.updates(&made_ours)).await?;
    let ((), updates_manual) = meter.take(manual.updates(&made_manual)).await?;
    Ok(Round {
        pages: (pages_ours, pages_manual),
        creates: (creates_ours, creates_manual),
        updates: (updates_ours, updates_manual),
    })
}

fn report(name: &str, calls: usize, rounds: &[Round], part: fn(&Round) -> (Spent, Spent)) {
    let per = |seconds: f64| seconds * 1e6 / calls as f64;
    let figures = format!(
        "ours {:.0} µs of CPU, by hand {:.0} µs; by the wall {:.0} and {:.0} µs, the provider's time in both",
        median(rounds, |round| per(part(round).0.cpu)),
        median(rounds, |round| per(part(round).1.cpu)),
        median(rounds, |round| per(part(round).0.wall)),
        median(rounds, |round| per(part(round).1.wall)),
    );
    let ratio = median(rounds, |round| part(round).0.cpu / part(round).1.cpu);
    row::print(name, &figures, ratio, &(0.0..=1.3));
}
