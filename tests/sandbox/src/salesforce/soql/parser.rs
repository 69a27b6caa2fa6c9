//! Tokens to a query.

use super::lexer::{Token, lex, malformed};
use super::syntax::{Condition, Literal, Operator, Order, Query};
use crate::kit::clock::{parse_date, parse_rfc3339};
use crate::kit::decimals;
use crate::salesforce::refusal::Refusal;

/// Clauses and functions of the language that are not modelled.
const BEYOND: &[&str] =
    &["GROUP", "HAVING", "FOR", "WITH", "UPDATE", "USING", "TYPEOF", "INCLUDES", "EXCLUDES", "ALL"];

/// Most rows an `OFFSET` may leap.
const FARTHEST: usize = 2000;

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

type Parsed<T> = Result<T, Refusal>;

pub(super) fn parse(text: &str) -> Parsed<Query> {
    let mut parser = Parser { tokens: lex(text)?, at: 0 };
    let query = parser.query()?;
    match parser.peek() {
        None => Ok(query),
        Some(_) => Err(parser.unexpected()),
    }
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn unexpected(&self) -> Refusal {
        match self.peek() {
            Some(Token::Word(word)) if BEYOND.contains(&word.to_uppercase().as_str()) => {
                Refusal::not_modelled(format!("{} in SOQL", word.to_uppercase()))
            }
            Some(Token::Sign(":")) => Refusal::not_modelled("relative date literals in SOQL"),
            Some(token) => malformed(format!("unexpected token: {token:?}")),
            None => malformed("unexpected token: '<EOF>'"),
        }
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(own)) if own.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(own)) if *own == sign);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str) -> Parsed<()> {
        if self.take_word(word) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn sign(&mut self, sign: &str) -> Parsed<()> {
        if self.take_sign(sign) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn name(&mut self) -> Parsed<String> {
        let Some(Token::Word(word)) = self.peek().cloned() else { return Err(self.unexpected()) };
        let next = self.tokens.get(self.at + 1);
        if BEYOND.contains(&word.to_uppercase().as_str()) {
            return Err(self.unexpected());
        }
        if next == Some(&Token::Sign("(")) {
            return Err(Refusal::not_modelled(format!("the function {word} in SOQL")));
        }
        if word.contains('.') {
            return Err(Refusal::not_modelled(format!("the related field {word} in SOQL")));
        }
        self.at += 1;
        Ok(word)
    }

    fn query(&mut self) -> Parsed<Query> {
        self.word("SELECT")?;
        let selected = self.selected()?;
        self.word("FROM")?;
        let object = self.name()?;
        let filter = if self.take_word("WHERE") { Some(self.condition()?) } else { None };
        let order = self.order()?;
        let limit = if self.take_word("LIMIT") { Some(self.count()?) } else { None };
        let offset = if self.take_word("OFFSET") { self.count()? } else { 0 };
        if offset > FARTHEST {
            return Err(Refusal::bad("NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000"));
        }
        Ok(Query { selected, object, filter, order, limit, offset })
    }

    fn selected(&mut self) -> Parsed<Vec<String>> {
        let is_count = matches!(self.peek(), Some(Token::Word(word)) if word.eq_ignore_ascii_case("COUNT"));
        if is_count && self.tokens.get(self.at + 2) == Some(&Token::Sign(")")) {
            self.at += 3;
            return Ok(Vec::new());
        }
        let mut selected = vec![self.name()?];
        while self.take_sign(",") {
            selected.push(self.name()?);
        }
        Ok(selected)
    }

    fn count(&mut self) -> Parsed<usize> {
        let Some(Token::Bare(text)) = self.peek() else { return Err(self.unexpected()) };
        let count = text.parse().map_err(|_| self.unexpected())?;
        self.at += 1;
        Ok(count)
    }

    fn order(&mut self) -> Parsed<Vec<Order>> {
        let mut order = Vec::new();
        if !self.take_word("ORDER") {
            return Ok(order);
        }
        self.word("BY")?;
        loop {
            let field = self.name()?;
            let descending = self.take_word("DESC");
            if !descending {
                self.take_word("ASC");
            }
            let mut nulls_last = false;
            if self.take_word("NULLS") {
                nulls_last = self.take_word("LAST");
                if !nulls_last {
                    self.word("FIRST")?;
                }
            }
            order.push(Order { field, descending, nulls_last });
            if !self.take_sign(",") {
                return Ok(order);
            }
        }
    }

    /// Conditions joined by AND, or by OR: mixing them needs parentheses.
    fn condition(&mut self) -> Parsed<Condition> {
        let mut parts = vec![self.one()?];
        if self.take_word("AND") {
            parts.push(self.one()?);
            while self.take_word("AND") {
                parts.push(self.one()?);
            }
            return Ok(Condition::All(parts));
        }
        while self.take_word("OR") {
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::Any(parts) })
    }

    fn one(&mut self) -> Parsed<Condition> {
        if self.take_word("NOT") {
            return Ok(Condition::Not(Box::new(self.one()?)));
        }
        if self.take_sign("(") {
            let inside = self.condition()?;
            self.sign(")")?;
            return Ok(inside);
        }
        let field = self.name()?;
        let operator = self.operator()?;
        if !matches!(operator, Operator::In | Operator::NotIn) {
            return Ok(Condition::Test(field, operator, vec![self.literal()?]));
        }
        self.sign("(")?;
        if self.take_word("SELECT") {
            return Err(Refusal::not_modelled("subqueries in SOQL"));
        }
        let mut literals = vec![self.literal()?];
        while self.take_sign(",") {
            literals.push(self.literal()?);
        }
        self.sign(")")?;
        Ok(Condition::Test(field, operator, literals))
    }

    fn operator(&mut self) -> Parsed<Operator> {
        let signs = [
            ("=", Operator::Equal),
            ("!=", Operator::NotEqual),
            ("<>", Operator::NotEqual),
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ];
        if let Some((_, operator)) = signs.into_iter().find(|(sign, _)| self.take_sign(sign)) {
            return Ok(operator);
        }
        if self.take_word("LIKE") {
            return Ok(Operator::Like);
        }
        if self.take_word("IN") {
            return Ok(Operator::In);
        }
        self.word("NOT")?;
        self.word("IN")?;
        Ok(Operator::NotIn)
    }

    fn literal(&mut self) -> Parsed<Literal> {
        let token = self.peek().cloned();
        let literal = match &token {
            Some(Token::Text(text)) => Some(Literal::Text(text.clone())),
            Some(Token::Bare(text)) => bare(text),
            Some(Token::Word(word)) => match word.to_uppercase().as_str() {
                "NULL" => Some(Literal::Null),
                "TRUE" => Some(Literal::Flag(true)),
                "FALSE" => Some(Literal::Flag(false)),
                other
                    if other.chars().all(|c| c.is_ascii_uppercase() || c == '_') && other.contains('_')
                        || matches!(other, "TODAY" | "YESTERDAY" | "TOMORROW") =>
                {
                    return Err(Refusal::not_modelled(format!("the date literal {other} in SOQL")));
                }
                _ => None,
            },
            _ => None,
        };
        let literal = literal.ok_or_else(|| self.unexpected())?;
        self.at += 1;
        Ok(literal)
    }
}

/// A date-time needs a zone: `Z`, or an offset with a colon.
fn bare(text: &str) -> Option<Literal> {
    let number = || decimals::parse(text).map(Literal::Number);
    let day = || parse_date(text).map(Literal::Day);
    number().or_else(day).or_else(|| parse_rfc3339(text).map(Literal::Instant))
}
