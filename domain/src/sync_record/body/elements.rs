//! Lines of a body, and lines taken over into our record.

use serde_json::Value;

use super::{Faults, goes, restored_or_made, taken, target};
use crate::fields::Fields;
use crate::sync_record::convert::Source;
use crate::sync_record::difference::Sides;
use crate::sync_record::lines::{Row, minted, ours, rows, theirs};
use crate::sync_record::merge::side_changed;
use crate::sync_record::plan::{Lines, Rules, Unit};
use crate::value::Side;

/// Every element of `record`, made anew for the side `to`; none when the record has no such array.
pub(super) fn fresh(
    rules: &Rules<'_>,
    unit: &Unit,
    to: Side,
    record: &Fields,
    faults: &mut Faults,
) -> Option<Vec<Value>> {
    let lines = unit.lines.as_ref()?;
    if !(if to == Side::Remote { unit.flow.sends } else { unit.flow.receives }) {
        return None;
    }
    let items = if to == Side::Remote {
        lines.local.get(record)?.as_array()?;
        ours(lines, Some(record))
    } else {
        lines.remote.get(record)?.as_array()?;
        theirs(lines, Some(record))
    };
    let mut made = Vec::with_capacity(items.len());
    for item in items {
        let mut fields = if to == Side::Local { keyed(lines, item) } else { Fields::new() };
        for rule in unit.rules.iter().filter(|rule| goes(rule, to)) {
            let value = faults.note(rule.make(to, Source { record, item: Some(item) }, rules.known));
            super::put(&mut fields, target(rule, to), value);
        }
        made.push(Value::Object(fields));
    }
    Some(made)
}

/// A line of ours that so far has nothing but the key made of the provider's.
fn keyed(lines: &Lines, theirs: &Value) -> Fields {
    let mut fields = Fields::new();
    if let (Some(name), Some(key)) = (&lines.item_key, minted(lines, theirs)) {
        fields.insert(name.clone(), Value::String(key));
    }
    fields
}

fn members(item: Option<&Value>) -> Fields {
    item.and_then(Value::as_object).cloned().unwrap_or_default()
}

/// The lines to send, in our order: each the provider's line with our values, so that its key and what no rule maps
/// stay. Lines of the provider that had no partner in the base stay at the end.
pub(super) fn to_send(rules: &Rules<'_>, unit: &Unit, sides: &Sides<'_>, faults: &mut Faults) -> Vec<Value> {
    let Some(lines) = &unit.lines else { return Vec::new() };
    let mut items = Vec::new();
    let mut rest = Vec::new();
    for row in rows(rules, unit, lines, sides) {
        match (row.local, row.remote) {
            (Some(_), _) => items.push(sent(rules, unit, sides, &row, faults)),
            (None, Some(theirs)) if row.remote_base.is_some() && row.local_base.is_none() => {
                rest.push(theirs.clone());
            }
            _ => {}
        }
    }
    items.extend(rest);
    items
}

fn sent(rules: &Rules<'_>, unit: &Unit, sides: &Sides<'_>, row: &Row<'_>, faults: &mut Faults) -> Value {
    let mut fields = members(row.remote);
    let now = Source { record: sides.local, item: row.local };
    for rule in unit.rules.iter().filter(|rule| rule.flow.sends) {
        let Some(path) = &rule.remote else { continue };
        match faults.note(restored_or_made(rule, Side::Remote, now, base(sides, row), rules)) {
            Some(value) => path.set(&mut fields, value),
            None => path.remove(&mut fields),
        }
    }
    Value::Object(fields)
}

/// The base of a line on both sides: ours, theirs.
fn base<'a>(sides: &Sides<'a>, row: &Row<'a>) -> Option<(Source<'a>, Source<'a>)> {
    let (local, remote) = sides.local_base.zip(sides.remote_base)?;
    row.local_base?;
    row.remote_base?;
    Some((Source { record: local, item: row.local_base }, Source { record: remote, item: row.remote_base }))
}

/// Our lines after a pull. Their side wins (`merged` false): their lines in their order. Merged: ours in our order with
/// their changes, and their new lines at the end.
pub(super) fn to_take(
    rules: &Rules<'_>,
    unit: &Unit,
    sides: &Sides<'_>,
    merged: bool,
    faults: &mut Faults,
) -> Vec<Value> {
    let Some(lines) = &unit.lines else { return Vec::new() };
    let mut rows = rows(rules, unit, lines, sides);
    if !merged {
        rows.sort_by_key(|row| row.remote_at);
    }
    let mut items = Vec::new();
    for row in rows {
        let kept = if merged { merged_line(rules, unit, sides, &row) } else { their_line(&row) };
        match kept {
            Kept::AsItIs => items.extend(row.local.cloned()),
            Kept::Taken => items.push(pulled(rules, unit, (lines, sides), &row, faults)),
            Kept::Dropped => {}
        }
    }
    items
}

enum Kept {
    AsItIs,
    Taken,
    Dropped,
}

fn their_line(row: &Row<'_>) -> Kept {
    match (row.remote, row.local_base, row.remote_base) {
        (Some(_), None, Some(_)) => Kept::Dropped,
        (Some(_), _, _) => Kept::Taken,
        (None, Some(_), None) => Kept::AsItIs,
        _ => Kept::Dropped,
    }
}

fn merged_line(rules: &Rules<'_>, unit: &Unit, sides: &Sides<'_>, row: &Row<'_>) -> Kept {
    let changed = |side: Side| side_changed(rules, unit, sides, row, side);
    match (row.local, row.remote, row.local_base, row.remote_base) {
        (Some(_), Some(_), Some(_), Some(_)) if changed(Side::Remote) && !changed(Side::Local) => Kept::Taken,
        (Some(_), None, Some(_), Some(_)) => Kept::Dropped,
        (Some(_), ..) => Kept::AsItIs,
        (None, Some(_), None, None) => Kept::Taken,
        _ => Kept::Dropped,
    }
}

/// Our line with their values; what no rule maps stays.
fn pulled(
    rules: &Rules<'_>,
    unit: &Unit,
    (lines, sides): (&Lines, &Sides<'_>),
    row: &Row<'_>,
    faults: &mut Faults,
) -> Value {
    let start = row.local.or(row.local_base);
    let mut fields = match (start, row.remote) {
        (None, Some(theirs)) => keyed(lines, theirs),
        _ => members(start),
    };
    let record = sides.remote.unwrap_or(sides.local);
    let empty = Value::Object(Fields::new());
    let now = (
        Source { record: sides.local, item: Some(start.unwrap_or(&empty)) },
        Source { record, item: row.remote },
    );
    for rule in unit.rules.iter().filter(|rule| rule.flow.receives) {
        let Some(path) = &rule.local else { continue };
        match faults.note(taken(rule, now, base(sides, row), rules).map(Some)) {
            Some(Some(value)) if !value.is_null() => path.set(&mut fields, value),
            Some(_) => path.remove(&mut fields),
            None => {}
        }
    }
    Value::Object(fields)
}
