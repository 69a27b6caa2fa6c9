//! Many realms of several providers, each with limits of its own, all with work at the same time: whether every one gets
//! what its provider allows, and nobody more. Used by a test with a clock moved by hand and by a benchmark in real time.

mod scene;
mod trace;
mod verdict;

pub use scene::{Crowded, Scene, Terms};
pub use trace::{Served, TracedQueue};
pub use verdict::Verdict;
