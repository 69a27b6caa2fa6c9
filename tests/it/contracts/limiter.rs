//! The promises of the limiter.

use std::sync::Arc;
use std::time::Duration;

use application::ports::clock::Clock;
use application::ports::limiter::{Buckets, Limit, Limiter};
use chrono::{DateTime, Utc};
use infrastructure::clock::ManualClock;
use infrastructure::limiter::InProcessLimiter;
use proptest::prelude::*;

fn clock() -> ManualClock {
    ManualClock::new(DateTime::from_timestamp(1_795_262_400, 0).unwrap())
}

fn limiter(clock: &ManualClock) -> Arc<dyn Limiter> {
    Arc::new(InProcessLimiter::new(Arc::new(clock.clone())))
}

fn buckets(limits: &[(&str, u32, u64)]) -> Buckets {
    let bucket = |(key, calls, millis): &(&str, u32, u64)| {
        ((*key).to_owned(), Limit { calls: *calls, per: Duration::from_millis(*millis) })
    };
    Buckets { limits: limits.iter().map(bucket).collect() }
}

/// The most calls that any window of this length holds, both ends included.
fn densest(calls: &[DateTime<Utc>], window: Duration) -> usize {
    let within =
        |from: &DateTime<Utc>| calls.iter().filter(|at| *at >= from && **at <= *from + window).count();
    calls.iter().map(within).max().unwrap_or_default()
}

/// A call that is over as soon as it is let in.
async fn at_once(limiter: &Arc<dyn Limiter>, limit: &Buckets) -> Result<(), Duration> {
    let taken = limiter.take(limit).await.unwrap();
    if taken.is_ok() {
        limiter.over(limit).await.unwrap();
    }
    taken
}

/// Callers come after pauses of these lengths (microseconds) and wait as long as they are told, if `patient`.
async fn calls(limit: &Buckets, pauses: &[u64], patient: bool) -> Vec<DateTime<Utc>> {
    let clock = clock();
    let limiter = limiter(&clock);
    let mut made = Vec::new();
    for pause in pauses {
        clock.advance(Duration::from_micros(*pause));
        match at_once(&limiter, limit).await {
            Ok(()) => made.push(clock.now()),
            Err(wait) if patient => {
                clock.advance(wait);
                assert_eq!(at_once(&limiter, limit).await, Ok(()), "a wait that was told suffices");
                made.push(clock.now());
            }
            Err(_) => {}
        }
    }
    made
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_window_ever_holds_more_calls_than_allowed(
        limit in 1_u32..12,
        window in 1_u64..50,
        pauses in prop::collection::vec(0_u64..20_000, 1..200),
        patient: bool,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let made = runtime.block_on(calls(&buckets(&[("a", limit, window)]), &pauses, patient));
        prop_assert!(densest(&made, Duration::from_millis(window)) <= limit as usize);
        prop_assert!(!patient || made.len() == pauses.len());
    }

    #[test]
    fn two_limits_of_one_call_both_hold(
        small in 1_u32..4,
        large in 4_u32..12,
        pauses in prop::collection::vec(0_u64..9_000, 1..200),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let made = runtime.block_on(calls(&buckets(&[("a", small, 5), ("b", large, 40)]), &pauses, true));
        prop_assert!(densest(&made, Duration::from_millis(5)) <= small as usize);
        prop_assert!(densest(&made, Duration::from_millis(40)) <= large as usize);
    }
}

#[tokio::test]
async fn a_large_limit_holds_too_and_is_used_to_the_full() {
    // Logged in steps: 60,000 a minute, for three minutes, from callers without patience.
    let limit = buckets(&[("a", 60_000, 60_000)]);
    let pauses = vec![900; 200_000];
    let made = calls(&limit, &pauses, false).await;
    let mut start = 0;
    for (end, at) in made.iter().enumerate() {
        while made[start] + Duration::from_mins(1) < *at {
            start += 1;
        }
        assert!(end - start < 60_000);
    }
    assert!(made.len() > 3 * 59_900, "{}", made.len());
}

#[tokio::test]
async fn a_call_that_one_bucket_refuses_counts_against_none() {
    let clock = clock();
    let limiter = limiter(&clock);
    let (narrow, wide) = (buckets(&[("a", 1, 1_000), ("b", 2, 1_000)]), buckets(&[("b", 2, 1_000)]));
    assert_eq!(limiter.take(&narrow).await.unwrap(), Ok(()));
    assert!(limiter.take(&narrow).await.unwrap().is_err());
    assert!(limiter.take(&narrow).await.unwrap().is_err());
    assert_eq!(limiter.take(&wide).await.unwrap(), Ok(()));
    assert!(limiter.take(&wide).await.unwrap().is_err());
    assert_eq!(limiter.take(&Buckets { limits: Vec::new() }).await.unwrap(), Ok(()));
}

#[tokio::test]
async fn a_paused_bucket_sends_nothing_until_its_time_and_a_shorter_pause_does_not_end_it() {
    let clock = clock();
    let limiter = limiter(&clock);
    let limit = buckets(&[("a", 100, 1_000)]);
    limiter.pause("a", Duration::from_secs(30)).await.unwrap();
    limiter.pause("a", Duration::from_secs(1)).await.unwrap();
    assert_eq!(limiter.take(&limit).await.unwrap(), Err(Duration::from_secs(30)));
    assert_eq!(limiter.take(&buckets(&[("b", 100, 1_000)])).await.unwrap(), Ok(()));
    clock.advance(Duration::from_secs(30));
    assert_eq!(limiter.take(&limit).await.unwrap(), Ok(()));
}

#[tokio::test]
async fn callers_at_the_same_time_share_one_limit() {
    let limiter = limiter(&clock());
    let callers = (0..50).map(|_| {
        let limiter = Arc::clone(&limiter);
        tokio::spawn(async move { limiter.take(&buckets(&[("a", 20, 1_000)])).await.unwrap().is_ok() })
    });
    let free = futures::future::join_all(callers).await;
    assert_eq!(free.into_iter().filter(|free| *free.as_ref().unwrap()).count(), 20);
}
