//! Many writers and a live reader: every event is seen once, in an order that embeds every stream's.
//!
//! `HEADWATER_STRESS_EVENTS=1000000` runs it as long as one likes.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use application::ports::event_log::{Claimed, EventLog, Refused, Unit};
use domain::claim::ClaimChange;
use domain::stream::StreamId;
use infrastructure::event_log::StoredEventLog;

use crate::contracts::event_log::{Fixture, append, claiming, key, record, unit_of, with_snapshot};

/// Processes (logs with connections and an append task of their own) and writers in each.
const PROCESSES: usize = 3;
const WRITERS: usize = 4;
const DEFAULT_EVENTS: u64 = 20_000;
/// Streams that all writers fight for.
const CONTENDED: u64 = 5;

#[expect(clippy::disallowed_methods, reason = "whoever runs the test says how long")]
fn wanted() -> u64 {
    std::env::var("HEADWATER_STRESS_EVENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(DEFAULT_EVENTS)
}

struct Work {
    wanted: u64,
    stored: AtomicU64,
    done: AtomicBool,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_live_reader_sees_every_event_of_many_writers_once_and_in_order_on_sqlite() {
    run(Fixture::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_live_reader_sees_every_event_of_many_writers_once_and_in_order_on_postgres() {
    if let Some(log) = Fixture::postgres().await {
        run(log).await;
    }
}

async fn run(fixture: Fixture) {
    let work = Arc::new(Work { wanted: wanted(), stored: AtomicU64::new(0), done: AtomicBool::new(false) });
    let reader = tokio::spawn(read(fixture.another().await, Arc::clone(&work)));
    let mut writers = Vec::new();
    for process in 0..PROCESSES {
        let log = fixture.another().await;
        for writer in 0..WRITERS {
            let name = format!("w{process}-{writer}");
            writers.push(tokio::spawn(write(log.clone(), name, Arc::clone(&work))));
        }
    }
    for writer in writers {
        writer.await.unwrap();
    }
    work.done.store(true, Ordering::SeqCst);
    let seen = reader.await.unwrap();
    assert_eq!(
        seen,
        work.stored.load(Ordering::SeqCst),
        "{}: events were missed or seen twice",
        fixture.name
    );
    let held: Vec<_> = fixture.log.list_claims(None, 1_000).await.unwrap();
    assert!(held.iter().all(|(_, Claimed { stream, .. })| stream.id.contains("/w")), "{held:?}");
}

/// Appends to streams of its own in bursts, to contended ones singly, and takes, passes on and gives up claims.
async fn write(log: StoredEventLog, name: String, work: Arc<Work>) {
    for round in 0_u64.. {
        let stored = match round % 4 {
            0 | 1 => burst(&log, &name, round).await,
            2 => contended(&log, round % CONTENDED).await,
            _ => claim(&log, &name, round).await,
        };
        if work.stored.fetch_add(stored, Ordering::SeqCst) + stored >= work.wanted {
            return;
        }
    }
}

async fn burst(log: &StoredEventLog, name: &str, round: u64) -> u64 {
    let unit = |number: u64| {
        let id = format!("{name}-{round}-{number}");
        unit_of(vec![with_snapshot(append(&id, 0, 1 + usize::from(number.is_multiple_of(3))), 1, "{}")])
    };
    let answers = log.append((0..20).map(unit).collect()).await.unwrap();
    answers.into_iter().map(|answer| answer.unwrap()).map(|appended| appended.last - appended.first + 1).sum()
}

async fn contended(log: &StoredEventLog, number: u64) -> u64 {
    let id = format!("shared-{number}");
    let head = log.load(&record(&id), 0).await.unwrap().head();
    match log.append(vec![unit_of(vec![append(&id, head, 2)])]).await.unwrap().remove(0) {
        Ok(_) => 2,
        Err(Refused::StaleStream { .. }) => 0,
        Err(other) => panic!("{other}"),
    }
}

async fn claim(log: &StoredEventLog, name: &str, round: u64) -> u64 {
    let (id, wanted) = (format!("{name}-c{round}"), format!("claim-{}", round % 7));
    let take = ClaimChange::Take { key: key(&wanted), tag: Some([1; 16]) };
    let unit: Unit = claiming(&id, 0, vec![take]);
    match log.append(vec![unit]).await.unwrap().remove(0) {
        Ok(_) => 1 + release(log, &id, &wanted).await,
        Err(Refused::ClaimTaken { .. }) => 0,
        Err(other) => panic!("{other}"),
    }
}

async fn release(log: &StoredEventLog, id: &str, wanted: &str) -> u64 {
    let retag = ClaimChange::Retag { key: key(wanted), tag: [2; 16] };
    let release = ClaimChange::Release { key: key(wanted) };
    let units = vec![claiming(id, 1, vec![retag]), claiming(id, 2, vec![release])];
    log.append(units).await.unwrap().into_iter().map(|answer| answer.map(|_| 1).unwrap()).sum()
}

/// Reads on until the writers are done and nothing is left; answers how many events it saw.
async fn read(log: StoredEventLog, work: Arc<Work>) -> u64 {
    let (mut position, mut seen) = (0, 0);
    let mut heads: HashMap<StreamId, u64> = HashMap::new();
    loop {
        let done = work.done.load(Ordering::SeqCst);
        let page = log.read_all(position, 2_000).await.unwrap();
        if page.is_empty() && done {
            return seen;
        }
        for event in page {
            assert!(event.position > position, "position {} after {position}", event.position);
            let head = heads.entry(event.stream.clone()).or_default();
            assert_eq!(event.sequence, *head + 1, "{} at position {}", event.stream, event.position);
            (*head, position) = (event.sequence, event.position);
            seen += 1;
        }
    }
}
