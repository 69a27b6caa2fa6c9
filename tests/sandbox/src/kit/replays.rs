//! Answers kept for idempotency keys.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher as _};

use super::answer::Answer;

/// What an idempotency key meets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Nothing is kept under it, or not any more.
    New,
    /// The same request: this was the first answer.
    Same(Answer),
    /// Another request used it; its answer.
    Other(Answer),
}

/// Answers by key, each for a while. Hold the lock over look-up, write and keeping, so that two
/// equal requests at once write once.
#[derive(Debug)]
pub struct Replays {
    keep_ms: i64,
    kept: HashMap<String, Kept>,
}

#[derive(Debug)]
struct Kept {
    question: u64,
    answer: Answer,
    until_ms: i64,
}

impl Replays {
    /// Keeps each answer for `keep_ms`.
    pub fn new(keep_ms: i64) -> Self {
        Self { keep_ms, kept: HashMap::new() }
    }

    /// What is kept under `key` for a request with this [`question`].
    pub fn look(&self, key: &str, question: u64, now_ms: i64) -> Seen {
        match self.kept.get(key).filter(|kept| kept.until_ms > now_ms) {
            None => Seen::New,
            Some(kept) if kept.question == question => Seen::Same(kept.answer.clone()),
            Some(kept) => Seen::Other(kept.answer.clone()),
        }
    }

    /// Keeps an answer.
    pub fn keep(&mut self, key: &str, question: u64, answer: Answer, now_ms: i64) {
        let until_ms = now_ms.saturating_add(self.keep_ms);
        self.kept.insert(key.to_owned(), Kept { question, answer, until_ms });
    }
}

/// What makes two requests the same: anything that hashes, such as `(method, path, body)`.
pub fn question(parts: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    hasher.finish()
}
