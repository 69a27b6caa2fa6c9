//! What a deletion on one side means for the other (`domain.md`, SyncConfig: Deletes).

use domain::fields::Fields;
use domain::local_record::{DeleteRecord, LocalRecordCommand, Source};
use domain::sync_config::mapping::Known;
use domain::sync_record::SyncRecordCommand as Command;
use domain::sync_record::events::{ConflictDetected, ConflictResolved};
use domain::value::{DeletePolicy, MergeFallback, Operation, Side, Strategy};

use super::context::Context;
use super::pair::Pair;
use super::reconcile::{PlannedWrite, Reconciled, can, without_volatile};

/// Settles a pair one side of which is gone.
pub(super) fn reconcile(context: &Context, pair: &mut Pair, _known: &Known) -> Reconciled {
    match pair.sync.state.deleted {
        Some(Side::Local) if pair.local.state.deleted => local_gone(context, pair),
        Some(Side::Remote) => remote_gone(context, pair),
        _ => Ok(None),
    }
}

fn local_gone(context: &Context, pair: &mut Pair) -> Reconciled {
    let state = &pair.sync.state;
    let Some(remote_id) = state.remote_id.clone() else { return Ok(None) };
    if state.remote_changed() && !decide(context, pair, Side::Local)? {
        return Ok(None);
    }
    let operation = match context.settings.on_local_delete {
        DeletePolicy::Ignore => return Ok(None),
        DeletePolicy::Unlink => return unlink(pair, "our record was deleted"),
        DeletePolicy::Deactivate => Operation::Deactivate,
        DeletePolicy::Void => Operation::Void,
        DeletePolicy::Delete => Operation::Delete,
    };
    // A confirmed write of the policy left its mark: nothing is sent twice.
    let done = pair.sync.state.base.is_none() || !context.sends() || !can(context, operation);
    if done || pair.deletion_confirmed() {
        return Ok(None);
    }
    let base_observation = pair.sync.state.remote.as_ref().map_or(0, |side| side.observation);
    let whole = operation == Operation::Deactivate && context.remote.whole_deactivate;
    let body = if whole { without_volatile(context, pair.remote_now()) } else { Fields::new() };
    Ok(Some(PlannedWrite { operation, remote_id: Some(remote_id), body, base_observation }))
}

fn remote_gone(context: &Context, pair: &mut Pair) -> Reconciled {
    if !pair.local.state.exists() {
        return Ok(None);
    }
    let policy = context.settings.on_remote_delete;
    // Ignored for good: what we change later is not sent, and is no conflict either.
    if policy == DeletePolicy::Ignore && pair.sync.state.conflict.is_none() && !pair.deleted_over_a_change() {
        return Ok(None);
    }
    if pair.sync.state.local_changed() && !decide(context, pair, Side::Remote)? {
        return Ok(None);
    }
    match policy {
        DeletePolicy::Ignore => Ok(None),
        DeletePolicy::Unlink => unlink(pair, "the provider's record was deleted"),
        DeletePolicy::Deactivate | DeletePolicy::Void | DeletePolicy::Delete => {
            let source = Source::Inbound { config: context.config_id };
            let command = LocalRecordCommand::Delete(DeleteRecord { if_match: None, source });
            // Refused only for a record that was never there, and this one exists.
            let _ = pair.local.execute(command);
            Ok(None)
        }
    }
}

/// Whether the deletion by `side` stands against the other side's change; records the conflict and its decision.
fn decide(
    context: &Context,
    pair: &mut Pair,
    side: Side,
) -> Result<bool, domain::sync_record::SyncRecordError> {
    let state = &pair.sync.state;
    let (Some(local), Some(remote)) = (&state.local, &state.remote) else { return Ok(true) };
    let (local_digest, remote_digest) = (local.digest, remote.digest);
    if let Some(standing) = state.standing_resolution()
        && let Some(winner) = standing.winner
    {
        return Ok(winner == side);
    }
    let policy = &context.settings.policy;
    pair.sync.execute(Command::DetectConflict(ConflictDetected {
        collisions: Vec::new(),
        local_digest,
        remote_digest,
        strategy: policy.strategy,
        deleted: Some(side),
    }))?;
    let by_person = match (policy.strategy, policy.merge_fallback) {
        (Strategy::ManualReview, _) | (Strategy::MergeFields, MergeFallback::ManualReview) => {
            return Ok(false);
        }
        _ => false,
    };
    pair.sync.execute(Command::ResolveConflict(ConflictResolved {
        by_person,
        decisions: Vec::new(),
        push: Vec::new(),
        pull: Vec::new(),
        given: Fields::new(),
        local_digest,
        remote_digest,
        winner: Some(policy.priority),
    }))?;
    Ok(policy.priority == side)
}

fn unlink(pair: &mut Pair, reason: &str) -> Reconciled {
    pair.sync.execute(Command::Unlink { reason: reason.to_owned() }).map(|_| None)
}
