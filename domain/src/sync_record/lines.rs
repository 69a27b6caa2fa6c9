//! Which element of our array belongs to which of the provider's: derived from the base, never stored.

use std::collections::{BTreeMap, VecDeque};

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
#[derive(Clone, Copy, Debug)]
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

const NOWHERE: Row<'static> = Row {
    local: None,
    remote: None,
    local_base: None,
    remote_base: None,
    remote_at: usize::MAX,
    base_at: usize::MAX,
};

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

/// Every line: ours in our order, then those only the base has, then those only the provider has.
pub(crate) fn rows<'a>(rules: &Rules<'_>, unit: &Unit, lines: &Lines, sides: &Sides<'a>) -> Vec<Row<'a>> {
    let matcher = Matcher { rules, unit, sides };
    let lists = Lists {
        local: ours(lines, Some(sides.local)),
        remote: theirs(lines, sides.remote),
        local_base: ours(lines, sides.local_base),
        remote_base: theirs(lines, sides.remote_base),
    };
    let places = lists.places(lines, &matcher);
    let mut rows = lists.our_rows(&places);
    let fresh = lists.add_their_rows(&places, &mut rows);
    matcher.join_fresh(lines, &mut rows, &lists.remote, &fresh);
    rows
}

/// The elements of one array: both sides, now and in the base.
struct Lists<'a> {
    local: Vec<&'a Value>,
    remote: Vec<&'a Value>,
    local_base: Vec<&'a Value>,
    remote_base: Vec<&'a Value>,
}

/// Which element is which.
struct Places {
    /// Of our base elements: their partners in the provider's base.
    base_pairs: Vec<Option<usize>>,
    local_to_base: Vec<Option<usize>>,
    remote_to_base: Vec<Option<usize>>,
}

impl<'a> Lists<'a> {
    fn places(&self, lines: &Lines, matcher: &Matcher<'_, '_>) -> Places {
        let item_key = |item: &Value| key_text(item.get(lines.item_key.as_deref()?)?);
        let remote_key = |item: &Value| key_text(lines.remote_key.as_ref()?.get(item.as_object()?)?);
        Places {
            base_pairs: matcher.across(&self.local_base, &self.remote_base, true),
            local_to_base: along(&self.local, &self.local_base, item_key),
            remote_to_base: along(&self.remote, &self.remote_base, remote_key),
        }
    }

    /// Our lines, then those of our base that are gone.
    fn our_rows(&self, places: &Places) -> Vec<Row<'a>> {
        let from_base = inverse(&places.remote_to_base, self.remote_base.len());
        let base_row = |at: usize| {
            let partner = places.base_pairs[at];
            let now = partner.and_then(|partner| from_base[partner]);
            Row {
                local: None,
                local_base: Some(self.local_base[at]),
                remote_base: partner.map(|partner| self.remote_base[partner]),
                remote: now.map(|now| self.remote[now]),
                remote_at: now.unwrap_or(usize::MAX),
                base_at: at,
            }
        };
        let mut rows = Vec::with_capacity(self.local.len() + self.remote.len());
        for (item, base) in self.local.iter().zip(&places.local_to_base) {
            rows.push(Row { local: Some(item), ..base.map_or(NOWHERE, base_row) });
        }
        let seen = inverse(&places.local_to_base, self.local_base.len());
        rows.extend((0..self.local_base.len()).filter(|at| seen[*at].is_none()).map(base_row));
        rows
    }

    /// Adds the provider's lines that had no partner in the base; answers the places of its new ones.
    fn add_their_rows(&self, places: &Places, rows: &mut Vec<Row<'a>>) -> Vec<usize> {
        let paired = inverse(&places.base_pairs, self.remote_base.len());
        let mut fresh = Vec::new();
        for (at, base) in places.remote_to_base.iter().enumerate() {
            match base {
                None => fresh.push(at),
                Some(base) if paired[*base].is_none() => rows.push(Row {
                    remote: Some(self.remote[at]),
                    remote_base: Some(self.remote_base[*base]),
                    remote_at: at,
                    ..NOWHERE
                }),
                Some(_) => {}
            }
        }
        fresh
    }
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
        let alike = |at: usize| at < theirs.len() && ours[at].is_some() && ours[at] == theirs[at];
        let mut pairs = Pairs::new(remote.len());
        pairs.of = (0..local.len()).map(|at| alike(at).then(|| pairs.take(at))).collect();
        pairs.match_keys(&ours, &theirs);
        if by_place {
            pairs.match_in_order(|_| true, |_| true);
        }
        pairs.of
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
    fn join_fresh(&self, lines: &Lines, rows: &mut Vec<Row<'a>>, remote: &[&'a Value], fresh: &[usize]) {
        let is_open = |row: &Row<'_>| row.local.is_some() && row.local_base.is_none();
        let mut open: Vec<usize> = (0..rows.len()).filter(|at| is_open(&rows[*at])).collect();
        let own_key = |at: &usize| key_text(rows[*at].local?.get(lines.item_key.as_deref()?)?);
        let own: Vec<Option<String>> = open.iter().map(own_key).collect();
        let carried: Vec<Option<String>> = fresh.iter().map(|at| minted(lines, remote[*at])).collect();
        let mut pairs = Pairs::new(fresh.len());
        pairs.of = vec![None; open.len()];
        pairs.match_keys(&own, &carried);

        let joined = pairs.of.clone();
        let mut rest: Vec<usize> = (0..fresh.len()).filter(|at| !pairs.taken[*at]).collect();
        for (row, partner) in open.iter().zip(&joined) {
            if let Some(partner) = partner {
                let at = fresh[*partner];
                rows[*row] = Row { remote: Some(remote[at]), remote_at: at, ..rows[*row] };
            }
        }
        open.retain(|row| rows[*row].remote.is_none());
        let mine: Vec<&Value> = open.iter().filter_map(|row| rows[*row].local).collect();
        let new: Vec<&Value> = rest.iter().map(|at| remote[fresh[*at]]).collect();
        let first_link = self.sides.local_base.is_none() || self.sides.remote_base.is_none();
        let partners = self.across(&mine, &new, first_link);
        let taken = inverse(&partners, rest.len());
        for (row, partner) in open.iter().zip(partners) {
            if let Some(at) = partner.map(|partner| fresh[rest[partner]]) {
                rows[*row] = Row { remote: Some(remote[at]), remote_at: at, ..rows[*row] };
            }
        }
        let mut places = taken.iter();
        rest.retain(|_| places.next().is_some_and(Option::is_none));
        rows.extend(rest.into_iter().map(|at| fresh[at]).map(|at| Row {
            remote: Some(remote[at]),
            remote_at: at,
            ..NOWHERE
        }));
    }
}

/// Partners in a list of this length, each taken once.
struct Pairs {
    of: Vec<Option<usize>>,
    taken: Vec<bool>,
}

impl Pairs {
    fn new(length: usize) -> Self {
        Self { of: Vec::new(), taken: vec![false; length] }
    }

    fn take(&mut self, at: usize) -> usize {
        self.taken[at] = true;
        at
    }

    /// Gives everyone without a partner the first free one with the same key.
    fn match_keys<K: Ord>(&mut self, keys: &[Option<K>], others: &[Option<K>]) {
        let mut free: BTreeMap<&K, VecDeque<usize>> = BTreeMap::new();
        for (at, key) in others.iter().enumerate() {
            if let Some(key) = key.as_ref().filter(|_| !self.taken[at]) {
                free.entry(key).or_default().push_back(at);
            }
        }
        for (at, key) in keys.iter().enumerate() {
            if let (None, Some(key)) = (self.of[at], key) {
                let partner = free.get_mut(key).and_then(VecDeque::pop_front);
                self.of[at] = partner.map(|partner| self.take(partner));
            }
        }
    }

    /// Gives everyone without a partner, and whom `asks` lets, the next free one that `may` be taken.
    fn match_in_order(&mut self, asks: impl Fn(usize) -> bool, may: impl Fn(usize) -> bool) {
        let mut free = 0;
        for at in 0..self.of.len() {
            while free < self.taken.len() && (self.taken[free] || !may(free)) {
                free += 1;
            }
            if self.of[at].is_none() && asks(at) && free < self.taken.len() {
                self.of[at] = Some(self.take(free));
            }
        }
    }
}

/// For each element now, its place in the base: by key, where it has one, else by content, else in order.
fn along(now: &[&Value], base: &[&Value], key: impl Fn(&Value) -> Option<String>) -> Vec<Option<usize>> {
    let keys = |items: &[&Value]| items.iter().map(|item| key(item)).collect::<Vec<_>>();
    let (own, others) = (keys(now), keys(base));
    let contents = |items: &[&Value], keys: &[Option<String>]| -> Vec<Option<Vec<u8>>> {
        let keyless =
            |(item, key): (&&Value, &Option<String>)| key.is_none().then(|| canonical(item, &FieldType::Any));
        items.iter().zip(keys).map(keyless).collect()
    };
    let mut pairs = Pairs::new(base.len());
    pairs.of = vec![None; now.len()];
    pairs.match_keys(&own, &others);
    pairs.match_keys(&contents(now, &own), &contents(base, &others));
    pairs.match_in_order(|at| own[at].is_none(), |at| others[at].is_none());
    pairs.of
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

/// Whether two lists of elements say the same at `path`.
pub(crate) fn same_at(left: &Value, right: &Value, path: &FieldPath, kind: &FieldType) -> bool {
    let read = |item: &'_ Value| item.as_object().and_then(|members| path.get(members)).cloned();
    super::canonical::same(read(left).as_ref(), read(right).as_ref(), kind)
}
