//! From tokens to a query (grammar: the provider's "Query operations and syntax").

use super::lexer::{Token, tokens};
use crate::quickbooks::faultbody::Refusal;

/// What to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Everything,
    Count,
    Fields(Vec<String>),
}

/// How a property is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    Less,
    Greater,
    AtMost,
    AtLeast,
    Like,
    In,
}

/// One condition; all of them must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) property: String,
    pub(super) operator: Operator,
    /// One value, or the list of an `IN`.
    pub(super) values: Vec<String>,
}

/// A property to order by, and whether downwards.
pub(super) type Order = (String, bool);

/// A parsed query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) wanted: Wanted,
    pub(super) entity: String,
    pub(super) conditions: Vec<Condition>,
    pub(super) order: Vec<Order>,
    pub(super) start: usize,
    pub(super) max: usize,
}

/// Default of `MAXRESULTS` (fact sheet, "Pagination").
const DEFAULT_MAX: usize = 100;
/// Highest `MAXRESULTS`.
const LARGEST_MAX: usize = 1000;

pub(super) fn parse(text: &str) -> Result<Query, Refusal> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0 };
    parser.keyword("select")?;
    let wanted = parser.wanted()?;
    parser.keyword("from")?;
    let entity = parser.word("an entity")?;
    let conditions = if parser.takes("where") { parser.conditions()? } else { Vec::new() };
    let order = parser.order()?;
    let start = if parser.takes("startposition") { parser.number()? } else { 1 };
    let max = if parser.takes("maxresults") { parser.number()? } else { DEFAULT_MAX };
    if let Some(token) = parser.tokens.get(parser.at) {
        return Err(Refusal::query_syntax(format!("Encountered {token:?}. Was expecting: <EOF>")));
    }
    if start == 0 {
        return Err(Refusal::query_meaning("value 0 is too small. Min allowed value is 1."));
    }
    if max > LARGEST_MAX {
        return Err(Refusal::query_meaning(format!(
            "value {max} is too large. Max allowed value is {LARGEST_MAX}."
        )));
    }
    Ok(Query { wanted, entity, conditions, order, start, max })
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn expected(&self, what: &str) -> Refusal {
        let found = self.tokens.get(self.at.saturating_sub(1));
        let found = found.map_or_else(|| "<EOF>".to_owned(), |token| format!("{token:?}"));
        Refusal::query_syntax(format!("Encountered {found}. Was expecting: {what}"))
    }

    /// Takes the keyword if it is next; keywords may be in any letter case.
    fn takes(&mut self, keyword: &str) -> bool {
        let found =
            matches!(self.tokens.get(self.at), Some(Token::Word(w)) if w.eq_ignore_ascii_case(keyword));
        self.at += usize::from(found);
        found
    }

    fn takes_sign(&mut self, sign: &'static str) -> bool {
        let found = self.tokens.get(self.at) == Some(&Token::Sign(sign));
        self.at += usize::from(found);
        found
    }

    fn keyword(&mut self, keyword: &str) -> Result<(), Refusal> {
        if self.takes(keyword) {
            return Ok(());
        }
        self.at += 1;
        Err(self.expected(keyword))
    }

    fn sign(&mut self, sign: &'static str) -> Result<(), Refusal> {
        if self.takes_sign(sign) {
            return Ok(());
        }
        self.at += 1;
        Err(self.expected(sign))
    }

    fn word(&mut self, what: &str) -> Result<String, Refusal> {
        match self.next() {
            Some(Token::Word(word)) => Ok(word),
            _ => Err(self.expected(what)),
        }
    }

    fn number(&mut self) -> Result<usize, Refusal> {
        let word = self.word("a number")?;
        word.parse().map_err(|_| self.expected("a number"))
    }

    fn wanted(&mut self) -> Result<Wanted, Refusal> {
        if self.takes_sign("*") {
            return Ok(Wanted::Everything);
        }
        if self.takes("count") {
            self.sign("(")?;
            self.sign("*")?;
            self.sign(")")?;
            return Ok(Wanted::Count);
        }
        let mut fields = vec![self.word("a property")?];
        while self.takes_sign(",") {
            fields.push(self.word("a property")?);
        }
        Ok(Wanted::Fields(fields))
    }

    fn conditions(&mut self) -> Result<Vec<Condition>, Refusal> {
        let mut conditions = vec![self.condition()?];
        while self.takes("and") {
            conditions.push(self.condition()?);
        }
        Ok(conditions)
    }

    fn condition(&mut self) -> Result<Condition, Refusal> {
        let property = self.word("a property")?;
        if self.takes("in") {
            return Ok(Condition { property, operator: Operator::In, values: self.list()? });
        }
        let operator = match self.next() {
            Some(Token::Sign("=")) => Operator::Equal,
            Some(Token::Sign("<")) => Operator::Less,
            Some(Token::Sign(">")) => Operator::Greater,
            Some(Token::Sign("<=")) => Operator::AtMost,
            Some(Token::Sign(">=")) => Operator::AtLeast,
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("like") => Operator::Like,
            _ => return Err(self.expected("an operator")),
        };
        Ok(Condition { property, operator, values: vec![self.value()?] })
    }

    fn list(&mut self) -> Result<Vec<String>, Refusal> {
        self.sign("(")?;
        let mut values = vec![self.value()?];
        while self.takes_sign(",") {
            values.push(self.value()?);
        }
        self.sign(")")?;
        Ok(values)
    }

    fn value(&mut self) -> Result<String, Refusal> {
        match self.next() {
            Some(Token::Word(value) | Token::Quoted(value)) => Ok(value),
            _ => Err(self.expected("a value")),
        }
    }

    fn order(&mut self) -> Result<Vec<Order>, Refusal> {
        if !self.takes("orderby") {
            if !self.takes("order") {
                return Ok(Vec::new());
            }
            self.keyword("by")?;
        }
        let mut order = Vec::new();
        loop {
            let property = self.word("a property")?;
            let down = self.takes("desc");
            if !down {
                self.takes("asc");
            }
            order.push((property, down));
            if !self.takes_sign(",") {
                return Ok(order);
            }
        }
    }
}
