//! Rate limits: the calls under way and a log of the last window's per bucket, so that no window ever holds more
//! than allowed.

mod bucket;
mod in_process;
#[cfg(test)]
mod tests;

pub use in_process::InProcessLimiter;
