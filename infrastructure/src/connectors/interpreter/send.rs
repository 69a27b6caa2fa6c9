//! Sending a prepared call, and what became of each of its items.

use application::ports::connector::{CallError, PreparedCall, WriteOutcome};
use application::ports::limiter::Buckets;
use chrono::{DateTime, Utc};
use domain::value::ErrorClass;
use serde_json::value::RawValue;

use super::answer::{Good, Refusal, refusal};
use super::call::{Call, refused};
use super::connection::ManifestConnection;
use super::find::found;
use super::pluck::{items, pluck, scalar};
use super::records::record;
use crate::connectors::manifest::{Batch, Effect, Entity, Place};

type Outcomes = Vec<(String, WriteOutcome)>;

impl ManifestConnection {
    /// Sends once. Every item gets an outcome.
    pub(super) async fn outcomes(&self, prepared: &PreparedCall, before: DateTime<Utc>) -> Outcomes {
        if let Err(error) = self.admit_batch(prepared).await {
            return all(prepared, &WriteOutcome::Rejected(error));
        }
        let sent = match method(&prepared.method) {
            Some(method) => self.exchange(&wired(prepared, method), Some(before)).await,
            None => Err(Refusal::harmless(refused(ErrorClass::Mapping, "the method of the call is unknown"))),
        };
        match sent {
            Err(refusal) => all(prepared, &outcome(refusal)),
            Ok(good) => self.read_outcomes(prepared, &good),
        }
    }

    /// A batch call counts against limits of its own.
    async fn admit_batch(&self, prepared: &PreparedCall) -> Result<(), CallError> {
        let limits: Vec<_> = self.further(true).collect();
        if !prepared.batch || limits.is_empty() {
            return Ok(());
        }
        let wait = match self.services.limiter.take(&Buckets { limits }).await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(wait)) => wait,
            Err(_) => std::time::Duration::from_secs(1),
        };
        let error = refused(ErrorClass::RateLimited, "the limit of batch calls is reached: nothing was sent");
        Err(CallError { retry_after: Some(wait), ..error })
    }

    fn read_outcomes(&self, prepared: &PreparedCall, good: &Good) -> Outcomes {
        let manifest = self.manifest();
        match (manifest.entities.get(&prepared.entity), &manifest.batch) {
            (None, _) => all(prepared, &unknown("the manifest no longer has the entity of this call")),
            (Some(entity), Some(batch)) if prepared.batch => {
                self.per_item(prepared, (entity, batch), &good.text)
            }
            (Some(entity), _) => all(prepared, &single(entity, prepared, good)),
        }
    }

    fn per_item(&self, prepared: &PreparedCall, (entity, batch): (&Entity, &Batch), text: &str) -> Outcomes {
        let answers = match items(text, &batch.answers) {
            Ok(answers) => answers,
            Err(error) => return all(prepared, &outcome(Refusal::unreadable(error))),
        };
        let named: Vec<(String, &RawValue)> =
            answers.iter().filter_map(|raw| Some((name_of(raw, &batch.item_id)?, *raw))).collect();
        let outcome_of = |number: u32| match named.iter().find(|(name, _)| *name == number.to_string()) {
            Some((_, raw)) => self.item(prepared, entity, raw.get()),
            None => unknown("the answer says nothing about this item"),
        };
        (1..).zip(&prepared.items).map(|(number, item)| (item.clone(), outcome_of(number))).collect()
    }

    fn item(&self, prepared: &PreparedCall, entity: &Entity, text: &str) -> WriteOutcome {
        let manifest = self.manifest();
        let Some(member) = place(&prepared.entity) else { return unknown("the answer has no record") };
        match pluck(text, [manifest.answers.error.as_ref(), Some(&member)]) {
            Ok([Some(_), _]) => outcome(refusal(manifest, None, text, &[])),
            Ok([None, Some(raw)]) => WriteOutcome::Confirmed { record: record(entity, raw).ok() },
            Ok([None, None]) => unknown("the answer has no record"),
            Err(error) => outcome(Refusal::unreadable(error)),
        }
    }
}

fn wired(prepared: &PreparedCall, method: &'static str) -> Call {
    Call {
        method,
        path: prepared.path.clone(),
        headers: prepared.headers.clone(),
        body: prepared.body.clone(),
    }
}

fn method(name: &str) -> Option<&'static str> {
    ["POST", "PUT", "PATCH", "DELETE", "GET"].into_iter().find(|method| *method == name)
}

fn single(entity: &Entity, prepared: &PreparedCall, good: &Good) -> WriteOutcome {
    let Some(rule) = entity.write(prepared.operation) else {
        return unknown("the manifest no longer has the operation of this call");
    };
    if !rule.answers_record || good.bare {
        return WriteOutcome::Confirmed { record: None };
    }
    match found(entity, &good.text, rule.record.as_ref()) {
        Ok(record) => WriteOutcome::Confirmed { record: Some(record) },
        Err(error) => unknown(&error.message),
    }
}

fn name_of(raw: &RawValue, member: &str) -> Option<String> {
    let [name] = pluck(raw.get(), [Some(&place(member)?)]).ok()?;
    name.and_then(scalar).map(std::borrow::Cow::into_owned)
}

fn place(member: &str) -> Option<Place> {
    domain::sync_config::field_path::FieldPath::parse(member).ok().map(Place)
}

fn outcome(refusal: Refusal) -> WriteOutcome {
    match refusal.effect {
        Effect::None => WriteOutcome::Rejected(refusal.error),
        Effect::Unknown => WriteOutcome::Unknown { reason: refusal.error.message },
    }
}

fn unknown(reason: &str) -> WriteOutcome {
    WriteOutcome::Unknown { reason: reason.to_owned() }
}

fn all(prepared: &PreparedCall, outcome: &WriteOutcome) -> Outcomes {
    prepared.items.iter().map(|item| (item.clone(), outcome.clone())).collect()
}
