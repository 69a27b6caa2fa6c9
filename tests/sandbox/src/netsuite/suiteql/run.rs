//! Running a parsed query.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::evaluate::{Joined, Scope};
use super::lexer::bad;
use super::syntax::{Condition, Expression, Query, Selected};
use super::tables::{Line, Table};
use super::value::Value;
use crate::faults::mix;
use crate::kit::decimals::Object;
use crate::netsuite::refusal::Refusal;
use crate::netsuite::store::Ledger;

/// What comes with a query besides its text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    pub(super) now_ms: i64,
    pub(super) lag_ms: i64,
    /// Mixed into the order of rows no ORDER BY tells apart; `None` for the order of creation.
    pub(super) shuffle: Option<u64>,
}

/// All rows, each as names and texts; what is null is left out.
pub(super) fn run(ledger: &Ledger, query: &Query, terms: Terms) -> Result<Vec<Object>, Refusal> {
    let mut scope = Scope { ledger, tables: vec![(query.alias.clone(), table(&query.table)?)] };
    let seen = (terms.now_ms, terms.lag_ms);
    let mut rows: Vec<Joined> =
        scope.tables[0].1.rows(ledger, seen).into_iter().map(|line| vec![Some(line)]).collect();
    for join in &query.joins {
        let other = table(&join.table)?;
        let lines = other.rows(ledger, seen);
        scope.tables.push((join.alias.clone(), other));
        rows = joined(&scope, rows, &lines, (&join.on, join.left))?;
    }
    known(&scope, query)?;
    if let Some(filter) = &query.filter {
        let mut kept = Vec::with_capacity(rows.len());
        for row in rows {
            if scope.holds(&row, filter)? {
                kept.push(row);
            }
        }
        rows = kept;
    }
    let rows = ordered(&scope, query, rows, terms)?;
    if let [Selected::Count(name)] = query.selected.as_slice() {
        let mut row = Object::new();
        row.insert(name.clone(), rows.len().to_string().into());
        return Ok(vec![row]);
    }
    rows.iter().map(|row| projected(&scope, query, row)).collect()
}

fn table(name: &str) -> Result<Table, Refusal> {
    Table::named(name).ok_or_else(|| Refusal::not_modelled(format!("the table {name} in SuiteQL")))
}

fn joined(
    scope: &Scope<'_>,
    rows: Vec<Joined>,
    lines: &[Line],
    (on, left): (&Condition, bool),
) -> Result<Vec<Joined>, Refusal> {
    let mut all = Vec::new();
    let index = Index::new(scope, lines, on)?;
    for row in rows {
        let before = all.len();
        let near = match &index {
            Some(index) => index.near(scope, &row, lines)?,
            None => lines.iter().collect(),
        };
        for line in near {
            let mut row = row.clone();
            row.push(Some(line.clone()));
            if scope.holds(&row, on)? {
                all.push(row);
            }
        }
        if left && all.len() == before {
            let mut row = row;
            row.push(None);
            all.push(row);
        }
    }
    Ok(all)
}

/// The lines of a joined table by the text of the column an equality names.
struct Index {
    lines: HashMap<String, Vec<usize>>,
    /// What the rows before have on the other side of the equality.
    other: Expression,
}

impl Index {
    /// An index for the first equality between a column of the last table and another column.
    fn new(scope: &Scope<'_>, lines: &[Line], on: &Condition) -> Result<Option<Self>, Refusal> {
        let parts = match on {
            Condition::All(parts) => parts.as_slice(),
            other => std::slice::from_ref(other),
        };
        let last = scope.tables.len() - 1;
        for part in parts {
            let Condition::Compare(left, "=", right) = part else { continue };
            for (own, other) in [(left, right), (right, left)] {
                let (Expression::Column(alias, name), Expression::Column(far, column)) = (own, other) else {
                    continue;
                };
                let ((at, source), (elsewhere, _)) = (scope.place(alias, name)?, scope.place(far, column)?);
                if at != last || elsewhere == last {
                    continue;
                }
                let mut index: HashMap<String, Vec<usize>> = HashMap::new();
                for (place, line) in lines.iter().enumerate() {
                    let text = line.value(source, name).text(scope.ledger.settings.zone);
                    index.entry(text).or_default().push(place);
                }
                return Ok(Some(Self { lines: index, other: other.clone() }));
            }
        }
        Ok(None)
    }

    /// The lines that may belong to a row.
    fn near<'a>(&self, scope: &Scope<'_>, row: &Joined, lines: &'a [Line]) -> Result<Vec<&'a Line>, Refusal> {
        let text = scope.value(row, &self.other)?.text(scope.ledger.settings.zone);
        let places = self.lines.get(&text).map_or(&[][..], Vec::as_slice);
        Ok(places.iter().filter_map(|place| lines.get(*place)).collect())
    }
}

/// Names are looked at even when there are no rows.
fn known(scope: &Scope<'_>, query: &Query) -> Result<(), Refusal> {
    let nothing: Joined = scope.tables.iter().map(|_| None).collect();
    for selected in &query.selected {
        if let Selected::One(expression, _) = selected {
            columns(scope, expression)?;
        }
    }
    for (expression, _) in &query.order {
        if alias_of(query, expression).is_none() {
            columns(scope, expression)?;
        }
    }
    match &query.filter {
        Some(filter) => scope.holds(&nothing, filter).map(drop),
        None => Ok(()),
    }
}

fn columns(scope: &Scope<'_>, expression: &Expression) -> Result<(), Refusal> {
    match expression {
        Expression::Column(alias, column) => scope.place(alias, column).map(drop),
        Expression::Call(_, arguments) => arguments.iter().try_for_each(|own| columns(scope, own)),
        _ => Ok(()),
    }
}

/// The selected expression an ORDER BY names by its alias.
fn alias_of<'a>(query: &'a Query, expression: &Expression) -> Option<&'a Expression> {
    let Expression::Column(alias, name) = expression else { return None };
    let mut selected = query.selected.iter().filter_map(|own| match own {
        Selected::One(expression, own) if alias.is_empty() && own == name => Some(expression),
        _ => None,
    });
    selected.next()
}

fn ordered(
    scope: &Scope<'_>,
    query: &Query,
    rows: Vec<Joined>,
    terms: Terms,
) -> Result<Vec<Joined>, Refusal> {
    let mut keyed: Vec<(Vec<Value>, u64, Joined)> = Vec::with_capacity(rows.len());
    for (place, row) in rows.into_iter().enumerate() {
        let keys = query
            .order
            .iter()
            .map(|(expression, _)| scope.value(&row, alias_of(query, expression).unwrap_or(expression)));
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        let last = match terms.shuffle {
            Some(shuffle) => {
                row.iter().flatten().fold(mix(shuffle), |mixed, line| mix(mixed ^ line.identity()))
            }
            None => place as u64,
        };
        keyed.push((keys, last, row));
    }
    let zone = scope.ledger.settings.zone;
    keyed.sort_by(|left, right| {
        let pairs = left.0.iter().zip(&right.0).zip(&query.order);
        let mut orderings = pairs.map(|((left, right), (_, descending))| {
            let ordering = left.sort(right, zone);
            if *descending { ordering.reverse() } else { ordering }
        });
        orderings.find(|ordering| ordering.is_ne()).unwrap_or(Ordering::Equal).then(left.1.cmp(&right.1))
    });
    Ok(keyed.into_iter().map(|(_, _, row)| row).collect())
}

fn projected(scope: &Scope<'_>, query: &Query, row: &Joined) -> Result<Object, Refusal> {
    let zone = scope.ledger.settings.zone;
    let mut shown = Object::new();
    shown.insert("links".into(), serde_json::json!([]));
    for selected in &query.selected {
        match selected {
            Selected::One(expression, name) => {
                if let Some(text) = scope.value(row, expression)?.shown(zone) {
                    shown.insert(name.clone(), text.into());
                }
            }
            Selected::All(alias) => {
                for (at, (name, table)) in scope.tables.iter().enumerate() {
                    let Some(line) = row[at].as_ref().filter(|_| alias.is_empty() || alias == name) else {
                        continue;
                    };
                    for (column, source) in table.columns {
                        if let Some(text) = line.value(*source, column).shown(zone) {
                            shown.insert((*column).to_owned(), text.into());
                        }
                    }
                }
            }
            Selected::Count(_) => return Err(bad("COUNT next to columns needs GROUP BY")),
        }
    }
    Ok(shown)
}
