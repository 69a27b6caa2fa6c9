use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use application::ports::clock::Clock;
use application::ports::limiter::{Buckets, Limit, Limiter};
use chrono::{DateTime, Utc};
use futures::FutureExt;

use super::InProcessLimiter;
use crate::clock::ManualClock;

const WINDOW: Duration = Duration::from_mins(1);

fn limiter() -> (InProcessLimiter, ManualClock) {
    let clock = ManualClock::new(DateTime::from_timestamp(1_795_262_400, 0).unwrap());
    (InProcessLimiter::new(Arc::new(clock.clone())), clock)
}

fn one(calls: u32) -> Buckets {
    Buckets { limits: vec![("a".to_owned(), Limit { calls, per: WINDOW })] }
}

fn take(limiter: &InProcessLimiter, buckets: &Buckets) -> Result<(), Duration> {
    let taken = limiter.take(buckets).now_or_never().unwrap().unwrap();
    if taken.is_ok() {
        limiter.over(buckets).now_or_never().unwrap().unwrap();
    }
    taken
}

#[test]
fn the_wait_told_is_exactly_until_the_next_free_call() {
    let (limiter, clock) = limiter();
    assert_eq!(take(&limiter, &one(2)), Ok(()));
    clock.advance(Duration::from_secs(10));
    assert_eq!(take(&limiter, &one(2)), Ok(()));
    let wait = take(&limiter, &one(2)).unwrap_err();
    assert_eq!(wait, Duration::from_secs(50) + Duration::from_micros(1));
    clock.advance(Duration::from_secs(50));
    assert_eq!(take(&limiter, &one(2)), Err(Duration::from_micros(1)));
    clock.advance(Duration::from_micros(1));
    assert_eq!(take(&limiter, &one(2)), Ok(()));
    assert!(take(&limiter, &one(2)).is_err());
}

#[test]
fn a_limit_that_was_lowered_or_is_nothing_holds_at_once() {
    let (limiter, clock) = limiter();
    for _ in 0..5 {
        take(&limiter, &one(5)).unwrap();
        clock.advance(Duration::from_secs(1));
    }
    // Four of the five must leave the window before a limit of two has room.
    assert_eq!(take(&limiter, &one(2)), Err(Duration::from_secs(58) + Duration::from_micros(1)));
    assert_eq!(take(&limiter, &one(0)), Err(WINDOW + Duration::from_micros(1)));
}

struct SetByHand(AtomicI64);

#[async_trait::async_trait]
impl Clock for SetByHand {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0.load(Ordering::Relaxed), 0).unwrap()
    }

    async fn sleep_until(&self, _: DateTime<Utc>) {
        panic!("nobody sleeps here");
    }
}

#[test]
fn a_clock_that_is_set_back_neither_blocks_nor_opens_the_limit() {
    let clock = Arc::new(SetByHand(AtomicI64::new(10_000)));
    let limiter = InProcessLimiter::new(Arc::clone(&clock) as Arc<dyn Clock>);
    take(&limiter, &one(1)).unwrap();
    clock.0.store(5_000, Ordering::Relaxed);
    assert!(take(&limiter, &one(1)).is_err());
    clock.0.store(5_061, Ordering::Relaxed);
    assert_eq!(take(&limiter, &one(1)), Ok(()));
}
