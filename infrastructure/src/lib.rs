//! Adapters: databases, the event log, the vault, outside calls and connectors, behind the ports of `application`.

pub mod blob_store;
pub mod checkpoints;
pub mod clock;
pub mod connectors;
pub mod credentials;
pub mod database;
pub mod deliveries;
pub mod event_log;
pub mod http;
pub mod id_generator;
pub mod job_queue;
pub mod limiter;
mod micros;
pub mod oauth_attempts;
pub mod read_store;
mod shared_look;
mod unguarded;
pub mod vault;
pub mod wakeups;
pub mod webhook_rejections;
pub mod webhook_sender;
