use std::time::Duration;

use application::ports::clock::Clock;
use chrono::{DateTime, Utc};
use futures::FutureExt;

use super::{ManualClock, SystemClock};

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

#[tokio::test]
async fn a_sleeper_wakes_when_its_time_is_reached_and_not_before() {
    let clock = ManualClock::new(start());
    let mut sleep = clock.sleep_until(start() + Duration::from_secs(10));
    assert!((&mut sleep).now_or_never().is_none());
    clock.advance(Duration::from_secs(9));
    assert!((&mut sleep).now_or_never().is_none());
    clock.advance(Duration::from_secs(1));
    sleep.await;
    assert_eq!(clock.now(), start() + Duration::from_secs(10));
}

#[tokio::test]
async fn the_clock_jumps_to_the_next_sleeper_and_forgets_those_that_gave_up() {
    let clock = ManualClock::new(start());
    assert_eq!(clock.advance_to_next_sleeper(), None);
    let mut far = clock.sleep_until(start() + Duration::from_mins(1));
    assert!((&mut far).now_or_never().is_none());
    let mut near = clock.sleep_until(start() + Duration::from_secs(5));
    assert!((&mut near).now_or_never().is_none());
    drop(near);
    assert_eq!(clock.advance_to_next_sleeper(), Some(start() + Duration::from_mins(1)));
    far.await;
    assert_eq!(clock.next_sleeper(), None);
}

#[tokio::test]
async fn a_time_in_the_past_is_no_sleep() {
    let clock = ManualClock::new(start());
    clock.sleep_until(start() - Duration::from_secs(1)).await;
    clock.advance_to(start() - Duration::from_secs(1));
    assert_eq!(clock.now(), start());
    SystemClock.sleep_until(SystemClock.now()).await;
}

#[tokio::test]
async fn the_systems_clock_sleeps_until_the_time_is_there() {
    let at = SystemClock.now() + Duration::from_millis(20);
    SystemClock.sleep_until(at).await;
    assert!(SystemClock.now() >= at);
}
