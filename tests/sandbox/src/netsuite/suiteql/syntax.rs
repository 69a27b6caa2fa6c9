//! A query as it is parsed.

/// A value-making part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expression {
    /// Alias (empty when left out) and column.
    Column(String, String),
    Text(String),
    Number(String),
    Call(String, Vec<Expression>),
}

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Compare(Expression, &'static str, Expression),
    In(Expression, Vec<Expression>),
    Like(Expression, Expression),
    Between(Expression, Expression, Expression),
    IsNull(Expression),
}

/// What is selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Selected {
    /// `*`, or `alias.*`.
    All(String),
    /// An expression under its name.
    One(Expression, String),
    /// `COUNT(*)` under its name.
    Count(String),
}

/// A table after `JOIN`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Join {
    pub(super) table: String,
    pub(super) alias: String,
    pub(super) left: bool,
    pub(super) on: Condition,
}

/// A whole query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) selected: Vec<Selected>,
    pub(super) table: String,
    pub(super) alias: String,
    pub(super) joins: Vec<Join>,
    pub(super) filter: Option<Condition>,
    /// Expressions, each with whether it descends.
    pub(super) order: Vec<(Expression, bool)>,
}
