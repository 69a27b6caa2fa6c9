//! Brings one pair into step, as far as that is possible without a call: what is seen is recorded, what flows inbound is
//! applied, what collides is settled or put to a person, and what is left is a write for the caller to begin.

use domain::fields::Fields;
use domain::local_record::{LocalRecordCommand, PutRecord, Source};
use domain::sync_config::mapping::{Known, Need};
use domain::sync_record::body::{self, MapFailure, UpdateMode};
use domain::sync_record::canonical;
use domain::sync_record::difference::{Change, Collision, Difference, Sides, difference};
use domain::sync_record::events::{
    Base, ConflictDetected, ConflictResolved, InboundApplied, LinkedBy, LocalObserved, Rebased, WriteRejected,
};
use domain::sync_record::resolution::{Settlement, settle};
use domain::sync_record::{SyncRecordCommand as Command, SyncRecordError};
use domain::value::{ErrorClass, Operation};

use super::context::{Context, words};
use super::deletion;
use super::pair::Pair;

/// A write that is left to be begun.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedWrite {
    /// What to do.
    pub operation: Operation,
    /// The remote id, unless it is a create.
    pub remote_id: Option<String>,
    /// The body, in remote terms.
    pub body: Fields,
    /// Observation it was made on; 0 for a create.
    pub base_observation: u64,
}

/// What a reconciliation came to.
pub type Reconciled = Result<Option<PlannedWrite>, SyncRecordError>;

/// Brings `pair` into step.
pub fn reconcile(context: &Context, pair: &mut Pair, known: &Known) -> Reconciled {
    rebase(context, pair)?;
    observe_local(context, pair)?;
    let state = &pair.sync.state;
    if state.open.is_some() || state.unlinked.is_some() {
        return Ok(None);
    }
    if state.deleted.is_some() {
        return deletion::reconcile(context, pair, known);
    }
    match (pair.local.state.exists(), state.remote.is_some()) {
        (true, false) if state.remote_id.is_none() => plan_create(context, pair, known),
        (false, true) => adopt(context, pair, known).map(|()| None),
        (true, true) => merge(context, pair, known),
        _ => Ok(None),
    }
}

/// Restates the digests under the mapping in force; counts nothing as a change.
fn rebase(context: &Context, pair: &mut Pair) -> Result<(), SyncRecordError> {
    let state = &pair.sync.state;
    if state.sequence == 0 || state.mapping == Some(context.version) || state.open.is_some() {
        return Ok(());
    }
    let local = |fields: &Fields| canonical::local_digest(&context.key, &context.plan, fields);
    let remote = |fields: &Fields| canonical::remote_digest(&context.key, &context.plan, fields);
    let seen = state.local.as_ref().map_or(0, |side| side.version);
    let base = match (&state.base, pair.base()) {
        (Some(base), Some((ours, theirs))) => {
            Some(Base { local_digest: local(&ours), remote_digest: remote(&theirs), ..base.clone() })
        }
        _ => None,
    };
    let rebased = Rebased {
        mapping: context.version,
        local_digest: local(&pair.local_at(seen)),
        remote_digest: remote(&pair.remote_now()),
        base,
    };
    pair.sync.execute(Command::Rebase(rebased)).map(|_| ())
}

fn observe_local(context: &Context, pair: &mut Pair) -> Result<(), SyncRecordError> {
    let local = &pair.local.state;
    if local.version == 0 {
        return Ok(());
    }
    if local.deleted {
        let version = local.version;
        return pair.sync.execute(Command::ObserveLocalDeletion { version }).map(|_| ());
    }
    let seen = LocalObserved {
        version: local.version,
        digest: canonical::local_digest(&context.key, &context.plan, &local.fields),
        updated_at: local.updated_at,
        mapping: context.version,
    };
    pair.sync.execute(Command::ObserveLocal(seen)).map(|_| ())
}

fn plan_create(context: &Context, pair: &mut Pair, known: &Known) -> Reconciled {
    if !context.sends() || !can(context, Operation::Create) {
        return Ok(None);
    }
    match body::create_body(&context.rules(known), pair.local_now()) {
        Ok(body) => lawful(
            context,
            pair,
            PlannedWrite { operation: Operation::Create, remote_id: None, body, base_observation: 0 },
        ),
        Err(failure) => refuse(pair, failure),
    }
}

/// Our record is made from the provider's.
fn adopt(context: &Context, pair: &mut Pair, known: &Known) -> Result<(), SyncRecordError> {
    if !context.receives() || pair.local.state.version > 0 {
        return Ok(());
    }
    let made = body::new_local(&context.rules(known), &pair.remote_shown());
    match made {
        Ok(fields) => {
            put(context, pair, fields, Vec::new());
            if pair.sync.state.remote_id.is_some() {
                return applied(context, pair, true);
            }
            let base = both_as_they_are(context, pair);
            link(pair, base)
        }
        Err(failure) => {
            link(pair, None)?;
            refuse(pair, failure).map(|_| ())
        }
    }
}

/// Links a record first seen at the provider; `base` when both sides are in step already.
fn link(pair: &mut Pair, base: Option<Base>) -> Result<(), SyncRecordError> {
    let Some(remote_id) = pair.seen_id.clone().filter(|_| pair.sync.state.remote_id.is_none()) else {
        return Ok(());
    };
    let observed = pair.sync.state.remote.as_ref().map(|side| side.observed);
    pair.sync.execute(Command::Link { remote_id, by: LinkedBy::Inbound, observed, base }).map(|_| ())
}

fn both_as_they_are(context: &Context, pair: &Pair) -> Option<Base> {
    let remote = pair.sync.state.remote.as_ref()?;
    Some(Base {
        local_version: pair.local.state.version,
        local_digest: canonical::local_digest(&context.key, &context.plan, pair.local_now()),
        through: remote.observation,
        observation: remote.observation,
        remote_digest: remote.digest,
    })
}

fn merge(context: &Context, pair: &mut Pair, known: &Known) -> Reconciled {
    let rules = context.rules(known);
    let (local, remote, base) = (pair.local_now().clone(), pair.remote_now(), pair.base());
    let sides = Sides {
        local: &local,
        local_base: base.as_ref().map(|(ours, _)| ours),
        remote: Some(&remote),
        remote_base: base.as_ref().map(|(_, theirs)| theirs),
    };
    let found = difference(&rules, &sides);
    let Some(settlement) = settled(context, pair, &found)? else { return Ok(None) };
    if settlement.is_quiet() {
        let moved = pair.sync.state.local_changed() || pair.sync.state.remote_changed();
        if moved {
            applied(context, pair, true)?;
        } else {
            pair.sync.execute(Command::Release)?;
        }
        return Ok(None);
    }
    if !settlement.pull.is_empty() || !settlement.given.is_empty() {
        match body::local_change(&rules, &sides, &settlement) {
            Ok(change) => put(context, pair, change.set, change.cleared),
            Err(failure) => return refuse(pair, failure),
        }
        applied(context, pair, settlement.push.is_empty())?;
    }
    // What was pulled is in our record now: only what is left to send is left to say.
    plan_update(context, pair, known, &Settlement::push_only(settlement.push))
}

/// How the difference is settled; `None` while a person has to.
fn settled(
    context: &Context,
    pair: &mut Pair,
    found: &Difference,
) -> Result<Option<Settlement>, SyncRecordError> {
    let state = &pair.sync.state;
    if let Some(standing) = state.standing_resolution() {
        return Ok(Some(standing_settlement(standing)));
    }
    let (Some(local), Some(remote)) = (&state.local, &state.remote) else { return Ok(None) };
    let (local_digest, remote_digest) = (local.digest, remote.digest);
    let (local_at, remote_at) = (local.updated_at, remote.updated_at);
    let settlement = settle(found, &context.settings.policy, local_at, remote_at);
    let collisions: Vec<Collision> =
        found.having(Change::Collision).map(|unit| unit.values.clone()).collect();
    if collisions.is_empty() {
        return Ok(Some(settlement));
    }
    pair.sync.execute(Command::DetectConflict(ConflictDetected {
        collisions,
        local_digest,
        remote_digest,
        strategy: context.settings.policy.strategy,
        deleted: None,
    }))?;
    if !settlement.review.is_empty() {
        return Ok(None);
    }
    pair.sync.execute(Command::ResolveConflict(ConflictResolved {
        by_person: false,
        decisions: settlement.decided.clone(),
        push: settlement.push.clone(),
        pull: settlement.pull.clone(),
        given: Fields::new(),
        local_digest,
        remote_digest,
        winner: None,
    }))?;
    Ok(Some(settlement))
}

fn standing_settlement(standing: &ConflictResolved) -> Settlement {
    Settlement {
        push: standing.push.clone(),
        pull: standing.pull.clone(),
        given: standing.given.clone().into_iter().collect(),
        ..Settlement::default()
    }
}

fn plan_update(context: &Context, pair: &mut Pair, known: &Known, settlement: &Settlement) -> Reconciled {
    if settlement.push.is_empty() || !context.sends() {
        return Ok(None);
    }
    if !can(context, Operation::Update) {
        return unchangeable(context, pair);
    }
    let (remote, base) = (pair.remote_now(), pair.base());
    let sides = Sides {
        local: pair.local_now(),
        local_base: base.as_ref().map(|(ours, _)| ours),
        remote: Some(&remote),
        remote_base: base.as_ref().map(|(_, theirs)| theirs),
    };
    let mode = if context.remote.sparse_update { UpdateMode::Sparse } else { UpdateMode::Full };
    match body::update_body(&context.rules(known), &sides, settlement, mode) {
        Ok(body) => {
            let remote_id = pair.sync.state.remote_id.clone();
            let base_observation = pair.sync.state.remote.as_ref().map_or(0, |side| side.observation);
            let operation = Operation::Update;
            let body = if mode == UpdateMode::Full { without_volatile(context, body) } else { body };
            lawful(context, pair, PlannedWrite { operation, remote_id, body, base_observation })
        }
        Err(failure) => refuse(pair, failure),
    }
}

/// A whole record without what the provider keeps by itself: it is not ours to send, and no difference when it has moved.
pub(super) fn without_volatile(context: &Context, mut body: Fields) -> Fields {
    context.volatile.iter().for_each(|path| path.remove(&mut body));
    body
}

fn put(context: &Context, pair: &mut Pair, mut set: Fields, cleared: Vec<String>) {
    for name in cleared {
        set.insert(name, serde_json::Value::Null);
    }
    let command = PutRecord::new(set, Source::Inbound { config: context.config_id });
    // A local record refuses a put only once it is erased; then there is nothing to write to.
    let _ = pair.local.execute(LocalRecordCommand::Put(command));
}

/// Records that the remote side, as last observed, is in our record now.
fn applied(context: &Context, pair: &mut Pair, complete: bool) -> Result<(), SyncRecordError> {
    let observation = pair.sync.state.remote.as_ref().map_or(0, |side| side.observation);
    let local_digest = canonical::local_digest(&context.key, &context.plan, pair.local_now());
    let local_version = pair.local.state.version;
    let applied = InboundApplied { observation, local_version, local_digest, complete };
    pair.sync.execute(Command::ApplyInbound(applied))?;
    // What it waited for is there, or it would not have been applied whole.
    if complete { pair.sync.execute(Command::Release).map(|_| ()) } else { Ok(()) }
}

/// No body can be made: the record waits for what it refers to, or carries the reasons.
pub(super) fn refuse(pair: &mut Pair, failure: MapFailure) -> Reconciled {
    let local_version = pair.local.state.version;
    let command = match failure {
        MapFailure::Missing(needs) => Command::AwaitDependency { needs: distinct(needs), local_version },
        MapFailure::Problems(problems) => Command::RejectWrite(WriteRejected {
            call: None,
            class: ErrorClass::Mapping,
            code: None,
            message: words(&problems),
            next_step: None,
            local_version,
        }),
    };
    pair.sync.execute(command).map(|_| None)
}

/// The write, unless our record breaks a rule of the connector. Judged is the whole record, also where only a change of
/// it would be sent: it stands so at the provider afterwards.
fn lawful(context: &Context, pair: &mut Pair, planned: PlannedWrite) -> Reconciled {
    let broken = context.remote.rules.broken(pair.local_now());
    let Some(first) = broken.first() else { return Ok(Some(planned)) };
    let said: Vec<String> =
        broken.iter().map(|reason| format!("{}: {}", reason.field, reason.message)).collect();
    let command = Command::RejectWrite(WriteRejected {
        call: None,
        class: ErrorClass::Validation,
        code: None,
        message: said.join("; ").chars().take(500).collect(),
        next_step: Some(format!("correct `{}` of the record: it is sent then", first.field)),
        local_version: pair.local.state.version,
    });
    pair.sync.execute(command).map(|_| None)
}

/// A change of ours to a record that the provider never changes: said, not dropped.
fn unchangeable(context: &Context, pair: &mut Pair) -> Reconciled {
    let command = Command::RejectWrite(WriteRejected {
        call: None,
        class: ErrorClass::Validation,
        code: None,
        message: format!("the provider never changes a `{}`: the change was not sent", context.remote.name),
        next_step: Some("delete the record and make another, or take the change back".to_owned()),
        local_version: pair.local.state.version,
    });
    pair.sync.execute(command).map(|_| None)
}

fn distinct(mut needs: Vec<Need>) -> Vec<Need> {
    needs.sort();
    needs.dedup();
    needs
}

/// Whether the manifest offers an operation.
pub(super) fn can(context: &Context, operation: Operation) -> bool {
    context.remote.operations.contains(&operation)
}
