//! What an integration decides, by subject.

mod connection;
mod create;
mod health;
mod mappings;
mod switch;
mod webhooks;

pub use health::{AUTH_FAILURES_TO_EXPIRE, FAILURES_TO_ERROR};

use super::error::IntegrationError;
use super::events::IntegrationEvent;

/// What a command leads to.
type Decision = Result<Vec<IntegrationEvent>, IntegrationError>;

/// What came from outside into a message that is kept: short enough for the log.
fn shortened(message: &str) -> String {
    message.chars().filter(|c| !c.is_control()).take(500).collect()
}
