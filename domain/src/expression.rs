//! CEL expressions: computed fields, filters and rules, with limits that make every one of them cheap and safe.
//!
//! An expression sees `record` (the source record), `value` (what stands at the rule's source path) and, inside an
//! array, `item` (the element). Decimals enter as text and are only touched through `dec.add/sub/mul/div/round/cmp`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use cel::{Context, IdedExpr};
use serde_json::Value;

use crate::catalogue::{FieldSchema, FieldType};
use crate::fields::Fields;

mod check;
mod cost;
mod decimals;
mod nesting;
mod pattern;
#[cfg(test)]
mod tests;
mod values;

pub use pattern::Pattern;

/// Longest expression, in bytes.
pub const SOURCE_LIMIT: usize = 2048;
/// Deepest nesting, for the parser.
pub const DEPTH_LIMIT: u16 = 16;
/// Deepest tree, so that evaluating it stays far from the end of the stack: a chain of 60 operators.
const TREE_LIMIT: usize = 64;
/// Highest worst-case cost: the product of the limits of nested macros' lists.
pub const COST_LIMIT: u64 = 1_000_000;
/// Most bytes that nested macros may handle: the longest text of the record, times every turn of the loops.
const VOLUME_LIMIT: usize = 256 * 1024 * 1024;
/// Longest list an expression may see.
pub const LIST_LIMIT: usize = 1000;

/// Why an expression is refused, or could not be evaluated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// Over 2 KiB.
    #[error("the expression has {bytes} bytes: 2048 are allowed")]
    TooLong {
        /// Bytes given.
        bytes: usize,
    },
    /// Nested too deeply.
    #[error("the expression is nested deeper than 16 levels, or chains more than 60 operators: split it")]
    TooDeep,
    /// Macros over macros over macros.
    #[error(
        "the expression could take {cost} steps, 1000000 are allowed: nest fewer all, exists, map and filter"
    )]
    TooCostly {
        /// Its worst case.
        cost: u64,
    },
    /// Not CEL.
    #[error("the expression is not readable: {message}")]
    Syntax {
        /// What the parser says.
        message: String,
    },
    /// A variable that is not there.
    #[error("the expression uses `{name}`, which is not there: use `record`, `value` or `item`")]
    UnknownVariable {
        /// The variable.
        name: String,
    },
    /// A function that is not there.
    #[error(
        "the expression calls `{name}`, which is not allowed here: there are size, contains, startsWith, endsWith, matches, int, uint, string, bool, type, min, max, has, all, exists, exists_one, map, filter, and dec.add, sub, mul, div, round, cmp for decimals"
    )]
    UnknownFunction {
        /// The function.
        name: String,
    },
    /// A literal with a decimal point.
    #[error("the expression has the floating-point number {literal}: write decimals as text, such as '2.50'")]
    Double {
        /// The literal.
        literal: String,
    },
    /// `+ - * /` or an order of decimals.
    #[error("the expression uses `{operator}` on the decimal `{operand}`: use {instead}")]
    DecimalOperator {
        /// The operator.
        operator: String,
        /// The operand.
        operand: String,
        /// What to write.
        instead: &'static str,
    },
    /// A regular expression that comes from the data, or is too long.
    #[error(
        "the pattern given to `matches` must be a text of at most 256 characters in the expression itself"
    )]
    OpenPattern,
    /// A list of the record is too long.
    #[error("a list in `{field}` has {length} elements: an expression may see 1000")]
    ListTooLong {
        /// The top-level field.
        field: String,
        /// Its elements.
        length: usize,
    },
    /// Its loops would handle too much of this record.
    #[error(
        "the expression would handle too much of this record: shorten its texts or lists, or nest fewer macros"
    )]
    TooMuch,
    /// It failed on this record.
    #[error("the expression failed on this record: {message}")]
    Failed {
        /// What the interpreter says.
        message: String,
    },
    /// It reads a field that this record lacks.
    #[error("the expression reads `{field}`, which this record lacks: guard it with has()")]
    Absent {
        /// The field.
        field: String,
    },
    /// The result cannot be stored.
    #[error(
        "the expression gives {what}, which cannot be stored: give text, integer, boolean, list or object"
    )]
    Result {
        /// What came out.
        what: &'static str,
    },
}

/// Types of the fields an expression can read, by path. Clones share them: every expression of a record keeps its own.
#[derive(Clone, Debug, Default)]
pub struct Kinds(Arc<BTreeMap<String, FieldType>>);

impl Kinds {
    /// The types of these fields.
    pub fn of<'a>(fields: impl IntoIterator<Item = &'a FieldSchema>) -> Self {
        Self(Arc::new(fields.into_iter().map(|field| (field.path.clone(), field.kind.clone())).collect()))
    }

    /// The type at `path`.
    pub fn get(&self, path: &str) -> Option<&FieldType> {
        self.0.get(path)
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Where an expression stands: the types of the record, of `value`, and the array that `item` is an element of.
#[derive(Clone, Debug, Default)]
pub struct Place<'a> {
    /// Types of the record's fields.
    pub kinds: Option<&'a Kinds>,
    /// Type of `value`.
    pub value: Option<&'a FieldType>,
    /// Path of the array that `item` comes from.
    pub array: Option<&'a str>,
}

/// What an expression is evaluated on.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The source record.
    pub record: &'a Fields,
    /// What stands at the source path.
    pub value: Option<&'a Value>,
    /// The element, inside an array.
    pub item: Option<&'a Value>,
}

/// What an expression reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// The whole record: its fields cannot be told apart.
    pub whole: bool,
    /// Top-level fields of the record.
    pub fields: BTreeSet<String>,
    /// The value at the source path.
    pub value: bool,
    /// The element.
    pub item: bool,
}

/// A checked expression, ready to be evaluated any number of times.
#[derive(Clone)]
pub struct Expression {
    source: String,
    tree: Arc<IdedExpr>,
    reads: Reads,
    nesting: u32,
    kinds: Kinds,
    array: Option<String>,
}

impl Expression {
    /// Parses `source` and checks it against every limit.
    pub fn parse(source: &str, place: &Place<'_>) -> Result<Self, ExpressionError> {
        if source.len() > SOURCE_LIMIT {
            return Err(ExpressionError::TooLong { bytes: source.len() });
        }
        nesting::check(source)?;
        let parser =
            decimals::environment().parser().enable_optional_syntax(false).max_recursion_depth(DEPTH_LIMIT);
        let tree = parser.parse(source).map_err(|errors| syntax(&errors))?;
        if cost::depth(&tree) > TREE_LIMIT {
            return Err(ExpressionError::TooDeep);
        }
        let reads = check::check(&tree, place)?;
        let cost = cost::worst_case(&tree);
        if cost > COST_LIMIT {
            return Err(ExpressionError::TooCostly { cost });
        }
        Ok(Self {
            source: source.to_owned(),
            nesting: cost::nesting(&tree),
            tree: Arc::new(tree),
            reads,
            kinds: place.kinds.cloned().unwrap_or_default(),
            array: place.array.map(str::to_owned),
        })
    }

    /// The text it was made of.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What it reads.
    pub fn reads(&self) -> &Reads {
        &self.reads
    }

    /// Its value; `None` for null.
    pub fn evaluate(&self, input: &Input<'_>) -> Result<Option<Value>, ExpressionError> {
        self.weigh(input)?;
        let mut context = Context::with_env(decimals::environment().clone());
        let record = values::record(input.record, &self.reads, &self.kinds)?;
        context.add_variable_from_value("record", record);
        if self.reads.value {
            context.add_variable_from_value("value", values::plain(input.value)?);
        }
        if self.reads.item {
            let path = self.array.as_deref().unwrap_or_default();
            context.add_variable_from_value("item", values::item(input.item, path, &self.kinds)?);
        }
        let result = context.resolve(&self.tree).map_err(|error| failed(&error))?;
        values::to_json(&result)
    }

    /// Refuses a record on which the loops could take a very long time, or a lot of memory.
    fn weigh(&self, input: &Input<'_>) -> Result<(), ExpressionError> {
        if self.nesting == 0 {
            return Ok(());
        }
        let mut extent = values::Extent { text: 1, list: 1 };
        let read = |name: &str| self.reads.whole || self.reads.fields.contains(name);
        input.record.iter().filter(|(name, _)| read(name)).for_each(|(_, value)| extent.add(value));
        input.value.into_iter().chain(input.item).for_each(|value| extent.add(value));
        let turns = extent.list.saturating_pow(self.nesting);
        if turns.saturating_mul(extent.text) > VOLUME_LIMIT { Err(ExpressionError::TooMuch) } else { Ok(()) }
    }

    /// Its value as yes or no.
    pub fn holds(&self, input: &Input<'_>) -> Result<bool, ExpressionError> {
        match self.evaluate(input)? {
            Some(Value::Bool(answer)) => Ok(answer),
            _ => Err(ExpressionError::Failed { message: "it gives no yes or no; compare something".into() }),
        }
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expression({:?})", self.source)
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

fn syntax(errors: &cel::ParseErrors) -> ExpressionError {
    let deep = errors.errors.iter().any(|error| error.msg.contains("recursion"));
    if deep {
        return ExpressionError::TooDeep;
    }
    let first = errors.errors.first();
    let message = first.map_or_else(
        || "unknown".to_owned(),
        |error| format!("line {}, character {}: {}", error.pos.0, error.pos.1, error.msg),
    );
    ExpressionError::Syntax { message: message.chars().take(300).collect() }
}

/// The interpreter's errors print values; only the kind of the failure may leave.
fn failed(error: &cel::ExecutionError) -> ExpressionError {
    use cel::ExecutionError as E;
    let message = match error {
        E::NoSuchKey(key) => return ExpressionError::Absent { field: key.to_string() },
        E::NoSuchOverload(overload) => overload.to_string(),
        E::UndeclaredReference(name) => format!("`{name}` is not there"),
        E::FunctionError { function, message } => format!("{function}: {message}"),
        E::DivisionByZero(_) | E::RemainderByZero(_) => "division by zero".to_owned(),
        E::Overflow(..) => "a number is too large".to_owned(),
        E::IndexOutOfBounds(_) => "an index is out of bounds".to_owned(),
        E::ValuesNotComparable(..) => "two values cannot be compared".to_owned(),
        E::UnexpectedType { got, want } => format!("expected {want}, found {got}"),
        E::InvalidArgumentCount { expected, actual } => {
            format!("expected {expected} arguments, found {actual}")
        }
        _ => "an operation does not fit its values".to_owned(),
    };
    ExpressionError::Failed { message }
}
