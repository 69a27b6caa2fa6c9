//! Which element of our array belongs to which of the provider's: derived from the base, never stored.

use serde_json::Value;

use super::canonical::{canonical, is_computed};
use super::convert::Source;
use super::difference::Sides;
use super::plan::{Lines, Rules, Unit};
use crate::catalogue::FieldType;
use crate::fields::Fields;
use crate::sync_config::field_path::FieldPath;
use crate::sync_config::mapping::key_text;
use crate::value::Side;

/// One line, on both sides, now and in the base.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Row<'a> {
    pub(crate) local: Option<&'a Value>,
    pub(crate) remote: Option<&'a Value>,
    pub(crate) local_base: Option<&'a Value>,
    pub(crate) remote_base: Option<&'a Value>,
    /// Place among the provider's lines now.
    pub(crate) remote_at: usize,
    /// Place among our lines in the base.
    pub(crate) base_at: usize,
}

/// Our elements.
pub(crate) fn ours<'a>(lines: &Lines, record: Option<&'a Fields>) -> Vec<&'a Value> {
    let array = record.and_then(|record| lines.local.get(record)).and_then(Value::as_array);
    array.map(|items| items.iter().collect()).unwrap_or_default()
}

/// The provider's elements, without those it computed itself.
pub(crate) fn theirs<'a>(lines: &Lines, record: Option<&'a Fields>) -> Vec<&'a Value> {
    let array = record.and_then(|record| lines.remote.get(record)).and_then(Value::as_array);
    let items = array.map(Vec::as_slice).unwrap_or_default();
    items.iter().filter(|item| !is_computed(item, &lines.computed)).collect()
}

/// The key that a line of the provider gets with us.
pub(crate) fn minted(lines: &Lines, element: &Value) -> Option<String> {
    let key = lines.remote_key.as_ref()?.get(element.as_object()?)?;
    key_text(key).map(|key| format!("r{key}"))
}

/// Every line: ours in our order, then those only the provider has, then those only the base has.
pub(crate) fn rows<'a>(rules: &Rules<'_>, unit: &Unit, lines: &Lines, sides: &Sides<'a>) -> Vec<Row<'a>> {
    let (local, remote) = (ours(lines, Some(sides.local)), theirs(lines, sides.remote));
    let (local_base, remote_base) = (ours(lines, sides.local_base), theirs(lines, sides.remote_base));
    let matcher = Matcher { rules, unit, sides };

    let base_pairs = matcher.across(&local_base, &remote_base, true);
    let item_key = lines.item_key.as_deref().map(|key| move |item: &Value| key_text(item.get(key)?));
    let local_to_base = along(&local, &local_base, |item| item_key.as_ref()?(item));
    let remote_key = |item: &Value| key_text(lines.remote_key.as_ref()?.get(item.as_object()?)?);
    let remote_to_base = along(&remote, &remote_base, remote_key);
    let from_base = inverse(&remote_to_base, remote_base.len());

    let mut rows = Vec::with_capacity(local.len() + remote.len());
    let base_row = |at: usize| {
        let partner = base_pairs[at];
        let now = partner.and_then(|partner| from_base[partner]);
        Row {
            local_base: Some(local_base[at]),
            remote_base: partner.map(|partner| remote_base[partner]),
            remote: now.map(|now| remote[now]),
            remote_at: now.unwrap_or(usize::MAX),
            base_at: at,
            local: None,
        }
    };
    for (at, item) in local.iter().enumerate() {
        let row = local_to_base[at]
            .map_or(Row { remote_at: usize::MAX, base_at: usize::MAX, ..Row::default() }, base_row);
        rows.push(Row { local: Some(item), ..row });
    }
    let seen = inverse(&local_to_base, local_base.len());
    rows.extend((0..local_base.len()).filter(|at| seen[*at].is_none()).map(base_row));

    let paired = inverse(&base_pairs, remote_base.len());
    let mut fresh: Vec<usize> = Vec::new();
    for (at, base) in remote_to_base.iter().enumerate() {
        match base {
            Some(base) if paired[*base].is_some() => {}
            Some(base) => rows.push(Row {
                remote: Some(remote[at]),
                remote_base: Some(remote_base[*base]),
                remote_at: at,
                base_at: usize::MAX,
                ..Row::default()
            }),
            None => fresh.push(at),
        }
    }
    matcher.join_fresh(lines, &mut rows, &remote, fresh);
    rows
}

struct Matcher<'m, 'a> {
    rules: &'m Rules<'m>,
    unit: &'m Unit,
    sides: &'m Sides<'a>,
}

impl<'a> Matcher<'_, 'a> {
    /// For each of our elements, the provider's that it maps to: at the same place, else anywhere, else (`by_place`)
    /// what is left in order.
    fn across(&self, local: &[&Value], remote: &[&Value], by_place: bool) -> Vec<Option<usize>> {
        let ours: Vec<Option<Vec<u8>>> = local.iter().map(|item| self.signature(Side::Local, item)).collect();
        let theirs: Vec<Option<Vec<u8>>> =
            remote.iter().map(|item| self.signature(Side::Remote, item)).collect();
        let alike = |left: usize, right: usize| ours[left].is_some() && ours[left] == theirs[right];
        let mut pairs: Vec<Option<usize>> =
            (0..local.len()).map(|at| (at < remote.len() && alike(at, at)).then_some(at)).collect();
        let mut taken = taken(&pairs, remote.len());
        for at in 0..local.len() {
            if pairs[at].is_none() {
                pairs[at] = (0..remote.len()).find(|other| !taken[*other] && alike(at, *other));
                pairs[at].into_iter().for_each(|other| taken[other] = true);
            }
        }
        if by_place {
            fill_in_order(&mut pairs, &mut taken);
        }
        pairs
    }

    /// What an element says in the target's terms; none when it cannot be mapped.
    fn signature(&self, side: Side, item: &Value) -> Option<Vec<u8>> {
        let target = if self.unit.flow.sends { Side::Remote } else { Side::Local };
        let record = if side == Side::Local {
            self.sides.local_base.unwrap_or(self.sides.local)
        } else {
            self.sides.remote_base.or(self.sides.remote)?
        };
        let source = Source { record, item: Some(item) };
        let mut bytes = Vec::new();
        for rule in &self.unit.rules {
            if !(if target == Side::Remote { rule.flow.sends } else { rule.flow.receives }) {
                continue;
            }
            let made =
                if side == target { None } else { rule.make(target, source, self.rules.known).ok()? };
            let value = if side == target { rule.read(target, source) } else { made.as_ref() };
            if let Some(value) = value.filter(|value| !value.is_null()) {
                bytes.extend(canonical(value, rule.kind(target)));
            }
            bytes.push(b'\n');
        }
        Some(bytes)
    }

    /// Puts the provider's new lines beside our new ones: those that carry the key we gave them, those that say the
    /// same, and without any base those at the same place.
    fn join_fresh(
        &self,
        lines: &Lines,
        rows: &mut Vec<Row<'a>>,
        remote: &[&'a Value],
        mut fresh: Vec<usize>,
    ) {
        let open: Vec<usize> = (0..rows.len())
            .filter(|at| rows[*at].local.is_some() && rows[*at].local_base.is_none())
            .collect();
        let key = lines.item_key.as_deref();
        let mut left = Vec::new();
        for row in open {
            let own = rows[row].local.and_then(|item| key_text(item.get(key?)?));
            let carried = fresh.iter().position(|at| own.is_some() && minted(lines, remote[*at]) == own);
            match carried {
                Some(place) => {
                    let at = fresh.remove(place);
                    rows[row] = Row { remote: Some(remote[at]), remote_at: at, ..rows[row] };
                }
                None => left.push(row),
            }
        }
        let mine: Vec<&Value> = left.iter().filter_map(|row| rows[*row].local).collect();
        let new: Vec<&Value> = fresh.iter().map(|at| remote[*at]).collect();
        let first_link = self.sides.local_base.is_none() || self.sides.remote_base.is_none();
        for (row, partner) in left.iter().zip(self.across(&mine, &new, first_link)) {
            if let Some(partner) = partner {
                rows[*row] = Row { remote: Some(new[partner]), remote_at: fresh[partner], ..rows[*row] };
            }
        }
        let joined: Vec<usize> = left.iter().map(|row| rows[*row].remote_at).collect();
        rows.extend(fresh.into_iter().filter(|at| !joined.contains(at)).map(|at| Row {
            remote: Some(remote[at]),
            remote_at: at,
            base_at: usize::MAX,
            ..Row::default()
        }));
    }
}

/// For each element now, its place in the base: by key, where it has one, else by content, else in order.
fn along(now: &[&Value], base: &[&Value], key: impl Fn(&Value) -> Option<String>) -> Vec<Option<usize>> {
    let keys: Vec<Option<String>> = base.iter().map(|item| key(item)).collect();
    let mut taken = vec![false; base.len()];
    let mut places: Vec<Option<usize>> = vec![None; now.len()];
    for (at, item) in now.iter().enumerate() {
        if let Some(own) = key(item) {
            places[at] = (0..base.len()).find(|other| !taken[*other] && keys[*other].as_ref() == Some(&own));
            places[at].into_iter().for_each(|other| taken[other] = true);
        }
    }
    let keyless: Vec<usize> = (0..now.len()).filter(|at| key(now[*at]).is_none()).collect();
    for at in &keyless {
        places[*at] = (0..base.len())
            .find(|other| !taken[*other] && keys[*other].is_none() && base[*other] == now[*at]);
        places[*at].into_iter().for_each(|other| taken[other] = true);
    }
    let mut free = (0..base.len()).filter(|other| keys[*other].is_none());
    for at in keyless.into_iter().filter(|at| now.len() == base.len() || *at < base.len()) {
        if places[at].is_none() {
            places[at] = free.find(|other| !taken[*other]);
            places[at].into_iter().for_each(|other| taken[other] = true);
        }
    }
    places
}

fn taken(pairs: &[Option<usize>], length: usize) -> Vec<bool> {
    inverse(pairs, length).iter().map(Option::is_some).collect()
}

fn inverse(pairs: &[Option<usize>], length: usize) -> Vec<Option<usize>> {
    let mut back = vec![None; length];
    for (at, partner) in pairs.iter().enumerate() {
        if let Some(partner) = partner {
            back[*partner] = Some(at);
        }
    }
    back
}

fn fill_in_order(pairs: &mut [Option<usize>], taken: &mut [bool]) {
    let mut free = 0;
    for pair in pairs.iter_mut().filter(|pair| pair.is_none()) {
        while free < taken.len() && taken[free] {
            free += 1;
        }
        if free == taken.len() {
            return;
        }
        *pair = Some(free);
        taken[free] = true;
    }
}

/// Whether two lists of elements say the same at `path`.
pub(crate) fn same_at(left: &Value, right: &Value, path: &FieldPath, kind: &FieldType) -> bool {
    let read = |item: &'_ Value| item.as_object().and_then(|members| path.get(members)).cloned();
    super::canonical::same(read(left).as_ref(), read(right).as_ref(), kind)
}
