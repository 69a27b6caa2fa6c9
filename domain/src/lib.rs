//! The facts and rules of Headwater: aggregates, their events, and the pure functions that compare, map and merge records.
//!
//! This crate knows no clock, no randomness, no input or output and no async; it imports no other crate of ours.
//! Start reading at [`sync_record::events`].

pub mod aggregate;
pub mod catalogue;
pub mod claim;
pub mod digest;
pub mod event;
pub mod expression;
pub mod fields;
pub mod ids;
pub mod integration;
pub mod local_record;
pub mod metadata;
pub mod money;
pub mod project;
pub mod stream;
pub mod submission;
pub mod sync_config;
pub mod sync_record;
pub mod sync_run;
pub mod testing;
pub mod validation;
pub mod value;
pub mod webhook_delivery;
pub mod webhook_endpoint;
