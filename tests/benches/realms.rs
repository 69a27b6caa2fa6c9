//! 1,000 realms over three providers with different limits, two of them flooding: what each gets of its limit.
//!
//! `cargo bench -p tests --bench realms`
//! `HEADWATER_BENCH_REALMS` is the number of realms, 1,000 unless given, `HEADWATER_BENCH_SECONDS` how long they work, 61
//! unless given. The providers keep the books: they count each call at a moment of their own in a sliding window, and
//! refuse what is too much. Hub and providers share the machine, and real time.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::cast_precision_loss, reason = "figures for people, far below 2^52")]

#[path = "support/row.rs"]
mod row;
#[path = "support/setting.rs"]
mod setting;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use sandbox::crowd::Clock;
use tests::hub::Setting;
use tests::realms::{Scene, Terms, Verdict};
use tokio::task::JoinSet;

/// Milliseconds a provider takes before it counts a call, and again before it answers.
const DELAY_MS: std::ops::Range<u64> = 2..25;
fn main() -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(run())
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
async fn run() -> anyhow::Result<()> {
    let realms = setting::number("HEADWATER_BENCH_REALMS", 1_000);
    let seconds = setting::number("HEADWATER_BENCH_SECONDS", 61);
    let folder = tempfile::tempdir()?;
    let setting = Setting::embedded(folder.path()).in_real_time();
    let began = Instant::now();
    let scene =
        Scene::build(folder.path(), setting, &terms(realms, seconds), (Clock::real(), DELAY_MS)).await?;
    println!("{realms} realms and their work are there after {:.0} s\n", began.elapsed().as_secs_f64());
    let before = cpu();
    work(&scene, Duration::from_secs(seconds as u64)).await;
    let used = (cpu() - before) / seconds as f64;
    let verdict = scene.verdict();
    ensure!(verdict.judged >= realms, "only {} of {realms} realms could be judged", verdict.judged);
    report(&verdict, (realms, seconds), used);
    Ok(())
}

/// Different limits; the two that flood have much larger ones, and twice the work they could do.
fn terms(realms: usize, seconds: usize) -> [Terms; 3] {
    let half = realms.saturating_sub(2) / 2;
    let terms = |key: &str, (calls, per, concurrency): (u32, u64, u32), realms| {
        let windows = seconds.div_ceil(usize::try_from(per).unwrap_or(1));
        // More than they can do in the time, so that everybody has work from the beginning to the end.
        let work = calls as usize * (windows + 1);
        let per = Duration::from_secs(per);
        Terms { key: key.to_owned(), calls, per, concurrency, realms, work }
    };
    let flood = terms("cedar", (200, 10, 8), 2);
    let flood = Terms { work: flood.work * 2, ..flood };
    [terms("alder", (3, 10, 2), half), terms("birch", (10, 30, 4), realms.saturating_sub(2 + half)), flood]
}

/// Everything that `headwater serve` has at work, for some time.
async fn work(scene: &Scene, time: Duration) {
    let parts = &scene.hub.parts;
    let mut tasks = JoinSet::new();
    let managers = parts.managers.clone();
    tasks.spawn(async move { application::process_managers::run(&managers).await });
    let (worker, projections) = (Arc::clone(&scene.worker), Arc::clone(&parts.projections));
    tasks.spawn(async move { worker.run().await });
    tasks.spawn(async move { projections.run(std::future::pending()).await });
    tokio::time::sleep(time).await;
    tasks.shutdown().await;
}

fn report(verdict: &Verdict, (realms, seconds): (usize, usize), used: f64) {
    let figures = format!(
        "smallest share of its limit that a realm got ({}); mean {:.3}; {} calls in {seconds} s, {used:.2} cores in all",
        verdict.least.1, verdict.mean, verdict.calls
    );
    row::print(&format!("{realms} realms, two flooding"), &figures, verdict.least.0, &(0.95..=f64::INFINITY));
    let figures = format!(
        "refused by the providers' own windows; {} over calls at once, {} records made twice",
        verdict.over_at_once.max(0),
        verdict.twice
    );
    row::print("self-inflicted 429", &figures, verdict.refused as f64, &(0.0..=0.0));
    let waited = verdict.waited.num_milliseconds();
    let figures =
        format!("most turns another lane had while one waited for its own; longest wait {waited} ms");
    row::print("rounds waited", &figures, verdict.rounds as f64, &(0.0..=1.0));
}

/// Processor seconds of this process: hub and providers.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    // USER_HZ is 100 on every Linux of today (proc(5)).
    (ticks(11) + ticks(12)) / 100.0
}
