//! Sends a group of records: decide, intent, call, outcome. The intent is durable before the first byte; the outcomes
//! of a group are one append.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::fields::Fields;
use domain::ids::CallId;
use domain::sync_config::mapping::Known;
use domain::sync_record::events::WriteBegun;
use domain::sync_record::{SyncRecordCommand as Command, SyncRecordError};
use domain::value::{ErrorClass, FilterExit};
use futures::stream::{self, StreamExt};

use super::context::Context;
use super::engine::Engine;
use super::intent::{Draft, draft, intent, stored_bytes};
use super::pair::Pair;
use super::reconcile::{PlannedWrite, reconcile};
use super::{outcome, references};
use crate::dispatcher::UnitBuilder;
use crate::ports::Unavailable;
use crate::ports::connector::{Connection, PreparedCall, Timing, WriteOutcome, WriteRequest};
use crate::ports::event_log::Refused;
use crate::process_managers::Routes;

/// What became of one record of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// Nothing was left to send, or the outcome is recorded.
    Done,
    /// To be tried again after this time.
    Again(Duration, String),
}

/// Results by local id.
pub type Results = BTreeMap<String, Pushed>;

/// A record whose write was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The pair, with its intent stored.
    pub pair: Pair,
    /// The fields that were asked for.
    pub asked: Fields,
}

/// A call with the pairs it carries, in the order of its items.
struct Outgoing {
    call: PreparedCall,
    send_before: DateTime<Utc>,
    sent: Vec<Sent>,
}

impl Engine {
    /// Brings these records into step, sending what is left to send.
    pub async fn push(
        &self,
        routes: &Routes,
        context: &Context,
        local_ids: &[String],
    ) -> Result<Results, Unavailable> {
        let log = self.ports.dispatcher.log.as_ref();
        let pairs = Pair::load(log, context, local_ids).await?;
        let known = references::resolve(log, routes, context, &pairs).await?;
        let mut results = Results::new();
        let mut drafts = Vec::new();
        let mut settled = Vec::new();
        for mut pair in pairs {
            match plan(context, &mut pair, &known) {
                Ok(Some(planned)) => drafts.push(draft(context, pair, planned, &known)),
                Ok(None) => {
                    self.note_open(&pair, &mut results);
                    settled.push(pair);
                }
                Err(refusal) => {
                    results.insert(pair.local_id.clone(), retry(1, &refusal.to_string()));
                }
            }
        }
        self.store_settled(context, settled, &mut results).await?;
        if !drafts.is_empty() {
            self.write(context, drafts, &mut results).await?;
        }
        Ok(results)
    }

    /// A write under way is looked at again once its outcome must be known.
    fn note_open(&self, pair: &Pair, results: &mut Results) {
        let result = match &pair.sync.state.open {
            Some(open) if open.needs_decision.is_none() => {
                let left = (open.begun.recover_after - self.now()).to_std().unwrap_or_default();
                Pushed::Again(left.max(Duration::from_secs(1)), "a write is under way".to_owned())
            }
            _ => Pushed::Done,
        };
        results.insert(pair.local_id.clone(), result);
    }

    /// Stores what was decided without a call.
    async fn store_settled(
        &self,
        context: &Context,
        pairs: Vec<Pair>,
        results: &mut Results,
    ) -> Result<(), Unavailable> {
        let mut ids = Vec::new();
        let mut units = Vec::new();
        for pair in pairs {
            let mut unit = self.unit(context.organization, "outbound_sync");
            let id = pair.local_id.clone();
            unit.add(pair.local).add(pair.sync);
            if !unit.is_empty() {
                ids.push(id);
                units.push(unit.build());
            }
        }
        if units.is_empty() {
            return Ok(());
        }
        let answers = self.ports.dispatcher.log.append(units).await?;
        for (id, answer) in ids.into_iter().zip(answers) {
            if let Err(refused) = answer {
                results.insert(id, retry(0, &refused.to_string()));
            }
        }
        Ok(())
    }

    async fn write(
        &self,
        context: &Context,
        drafts: Vec<Draft>,
        results: &mut Results,
    ) -> Result<(), Unavailable> {
        let connection = match self.ports.connectors.open(&context.target) {
            Ok(connection) => connection,
            Err(error) => {
                for draft in drafts {
                    results.insert(draft.pair.local_id, retry(60, &error.to_string()));
                }
                return Ok(());
            }
        };
        let calls = self.prepare(context, connection.as_ref(), drafts, results).await?;
        let begun = self.begin(context, connection.as_ref(), calls, results).await?;
        let outcomes = self.send(context, connection, begun).await;
        self.record(context, outcomes, results).await
    }

    /// Makes the bytes, and asks the limits to let them through; what has to wait waits without an intent.
    async fn prepare(
        &self,
        context: &Context,
        connection: &dyn Connection,
        drafts: Vec<Draft>,
        results: &mut Results,
    ) -> Result<Vec<(PreparedCall, Vec<Draft>)>, Unavailable> {
        let mut drafts: Vec<Draft> = drafts
            .into_iter()
            .enumerate()
            .map(|(number, mut draft)| {
                draft.request.item = format!("i{number}");
                draft
            })
            .collect();
        let requests: Vec<WriteRequest> = drafts.iter().map(|draft| draft.request.clone()).collect();
        let (calls, refused) = connection.prepare(&context.remote.name, &requests);
        let mut unsaid = Vec::new();
        for (item, error) in refused {
            if let Some(at) = drafts.iter().position(|draft| draft.request.item == item) {
                unsaid.push((drafts.swap_remove(at).pair, error));
            }
        }
        outcome::refuse_unsaid(self, context, unsaid, results).await?;
        let mut admitted = Vec::new();
        for call in calls {
            let mut mine = Vec::new();
            for item in &call.items {
                if let Some(at) = drafts.iter().position(|draft| draft.request.item == *item) {
                    mine.push(drafts.swap_remove(at));
                }
            }
            match connection.admit().await {
                Ok(()) => admitted.push((call, mine)),
                Err(wait) => {
                    for draft in mine {
                        let again = Pushed::Again(wait, "waits for the provider's rate limit".to_owned());
                        results.insert(draft.pair.local_id, again);
                    }
                }
            }
        }
        Ok(admitted)
    }

    /// Stores the sealed bytes, then one unit of intents per call. A call whose unit is refused is not sent.
    async fn begin(
        &self,
        context: &Context,
        connection: &dyn Connection,
        calls: Vec<(PreparedCall, Vec<Draft>)>,
        results: &mut Results,
    ) -> Result<Vec<Outgoing>, Unavailable> {
        if calls.is_empty() {
            return Ok(Vec::new());
        }
        let bytes: Vec<Vec<u8>> = calls.iter().map(|(call, drafts)| stored_bytes(call, drafts)).collect();
        let keep = self.keep_until();
        let addresses = self.ports.blobs.put_many(context.organization, "call", &bytes, keep).await?;
        fail::fail_point!("after_blob");
        let mut units = Vec::new();
        let mut outgoing = Vec::new();
        for ((call, drafts), blob) in calls.into_iter().zip(addresses) {
            let timing = self.timing(context);
            let begun = Begun::new(self, &timing, connection.provider_time(), blob);
            let (unit, sent) = self.intents(context, (call, drafts), &begun, results);
            if !sent.sent.is_empty() {
                units.push(unit.build());
                outgoing.push(sent);
            }
        }
        let answers = self.ports.dispatcher.log.append(units).await?;
        fail::fail_point!("after_intent");
        let mut begun = Vec::new();
        for (sent, answer) in outgoing.into_iter().zip(answers) {
            match answer {
                Ok(_) => begun.push(sent),
                Err(refused) => {
                    let wait = u64::from(matches!(refused, Refused::ClaimTaken { .. }));
                    for record in sent.sent {
                        results.insert(record.pair.local_id, retry(wait, &refused.to_string()));
                    }
                }
            }
        }
        Ok(begun)
    }

    fn intents(
        &self,
        context: &Context,
        (call, drafts): (PreparedCall, Vec<Draft>),
        begun: &Begun,
        results: &mut Results,
    ) -> (UnitBuilder, Outgoing) {
        let mut unit = self.unit(context.organization, "outbound_sync");
        let mut sent = Vec::new();
        for mut draft in drafts {
            let write = begun.fill(intent(context, &draft));
            match draft.pair.sync.execute(Command::BeginWrite(Box::new(write))) {
                Ok(_) => {
                    unit.add(draft.pair.local.clone()).add(draft.pair.sync.clone());
                    sent.push(Sent { pair: draft.pair.stored(), asked: draft.planned.body });
                }
                Err(refusal) => {
                    results.insert(draft.pair.local_id, retry(1, &refusal.to_string()));
                }
            }
        }
        (unit, Outgoing { call, send_before: begun.send_before, sent })
    }

    /// Sends the calls, several at once. Never twice.
    async fn send(
        &self,
        context: &Context,
        connection: Arc<dyn Connection>,
        begun: Vec<Outgoing>,
    ) -> Vec<(Sent, WriteOutcome)> {
        let at_once = usize::try_from(context.provider.concurrency.max(1)).unwrap_or(1);
        let answers: Vec<Vec<(Sent, WriteOutcome)>> = stream::iter(begun)
            .map(|outgoing| {
                let connection = Arc::clone(&connection);
                async move {
                    fail::fail_point!("before_call", |_| Vec::new());
                    let answers = connection.send(&outgoing.call, outgoing.send_before).await;
                    fail::fail_point!("after_call", |_| Vec::new());
                    with_outcomes(outgoing, answers)
                }
            })
            .buffer_unordered(at_once)
            .collect()
            .await;
        answers.into_iter().flatten().collect()
    }
}

/// What a record needs; one that does not fit the filter is not sent.
fn plan(context: &Context, pair: &mut Pair, known: &Known) -> Result<Option<PlannedWrite>, SyncRecordError> {
    if pair.local.state.exists() && !context.fits(pair.local_now()) {
        return left_out(context, pair).map(|()| None);
    }
    let planned = reconcile(context, pair, known)?;
    // What the provider refused for its content is not sent again until somebody changes it or asks for it.
    let refused = pair.sync.state.error.as_ref().is_some_and(|error| {
        matches!(error.class, ErrorClass::Validation | ErrorClass::Duplicate | ErrorClass::Permission)
    });
    Ok(planned.filter(|_| !refused))
}

fn left_out(context: &Context, pair: &mut Pair) -> Result<(), SyncRecordError> {
    let linked = pair.sync.state.remote_id.is_some() && pair.sync.state.open.is_none();
    if linked && context.settings.on_filter_exit == FilterExit::Unlink {
        let reason = "our record no longer fits the filter".to_owned();
        pair.sync.execute(Command::Unlink { reason })?;
    }
    Ok(())
}

/// What the intents of one call share.
struct Begun {
    call: CallId,
    send_before: DateTime<Utc>,
    recover_after: DateTime<Utc>,
    blob: String,
    provider_time: Option<DateTime<Utc>>,
}

impl Begun {
    fn new(engine: &Engine, timing: &Timing, provider_time: Option<DateTime<Utc>>, blob: String) -> Self {
        let send_before = engine.now() + delta(timing.send_window);
        let recover_after =
            send_before + delta(timing.request_timeout) + delta(timing.settle.unwrap_or_default());
        Self { call: engine.call_id(), send_before, recover_after, blob, provider_time }
    }

    fn fill(&self, intent: WriteBegun) -> WriteBegun {
        WriteBegun {
            call: self.call,
            send_before: self.send_before,
            recover_after: self.recover_after,
            blob: self.blob.clone(),
            provider_time: self.provider_time,
            ..intent
        }
    }
}

fn with_outcomes(outgoing: Outgoing, answers: Vec<(String, WriteOutcome)>) -> Vec<(Sent, WriteOutcome)> {
    let mut by_item: BTreeMap<String, WriteOutcome> = answers.into_iter().collect();
    let records = outgoing.sent.into_iter().map(|sent| {
        let item = sent.pair.sync.state.open.as_ref().map(|open| open.begun.item.clone()).unwrap_or_default();
        let missing =
            || WriteOutcome::Unknown { reason: "the answer says nothing about this item".to_owned() };
        let outcome = by_item.remove(&item).unwrap_or_else(missing);
        (sent, outcome)
    });
    records.collect()
}

/// Try again after some seconds.
pub(super) fn retry(seconds: u64, why: &str) -> Pushed {
    Pushed::Again(Duration::from_secs(seconds), why.to_owned())
}

pub(super) fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}
