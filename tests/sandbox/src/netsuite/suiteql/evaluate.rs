//! Expressions and conditions on one row.

use std::cmp::Ordering;

use super::formats::{Read, read, write};
use super::lexer::bad;
use super::syntax::{Condition, Expression};
use super::tables::{Line, Table};
use super::value::Value;
use crate::kit::decimals::parse;
use crate::netsuite::kind::{KINDS, Kind};
use crate::netsuite::refusal::Refusal;
use crate::netsuite::store::Ledger;

/// The tables of a query under their aliases.
pub(super) struct Scope<'a> {
    pub(super) ledger: &'a Ledger,
    pub(super) tables: Vec<(String, Table)>,
}

/// One row of each table; `None` where a left join found nothing.
pub(super) type Joined = Vec<Option<Line>>;

impl Scope<'_> {
    /// Which table a column is of, and its source. Errors: none, or several.
    pub(super) fn place(&self, alias: &str, column: &str) -> Result<(usize, super::tables::Source), Refusal> {
        let own = self.tables.iter().enumerate().filter(|(_, (name, _))| alias.is_empty() || name == alias);
        let mut found = own.filter_map(|(at, (_, table))| Some((at, table.column(self.ledger, column)?)));
        let place = found.next().ok_or_else(|| bad(format!("unknown identifier '{column}'")))?;
        if found.next().is_some() {
            return Err(bad(format!("the identifier '{column}' is ambiguous")));
        }
        Ok(place)
    }

    pub(super) fn value(&self, row: &Joined, expression: &Expression) -> Result<Value, Refusal> {
        Ok(match expression {
            Expression::Text(text) => Value::Text(text.clone()),
            Expression::Number(number) => {
                Value::Number(parse(number).ok_or_else(|| bad(format!("{number} is no number")))?)
            }
            Expression::Column(alias, column) => {
                let (at, source) = self.place(alias, column)?;
                row.get(at).and_then(Option::as_ref).map_or(Value::Null, |line| line.value(source, column))
            }
            Expression::Call(name, arguments) => self.call(row, name, arguments)?,
        })
    }

    fn call(&self, row: &Joined, name: &str, arguments: &[Expression]) -> Result<Value, Refusal> {
        let zone = self.ledger.settings.zone;
        let values: Vec<Value> =
            arguments.iter().map(|argument| self.value(row, argument)).collect::<Result<_, _>>()?;
        let text = |at: usize| values.get(at).map(|value| value.text(zone)).unwrap_or_default();
        let read_as = |format: &str| match read(&text(0), format).map_err(bad)? {
            Read::Zoned(at) => Ok::<i64, Refusal>(at.timestamp_millis()),
            Read::Local(naive) => Ok(zone.instant(naive)),
        };
        match (name, values.as_slice()) {
            ("to_date" | "to_timestamp" | "to_timestamp_tz", [_, _]) => {
                Ok(Value::Instant(read_as(&text(1))?))
            }
            ("to_date", [_]) => Ok(Value::Instant(values[0].instant(zone).map_err(bad)?)),
            ("to_char", [Value::Null, ..]) => Ok(Value::Null),
            ("to_char", [value, _]) => {
                let at = zone.local(value.instant(zone).map_err(bad)?);
                let at = if is_utc(&arguments[0]) { at.to_utc().fixed_offset() } else { at };
                Ok(Value::Text(write(at, &text(1)).map_err(bad)?))
            }
            ("sys_extract_utc", [value]) => Ok(value.clone()),
            ("upper", [_]) => Ok(Value::Text(text(0).to_uppercase())),
            ("lower", [_]) => Ok(Value::Text(text(0).to_lowercase())),
            ("nvl", [value, other]) => Ok(if *value == Value::Null { other.clone() } else { value.clone() }),
            ("builtin.df", [value]) => Ok(self.display(&arguments[0], value)),
            _ => Err(Refusal::not_modelled(format!("the function {}() in SuiteQL", name.to_uppercase()))),
        }
    }

    /// The name of what a reference column points to.
    fn display(&self, column: &Expression, value: &Value) -> Value {
        let Expression::Column(_, name) = column else { return value.clone() };
        let kinds: Vec<Kind> = match name.as_str() {
            "entity" => vec![Kind::Customer, Kind::Vendor],
            "item" => crate::netsuite::kind::ITEMS.to_vec(),
            "expenseaccount" => vec![Kind::Account],
            "class" => vec![Kind::Classification],
            name => KINDS.into_iter().filter(|kind| kind.name().eq_ignore_ascii_case(name)).collect(),
        };
        let id = value.text(self.ledger.settings.zone);
        match self.ledger.among(&kinds, &id) {
            Some((kind, _, body)) => {
                Value::Text(crate::kit::decimals::text_of(body, kind.label()).to_owned())
            }
            None => value.clone(),
        }
    }

    fn compared(
        &self,
        row: &Joined,
        left: &Expression,
        right: &Expression,
    ) -> Result<Option<Ordering>, Refusal> {
        let (left, right) = (self.value(row, left)?, self.value(row, right)?);
        left.compare(&right, self.ledger.settings.zone).map_err(bad)
    }

    /// Whether one of the conditions comes out as `wanted`.
    fn has(&self, row: &Joined, conditions: &[Condition], wanted: bool) -> Result<bool, Refusal> {
        for own in conditions {
            if self.holds(row, own)? == wanted {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(super) fn holds(&self, row: &Joined, condition: &Condition) -> Result<bool, Refusal> {
        let zone = self.ledger.settings.zone;
        let compare = |left, right| self.compared(row, left, right);
        Ok(match condition {
            Condition::All(all) => !self.has(row, all, false)?,
            Condition::Any(any) => self.has(row, any, true)?,
            Condition::Not(inner) => !self.holds(row, inner)?,
            Condition::IsNull(value) => self.value(row, value)? == Value::Null,
            Condition::Compare(left, sign, right) => {
                compare(left, right)?.is_some_and(|ordering| stands(ordering, sign))
            }
            Condition::In(value, list) => {
                for own in list {
                    if compare(value, own)?.is_some_and(Ordering::is_eq) {
                        return Ok(true);
                    }
                }
                false
            }
            Condition::Between(value, low, high) => {
                compare(value, low)?.is_some_and(Ordering::is_ge)
                    && compare(value, high)?.is_some_and(Ordering::is_le)
            }
            Condition::Like(value, pattern) => {
                let (value, pattern) = (self.value(row, value)?, self.value(row, pattern)?);
                value != Value::Null && like(&value.text(zone), &pattern.text(zone))
            }
        })
    }
}

fn stands(ordering: Ordering, sign: &str) -> bool {
    match sign {
        "=" => ordering.is_eq(),
        "<>" | "!=" => ordering.is_ne(),
        "<" => ordering.is_lt(),
        "<=" => ordering.is_le(),
        ">" => ordering.is_gt(),
        _ => ordering.is_ge(),
    }
}

fn is_utc(expression: &Expression) -> bool {
    matches!(expression, Expression::Call(name, _) if name == "sys_extract_utc")
}

/// `LIKE`: `%` for any characters, `_` for one.
pub(super) fn like(text: &str, pattern: &str) -> bool {
    let mut rest = pattern.chars();
    match rest.next() {
        None => text.is_empty(),
        Some('%') => {
            let rest = rest.as_str();
            text.char_indices().any(|(at, _)| like(&text[at..], rest)) || like("", rest)
        }
        Some(first) => {
            let mut own = text.chars();
            own.next().is_some_and(|own| first == '_' || own == first) && like(own.as_str(), rest.as_str())
        }
    }
}
