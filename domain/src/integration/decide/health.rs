//! Changes of health. Calls that only repeat what is known are counted outside the log.

use super::shortened;
use crate::integration::aggregate::Integration;
use crate::integration::commands::Health;
use crate::integration::events::{ConnectionExpired, HealthFailed, HealthRecovered, IntegrationEvent};
use crate::value::Connection;

/// Refused credentials in a row until a connection counts as expired: one may be a refresh that crossed the call.
pub const AUTH_FAILURES_TO_EXPIRE: u32 = 3;

/// Other failures in a row until a connection counts as in error: a provider hiccups.
pub const FAILURES_TO_ERROR: u32 = 5;

impl Integration {
    /// Never refused: the call it reports may have begun before the state changed.
    pub(super) fn record_health(&self, health: Health) -> Vec<IntegrationEvent> {
        let live = matches!(self.connection, Connection::Connected | Connection::Error);
        match health {
            Health::Ok if self.connection == Connection::Error => vec![HealthRecovered {}.into()],
            Health::AuthFailure { consecutive, message }
                if live && consecutive >= AUTH_FAILURES_TO_EXPIRE =>
            {
                vec![ConnectionExpired { reason: shortened(&message) }.into()]
            }
            Health::Failure { consecutive, class, message }
                if self.connection == Connection::Connected && consecutive >= FAILURES_TO_ERROR =>
            {
                vec![HealthFailed { class, message: shortened(&message), consecutive }.into()]
            }
            Health::Ok | Health::AuthFailure { .. } | Health::Failure { .. } => Vec::new(),
        }
    }
}
