//! Outbound sync: a local change becomes a job; an intent without outcome becomes a look-up; a wait ends when what it
//! waits for is linked.
//!
//! 1. A local record is put or deleted → `push_record` for every live config of its entity that sends and is triggered.
//! 2. A write begins → remembered until its outcome; woken after `recover_after` → `recover_write`.
//! 3. A record waits → remembered by what it waits for, and looked at once more, because that may just have come.
//! 4. A record is linked → `push_record` for everything that waits for it.
//! 5. A decision, a retry or a partial inbound change leaves something to send → `push_record`.

mod manager;
mod reactions;
#[cfg(test)]
mod tests;

pub use manager::OutboundSync;
