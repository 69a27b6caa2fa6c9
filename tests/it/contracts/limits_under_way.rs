//! The limiter against providers that count a call at a moment of their own: whatever comes when, and however long it
//! takes, no window of theirs sees more than it allows.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::time::Duration;

use application::ports::limiter::{Buckets, Limit, Limiter};
use chrono::{DateTime, TimeDelta, Utc};
use infrastructure::clock::ManualClock;
use infrastructure::limiter::InProcessLimiter;
use proptest::prelude::*;

/// A caller: how long after the last one it comes, how long until the provider counts its call, and how long until it
/// has the answer then; microseconds. One in a few is not sent after all.
#[derive(Clone, Copy, Debug)]
struct Caller {
    pause: u64,
    before: u64,
    after: u64,
    sent: bool,
}

fn callers() -> impl Strategy<Value = Vec<Caller>> {
    let caller = (0_u64..15_000, 0_u64..30_000, 0_u64..30_000, 0_u8..8);
    let caller =
        caller.prop_map(|(pause, before, after, dice)| Caller { pause, before, after, sent: dice > 0 });
    prop::collection::vec(caller, 1..250)
}

fn at(micros: u64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_262_400, 0).unwrap()
        + TimeDelta::microseconds(i64::try_from(micros).unwrap())
}

/// When the provider counted each call, and how many were under way at most.
fn counted(buckets: &Buckets, callers: &[Caller]) -> Vec<u64> {
    let clock = ManualClock::new(at(0));
    let limiter = InProcessLimiter::new(Arc::new(clock.clone()));
    let wait = |future| futures::executor::block_on(future);
    let (mut now, mut counted) = (0, Vec::new());
    let mut under_way: BinaryHeap<Reverse<(u64, bool)>> = BinaryHeap::new();
    for caller in callers {
        let comes = now + caller.pause;
        while let Some(Reverse((ends, sent))) = under_way.peek().copied().filter(|next| next.0.0 <= comes) {
            under_way.pop();
            clock.advance(Duration::from_micros(ends - now));
            now = ends;
            if sent { wait(limiter.over(buckets)) } else { wait(limiter.give_back(buckets)) }.unwrap();
        }
        clock.advance(Duration::from_micros(comes - now));
        now = comes;
        if futures::executor::block_on(limiter.take(buckets)).unwrap().is_ok() {
            if caller.sent {
                counted.push(now + caller.before);
            }
            under_way.push(Reverse((now + caller.before + caller.after, caller.sent)));
        }
    }
    counted.sort_unstable();
    counted
}

/// The most calls in any window of this length that may begin anywhere, both ends included.
fn sliding(calls: &[u64], window: u64) -> usize {
    let from = |first: &u64| calls.iter().filter(|at| *at >= first && **at <= first + window).count();
    calls.iter().map(from).max().unwrap_or_default()
}

/// The most calls in any of the windows that follow each other from `phase` on.
fn fixed(calls: &[u64], window: u64, phase: u64) -> usize {
    let number = |at: u64| (at + window - phase % window) / window;
    calls
        .iter()
        .map(|at| calls.iter().filter(|other| number(**other) == number(*at)).count())
        .max()
        .unwrap_or_default()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_window_of_the_provider_sees_more_than_it_allows(
        calls in 1_u32..9,
        millis in 1_u64..60,
        phase in 0_u64..60_000,
        callers in callers(),
    ) {
        let limit = Limit { calls, per: Duration::from_millis(millis) };
        let counted = counted(&Buckets { limits: vec![("a".to_owned(), limit)] }, &callers);
        let window = millis * 1_000;
        prop_assert!(sliding(&counted, window) <= calls as usize);
        prop_assert!(fixed(&counted, window, phase) <= calls as usize);
        // The first one finds every place free; others may meet one that holds a place and is not sent in the end.
        prop_assert!(!callers[0].sent || !counted.is_empty());
    }

    #[test]
    fn nor_does_a_window_of_several(
        (few, many) in (1_u32..4, 4_u32..12),
        callers in callers(),
    ) {
        let limit = |calls, millis| Limit { calls, per: Duration::from_millis(millis) };
        let limits = vec![("a".to_owned(), limit(few, 5)), ("b".to_owned(), limit(many, 40))];
        let counted = counted(&Buckets { limits }, &callers);
        prop_assert!(sliding(&counted, 5_000) <= few as usize);
        prop_assert!(sliding(&counted, 40_000) <= many as usize);
    }
}

#[tokio::test]
async fn a_call_nothing_is_heard_of_gives_its_place_back_in_the_end() {
    let clock = ManualClock::new(at(0));
    let limiter = InProcessLimiter::new(Arc::new(clock.clone()));
    let limits = vec![("a".to_owned(), Limit { calls: 1, per: Duration::from_secs(1) })];
    let buckets = Buckets { limits };
    assert_eq!(limiter.take(&buckets).await.unwrap(), Ok(()));
    clock.advance(Duration::from_mins(4));
    assert!(limiter.take(&buckets).await.unwrap().is_err(), "it may still be under way");
    clock.advance(Duration::from_mins(2));
    let Err(wait) = limiter.take(&buckets).await.unwrap() else { panic!("it counts as over from now on") };
    clock.advance(wait);
    assert_eq!(limiter.take(&buckets).await.unwrap(), Ok(()));
}

#[tokio::test]
async fn a_call_that_was_not_sent_does_not_count() {
    let limiter = InProcessLimiter::new(Arc::new(ManualClock::new(at(0))));
    let limits = vec![("a".to_owned(), Limit { calls: 1, per: Duration::from_secs(1) })];
    let buckets = Buckets { limits };
    assert_eq!(limiter.take(&buckets).await.unwrap(), Ok(()));
    limiter.give_back(&buckets).await.unwrap();
    assert_eq!(limiter.take(&buckets).await.unwrap(), Ok(()));
    // One that nobody let in is counted afterwards.
    limiter.over(&buckets).await.unwrap();
    limiter.over(&buckets).await.unwrap();
    assert!(limiter.take(&buckets).await.unwrap().is_err());
}
