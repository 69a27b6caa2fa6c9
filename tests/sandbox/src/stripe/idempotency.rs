//! `Idempotency-Key`: the first outcome of a key, kept and given again (fact sheet, "Idempotency").

use std::collections::HashMap;

use super::refusal::Refusal;
use crate::kit::answer::Answer;

/// Characters a key may have.
const LONGEST: usize = 255;

/// A key in its account and mode.
pub(crate) type KeyId = (String, bool, String);

/// What a request with a key asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    /// Method and path.
    pub(crate) endpoint: String,
    /// Canonical parameters.
    pub(crate) params: String,
}

struct Entry {
    question: Question,
    /// The first outcome; `None` while it is not known.
    kept: Option<(Answer, String)>,
    running: bool,
    since_ms: i64,
}

/// What is known of a key.
pub(crate) enum Seen {
    /// Nothing: the request may run, and is marked as running.
    New,
    /// The first outcome, and the id of the request it belongs to.
    Again(Answer, String),
    /// It cannot be used now, or not for this.
    No(Refusal),
}

/// The keys of all accounts.
pub(crate) struct Keys {
    entries: HashMap<KeyId, Entry>,
    ttl_ms: i64,
}

impl Keys {
    pub(crate) fn new(ttl_ms: i64) -> Self {
        Self { entries: HashMap::new(), ttl_ms }
    }

    /// Whether a key may be used at all.
    pub(crate) fn check(key: &str) -> Result<(), Refusal> {
        if key.chars().count() <= LONGEST {
            return Ok(());
        }
        let message = format!("Idempotency keys must be at most {LONGEST} characters long.");
        Err(Refusal::invalid("", "", message))
    }

    /// Looks a key up, and begins it when it is new.
    pub(crate) fn begin(&mut self, id: &KeyId, question: &Question, now_ms: i64) -> Seen {
        let ttl_ms = self.ttl_ms;
        self.entries.retain(|_, entry| entry.running || entry.since_ms > now_ms - ttl_ms);
        let Some(entry) = self.entries.get(id) else {
            let question = question.clone();
            let entry = Entry { question, kept: None, running: true, since_ms: now_ms };
            self.entries.insert(id.clone(), entry);
            return Seen::New;
        };
        if entry.question != *question {
            let same_endpoint = entry.question.endpoint == question.endpoint;
            return Seen::No(Refusal::other_request(&id.2, same_endpoint));
        }
        match &entry.kept {
            Some((answer, request)) if !entry.running => Seen::Again(answer.clone(), request.clone()),
            _ => Seen::No(Refusal::in_progress(&id.2)),
        }
    }

    /// Keeps the outcome of a running key, in place of an earlier one.
    pub(crate) fn keep(&mut self, id: &KeyId, answer: Answer, request: &str) {
        if let Some(entry) = self.entries.get_mut(id) {
            entry.kept = Some((answer, request.to_owned()));
        }
    }

    /// The request of a key has ended; a key without outcome is free again.
    pub(crate) fn end(&mut self, id: &KeyId) {
        if let Some(entry) = self.entries.get_mut(id) {
            entry.running = false;
            if entry.kept.is_none() {
                self.entries.remove(id);
            }
        }
    }
}
