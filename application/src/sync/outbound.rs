//! Sends a group of records: decide, intent, call, outcome. The intent is durable before the first byte; each call's
//! outcomes are recorded when it ends, whatever the others do.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::fields::Fields;
use domain::ids::CallId;
use domain::sync_config::mapping::Known;
use domain::sync_record::events::WriteBegun;
use domain::sync_record::{SyncRecordCommand as Command, SyncRecordError};
use domain::value::{ErrorClass, FilterExit};

use super::context::Context;
use super::engine::Engine;
use super::intent::{Draft, draft, intent, stored_bytes};
use super::pair::Pair;
use super::reconcile::{PlannedWrite, reconcile};
use super::{outcome, references};
use crate::dispatcher::UnitBuilder;
use crate::ports::Unavailable;
use crate::ports::connector::{Connection, PreparedCall, Timing, WriteRequest};
use crate::ports::event_log::Refused;
use crate::process_managers::Routes;

/// What became of one record of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// Nothing was left to send, or the outcome is recorded.
    Done,
    /// To be tried again after this time.
    Again(Duration, String),
    /// Nothing was sent, and the provider's limits let nothing through for this time.
    Limited(Duration),
}

/// Who is told how a group gets on.
pub struct Results<'a> {
    /// Told of each record, by local id, what became of it; once, and not before that is stored.
    pub of: &'a (dyn Fn(&str, Pushed) + Sync),
    /// Told when every intent is stored, and only the provider's answers are waited for.
    pub begun: &'a (dyn Fn() + Sync),
}

impl Results<'_> {
    /// Tells it.
    pub fn tell(&self, local_id: &str, pushed: Pushed) {
        (self.of)(local_id, pushed);
    }
}

/// A record whose write was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The pair, with its intent stored.
    pub pair: Pair,
    /// The fields that were asked for.
    pub asked: Fields,
}

/// A call with the pairs it carries, in the order of its items.
pub(super) struct Outgoing {
    pub(super) call: PreparedCall,
    pub(super) send_before: DateTime<Utc>,
    pub(super) sent: Vec<Sent>,
}

impl Engine {
    /// Brings these records into step, sending what is left to send. What `results` is not told of is done.
    pub async fn push(
        &self,
        routes: &Routes,
        context: &Context,
        local_ids: &[String],
        results: &Results<'_>,
    ) -> Result<(), Unavailable> {
        let log = self.ports.dispatcher.log.as_ref();
        let pairs = Pair::load(log, context, local_ids).await?;
        let known = references::resolve(log, routes, context, &pairs).await?;
        let mut drafts = Vec::new();
        let mut settled = Vec::new();
        for mut pair in pairs {
            match plan(context, &mut pair, &known) {
                Ok(Some(planned)) => drafts.push(draft(context, pair, planned, &known)),
                Ok(None) => settled.push(pair),
                Err(refusal) => results.tell(&pair.local_id, retry(1, &refusal.to_string())),
            }
        }
        self.store_settled(context, settled, results).await?;
        if drafts.is_empty() { Ok(()) } else { self.write(context, drafts, results).await }
    }

    /// A write under way is looked at again once its outcome must be known.
    fn settled(&self, pair: &Pair) -> Pushed {
        match &pair.sync.state.open {
            Some(open) if open.needs_decision.is_none() => {
                let left = (open.begun.recover_after - self.now()).to_std().unwrap_or_default();
                Pushed::Again(left.max(Duration::from_secs(1)), "a write is under way".to_owned())
            }
            _ => Pushed::Done,
        }
    }

    /// Stores what was decided without a call.
    async fn store_settled(
        &self,
        context: &Context,
        pairs: Vec<Pair>,
        results: &Results<'_>,
    ) -> Result<(), Unavailable> {
        let mut waiting = Vec::new();
        let mut units = Vec::new();
        for pair in pairs {
            let (id, pushed) = (pair.local_id.clone(), self.settled(&pair));
            let mut unit = self.unit(context.organization, "outbound_sync");
            unit.add(pair.local).add(pair.sync);
            if unit.is_empty() {
                results.tell(&id, pushed);
            } else {
                waiting.push((id, pushed));
                units.push(unit.build());
            }
        }
        if units.is_empty() {
            return Ok(());
        }
        let answers = self.ports.dispatcher.log.append(units).await?;
        for ((id, pushed), answer) in waiting.into_iter().zip(answers) {
            match answer {
                Ok(_) => results.tell(&id, pushed),
                Err(refused) => results.tell(&id, retry(0, &refused.to_string())),
            }
        }
        Ok(())
    }

    async fn write(
        &self,
        context: &Context,
        drafts: Vec<Draft>,
        results: &Results<'_>,
    ) -> Result<(), Unavailable> {
        let connection = match self.ports.connectors.open(&context.target) {
            Ok(connection) => connection,
            Err(error) => {
                let wait = retry(60, &error.to_string());
                for draft in &drafts {
                    results.tell(&draft.pair.local_id, wait.clone());
                }
                return Ok(());
            }
        };
        learn_time(context, connection.as_ref()).await;
        let calls = self.prepare(context, connection.as_ref(), drafts, results).await?;
        let begun = self.begin(context, connection.as_ref(), calls, results).await?;
        (results.begun)();
        self.send(context, connection.as_ref(), begun, results).await
    }

    /// Makes the bytes, and asks the limits to let them through; what has to wait waits without an intent.
    async fn prepare(
        &self,
        context: &Context,
        connection: &dyn Connection,
        drafts: Vec<Draft>,
        results: &Results<'_>,
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
                    for draft in &mine {
                        results.tell(&draft.pair.local_id, Pushed::Limited(wait));
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
        results: &Results<'_>,
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
            if sent.sent.is_empty() {
                connection.give_back().await;
                continue;
            }
            units.push(unit.build());
            outgoing.push(sent);
        }
        let answers = self.ports.dispatcher.log.append(units).await?;
        fail::fail_point!("after_intent");
        let mut begun = Vec::new();
        for (sent, answer) in outgoing.into_iter().zip(answers) {
            match answer {
                Ok(_) => begun.push(sent),
                Err(refused) => {
                    connection.give_back().await;
                    let wait = u64::from(matches!(refused, Refused::ClaimTaken { .. }));
                    for record in sent.sent {
                        results.tell(&record.pair.local_id, retry(wait, &refused.to_string()));
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
        results: &Results<'_>,
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
                Err(refusal) => results.tell(&draft.pair.local_id, retry(1, &refusal.to_string())),
            }
        }
        (unit, Outgoing { call, send_before: begun.send_before, sent })
    }
}

/// A create that carries no reference of ours is known again by its time, on the provider's own clock: it is asked for
/// before the first write. Without an answer a person will have to decide about an outcome that gets lost.
async fn learn_time(context: &Context, connection: &dyn Connection) {
    if context.remote.reference.is_none()
        && connection.provider_time().is_none()
        && let Err(error) = connection.verify().await
    {
        tracing::debug!(%error, "the provider's clock is not known yet");
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

/// Try again after some seconds.
pub(super) fn retry(seconds: u64, why: &str) -> Pushed {
    Pushed::Again(Duration::from_secs(seconds), why.to_owned())
}

pub(super) fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}
