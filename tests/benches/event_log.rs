//! The event log against its peers on PostgreSQL, in the same run: three alternated rounds, medians.
//!
//! `HEADWATER_TEST_POSTGRES="$(.ci/postgres.sh start)" cargo bench -p tests --bench event_log`, and with
//! `-- WORDS` only the rows whose name contains the words.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::cast_precision_loss, reason = "figures for people, far below 2^52")]

#[path = "event_log/copy.rs"]
mod copy;
#[path = "event_log/measure.rs"]
mod measure;
#[path = "event_log/ours.rs"]
mod ours;
#[path = "event_log/peer.rs"]
mod peer;

use measure::{Figure, median};
use ours::{Content, Ours};

/// Alternated rounds per row.
const ROUNDS: usize = 3;
/// Callers at once, and commands of each in a round.
const CALLERS: usize = 32;
const COMMANDS: usize = 250;
/// Batches in a round, and new streams in each.
const BATCHES: usize = 40;
const BATCH: usize = 1_000;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let Some(url) = tests::postgres::fresh_database().await else { return };
    let ours = Ours::open(&url).await;
    println!("rounds: {ROUNDS}, medians; CPU is of this process and of every PostgreSQL process\n");
    if wanted("single commands") {
        single_commands(&ours).await;
    }
    batches(&ours, "batch append, events only", (Content::Plain, 1), 0.85).await;
    batches(&ours, "batch append, claims and snapshots", (Content::Full, 1), 0.45).await;
    batches(&ours, "batch append, claims, snapshots, sealed", (Content::Sealed, 1), 0.0).await;
    // As bulk writers work. The peer still loads one batch at a time, so this is no measure of the goal.
    batches(&ours, "batch append, events only", (Content::Plain, 2), 0.0).await;
    batches(&ours, "batch append, claims and snapshots", (Content::Full, 2), 0.0).await;
}

async fn single_commands(ours: &Ours) {
    let peer = peer::Peer::open().await;
    let (mut mine, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let us = measure::run(CALLERS * COMMANDS, ours.commands(CALLERS, COMMANDS, round)).await;
        let them = measure::run(CALLERS * COMMANDS, peer.commands(CALLERS, COMMANDS, round)).await;
        // The first pair warms both up.
        if round > 0 {
            mine.push(us);
            theirs.push(them);
        }
    }
    report(
        "single commands, 32 callers, claim, snapshot, sealed",
        &mine,
        "cqrs_es + postgres_es",
        &theirs,
        2.2,
    );
}

/// Whether the words after `--`, if there are any, are of this row's name.
fn wanted(name: &str) -> bool {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    name.contains(&words.join(" "))
}

async fn batches(ours: &Ours, name: &str, (content, in_flight): (Content, usize), goal: f64) {
    let name = format!("{name}, {in_flight} of our calls in flight");
    if !wanted(&name) {
        return;
    }
    let copy = copy::Copy::open().await;
    let (mut mine, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let first = ours.head().await;
        let units = ours::decided(BATCHES, BATCH, content, in_flight * 100 + round);
        let us = measure::run(BATCHES * BATCH, ours.batches(units, in_flight)).await;
        let rows = ours.rows_after(first).await;
        // A row that says "events only" must not seal: that would add keys, and cost what it does not name.
        let sealed = rows.iter().any(|row| row.text(5).is_ok_and(|payload| payload.contains("\"sealed\"")));
        assert_eq!(sealed, content == Content::Sealed, "{name}: the payloads are not what the row says");
        let bodies = copy::bodies(&rows, BATCH);
        let them = measure::run(BATCHES * BATCH, copy.load(bodies)).await;
        if round > 0 {
            mine.push(us);
            theirs.push(them);
        }
    }
    report(&name, &mine, "COPY BINARY of its event rows", &theirs, goal);
}

fn report(name: &str, ours: &[Figure], peer: &str, theirs: &[Figure], goal: f64) {
    let ratios = ours.iter().zip(theirs).map(|(us, them)| us.per_second() / them.per_second());
    let ratio = median(ratios.collect());
    let (us, them) = (Figure::median(ours), Figure::median(theirs));
    println!("{name}");
    println!("  ours {us}");
    println!("  {peer} {them}");
    let verdict = match goal {
        0.0 => "no goal".to_owned(),
        goal if ratio < goal => format!("goal {goal:.2}: MISSED"),
        goal => format!("goal {goal:.2}"),
    };
    println!("  ratio {ratio:.2} ({verdict})\n");
}
