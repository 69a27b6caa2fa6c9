//! Time: the system's, and one that tests move by hand.

mod manual;
mod system;

pub use manual::ManualClock;
pub use system::SystemClock;

#[cfg(test)]
mod tests;
