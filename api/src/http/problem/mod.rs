//! Refusals as RFC 9457 problems: a stable type, a sentence that says what to do, the field concerned.

mod body;
mod call;
mod declined;
mod integration;
mod local_record;
mod port;
mod project;
mod render;
mod submission;
mod sync_config;
mod sync_record;
mod sync_run;
mod webhook;
mod webhook_endpoint;

pub(crate) use body::{FieldError, NextStep, Problem, ProblemBody};
pub(in crate::http) use port::{SEEN, reused};
pub(crate) use render::render;
pub(in crate::http) use webhook::code as rejection_code;
