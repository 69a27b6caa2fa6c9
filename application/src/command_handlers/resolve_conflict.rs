//! Settles a conflict as a person chose: one side, or field by field.

use domain::fields::Fields;
use domain::stream::SyncRecordKey;
use domain::sync_record::SyncRecordCommand;
use domain::sync_record::difference::{Sides, difference};
use domain::sync_record::events::ConflictResolved;
use domain::sync_record::resolution::{Choice, Settlement, settle_by_hand};
use domain::value::Side;

use super::{Declined, Desk};
use crate::dispatcher::{Done, Envelope, UnitBuilder};
use crate::sync::pair::Pair;
use crate::sync::{Context, references};

/// What both sides were when the person looked: digests as the conflict shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConflictSides {
    /// Digest of our side.
    pub local: String,
    /// Digest of the provider's side.
    pub remote: String,
}

impl Desk {
    /// Settles the open conflict of a record, if both sides are still what the person saw.
    pub async fn resolve_conflict(
        &self,
        envelope: &Envelope,
        (key, seen): (&SyncRecordKey, &ConflictSides),
        choice: &Choice,
    ) -> Result<Done, Declined> {
        let context = self.context(key).await?;
        let log = self.dispatcher().log.as_ref();
        let mut pairs = Pair::load(log, &context, std::slice::from_ref(&key.local_id)).await?;
        let mut pair = pairs.pop().ok_or(Declined::NotFound("sync record"))?;
        let settlement = self.settlement(&context, &pair, choice).await?;
        let digests = match (&pair.sync.state.conflict, &pair.sync.state.resolution) {
            (Some(open), _) => (open.local_digest, open.remote_digest),
            (None, Some(done)) => (done.local_digest, done.remote_digest),
            (None, None) => return Err(domain::sync_record::SyncRecordError::NoConflict.into()),
        };
        if digests.0.to_string() != seen.local || digests.1.to_string() != seen.remote {
            return Err(domain::sync_record::SyncRecordError::Moved.into());
        }
        let deletion = pair.sync.state.conflict.as_ref().is_some_and(|open| open.deleted.is_some());
        let winner = if deletion { Some(side_of(choice)?) } else { None };
        let given: Fields = settlement.given.into_iter().collect();
        pair.sync.execute(SyncRecordCommand::ResolveConflict(ConflictResolved {
            by_person: true,
            decisions: settlement.decided,
            push: settlement.push,
            pull: settlement.pull,
            given,
            local_digest: digests.0,
            remote_digest: digests.1,
            winner,
        }))?;
        let (version, changed) = (pair.sync.head(), pair.sync.changed());
        let mut unit = UnitBuilder::new(envelope.organization, envelope.metadata.clone());
        unit.add(pair.sync);
        let position = match self.append(envelope, unit).await? {
            Some(position) => position,
            None => log.head().await?,
        };
        Ok(Done { position, version, changed })
    }

    async fn settlement(
        &self,
        context: &Context,
        pair: &Pair,
        choice: &Choice,
    ) -> Result<Settlement, Declined> {
        let routes = self.routes().await?;
        let log = self.dispatcher().log.as_ref();
        let known = references::resolve(log, &routes, context, std::slice::from_ref(pair)).await?;
        let (remote, base) = (pair.remote_now(), pair.base());
        let sides = Sides {
            local: pair.local_now(),
            local_base: base.as_ref().map(|(ours, _)| ours),
            remote: Some(&remote),
            remote_base: base.as_ref().map(|(_, theirs)| theirs),
        };
        let found = difference(&context.rules(&known), &sides);
        let settlement =
            settle_by_hand(&found, choice).map_err(|error| Declined::invalid("fields", error))?;
        if settlement.review.is_empty() {
            return Ok(settlement);
        }
        let left: Vec<&str> = settlement.review.iter().map(|unit| unit.unit.as_str()).collect();
        Err(Declined::invalid("fields", format!("choose a side or a value for {} too", left.join(", "))))
    }
}

/// A deletion against a change has no middle.
fn side_of(choice: &Choice) -> Result<Side, Declined> {
    match choice {
        Choice::Local => Ok(Side::Local),
        Choice::Remote => Ok(Side::Remote),
        Choice::PerUnit(_) => Err(Declined::invalid(
            "resolution",
            "one side deleted the record, so there is nothing to merge: choose local or remote",
        )),
    }
}
