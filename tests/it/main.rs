//! One integration binary: every contract, process and journey.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod connectors;
mod contracts;
mod engine;
mod golden_events;
mod projections;
mod stress_event_log;
