//! Processes that die at a named point.

use std::sync::atomic::{AtomicU64, Ordering};

/// This process aborts when it passes the failpoint for the `nth` time, from 1.
pub fn die_at(point: &str, nth: u64) {
    let passed = AtomicU64::new(0);
    let scenario = fail::FailScenario::setup();
    fail::cfg_callback(point, move || {
        if passed.fetch_add(1, Ordering::SeqCst) + 1 == nth {
            std::process::abort();
        }
    })
    .expect("a callback is a valid action");
    // Its end would take the callback away.
    std::mem::forget(scenario);
}
