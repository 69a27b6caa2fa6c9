//! One integration binary: every contract, process and journey.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod api;
mod bad_input;
mod cli;
mod connectors;
mod contracts;
mod demo;
mod engine;
mod golden_events;
mod journey;
mod openapi;
mod outgoing_webhooks;
mod projections;
mod providers;
mod stress_event_log;
mod tidy;
