//! Who wins: changes settled under a policy or by a person.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::difference::{Change, Collision, Difference, UnitDifference};
use crate::value::{MergeFallback, Side, Strategy};

pub use crate::sync_config::conflict_policy::Policy;

#[cfg(test)]
mod tests;

/// Why a side won.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// It changed later.
    Later,
    /// It is the priority source.
    Priority,
    /// Both changed at the same time, or a time is unknown: the priority source.
    NoClock,
    /// A person said so.
    Person,
}

/// One decision with its inputs, so that it can be explained and made again under another strategy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The unit.
    pub unit: String,
    /// The side that won.
    pub winner: Side,
    /// Why.
    pub basis: Basis,
    /// Ours when both were last in step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Value>,
    /// What stays: the winner's value in its own terms, or what a person gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Value>,
    /// What does not: the other side's value in its own terms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discarded: Option<Value>,
}

/// What follows from a difference.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settlement {
    /// Units to send. One that is also in `pull` is merged line by line.
    pub push: Vec<String>,
    /// Units to take.
    pub pull: Vec<String>,
    /// Values a person gave, in our terms; such a unit is also in `push` where the rule sends.
    pub given: BTreeMap<String, Value>,
    /// What was decided.
    pub decided: Vec<Decision>,
    /// What waits for a person; not empty means that the record is in conflict.
    pub review: Vec<Collision>,
}

impl Settlement {
    /// Sends these units and nothing else.
    pub fn push_only(units: impl IntoIterator<Item = String>) -> Self {
        Self { push: units.into_iter().collect(), ..Self::default() }
    }

    /// Takes these units and nothing else.
    pub fn pull_only(units: impl IntoIterator<Item = String>) -> Self {
        Self { pull: units.into_iter().collect(), ..Self::default() }
    }

    /// Whether nothing has to be done.
    pub fn is_quiet(&self) -> bool {
        self.push.is_empty() && self.pull.is_empty() && self.given.is_empty() && self.review.is_empty()
    }

    /// The unit flows the way it changed.
    fn flow(&mut self, unit: &UnitDifference) {
        if matches!(unit.change, Change::LocalOnly | Change::Merged) && unit.flow.sends {
            self.push.push(unit.unit.clone());
        }
        if matches!(unit.change, Change::RemoteOnly | Change::Merged) && unit.flow.receives {
            self.pull.push(unit.unit.clone());
        }
    }

    /// The unit goes as `winner` has it.
    fn decide(&mut self, unit: &UnitDifference, winner: Side, basis: Basis) {
        let loses = unit.change == Change::Collision
            || unit.change == Change::Merged
            || unit.change == (if winner == Side::Local { Change::RemoteOnly } else { Change::LocalOnly });
        let flowing = if winner == Side::Local { &mut self.push } else { &mut self.pull };
        flowing.push(unit.unit.clone());
        if !loses {
            return;
        }
        let Collision { base, local, remote, .. } = unit.values.clone();
        let (kept, discarded) = if winner == Side::Local { (local, remote) } else { (remote, local) };
        self.decided.push(Decision { unit: unit.unit.clone(), winner, basis, base, kept, discarded });
    }
}

/// Settles a difference under a policy.
///
/// Without a collision every change flows. With one, `merge_fields` lets the others flow and gives the colliding units
/// to its fallback; the other strategies decide, or hold, all changed units of the record together. A one-way unit
/// never collides and goes its own way, unless the record is held.
pub fn settle(
    difference: &Difference,
    policy: &Policy,
    local_updated: Option<DateTime<Utc>>,
    remote_updated: Option<DateTime<Utc>>,
) -> Settlement {
    let judge = Judge { policy, local_updated, remote_updated };
    if difference.having(Change::Collision).next().is_none() {
        let mut settlement = Settlement::default();
        difference.units.iter().for_each(|unit| settlement.flow(unit));
        return settlement;
    }
    match policy.strategy {
        Strategy::MergeFields => judge.merge_fields(difference),
        Strategy::ManualReview => held(difference),
        Strategy::LastWriteWins => together(difference, judge.later()),
        Strategy::SourcePriority => together(difference, (policy.priority, Basis::Priority)),
    }
}

fn held(difference: &Difference) -> Settlement {
    let review = difference.having(Change::Collision).map(|unit| unit.values.clone()).collect();
    Settlement { review, ..Settlement::default() }
}

struct Judge<'a> {
    policy: &'a Policy,
    local_updated: Option<DateTime<Utc>>,
    remote_updated: Option<DateTime<Utc>>,
}

impl Judge<'_> {
    fn later(&self) -> (Side, Basis) {
        match (self.local_updated, self.remote_updated) {
            (Some(local), Some(remote)) if local > remote => (Side::Local, Basis::Later),
            (Some(local), Some(remote)) if local < remote => (Side::Remote, Basis::Later),
            _ => (self.policy.priority, Basis::NoClock),
        }
    }

    fn merge_fields(&self, difference: &Difference) -> Settlement {
        let mut settlement = Settlement::default();
        for unit in &difference.units {
            match (unit.change, self.policy.merge_fallback) {
                (Change::Collision, MergeFallback::ManualReview) => {
                    settlement.review.push(unit.values.clone());
                }
                (Change::Collision, MergeFallback::SourcePriority) => {
                    settlement.decide(unit, self.policy.priority, Basis::Priority);
                }
                (Change::Collision, MergeFallback::LastWriteWins) => {
                    let (winner, basis) = self.later();
                    settlement.decide(unit, winner, basis);
                }
                _ => settlement.flow(unit),
            }
        }
        settlement
    }
}

/// Every changed two-way unit as `winner` has it; one-way units go their own way.
fn together(difference: &Difference, (winner, basis): (Side, Basis)) -> Settlement {
    let mut settlement = Settlement::default();
    for unit in &difference.units {
        match unit.change {
            Change::Unchanged | Change::Agreement | Change::Drift => {}
            _ if unit.flow.both() => settlement.decide(unit, winner, basis),
            _ => settlement.flow(unit),
        }
    }
    settlement
}

/// What a person chose for one unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pick {
    /// Ours.
    Local,
    /// Theirs.
    Remote,
    /// Another value, in our terms.
    Value(Value),
}

/// What a person chose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// Our side, for everything that changed.
    Local,
    /// Their side, for everything that changed.
    Remote,
    /// Unit by unit; what does not collide and is not named flows the way it changed.
    PerUnit(BTreeMap<String, Pick>),
}

/// Why a choice cannot be carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    /// No such unit.
    #[error("`{unit}` is no field of this conflict: choose one of {known}")]
    UnknownUnit {
        /// What was named.
        unit: String,
        /// The units that changed.
        known: String,
    },
    /// The unit does not work that way.
    #[error("`{unit}` works one way only: choose the side that it comes from")]
    OneWay {
        /// The unit.
        unit: String,
    },
}

/// Settles a difference as a person chose. Collisions that the choice does not name stay in `review`.
pub fn settle_by_hand(difference: &Difference, choice: &Choice) -> Result<Settlement, ChoiceError> {
    let picks = match choice {
        Choice::Local => return Ok(together(difference, (Side::Local, Basis::Person))),
        Choice::Remote => return Ok(together(difference, (Side::Remote, Basis::Person))),
        Choice::PerUnit(picks) => picks,
    };
    let changed = |unit: &&UnitDifference| {
        !matches!(unit.change, Change::Unchanged | Change::Agreement | Change::Drift)
    };
    if let Some(unknown) =
        picks.keys().find(|name| !difference.units.iter().filter(changed).any(|unit| unit.unit == **name))
    {
        let known: Vec<&str> =
            difference.units.iter().filter(changed).map(|unit| unit.unit.as_str()).collect();
        return Err(ChoiceError::UnknownUnit { unit: unknown.clone(), known: known.join(", ") });
    }
    let mut settlement = Settlement::default();
    for unit in &difference.units {
        match (picks.get(&unit.unit), unit.change) {
            (Some(pick), _) => picked(&mut settlement, unit, pick)?,
            (None, Change::Collision) => settlement.review.push(unit.values.clone()),
            (None, _) => settlement.flow(unit),
        }
    }
    Ok(settlement)
}

fn picked(settlement: &mut Settlement, unit: &UnitDifference, pick: &Pick) -> Result<(), ChoiceError> {
    let fits = match pick {
        Pick::Local => unit.flow.sends,
        Pick::Remote => unit.flow.receives,
        Pick::Value(_) => unit.flow.both(),
    };
    if !fits {
        return Err(ChoiceError::OneWay { unit: unit.unit.clone() });
    }
    match pick {
        Pick::Local => settlement.decide(unit, Side::Local, Basis::Person),
        Pick::Remote => settlement.decide(unit, Side::Remote, Basis::Person),
        Pick::Value(value) => {
            settlement.push.push(unit.unit.clone());
            settlement.given.insert(unit.unit.clone(), value.clone());
            settlement.decided.push(Decision {
                unit: unit.unit.clone(),
                winner: Side::Local,
                basis: Basis::Person,
                base: unit.values.base.clone(),
                kept: Some(value.clone()),
                discarded: unit.values.remote.clone(),
            });
        }
    }
    Ok(())
}
