//! Arrays that both sides changed, merged line by line where every line has a key on both sides.

use serde_json::Value;

use super::convert::Source;
use super::difference::Sides;
use super::lines::{Row, rows};
use super::plan::{Lines, Rules, Unit};
use crate::fields::Fields;
use crate::value::Side;

#[cfg(test)]
mod tests;

/// What a line-by-line look at an array says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Elements {
    /// Lines of ours have to be sent.
    pub(crate) sends: bool,
    /// Lines of theirs have to be taken.
    pub(crate) takes: bool,
    /// A line was changed on both sides, or changed here and deleted there.
    pub(crate) collide: bool,
}

/// Looks at an array that both sides changed.
pub(crate) fn elements(rules: &Rules<'_>, unit: &Unit, lines: &Lines, sides: &Sides<'_>) -> Elements {
    let keyed = lines.item_key.is_some() && lines.remote_key.is_some();
    if !keyed || sides.local_base.is_none() || sides.remote_base.is_none() {
        return Elements { collide: true, ..Elements::default() };
    }
    let rows = rows(rules, unit, lines, sides);
    let mut found = Elements::default();
    for row in &rows {
        let one = element(rules, unit, sides, row);
        found = Elements {
            sends: found.sends || one.sends,
            takes: found.takes || one.takes,
            collide: found.collide || one.collide,
        };
    }
    if found == Elements::default() {
        let places: Vec<usize> =
            rows.iter().filter(|row| row.local.is_some()).map(|row| row.base_at).collect();
        let moved = !places.is_sorted();
        found = Elements { sends: moved, takes: !moved, collide: false };
    }
    found
}

fn element(rules: &Rules<'_>, unit: &Unit, sides: &Sides<'_>, row: &Row<'_>) -> Elements {
    let sends = Elements { sends: true, ..Elements::default() };
    let takes = Elements { takes: true, ..Elements::default() };
    let collide = Elements { collide: true, ..Elements::default() };
    let quiet = Elements::default();
    let local_changed = || side_changed(rules, unit, sides, row, Side::Local);
    let remote_changed = || side_changed(rules, unit, sides, row, Side::Remote);
    match (row.local, row.remote, row.local_base, row.remote_base) {
        (Some(ours), Some(theirs), base, remote_base) => {
            let known = base.is_some() && remote_base.is_some();
            let changed = (!known || local_changed(), !known || remote_changed());
            match changed {
                (false, false) => quiet,
                _ if pair_agrees(rules, unit, sides, ours, theirs) => quiet,
                (true, false) => sends,
                (false, true) => takes,
                (true, true) => collide,
            }
        }
        (Some(_), None, Some(_), Some(_)) => {
            if local_changed() {
                collide
            } else {
                takes
            }
        }
        (None, Some(_), Some(_), Some(_)) => {
            if remote_changed() {
                collide
            } else {
                sends
            }
        }
        (Some(_), None, None, _) => sends,
        (Some(_), None, Some(_), None) if local_changed() => sends,
        (None, Some(_), None, None) => takes,
        _ => quiet,
    }
}

/// Whether a line changed on one side, in what the mapping reads there.
pub(crate) fn side_changed(
    rules: &Rules<'_>,
    unit: &Unit,
    sides: &Sides<'_>,
    row: &Row<'_>,
    side: Side,
) -> bool {
    let (now, base, record, base_record) = match side {
        Side::Local => (row.local, row.local_base, Some(sides.local), sides.local_base),
        Side::Remote => (row.remote, row.remote_base, sides.remote, sides.remote_base),
    };
    let (Some(now), Some(base), Some(record), Some(base_record)) = (now, base, record, base_record) else {
        return true;
    };
    let (now, base) = (Source { record, item: Some(now) }, Source { record: base_record, item: Some(base) });
    unit.rules.iter().any(|rule| {
        let reads = if side == Side::Local { rule.flow.sends } else { rule.flow.receives };
        reads && rule.changed(super::convert::other(side), now, Some(base), rules.known)
    })
}

fn pair_agrees(rules: &Rules<'_>, unit: &Unit, sides: &Sides<'_>, ours: &Value, theirs: &Value) -> bool {
    let empty = Fields::new();
    let ours = Source { record: sides.local, item: Some(ours) };
    let theirs = Source { record: sides.remote.unwrap_or(&empty), item: Some(theirs) };
    unit.rules.iter().all(|rule| rule.agrees(ours, theirs, rules.known))
}
