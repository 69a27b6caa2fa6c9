use std::time::Duration;

use application::ports::wakeups::Wakeups;
use futures::FutureExt;

use super::InProcessWakeups;

const LONG: Duration = Duration::from_hours(1);

#[tokio::test]
async fn a_waiter_returns_at_the_next_hint_of_its_topic() {
    let wakeups = InProcessWakeups::new(LONG);
    let waiter = wakeups.clone();
    let mut wait = waiter.wait("log");
    assert!((&mut wait).now_or_never().is_none());
    wakeups.notify("jobs");
    assert!((&mut wait).now_or_never().is_none());
    wakeups.notify("log");
    wait.await;
}

#[tokio::test]
async fn a_hint_given_while_a_waiter_works_is_not_lost_and_counts_once() {
    let wakeups = InProcessWakeups::new(LONG);
    let (one, two) = (wakeups.clone(), wakeups.clone());
    wakeups.notify("log");
    wakeups.notify("log");
    one.wait("log").await;
    two.wait("log").await;
    assert!(one.wait("log").now_or_never().is_none());
    wakeups.notify("log");
    one.wait("log").await;
}

#[tokio::test]
async fn a_waiter_looks_again_after_the_poll_interval() {
    InProcessWakeups::new(Duration::from_millis(5)).wait("log").await;
}
