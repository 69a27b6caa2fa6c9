//! A query after parsing.

use chrono::NaiveDate;
use rust_decimal::Decimal;

/// A whole query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Query {
    /// Fields; empty for `COUNT()`.
    pub(super) selected: Vec<String>,
    pub(super) object: String,
    pub(super) filter: Option<Condition>,
    pub(super) order: Vec<Order>,
    pub(super) limit: Option<usize>,
    pub(super) offset: usize,
}

/// A field rows are sorted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) field: String,
    pub(super) descending: bool,
    pub(super) nulls_last: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Test(String, Operator, Vec<Literal>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Like,
    In,
    NotIn,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Literal {
    Null,
    Text(String),
    Number(Decimal),
    Flag(bool),
    Day(NaiveDate),
    /// Milliseconds since 1970.
    Instant(i64),
}
