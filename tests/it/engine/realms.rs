//! Many realms with limits of their own, two of them with far more to do than the others: each gets what its provider
//! allows, in its turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use sandbox::crowd::Clock;
use tests::hub::Setting;
use tests::realms::{Scene, Terms};

/// The clock is moved on in steps of this.
const STEP: Duration = Duration::from_millis(100);
/// How long they work.
const STEPS: u32 = 260;

fn terms(key: &str, (calls, seconds, concurrency): (u32, u64, u32), (realms, work): (usize, usize)) -> Terms {
    Terms { key: key.to_owned(), calls, per: Duration::from_secs(seconds), concurrency, realms, work }
}

#[tokio::test]
async fn every_realm_gets_what_its_limit_allows_whoever_floods() {
    let folder = tempfile::tempdir().unwrap();
    let now = Arc::new(AtomicI64::new(0));
    let read = Arc::clone(&now);
    let clock = Clock::new(move || read.load(Ordering::SeqCst));
    let crowds = [
        terms("alder", (6, 4, 2), (10, 20)),
        terms("birch", (5, 5, 1), (10, 20)),
        // Two with more than they will ever be through with here.
        terms("cedar", (30, 6, 8), (2, 400)),
    ];
    let setting = Setting::embedded(folder.path());
    let scene = Scene::build(folder.path(), setting, &crowds, (clock, 0..0)).await.unwrap();
    for _ in 0..STEPS {
        scene.worker.drain().await.unwrap();
        scene.react().await.unwrap();
        scene.hub.tick(STEP).unwrap();
        now.fetch_add(i64::try_from(STEP.as_micros()).unwrap(), Ordering::SeqCst);
    }
    let verdict = scene.verdict();
    assert_eq!((verdict.refused, verdict.twice), (0, 0), "{verdict:?}");
    assert_eq!(verdict.judged, 22, "{verdict:?}");
    assert!(verdict.least.0 >= 0.95, "{verdict:?}");
    assert!(verdict.rounds <= 1, "{verdict:?}");
    assert!(verdict.over_at_once <= 0, "{verdict:?}");
    for crowd in &scene.crowds[..2] {
        for (realm, calls) in crowd.sandbox.calls() {
            // The connection test was a call too.
            assert_eq!(calls, 21, "{} {realm} is through", crowd.terms.key);
        }
    }
}
