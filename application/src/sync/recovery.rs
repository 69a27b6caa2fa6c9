//! Finds out what became of a write whose outcome is unknown (`domain.md`, outcome ledger). Never a blind retry.

use std::time::Duration;

use domain::fields::Fields;
use domain::sync_record::events::{ResolvedBy, WriteBegun};
use domain::sync_record::{SyncRecordCommand as Command, SyncRecordError};
use domain::value::{ErrorClass, Operation, WriteClass};
use serde_json::Value;

use super::adopt::is_ours;
use super::context::Context;
use super::engine::Engine;
use super::outbound::{Pushed, delta, retry};
use super::outcome::{after_confirmation, confirmation, covers};
use super::pair::Pair;
use crate::dispatcher::{Envelope, UnitBuilder};
use crate::ports::Unavailable;
use crate::ports::connector::{CallError, Connection, Find, RemoteRecord};

/// What a look-up found out.
enum Finding {
    /// It was done; this is there.
    Done(Box<RemoteRecord>),
    /// It was done; nothing is there any more, as asked.
    Gone,
    /// It surely was not done.
    NotDone,
    /// Nothing found yet; look once more after the settle time.
    LookAgain,
    /// Only a person can tell.
    Task(String),
}

impl Engine {
    /// Resolves the open write of a record.
    pub async fn recover(&self, context: &Context, local_id: &str) -> Result<Pushed, Unavailable> {
        let ids = [local_id.to_owned()];
        let loaded = Pair::load(self.ports.dispatcher.log.as_ref(), context, &ids).await?;
        let Some(mut pair) = loaded.into_iter().next() else { return Ok(Pushed::Done) };
        let Some(open) = pair.sync.state.open.clone() else { return Ok(Pushed::Done) };
        if open.needs_decision.is_some() {
            return Ok(Pushed::Done);
        }
        let early = open.begun.recover_after - self.now();
        if let Ok(left) = early.to_std()
            && !left.is_zero()
        {
            return Ok(Pushed::Again(left, "the call may still be under way".to_owned()));
        }
        let asked = self.asked(context, &open.begun).await?;
        let connection = match self.ports.connectors.open(&context.target) {
            Ok(connection) => connection,
            Err(error) => return Ok(retry(60, &error.to_string())),
        };
        let settle = self.timing(context).settle.unwrap_or(Duration::from_secs(5));
        let settled = open.looked_up_at.map(|at| at + delta(settle) <= self.now());
        let finding = match look_up(context, connection.as_ref(), (&open.begun, &asked), settled).await {
            Ok(finding) => finding,
            Err(error) => {
                let wait = error.retry_after.unwrap_or(settle.min(Duration::from_secs(5)));
                let limited = error.class == ErrorClass::RateLimited;
                let again = || Pushed::Again(wait, error.to_string());
                return Ok(if limited { Pushed::Limited(wait) } else { again() });
            }
        };
        self.settle_finding(context, &mut pair, (&open.begun, &asked), finding).await
    }

    async fn settle_finding(
        &self,
        context: &Context,
        pair: &mut Pair,
        (begun, asked): (&WriteBegun, &Fields),
        finding: Finding,
    ) -> Result<Pushed, Unavailable> {
        let decided = self.decide_finding(context, pair, (begun, asked), finding);
        let pushed = decided.unwrap_or_else(|refusal| retry(1, &refusal.to_string()));
        let mut unit = self.unit(context.organization, "recovery");
        unit.add(pair.local.clone()).add(pair.sync.clone());
        if unit.is_empty() {
            return Ok(pushed);
        }
        match self.ports.dispatcher.append_one(unit.build()).await? {
            Ok(_) => Ok(pushed),
            Err(refused) => Ok(retry(1, &refused.to_string())),
        }
    }

    fn decide_finding(
        &self,
        context: &Context,
        pair: &mut Pair,
        (begun, asked): (&WriteBegun, &Fields),
        finding: Finding,
    ) -> Result<Pushed, SyncRecordError> {
        let (call, by) = (begun.call, ResolvedBy::LookUp);
        match finding {
            Finding::LookAgain => {
                let settle = self.timing(context).settle.unwrap_or(Duration::from_secs(5));
                let noted = pair.sync.execute(Command::NoteLookUp { call, at: self.now() });
                noted.map(|_| Pushed::Again(settle, "looked up once, nothing found yet".to_owned()))
            }
            Finding::Task(why) => {
                let reason = why.clone();
                let needs_decision = Some(why);
                pair.sync
                    .execute(Command::MarkOutcomeUnknown { call, reason, needs_decision })
                    .map(|_| Pushed::Done)
            }
            Finding::NotDone => pair
                .sync
                .execute(Command::ResolveOutcome { call, by, confirmed: None })
                .map(|_| Pushed::Again(Duration::ZERO, "it was not done: sent again".to_owned())),
            Finding::Done(record) => {
                let confirmed = Some(Box::new(confirmation(context, pair, asked, Some(&record))));
                pair.sync
                    .execute(Command::ResolveOutcome { call, by, confirmed })
                    .and_then(|_| after_confirmation(context, pair, Some(&record)))
            }
            Finding::Gone => {
                let confirmed = Some(Box::new(confirmation(context, pair, asked, None)));
                pair.sync.execute(Command::ResolveOutcome { call, by, confirmed }).map(|_| Pushed::Done)
            }
        }
    }

    /// Resolves an open write as a person says: with the remote id it became, or as not done.
    pub async fn resolve_by_person(
        &self,
        context: &Context,
        (local_id, remote_id): (&str, Option<&str>),
        envelope: &Envelope,
    ) -> Result<Result<u64, String>, Unavailable> {
        let ids = [local_id.to_owned()];
        let loaded = Pair::load(self.ports.dispatcher.log.as_ref(), context, &ids).await?;
        let Some(mut pair) = loaded.into_iter().next() else { return Ok(Err("no such record".to_owned())) };
        let Some(open) = pair.sync.state.open.clone() else {
            return Ok(Err("the record has no open write".to_owned()));
        };
        let confirmed = match remote_id {
            None => None,
            Some(id) => {
                let asked = self.asked(context, &open.begun).await?;
                match self.read_for_person(context, id).await {
                    Ok(record) => Some(Box::new(confirmation(context, &pair, &asked, Some(&record)))),
                    Err(why) => return Ok(Err(why)),
                }
            }
        };
        let command = Command::ResolveOutcome { call: open.begun.call, by: ResolvedBy::Person, confirmed };
        if let Err(refusal) = pair.sync.execute(command) {
            return Ok(Err(refusal.to_string()));
        }
        let mut unit = UnitBuilder::new(context.organization, envelope.metadata.clone());
        unit.add(pair.sync).command(envelope.command.clone());
        Ok(match self.ports.dispatcher.append_one(unit.build()).await? {
            Ok(appended) => Ok(appended.last),
            Err(refused) => Err(refused.to_string()),
        })
    }

    async fn read_for_person(&self, context: &Context, id: &str) -> Result<RemoteRecord, String> {
        let connection = self.ports.connectors.open(&context.target).map_err(|error| error.to_string())?;
        match connection.read(&context.remote.name, id).await {
            Ok(Some(record)) => Ok(record),
            Ok(None) => Err(format!("the provider has no {} `{id}`", context.remote.name)),
            Err(error) => Err(error.to_string()),
        }
    }
}

async fn look_up(
    context: &Context,
    connection: &dyn Connection,
    (begun, asked): (&WriteBegun, &Fields),
    settled: Option<bool>,
) -> Result<Finding, CallError> {
    connection.admit_read().await?;
    match (begun.operation, begun_remote_id(context, begun)) {
        (Operation::Create, _) => look_up_create(context, connection, (begun, asked), settled).await,
        (_, None) => Ok(Finding::Task("the record has no remote id to look up".to_owned())),
        (operation, Some(id)) => {
            let found = connection.read(&context.remote.name, &id).await?;
            Ok(judge_change(operation, asked, found))
        }
    }
}

/// The remote id an open-write claim ends with; creates have none.
fn begun_remote_id(context: &Context, begun: &WriteBegun) -> Option<String> {
    let empty = domain::claim::ClaimKey::open_write(&context.scope(), "").to_hex();
    let id = begun.claim.strip_prefix(&empty)?;
    let bytes: Option<Vec<u8>> =
        (0..id.len()).step_by(2).map(|at| u8::from_str_radix(id.get(at..at + 2)?, 16).ok()).collect();
    String::from_utf8(bytes?).ok()
}

fn judge_change(operation: Operation, asked: &Fields, found: Option<RemoteRecord>) -> Finding {
    let keeps = operation == Operation::Update;
    match found {
        None if keeps => Finding::NotDone,
        None => Finding::Gone,
        Some(record) if record.deleted && !keeps => Finding::Done(Box::new(record)),
        Some(record) if keeps && covers(&Value::Object(asked.clone()), &Value::Object(record.fields())) => {
            Finding::Done(Box::new(record))
        }
        // Not as asked, and the call can no longer arrive: it was not done, or overwritten since. Either way the
        // three-way comparison decides anew.
        Some(_) => Finding::NotDone,
    }
}

async fn look_up_create(
    context: &Context,
    connection: &dyn Connection,
    (begun, asked): (&WriteBegun, &Fields),
    settled: Option<bool>,
) -> Result<Finding, CallError> {
    let entity = &context.remote;
    let natural = entity.natural_key.as_ref().and_then(|name| asked.get(name)).and_then(Value::as_str);
    let by = match (&entity.reference, natural) {
        (Some(_), _) => Find::Reference(begun.reference.clone()),
        (None, Some(natural)) => Find::NaturalKey(natural.to_owned()),
        (None, None) => return Ok(Finding::Task("the provider cannot be asked for it".to_owned())),
    };
    if entity.write_class == WriteClass::D {
        return Ok(Finding::Task("the provider's search cannot be trusted to show it".to_owned()));
    }
    let mut found = connection.find(&entity.name, &by).await?;
    match (found.len(), found.pop()) {
        // Nothing, for the first time or too soon after it.
        (0, _) | (_, None) if settled != Some(true) => Ok(Finding::LookAgain),
        (0, _) | (_, None) => Ok(Finding::NotDone),
        (1, Some(record)) if is_ours(context, begun, asked, &record) => Ok(Finding::Done(Box::new(record))),
        (1, Some(record)) => Ok(Finding::Task(format!(
            "`{}` has the same natural key, but nothing shows that we made it: link it or say it is another",
            record.id
        ))),
        (several, _) => Ok(Finding::Task(format!("{several} records match: say which one is ours"))),
    }
}
