//! Ids and randomness: the system's, and a repeatable one for tests.

mod seeded;
mod system;

pub use seeded::SeededIds;
pub use system::SystemIds;

#[cfg(test)]
mod tests;
