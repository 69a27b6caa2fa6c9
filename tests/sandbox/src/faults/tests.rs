use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::response::IntoResponse as _;
use axum::routing::get;

use super::{Fault, FaultPlan, Faults};
use crate::server::{Running, serve};
use crate::test_client::client;

fn plan(seed: u64) -> FaultPlan {
    FaultPlan { seed, p429: 0.1, p500: 0.1, drop_after: 0.2, ..FaultPlan::default() }
}

fn draws(seed: u64, count: usize) -> Vec<Fault> {
    let faults = Faults::new(plan(seed));
    (0..count).map(|_| faults.next()).collect()
}

#[test]
fn the_sequence_is_a_function_of_the_seed() {
    assert_eq!(draws(7, 500), draws(7, 500));
    assert_ne!(draws(7, 500), draws(8, 500));
}

#[test]
fn the_shares_are_those_of_the_plan() {
    let drawn = draws(1, 10_000);
    let share = |fault| drawn.iter().filter(|drawn| **drawn == fault).count();
    assert!((900..1100).contains(&share(Fault::TooManyRequests)));
    assert!((1850..2150).contains(&share(Fault::DropAfter)));
    assert!((5800..6200).contains(&share(Fault::None)));
    assert_eq!(share(Fault::Html), 0);
}

#[test]
fn forced_faults_come_first_and_do_not_move_the_sequence() {
    let faults = Faults::new(plan(7));
    faults.force(Fault::Html, 2);
    faults.force(Fault::Slow, 1);
    let forced: Vec<Fault> = (0..3).map(|_| faults.next()).collect();
    assert_eq!(forced, [Fault::Html, Fault::Html, Fault::Slow]);
    let after: Vec<Fault> = (0..500).map(|_| faults.next()).collect();
    assert_eq!(after, draws(7, 500));
}

#[test]
fn faults_forced_for_writes_wait_for_a_write() {
    let faults = Faults::new(FaultPlan::default());
    faults.force_write(Fault::DropAfter, 1);
    assert_eq!(faults.next(), Fault::None);
    assert_eq!(faults.next_write(), Fault::DropAfter);
    assert_eq!(faults.next_write(), Fault::None);
    assert_eq!(faults.sent()[&Fault::DropAfter], 1);
}

/// A server whose one handler counts its runs and meets the faults.
async fn counting(faults: &Faults) -> (Running, Arc<AtomicU32>) {
    let commits = Arc::new(AtomicU32::new(0));
    let (sequence, count) = (faults.clone(), commits.clone());
    let handler = move || async move {
        let commit = async {
            count.fetch_add(1, Ordering::SeqCst);
            "0123456789".into_response()
        };
        sequence.apply(sequence.next(), commit).await
    };
    let router = Router::new().route("/", get(handler));
    (serve(router, None).await.unwrap(), commits)
}

/// The status of a whole answer; `None` when there was none.
async fn heard(url: &str) -> Option<u16> {
    let answer = client().get(url).send().await.ok()?;
    let status = answer.status().as_u16();
    answer.text().await.ok().map(|_| status)
}

#[tokio::test]
async fn each_fault_runs_the_handler_or_not_as_it_says() {
    let faults = Faults::new(FaultPlan::default());
    let (running, commits) = counting(&faults).await;
    let expected = [
        (Fault::None, true, Some(200)),
        (Fault::TooManyRequests, false, Some(429)),
        (Fault::ServerError, false, Some(500)),
        (Fault::ErrorAfter, true, Some(500)),
        (Fault::Slow, true, Some(200)),
        (Fault::Truncated, true, None),
        (Fault::DropBefore, false, None),
        (Fault::DropAfter, true, None),
        (Fault::Html, false, Some(200)),
    ];
    for (fault, runs, status) in expected {
        faults.force(fault, 1);
        let before = commits.load(Ordering::SeqCst);
        assert_eq!(heard(&running.base_url).await, status, "{fault:?}");
        let ran = commits.load(Ordering::SeqCst) > before;
        assert_eq!(ran, runs, "{fault:?}");
    }
    running.stop().await;
}

#[tokio::test]
async fn a_429_carries_retry_after_and_a_slow_answer_takes_its_time() {
    let faults = Faults::new(FaultPlan { retry_after_s: Some(3), slow_ms: 500, ..FaultPlan::default() });
    let (running, commits) = counting(&faults).await;
    faults.force(Fault::TooManyRequests, 1);
    let answer = client().get(&running.base_url).send().await.unwrap();
    assert_eq!(answer.headers()["retry-after"], "3");
    faults.force(Fault::Slow, 1);
    let slow = heard(&running.base_url);
    let early = tokio::time::timeout(Duration::from_millis(60), slow).await;
    assert!(early.is_err());
    assert_eq!(commits.load(Ordering::SeqCst), 1);
    running.stop().await;
}

#[tokio::test]
async fn an_answer_can_be_huge_deep_or_slow_byte_by_byte() {
    let faults = Faults::new(FaultPlan::default());
    let (running, commits) = counting(&faults).await;
    faults.force(Fault::Huge, 1);
    let mut answer = client().get(&running.base_url).send().await.unwrap();
    let mut length = 0;
    while length < 40 << 20 {
        length += answer.chunk().await.unwrap().unwrap().len();
    }
    assert_eq!(answer.content_length(), None, "nobody is warned");
    drop(answer);
    faults.force(Fault::Deep, 1);
    let deep = client().get(&running.base_url).send().await.unwrap().text().await.unwrap();
    assert_eq!(deep.matches('[').count(), 10_000);
    faults.force(Fault::Trickle, 1);
    let mut answer = client().get(&running.base_url).send().await.unwrap();
    assert_eq!(answer.chunk().await.unwrap().unwrap().len(), 1);
    drop(answer);
    assert_eq!(commits.load(Ordering::SeqCst), 3);
    running.stop().await;
}
