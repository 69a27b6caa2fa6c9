//! One integration binary: every contract, process and journey.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod contracts;
mod golden_events;
mod stress_event_log;
