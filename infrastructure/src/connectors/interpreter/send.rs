//! Sending a prepared call, and what became of each of its items.

use application::ports::connector::{CallError, ItemFacts, PreparedCall, RemoteRecord, WriteOutcome};
use chrono::{DateTime, Utc};
use domain::value::{ErrorClass, Operation};

use super::answer::{Good, Refusal, text_at};
use super::call::{Call, Reading, refused};
use super::connection::ManifestConnection;
use super::find::place_in;
use super::read::unreadable;
use super::records::record;
use crate::connectors::manifest::{Effect, Entity, Shows, Write};

mod items;

type Outcomes = Vec<(String, WriteOutcome)>;

/// How often a record is asked for after the write that made it.
const READ_BACKS: u32 = 3;

impl ManifestConnection {
    /// Sends once. Every item gets an outcome.
    pub(super) async fn outcomes(&self, prepared: &PreparedCall, before: DateTime<Utc>) -> Outcomes {
        let (entity, write) = match self.sendable(prepared).await {
            Ok(found) => found,
            Err(outcomes) => {
                self.unsent().await;
                return outcomes;
            }
        };
        let sent = match method(&prepared.method) {
            Some(method) => {
                self.exchange(&wired(prepared, method, Reading::of(&write.request)), Some(before)).await
            }
            None => Err(Refusal::harmless(refused(ErrorClass::Mapping, "the method of the call is unknown"))),
        };
        if prepared.batch {
            self.batch_over().await;
        }
        let mixed = self.manifest().batch.as_ref();
        match (sent, write.batch.as_ref().or(mixed)) {
            (Err(refusal), _) => all(prepared, &outcome(refusal)),
            (Ok(good), Some(batch)) if prepared.batch => {
                let shown = self.per_item(prepared, (entity, batch), &good.text);
                self.with_records(prepared, write, shown).await
            }
            (Ok(good), _) => {
                let shown = vec![self.single((entity, write), prepared, &good)];
                self.with_records(prepared, write, shown).await
            }
        }
    }

    /// What a call is made by; the outcomes of one that is not to be sent.
    async fn sendable(&self, prepared: &PreparedCall) -> Result<(&Entity, &Write), Outcomes> {
        let Some(entity) = self.manifest().entities.get(&prepared.entity) else {
            return Err(all(prepared, &unsent("the manifest no longer has the entity of this call")));
        };
        let Some(write) = entity.write(prepared.operation) else {
            return Err(all(prepared, &unsent("the manifest no longer has the operation of this call")));
        };
        if write.guard
            && let Some(stale) = self.stale(prepared).await
        {
            return Err(stale);
        }
        if prepared.batch
            && let Err(error) = self.within_batches().await
        {
            return Err(all(prepared, &WriteOutcome::Rejected(error)));
        }
        Ok((entity, write))
    }

    /// The outcomes of a call whose records were changed since they were read; nothing is sent then.
    async fn stale(&self, prepared: &PreparedCall) -> Option<Outcomes> {
        let mut verdicts: Vec<Option<CallError>> = Vec::new();
        for facts in &prepared.facts {
            verdicts.push(self.guarded(&prepared.entity, facts).await.err());
        }
        if verdicts.iter().all(Option::is_none) {
            return None;
        }
        let other =
            refused(ErrorClass::Transient, "another record of the call was changed: nothing was sent");
        let outcome =
            |verdict: Option<CallError>| WriteOutcome::Rejected(verdict.unwrap_or_else(|| other.clone()));
        Some(prepared.items.iter().cloned().zip(verdicts.into_iter().map(outcome)).collect())
    }

    /// Whether a record is still as the write expects it.
    async fn guarded(&self, entity: &str, facts: &ItemFacts) -> Result<(), CallError> {
        let (Some(id), Some(version)) = (&facts.id, &facts.version_token) else { return Ok(()) };
        self.let_in().await?;
        match self.by_id(entity, id).await? {
            None => Err(refused(ErrorClass::NotFound, "the record is no longer there: nothing was sent")),
            Some(now) if now.version_token.as_ref() == Some(version) => Ok(()),
            Some(_) => {
                Err(refused(ErrorClass::StaleVersion, "the record was changed meanwhile: nothing was sent"))
            }
        }
    }

    /// What the answer to a call of one item shows.
    fn single(&self, (entity, write): (&Entity, &Write), prepared: &PreparedCall, good: &Good) -> Seen {
        let known = prepared.facts.first().and_then(|facts| facts.id.clone());
        match write.answers {
            Shows::Nothing => Seen::Done(known),
            Shows::Id => Seen::Done(shown_id(write, good).or(known)),
            Shows::Record if good.bare => Seen::Done(known),
            Shows::Record if good.text.is_empty() => Seen::Unknown("the answer is empty".to_owned()),
            Shows::Record => {
                let raw = match place_in(&good.text, write.record.as_ref()) {
                    Ok(Some(raw)) => raw,
                    Ok(None) => return Seen::Unknown("the answer does not show the record".to_owned()),
                    Err(error) => return Seen::Unknown(error.message),
                };
                match record(self.manifest(), entity, raw) {
                    Ok(record) => Seen::Record(Box::new(record)),
                    Err(error) => Seen::Unknown(unreadable(error).message),
                }
            }
        }
    }

    /// Reads the records that the answer does not show, where the manifest wants that.
    async fn with_records(&self, prepared: &PreparedCall, write: &Write, shown: Vec<Seen>) -> Outcomes {
        let mut outcomes = Vec::new();
        for (item, seen) in prepared.items.iter().zip(shown) {
            let outcome = match seen {
                Seen::Record(record) => WriteOutcome::Confirmed { record: Some(*record) },
                Seen::Refused(refusal) => outcome(refusal),
                Seen::Unknown(reason) => WriteOutcome::Unknown { reason },
                Seen::Done(id) if write.read_back => self.read_back(prepared, id).await,
                Seen::Done(_) => WriteOutcome::Confirmed { record: None },
            };
            outcomes.push((item.clone(), outcome));
        }
        outcomes
    }

    /// The record of a write that is done. A new record that cannot be read is as good as lost: it is looked up later.
    async fn read_back(&self, prepared: &PreparedCall, id: Option<String>) -> WriteOutcome {
        let creates = prepared.operation == Operation::Create;
        let Some(id) = id else {
            return unknown("the answer does not name the record");
        };
        let mut why = "it is not there".to_owned();
        for _ in 0..READ_BACKS {
            match self.once_back(&prepared.entity, &id).await {
                Ok(Some(record)) => return WriteOutcome::Confirmed { record: Some(record) },
                Ok(None) => {}
                Err(error) => why = error.message,
            }
        }
        if creates {
            unknown(&format!("the record `{id}` was made, but could not be read: {why}"))
        } else {
            WriteOutcome::Confirmed { record: None }
        }
    }

    async fn once_back(&self, entity: &str, id: &str) -> Result<Option<RemoteRecord>, CallError> {
        self.admitted().await?;
        self.by_id(entity, id).await
    }
}

/// What an answer shows of one item.
pub(super) enum Seen {
    /// The record.
    Record(Box<RemoteRecord>),
    /// That it is done; the id where it is known.
    Done(Option<String>),
    /// A refusal.
    Refused(Refusal),
    /// Nothing that can be relied on.
    Unknown(String),
}

/// The id in an answer: a member of it, or the last segment of a header.
fn shown_id(write: &Write, good: &Good) -> Option<String> {
    if let Some(place) = &write.id {
        return text_at(&good.text, place);
    }
    let header = good.headers.get(write.id_header.as_deref()?)?.to_str().ok()?;
    let path = header.split(['?', '#']).next()?.trim_end_matches('/');
    let last = path.rsplit('/').next()?;
    let id = percent_encoding::percent_decode_str(last).decode_utf8().ok()?;
    (!id.is_empty()).then(|| id.into_owned())
}

fn wired(prepared: &PreparedCall, method: &'static str, reading: Reading) -> Call {
    let limits = prepared.limits.clone();
    let reading = if prepared.batch { Reading { inner: None, ..reading } } else { reading };
    Call {
        method,
        path: prepared.path.clone(),
        headers: prepared.headers.clone(),
        body: prepared.body.clone(),
        auth: prepared.auth.clone(),
        limits,
        // Nothing there is no answer to a write.
        reading: Reading { empty_when: Vec::new(), ..reading },
    }
}

fn method(name: &str) -> Option<&'static str> {
    ["POST", "PUT", "PATCH", "DELETE", "GET"].into_iter().find(|method| *method == name)
}

pub(super) fn outcome(refusal: Refusal) -> WriteOutcome {
    match refusal.effect {
        Effect::None => WriteOutcome::Rejected(refusal.error),
        Effect::Unknown => WriteOutcome::Unknown { reason: refusal.error.message },
    }
}

fn unknown(reason: &str) -> WriteOutcome {
    WriteOutcome::Unknown { reason: reason.to_owned() }
}

/// Nothing was sent, because what the call was made for is no longer there.
fn unsent(reason: &str) -> WriteOutcome {
    WriteOutcome::Rejected(refused(ErrorClass::Mapping, format!("{reason}: nothing was sent")))
}

fn all(prepared: &PreparedCall, outcome: &WriteOutcome) -> Outcomes {
    prepared.items.iter().map(|item| (item.clone(), outcome.clone())).collect()
}
