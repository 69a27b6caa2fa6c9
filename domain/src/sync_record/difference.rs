//! What changed since both sides were last in step: each side compared with itself, unit by unit.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::canonical::same;
use super::convert::{Source, other};
use super::lines::{ours, same_at, theirs};
use super::merge::{self, Elements};
use super::plan::{Lines, PlannedRule, Unit};
use crate::fields::Fields;
use crate::sync_config::mapping_rule::Flow;
use crate::value::Side;

#[cfg(test)]
mod tests;

pub use super::plan::Rules;

/// Both sides, now and when they were last in step.
#[derive(Clone, Copy, Debug)]
pub struct Sides<'a> {
    /// Ours.
    pub local: &'a Fields,
    /// Ours, in the base.
    pub local_base: Option<&'a Fields>,
    /// Theirs; none before the first write is confirmed.
    pub remote: Option<&'a Fields>,
    /// Theirs, in the base.
    pub remote_base: Option<&'a Fields>,
}

/// What happened to a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Nothing.
    Unchanged,
    /// Only ours changed.
    LocalOnly,
    /// Only theirs changed.
    RemoteOnly,
    /// Something changed, and both sides say the same now.
    Agreement,
    /// Both changed, but no line of the array on both sides.
    Merged,
    /// Both changed, differently.
    Collision,
    /// The target of a one-way rule was changed by somebody else.
    Drift,
}

/// A unit that both sides changed differently.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collision {
    /// The unit: a rule's id, or our array with `[*]`.
    pub unit: String,
    /// Ours when both were last in step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Value>,
    /// Ours now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<Value>,
    /// Theirs now, in their terms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<Value>,
}

/// What happened to one unit.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitDifference {
    /// The unit.
    pub unit: String,
    /// What happened.
    pub change: Change,
    /// Whether the target of a one-way rule was changed by somebody else, whatever else happened.
    pub drift: bool,
    /// Which ways it works.
    pub flow: Flow,
    /// The values; empty where nothing changed.
    pub values: Collision,
}

/// What changed since the base.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    /// Every unit, changed or not, in the plan's order.
    pub units: Vec<UnitDifference>,
}

impl Difference {
    /// The units to which this happened.
    pub fn having(&self, change: Change) -> impl Iterator<Item = &UnitDifference> {
        self.units.iter().filter(move |unit| unit.change == change)
    }

    /// Whether nothing has to be sent, taken or settled.
    pub fn is_quiet(&self) -> bool {
        self.units
            .iter()
            .all(|unit| matches!(unit.change, Change::Unchanged | Change::Agreement | Change::Drift))
    }

    /// The units whose one-way target was changed by somebody else.
    pub fn drifted(&self) -> impl Iterator<Item = &UnitDifference> {
        self.units.iter().filter(|unit| unit.drift)
    }
}

/// Compares each side with its own base. Without a base, having a value is a change, so that what maps to each other
/// agrees, what only one side has flows, and the rest collides.
pub fn difference(rules: &Rules<'_>, sides: &Sides<'_>) -> Difference {
    Difference { units: rules.plan.units().iter().map(|unit| compare(rules, unit, sides)).collect() }
}

fn compare(rules: &Rules<'_>, unit: &Unit, sides: &Sides<'_>) -> UnitDifference {
    let changes = Changes::of(rules, unit, sides);
    let change = match (changes.local, changes.remote) {
        (false, false) if changes.foreign => Change::Drift,
        (false, false) => Change::Unchanged,
        _ if agrees(rules, unit, sides) => Change::Agreement,
        (true, false) => Change::LocalOnly,
        (false, true) => Change::RemoteOnly,
        (true, true) if !unit.flow.both() => one_way(unit.flow),
        (true, true) => match unit.lines.as_ref().map(|lines| merge::elements(rules, unit, lines, sides)) {
            None | Some(Elements { collide: true, .. }) => Change::Collision,
            Some(Elements { sends: true, takes: true, .. }) => Change::Merged,
            Some(Elements { sends: true, .. }) => Change::LocalOnly,
            Some(Elements { takes: true, .. }) => Change::RemoteOnly,
            Some(_) => Change::Agreement,
        },
    };
    let quiet = matches!(change, Change::Unchanged | Change::Agreement);
    let values = if quiet { named(unit) } else { values(unit, sides) };
    UnitDifference { unit: unit.id.clone(), change, drift: changes.foreign, flow: unit.flow, values }
}

fn one_way(flow: Flow) -> Change {
    if flow.sends { Change::LocalOnly } else { Change::RemoteOnly }
}

fn named(unit: &Unit) -> Collision {
    Collision { unit: unit.id.clone(), base: None, local: None, remote: None }
}

fn values(unit: &Unit, sides: &Sides<'_>) -> Collision {
    let rule = unit.rules.first();
    let (local, remote) = match &unit.lines {
        Some(lines) => (Some(&lines.local), Some(&lines.remote)),
        None => (rule.and_then(|rule| rule.local.as_ref()), rule.and_then(|rule| rule.remote.as_ref())),
    };
    Collision {
        base: local.and_then(|path| path.get(sides.local_base?)).cloned(),
        local: local.and_then(|path| path.get(sides.local)).cloned(),
        remote: remote.and_then(|path| path.get(sides.remote?)).cloned(),
        ..named(unit)
    }
}

/// Which side's sources changed, and whether a one-way target did.
#[derive(Clone, Copy, Debug, Default)]
struct Changes {
    local: bool,
    remote: bool,
    foreign: bool,
}

impl Changes {
    fn of(rules: &Rules<'_>, unit: &Unit, sides: &Sides<'_>) -> Self {
        let mut changes = Self::default();
        match &unit.lines {
            None => {
                let now = Pair::records(sides.local, sides.remote);
                let base = BasePair::records(sides);
                unit.rules.iter().for_each(|rule| changes.add(rules, rule, now, base));
            }
            Some(lines) => changes.add_lines(rules, unit, lines, sides),
        }
        changes
    }

    fn add(&mut self, rules: &Rules<'_>, rule: &PlannedRule, now: Pair<'_>, base: BasePair<'_>) {
        if rule.flow.sends {
            self.local |= rule.changed(Side::Remote, now.local, base.local, rules.known);
        }
        if let (true, Some(remote)) = (rule.flow.receives, now.remote) {
            self.remote |= rule.changed(Side::Local, remote, base.remote, rules.known);
        }
        if !rule.flow.both() {
            let target = if rule.flow.sends { Side::Remote } else { Side::Local };
            let (now, base) = match target {
                Side::Remote => (now.remote, base.remote),
                Side::Local => (Some(now.local), base.local),
            };
            if let (Some(now), Some(base)) = (now, base) {
                self.foreign |= !same(rule.read(target, now), rule.read(target, base), rule.kind(target));
            }
        }
    }

    /// Arrays are compared place by place; who belongs to whom matters only once something changed.
    fn add_lines(&mut self, rules: &Rules<'_>, unit: &Unit, lines: &Lines, sides: &Sides<'_>) {
        let flow = unit.flow;
        let local = (ours(lines, Some(sides.local)), sides.local_base.map(|base| ours(lines, Some(base))));
        let remote = (theirs(lines, sides.remote), sides.remote_base.map(|base| theirs(lines, Some(base))));
        let resized = |now: &[&Value], base: Option<&Vec<&Value>>| base.map_or(0, Vec::len) != now.len();
        let local_resized = resized(&local.0, local.1.as_ref());
        let remote_resized = sides.remote.is_some() && resized(&remote.0, remote.1.as_ref());
        self.local |= flow.sends && local_resized;
        self.remote |= flow.receives && remote_resized;
        self.foreign |= !flow.sends && local.1.is_some() && local_resized;
        self.foreign |= !flow.receives && remote.1.is_some() && remote_resized;

        for (side, record, base_record, (now, base)) in [
            (Side::Local, Some(sides.local), sides.local_base, local),
            (Side::Remote, sides.remote, sides.remote_base, remote),
        ] {
            let (Some(record), Some(base_record), Some(base)) = (record, base_record, base) else { continue };
            for (now, base) in now.into_iter().zip(base) {
                let now = Source { record, item: Some(now) };
                let base = Source { record: base_record, item: Some(base) };
                unit.rules.iter().for_each(|rule| self.add_element(rules, rule, side, (now, base)));
            }
        }
    }

    fn add_element(
        &mut self,
        rules: &Rules<'_>,
        rule: &PlannedRule,
        side: Side,
        (now, base): (Source<'_>, Source<'_>),
    ) {
        let reads = if side == Side::Local { rule.flow.sends } else { rule.flow.receives };
        if reads {
            let changed = rule.changed(other(side), now, Some(base), rules.known);
            if side == Side::Local { self.local |= changed } else { self.remote |= changed }
        } else {
            self.foreign |= !same(rule.read(side, now), rule.read(side, base), rule.kind(side));
        }
    }
}

#[derive(Clone, Copy)]
struct Pair<'a> {
    local: Source<'a>,
    remote: Option<Source<'a>>,
}

impl<'a> Pair<'a> {
    fn records(local: &'a Fields, remote: Option<&'a Fields>) -> Self {
        Self { local: record(local), remote: remote.map(record) }
    }
}

#[derive(Clone, Copy)]
struct BasePair<'a> {
    local: Option<Source<'a>>,
    remote: Option<Source<'a>>,
}

impl<'a> BasePair<'a> {
    fn records(sides: &Sides<'a>) -> Self {
        Self { local: sides.local_base.map(record), remote: sides.remote_base.map(record) }
    }
}

fn record(record: &Fields) -> Source<'_> {
    Source { record, item: None }
}

/// Whether both sides say the same now.
fn agrees(rules: &Rules<'_>, unit: &Unit, sides: &Sides<'_>) -> bool {
    let Some(remote) = sides.remote else { return false };
    let Some(lines) = &unit.lines else {
        return unit.rules.iter().all(|rule| rule.agrees(record(sides.local), record(remote), rules.known));
    };
    let (local_items, remote_items) = (ours(lines, Some(sides.local)), theirs(lines, Some(remote)));
    local_items.len() == remote_items.len()
        && local_items.into_iter().zip(remote_items).all(|(ours, theirs)| {
            let ours = Source { record: sides.local, item: Some(ours) };
            let theirs = Source { record: remote, item: Some(theirs) };
            unit.rules.iter().all(|rule| rule.agrees(ours, theirs, rules.known))
        })
}

/// The units of `written` that a provider stored differently from what was asked.
pub fn accepted_differently(
    rules: &Rules<'_>,
    asked: &Fields,
    stored: &Fields,
    written: &[String],
) -> Vec<String> {
    let differs = |unit: &&Unit| match &unit.lines {
        None => unit.rules.iter().any(|rule| match &rule.remote {
            Some(path) => !same(path.get(asked), path.get(stored), &rule.remote_kind),
            None => false,
        }),
        Some(lines) => {
            let (asked, stored) = (theirs(lines, Some(asked)), theirs(lines, Some(stored)));
            let differs = |rule: &PlannedRule, asked: &Value, stored: &Value| {
                rule.remote.as_ref().is_some_and(|path| !same_at(asked, stored, path, &rule.remote_kind))
            };
            asked.len() != stored.len()
                || asked
                    .iter()
                    .zip(&stored)
                    .any(|(asked, stored)| unit.rules.iter().any(|rule| differs(rule, asked, stored)))
        }
    };
    let units = rules.plan.units().iter().filter(|unit| unit.flow.sends && written.contains(&unit.id));
    units.filter(differs).map(|unit| unit.id.clone()).collect()
}
