//! The process is killed at every named point of its work, started again, and ends as if nothing had happened: the same
//! at the provider and on our side (ids, positions, times, attempts and tokens aside).

mod connecting;
mod hub_process;
mod quickbooks;
mod rest;

/// Points of sending.
const OUTBOUND: [&str; 6] =
    ["after_blob", "after_intent", "before_call", "after_call", "before_outcome", "after_outcome"];
/// Points of taking what was read.
const INBOUND: [&str; 2] = ["before_page", "after_page"];
