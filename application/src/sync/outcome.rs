//! Records what became of calls: confirmed with what is stored now, rejected, or unknown until it is resolved.

use std::time::Duration;

use domain::fields::Fields;
use domain::integration::{Health, Integration, IntegrationCommand};
use domain::stream::{Kind, StreamId};
use domain::sync_record::canonical;
use domain::sync_record::contents::changes;
use domain::sync_record::events::{Confirmation, Observation, WriteRejected};
use domain::sync_record::{SyncRecordCommand as Command, SyncRecordError};
use domain::value::ErrorClass;
use serde_json::Value;

use super::context::Context;
use super::engine::Engine;
use super::outbound::{Pushed, Results, Sent, retry};
use super::pair::Pair;
use super::seen::Seen;
use crate::ports::Unavailable;
use crate::ports::connector::{CallError, RemoteRecord, WriteOutcome};

/// Rounds of load and decide before recovery is left to find the outcome.
const ROUNDS: usize = 5;

impl Engine {
    /// Records outcomes in one append; a pair that others changed meanwhile is loaded again.
    pub(super) async fn record(
        &self,
        context: &Context,
        mut outcomes: Vec<(Sent, WriteOutcome)>,
        results: &Results<'_>,
    ) -> Result<(), Unavailable> {
        for _ in 0..ROUNDS {
            if outcomes.is_empty() {
                return Ok(());
            }
            outcomes = self.record_once(context, outcomes, results).await?;
        }
        // The intents are durable: recovery resolves what could not be recorded.
        for (sent, _) in outcomes {
            results.tell(&sent.pair.local_id, retry(5, "the record is changed by many at once"));
        }
        Ok(())
    }

    async fn record_once(
        &self,
        context: &Context,
        outcomes: Vec<(Sent, WriteOutcome)>,
        results: &Results<'_>,
    ) -> Result<Vec<(Sent, WriteOutcome)>, Unavailable> {
        let mut units = Vec::new();
        let mut waiting = Vec::new();
        for (sent, outcome) in outcomes {
            let mut pair = sent.pair.clone();
            let id = pair.local_id.clone();
            let pushed = match self.decide_outcome(context, &mut pair, &sent.asked, &outcome).await {
                Ok(pushed) => pushed,
                Err(refusal) => {
                    // Somebody else resolved it first: a page, a webhook or a person.
                    tracing::debug!(local_id = id, %refusal, "outcome known already");
                    results.tell(&id, Pushed::Again(Duration::ZERO, refusal.to_string()));
                    continue;
                }
            };
            let mut unit = self.unit(context.organization, "outbound_sync");
            unit.add(pair.local).add(pair.sync);
            if unit.is_empty() {
                results.tell(&id, pushed);
            } else {
                units.push(unit.build());
                waiting.push((sent, outcome, pushed));
            }
        }
        fail::fail_point!("before_outcome");
        let answers = self.ports.dispatcher.log.append(units).await?;
        fail::fail_point!("after_outcome");
        let mut again = Vec::new();
        for ((sent, outcome, pushed), answer) in waiting.into_iter().zip(answers) {
            let Err(refused) = answer else {
                results.tell(&sent.pair.local_id, pushed);
                continue;
            };
            tracing::debug!(local_id = sent.pair.local_id, %refused, "outcome recorded again");
            let ids = [sent.pair.local_id.clone()];
            let fresh = Pair::load(self.ports.dispatcher.log.as_ref(), context, &ids).await?;
            again.extend(fresh.into_iter().map(|pair| (Sent { pair, ..sent.clone() }, outcome.clone())));
        }
        Ok(again)
    }

    async fn decide_outcome(
        &self,
        context: &Context,
        pair: &mut Pair,
        asked: &Fields,
        outcome: &WriteOutcome,
    ) -> Result<Pushed, SyncRecordError> {
        let Some(open) = pair.sync.state.open.as_ref().map(|open| open.begun.clone()) else {
            return Ok(Pushed::Done);
        };
        match outcome {
            WriteOutcome::Confirmed { record } => {
                self.note_health(context, None).await;
                let confirmation = confirmation(context, pair, asked, record.as_ref());
                let confirmation = Box::new(confirmation);
                pair.sync.execute(Command::ConfirmWrite { call: open.call, confirmation })?;
                after_confirmation(context, pair, record.as_ref())
            }
            WriteOutcome::Unknown { reason } => {
                let (call, reason) = (open.call, reason.clone());
                pair.sync.execute(Command::MarkOutcomeUnknown { call, reason, needs_decision: None })?;
                Ok(Pushed::Done)
            }
            // An earlier attempt of this intent may be what it collides with: look it up.
            WriteOutcome::Rejected(error) if error.class == ErrorClass::Duplicate && open.attempt > 1 => {
                let reason = format!("a repeated attempt met a duplicate: {}", error.message);
                let call = open.call;
                pair.sync.execute(Command::MarkOutcomeUnknown { call, reason, needs_decision: None })?;
                Ok(Pushed::Done)
            }
            WriteOutcome::Rejected(error) => {
                self.note_health(context, Some(error)).await;
                pair.sync.execute(Command::RejectWrite(rejection(
                    error,
                    Some(open.call),
                    open.local_version,
                )))?;
                self.after_rejection(context, pair, error).await
            }
        }
    }

    /// What a refusal asks for next: waiting, or a look at what is there now.
    async fn after_rejection(
        &self,
        context: &Context,
        pair: &mut Pair,
        error: &CallError,
    ) -> Result<Pushed, SyncRecordError> {
        let wait = error.retry_after.unwrap_or(match error.class {
            ErrorClass::RateLimited => Duration::from_mins(1),
            _ => Duration::from_secs(5),
        });
        match error.class {
            ErrorClass::Transient => Ok(Pushed::Again(wait, error.to_string())),
            ErrorClass::RateLimited => Ok(Pushed::Limited(wait)),
            ErrorClass::AuthExpired => Ok(Pushed::Again(Duration::from_mins(1), error.to_string())),
            ErrorClass::StaleVersion | ErrorClass::NotFound => self.look_again(context, pair).await,
            ErrorClass::Permission
            | ErrorClass::Validation
            | ErrorClass::Duplicate
            | ErrorClass::Mapping
            | ErrorClass::Unreadable => Ok(Pushed::Done),
        }
    }

    async fn look_again(&self, context: &Context, pair: &mut Pair) -> Result<Pushed, SyncRecordError> {
        let Some(id) = pair.sync.state.remote_id.clone() else { return Ok(Pushed::Done) };
        let Ok(connection) = self.ports.connectors.open(&context.target) else {
            return Ok(retry(5, "the connection is away"));
        };
        if let Err(wait) = connection.admit().await {
            return Ok(Pushed::Again(wait, "waits for the provider's rate limit".to_owned()));
        }
        match connection.read(&context.remote.name, &id).await {
            Ok(Some(record)) if !record.deleted => {
                observe(context, pair, &record)?;
                Ok(Pushed::Again(Duration::ZERO, "the provider's record changed".to_owned()))
            }
            Ok(seen) => {
                let updated_at = seen.and_then(|record| record.updated_at);
                pair.sync.execute(Command::ObserveRemoteDeletion { updated_at })?;
                Ok(Pushed::Again(Duration::ZERO, "the provider's record is gone".to_owned()))
            }
            Err(error) => Ok(Pushed::Again(Duration::from_secs(5), error.to_string())),
        }
    }

    /// Changes of health become events of the integration; a call that goes as before is none.
    pub async fn note_health(&self, context: &Context, error: Option<&CallError>) {
        let health = match error {
            None => Health::Ok,
            Some(error) if error.class == ErrorClass::AuthExpired => {
                let consecutive = self.failures.count(&context.target.integration);
                Health::AuthFailure { consecutive, message: error.message.clone() }
            }
            Some(_) => return,
        };
        if matches!(health, Health::Ok) && !self.failures.clear(&context.target.integration) {
            return;
        }
        let stream = StreamId::of(Kind::Integration, context.integration_id.0);
        let envelope = self.ports.dispatcher.system(context.organization, "engine");
        let command = |_: &Integration| IntegrationCommand::RecordHealth(health.clone());
        if let Err(error) = self.ports.dispatcher.dispatch::<Integration>(&envelope, &stream, command).await {
            tracing::warn!(%error, "health could not be recorded");
        }
    }
}

pub(super) fn asks_for_a_look(outcome: &WriteOutcome) -> bool {
    matches!(outcome, WriteOutcome::Rejected(error)
        if matches!(error.class, ErrorClass::StaleVersion | ErrorClass::NotFound))
}

/// Records what a call that could not even be said was refused for.
pub(super) async fn refuse_unsaid(
    engine: &Engine,
    context: &Context,
    unsaid: Vec<(Pair, CallError)>,
    results: &Results<'_>,
) -> Result<(), Unavailable> {
    let mut units = Vec::new();
    for (mut pair, error) in unsaid {
        let rejected = rejection(&error, None, pair.local.state.version);
        let result = match pair.sync.execute(Command::RejectWrite(rejected)) {
            Ok(_) => Pushed::Done,
            Err(refusal) => retry(1, &refusal.to_string()),
        };
        results.tell(&pair.local_id, result);
        let mut unit = engine.unit(context.organization, "outbound_sync");
        unit.add(pair.local).add(pair.sync);
        if !unit.is_empty() {
            units.push(unit.build());
        }
    }
    // A stale stream is decided again when its next job runs.
    engine.ports.dispatcher.log.append(units).await.map(|_| ())
}

/// What the provider stored of what was asked.
pub(super) fn confirmation(
    context: &Context,
    pair: &Pair,
    asked: &Fields,
    record: Option<&RemoteRecord>,
) -> Confirmation {
    let open = pair.sync.state.open.as_ref();
    let before = open.map(|open| pair.remote_at(open.begun.base_observation)).unwrap_or_default();
    let answer = record.map(RemoteRecord::fields);
    let mut stored = before.clone();
    let mut differences = Vec::new();
    for (name, wanted) in asked {
        let kept = answer.as_ref().map_or(Some(wanted), |answer| answer.get(name));
        match kept {
            Some(value) => {
                if !covers(wanted, value) {
                    differences.push(name.clone());
                }
                stored.insert(name.clone(), value.clone());
            }
            None if wanted.is_null() => {
                stored.remove(name);
            }
            None => differences.push(name.clone()),
        }
    }
    let remote_id = record
        .map(|record| record.id.clone())
        .or_else(|| pair.sync.state.remote_id.clone())
        .unwrap_or_default();
    let seen = record.map(|record| (record.version_token.clone(), record.updated_at));
    let (version_token, updated_at) = seen.unwrap_or_default();
    let (changed, removed) = changes(&before, &stored);
    let stored = Observation { changed, removed, version_token, updated_at, ..digests(context, &stored) };
    Confirmation { remote_id, stored, assumed: record.is_none(), differences }
}

/// What the answer shows beyond what was sent is a further observation, and may flow inbound.
pub(super) fn after_confirmation(
    context: &Context,
    pair: &mut Pair,
    record: Option<&RemoteRecord>,
) -> Result<Pushed, SyncRecordError> {
    if let Some(record) = record
        && pair.sync.state.deleted.is_none()
    {
        observe(context, pair, record)?;
    }
    let state = &pair.sync.state;
    if state.deleted.is_none() && (state.local_changed() || state.remote_changed()) {
        return Ok(Pushed::Again(Duration::ZERO, "more to bring into step".to_owned()));
    }
    Ok(Pushed::Done)
}

/// Records what the provider shows, if it is news.
pub(super) fn observe(
    context: &Context,
    pair: &mut Pair,
    record: &RemoteRecord,
) -> Result<usize, SyncRecordError> {
    Seen::of(context, record).observe(context, pair)
}

/// Both digests of a remote record's content; the rest is left empty.
pub(super) fn digests(context: &Context, fields: &Fields) -> Observation {
    Observation {
        changed: Fields::new(),
        removed: Vec::new(),
        digest: canonical::remote_digest(&context.key, &context.plan, fields),
        observed: canonical::observation_digest(&context.key, fields, &context.volatile),
        version_token: None,
        updated_at: None,
    }
}

fn rejection(error: &CallError, call: Option<domain::ids::CallId>, local_version: u64) -> WriteRejected {
    WriteRejected {
        call,
        class: error.class,
        code: error.code.clone(),
        message: error.message.clone(),
        next_step: error.next_step.clone(),
        local_version,
    }
}

/// Whether what is stored says at least what was asked; a provider may add to it (`{"value": "1", "name": "Ada"}`).
pub(super) fn covers(asked: &Value, stored: &Value) -> bool {
    match (asked, stored) {
        (Value::Object(asked), Value::Object(stored)) => {
            asked.iter().all(|(name, value)| stored.get(name).is_some_and(|kept| covers(value, kept)))
        }
        (Value::Array(asked), Value::Array(stored)) => {
            asked.len() <= stored.len()
                && asked.iter().zip(stored).all(|(asked, stored)| covers(asked, stored))
        }
        _ => domain::local_record::same_value(asked, stored),
    }
}
