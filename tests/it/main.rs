//! One integration binary: every contract, process and journey.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod api;
mod bad_input;
mod check_live;
mod cli;
mod connectors;
mod contracts;
mod demo;
mod engine;
mod golden_events;
mod journey;
mod misbehaving;
mod openapi;
mod outgoing_webhooks;
mod own_connectors;
mod projections;
mod providers;
mod rules_before_sending;
mod stress_event_log;
mod tidy;
mod webhook_renewal;
