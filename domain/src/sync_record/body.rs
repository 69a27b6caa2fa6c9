//! What is written: the body of a create or update, and the changes of our own record.

use std::collections::BTreeSet;

use serde_json::Value;

use super::convert::{Fault, Source, present};
use super::difference::Sides;
use super::plan::{PlannedRule, Rules, Unit};
use super::resolution::Settlement;
use crate::fields::Fields;
use crate::sync_config::field_path::FieldPath;
use crate::sync_config::mapping::{MappingProblem, Need};
use crate::value::Side;

mod elements;

#[cfg(test)]
mod tests;

/// Why a record cannot be mapped.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MapFailure {
    /// Its content does not go through the rules.
    #[error("{} of the record cannot be mapped: {}", count(.0), list(.0))]
    Problems(Vec<MappingProblem>),
    /// It refers to records that are not linked yet; it waits for them.
    #[error("it waits for {} other records that are not linked yet", .0.len())]
    Missing(Vec<Need>),
}

fn count(problems: &[MappingProblem]) -> String {
    if problems.len() == 1 { "a field".to_owned() } else { format!("{} fields", problems.len()) }
}

fn list(problems: &[MappingProblem]) -> String {
    problems.iter().take(5).map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// How much of the record an update carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateMode {
    /// The whole record; what is left out is cleared.
    Full,
    /// Only the top-level fields that change; what is cleared is null.
    Sparse,
}

/// What a pull writes to our record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LocalChange {
    /// Top-level fields with their new values.
    pub set: Fields,
    /// Top-level fields that go away.
    pub cleared: Vec<String>,
}

impl LocalChange {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.cleared.is_empty()
    }

    /// `local` with the change.
    pub fn applied(&self, local: &Fields) -> Fields {
        let mut changed = local.clone();
        self.cleared.iter().for_each(|name| drop(changed.remove(name)));
        changed.extend(self.set.clone());
        changed
    }
}

/// Faults met on the way; all of them are reported together.
#[derive(Default)]
struct Faults {
    problems: Vec<MappingProblem>,
    missing: BTreeSet<Need>,
}

impl Faults {
    /// The value, or nothing with the fault noted.
    fn note<T>(&mut self, made: Result<Option<T>, Fault>) -> Option<T> {
        match made {
            Ok(value) => return value,
            Err(Fault::Problem(problem)) => self.problems.push(problem),
            Err(Fault::Missing(need)) => {
                self.missing.insert(need);
            }
        }
        None
    }

    fn end<T>(self, value: T) -> Result<T, MapFailure> {
        if !self.problems.is_empty() {
            Err(MapFailure::Problems(self.problems))
        } else if !self.missing.is_empty() {
            Err(MapFailure::Missing(self.missing.into_iter().collect()))
        } else {
            Ok(value)
        }
    }
}

/// The body of a create: every outbound rule.
pub fn create_body(rules: &Rules<'_>, local: &Fields) -> Result<Fields, MapFailure> {
    whole(rules, Side::Remote, local)
}

/// Our record made of the provider's: every inbound rule.
pub fn new_local(rules: &Rules<'_>, remote: &Fields) -> Result<Fields, MapFailure> {
    whole(rules, Side::Local, remote)
}

fn whole(rules: &Rules<'_>, to: Side, record: &Fields) -> Result<Fields, MapFailure> {
    let mut faults = Faults::default();
    let mut made = Fields::new();
    for unit in rules.plan.units() {
        if let Some(lines) = &unit.lines {
            if let Some(items) = elements::fresh(rules, unit, to, record, &mut faults) {
                let array = if to == Side::Remote { &lines.remote } else { &lines.local };
                array.set(&mut made, Value::Array(items));
            }
            continue;
        }
        for rule in unit.rules.iter().filter(|rule| goes(rule, to)) {
            let value = faults.note(rule.make(to, Source { record, item: None }, rules.known));
            put(&mut made, target(rule, to), value);
        }
    }
    faults.end(made)
}

/// Whether a rule writes the side `to`.
fn goes(rule: &PlannedRule, to: Side) -> bool {
    if to == Side::Remote { rule.flow.sends } else { rule.flow.receives }
}

fn target(rule: &PlannedRule, to: Side) -> Option<&FieldPath> {
    if to == Side::Remote { rule.remote.as_ref() } else { rule.local.as_ref() }
}

fn put(fields: &mut Fields, path: Option<&FieldPath>, value: Option<Value>) {
    if let (Some(path), Some(value)) = (path, value) {
        path.set(fields, value);
    }
}

/// The body of an update: the last observed remote record with the units to push, whole or sparse. Lines keep what no
/// rule maps, and the provider's own lines stay out.
pub fn update_body(
    rules: &Rules<'_>,
    sides: &Sides<'_>,
    settlement: &Settlement,
    mode: UpdateMode,
) -> Result<Fields, MapFailure> {
    let Some(remote) = sides.remote else { return create_body(rules, sides.local) };
    let both = |unit: &&String| settlement.pull.contains(unit) || settlement.given.contains_key(*unit);
    let merged: Vec<String> = settlement.push.iter().filter(both).cloned().collect();
    if !merged.is_empty() {
        let pull: Vec<String> =
            merged.iter().filter(|unit| settlement.pull.contains(unit)).cloned().collect();
        let ahead =
            Settlement { push: pull.clone(), pull, given: settlement.given.clone(), ..Settlement::default() };
        let local = local_change(rules, sides, &ahead)?.applied(sides.local);
        let rest = Settlement::push_only(settlement.push.iter().cloned());
        return update_body(rules, &Sides { local: &local, ..*sides }, &rest, mode);
    }
    let mut faults = Faults::default();
    let mut body = if mode == UpdateMode::Full { remote.clone() } else { Fields::new() };
    for unit in rules.plan.units().iter().filter(|unit| unit.flow.sends && settlement.push.contains(&unit.id))
    {
        let mut writer = Writer { rules, sides, remote, mode, faults: &mut faults, body: &mut body };
        writer.unit(unit);
    }
    for (array, marks) in rules.plan.own_elements() {
        if let Some(Value::Array(items)) = array.get(&body).cloned() {
            let ours = items.into_iter().filter(|item| !super::canonical::is_computed(item, marks)).collect();
            array.set(&mut body, Value::Array(ours));
        }
    }
    faults.end(body)
}

struct Writer<'w, 'a> {
    rules: &'w Rules<'w>,
    sides: &'w Sides<'a>,
    remote: &'w Fields,
    mode: UpdateMode,
    faults: &'w mut Faults,
    body: &'w mut Fields,
}

impl Writer<'_, '_> {
    fn unit(&mut self, unit: &Unit) {
        if let Some(lines) = &unit.lines {
            self.touch(&lines.remote);
            let items = elements::to_send(self.rules, unit, self.sides, self.faults);
            lines.remote.set(self.body, Value::Array(items));
            return;
        }
        for rule in unit.rules.iter().filter(|rule| rule.flow.sends) {
            let Some(path) = &rule.remote else { continue };
            self.touch(path);
            let base = self.sides.local_base.zip(self.sides.remote_base);
            let base = base.map(|(local, remote)| (record(local), record(remote)));
            let made = restored_or_made(rule, Side::Remote, record(self.sides.local), base, self.rules);
            match self.faults.note(made) {
                Some(value) => path.set(self.body, value),
                None if self.mode == UpdateMode::Full => path.remove(self.body),
                None if present(path.get(self.remote)).is_some() => path.set(self.body, Value::Null),
                None => {}
            }
        }
    }

    /// A sparse body carries a touched top-level field as it is, before the change.
    fn touch(&mut self, path: &FieldPath) {
        if self.mode == UpdateMode::Sparse
            && !self.body.contains_key(path.root())
            && path.segments().len() > 1
            && let Some(value) = self.remote.get(path.root())
        {
            self.body.insert(path.root().to_owned(), value.clone());
        }
    }
}

fn record(record: &Fields) -> Source<'_> {
    Source { record, item: None }
}

/// The value for the side `to`: when its source is as it was in the base, what that side had in the base, so that
/// nothing is invented; else made by the rule. `base` is (our source, their source).
fn restored_or_made(
    rule: &PlannedRule,
    to: Side,
    now: Source<'_>,
    base: Option<(Source<'_>, Source<'_>)>,
    rules: &Rules<'_>,
) -> Result<Option<Value>, Fault> {
    let base = base.map(|(local, remote)| if to == Side::Remote { (local, remote) } else { (remote, local) });
    match base {
        Some((source, target))
            if rule.transform.needs_source() && !rule.changed(to, now, Some(source), rules.known) =>
        {
            Ok(rule.read(to, target).cloned())
        }
        _ => rule.make(to, now, rules.known),
    }
}

/// What a pull writes to our record. Where both sides already say the same, ours stays as it is spelled.
pub fn local_change(
    rules: &Rules<'_>,
    sides: &Sides<'_>,
    settlement: &Settlement,
) -> Result<LocalChange, MapFailure> {
    let mut faults = Faults::default();
    let mut taker = Taker {
        rules,
        sides,
        settlement,
        faults: &mut faults,
        local: sides.local.clone(),
        touched: BTreeSet::new(),
    };
    rules.plan.units().iter().for_each(|unit| taker.unit(unit));
    let change = taker.end();
    faults.end(change)
}

struct Taker<'t, 'a> {
    rules: &'t Rules<'t>,
    sides: &'t Sides<'a>,
    settlement: &'t Settlement,
    faults: &'t mut Faults,
    local: Fields,
    touched: BTreeSet<String>,
}

impl Taker<'_, '_> {
    fn unit(&mut self, unit: &Unit) {
        if let Some(value) = self.settlement.given.get(&unit.id) {
            let rule = unit.rules.first().and_then(|rule| rule.local.as_ref());
            if let Some(path) = unit.lines.as_ref().map(|lines| &lines.local).or(rule) {
                self.write(path, Some(value.clone()));
            }
            return;
        }
        let Some(remote) = self.sides.remote else { return };
        if !unit.flow.receives || !self.settlement.pull.contains(&unit.id) {
            return;
        }
        if let Some(lines) = &unit.lines {
            let merged = self.settlement.push.contains(&unit.id);
            let items = elements::to_take(self.rules, unit, self.sides, merged, self.faults);
            let there = present(lines.local.get(self.sides.local)).is_some() || !items.is_empty();
            self.write(&lines.local, there.then_some(Value::Array(items)));
            return;
        }
        for rule in unit.rules.iter().filter(|rule| rule.flow.receives) {
            let Some(path) = &rule.local else { continue };
            let base = self.sides.local_base.zip(self.sides.remote_base);
            let base = base.map(|(local, remote)| (record(local), record(remote)));
            let now = (record(self.sides.local), record(remote));
            if let Some(value) = self.faults.note(taken(rule, now, base, self.rules).map(Some)) {
                self.write(path, value);
            }
        }
    }

    fn write(&mut self, path: &FieldPath, value: Option<Value>) {
        self.touched.insert(path.root().to_owned());
        match value.filter(|value| !value.is_null()) {
            Some(value) => path.set(&mut self.local, value),
            None => path.remove(&mut self.local),
        }
    }

    fn end(mut self) -> LocalChange {
        let mut change = LocalChange::default();
        for name in self.touched {
            match (self.local.remove(&name), self.sides.local.get(&name)) {
                (Some(value), before) if before != Some(&value) => drop(change.set.insert(name, value)),
                (None, Some(_)) => change.cleared.push(name),
                _ => {}
            }
        }
        change
    }
}

/// Our value after a pull: ours as it is when it already says the same, ours of the base when theirs is as it was
/// then, else what the rule makes of theirs.
fn taken(
    rule: &PlannedRule,
    (local, remote): (Source<'_>, Source<'_>),
    base: Option<(Source<'_>, Source<'_>)>,
    rules: &Rules<'_>,
) -> Result<Option<Value>, Fault> {
    let changed = base.is_none_or(|(_, base)| rule.changed(Side::Local, remote, Some(base), rules.known));
    if changed && rule.agrees(local, remote, rules.known) {
        return Ok(rule.read(Side::Local, local).cloned());
    }
    restored_or_made(rule, Side::Local, remote, base, rules)
}

/// The remote record that a confirmed write leaves both sides in step on: what was there before, with the written units
/// as the provider stored them. Whatever else the answer shows stays a difference, and flows inbound.
pub fn settled_observation(
    rules: &Rules<'_>,
    before: Option<&Fields>,
    answer: &Fields,
    written: &[String],
) -> Fields {
    let mut settled = answer.clone();
    let untouched = rules.plan.units().iter().filter(|unit| !written.contains(&unit.id));
    for unit in untouched {
        let array = unit.lines.as_ref().map(|lines| &lines.remote);
        let fields: Vec<&FieldPath> = match array {
            Some(array) => vec![array],
            None => unit.rules.iter().filter_map(|rule| rule.remote.as_ref()).collect(),
        };
        for path in fields {
            match before.and_then(|before| path.get(before)) {
                Some(value) => path.set(&mut settled, value.clone()),
                None => path.remove(&mut settled),
            }
        }
    }
    settled
}
