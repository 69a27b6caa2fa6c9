//! Inbound sync: runs and webhooks become jobs; cursors and schedules are remembered.
//!
//! 1. An integration is connected and enabled, or a config is created or enabled → one full run per direction.
//! 2. A run starts → `pull_page` (or `push_page` for outbound runs) until it ends.
//! 3. A run ends or finds nothing → its cursor is remembered; the next incremental run begins there.
//! 4. A config has a schedule → remembered; woken at its time → an incremental run.
//! 5. A webhook is received → `process_webhook`.

mod manager;
pub(crate) mod reactions;
#[cfg(test)]
mod tests;

pub use manager::InboundSync;

/// Its name; also where cursors are found.
pub const NAME: &str = "inbound_sync";
