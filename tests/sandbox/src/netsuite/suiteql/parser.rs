//! Tokens to a query.

use super::lexer::{Token, bad, lex};
use super::syntax::{Condition, Expression, Join, Query, Selected};
use crate::netsuite::refusal::Refusal;

const COMPARISONS: [&str; 7] = ["=", "<>", "!=", "<=", ">=", "<", ">"];

/// Words that end a list or an alias.
const RESERVED: &[&str] = &[
    "FROM", "WHERE", "ORDER", "GROUP", "HAVING", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "JOIN", "ON",
    "AND", "OR", "NOT", "IN", "IS", "LIKE", "BETWEEN", "AS", "ASC", "DESC", "UNION", "FETCH", "OFFSET",
    "LIMIT", "OUTER",
];

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
        Some(Token::Word(word)) if RESERVED.contains(&word.to_uppercase().as_str()) => {
            Err(Refusal::not_modelled(format!("{} in SuiteQL", word.to_uppercase())))
        }
        Some(token) => Err(bad(format!("unexpected {token:?}"))),
    }
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(own)) if own.eq_ignore_ascii_case(word))
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += usize::from(found);
        found
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(own)) if *own == sign);
        self.at += usize::from(found);
        found
    }

    fn expect_word(&mut self, word: &str) -> Parsed<()> {
        if self.take_word(word) { Ok(()) } else { Err(bad(format!("{word} is expected"))) }
    }

    fn expect_sign(&mut self, sign: &str) -> Parsed<()> {
        if self.take_sign(sign) { Ok(()) } else { Err(bad(format!("'{sign}' is expected"))) }
    }

    /// An identifier, in lower case.
    fn name(&mut self) -> Parsed<String> {
        match self.peek() {
            Some(Token::Word(word)) if !RESERVED.contains(&word.to_uppercase().as_str()) => {
                let name = word.to_lowercase();
                self.at += 1;
                Ok(name)
            }
            other => Err(bad(format!("a name is expected, not {other:?}"))),
        }
    }

    fn query(&mut self) -> Parsed<Query> {
        self.expect_word("SELECT")?;
        if self.is_word("DISTINCT") || self.is_word("TOP") {
            return Err(Refusal::not_modelled("DISTINCT and TOP in SuiteQL"));
        }
        let mut selected = vec![self.selected()?];
        while self.take_sign(",") {
            selected.push(self.selected()?);
        }
        self.expect_word("FROM")?;
        let (table, alias) = self.table()?;
        let mut joins = Vec::new();
        while let Some(join) = self.join()? {
            joins.push(join);
        }
        let filter = if self.take_word("WHERE") { Some(self.any()?) } else { None };
        let order = self.order()?;
        Ok(Query { selected, table, alias, joins, filter, order })
    }

    fn selected(&mut self) -> Parsed<Selected> {
        if self.take_sign("*") {
            return Ok(Selected::All(String::new()));
        }
        if self.is_word("COUNT") {
            return self.count();
        }
        let start = self.at;
        if let Ok(alias) = self.name()
            && self.take_sign(".")
            && self.take_sign("*")
        {
            return Ok(Selected::All(alias));
        }
        self.at = start;
        let expression = self.expression()?;
        let usual = match &expression {
            Expression::Column(_, column) => column.clone(),
            _ => format!("expr{}", self.at),
        };
        Ok(Selected::One(expression, self.alias(usual)?))
    }

    fn count(&mut self) -> Parsed<Selected> {
        self.at += 1;
        self.expect_sign("(")?;
        if !self.take_sign("*") {
            return Err(Refusal::not_modelled("COUNT of anything but * in SuiteQL"));
        }
        self.expect_sign(")")?;
        Ok(Selected::Count(self.alias("expr1".into())?))
    }

    fn alias(&mut self, usual: String) -> Parsed<String> {
        if self.take_word("AS") {
            return self.name();
        }
        let next = self.peek();
        let is_alias =
            matches!(next, Some(Token::Word(word)) if !RESERVED.contains(&word.to_uppercase().as_str()));
        if is_alias { self.name() } else { Ok(usual) }
    }

    fn table(&mut self) -> Parsed<(String, String)> {
        let table = self.name()?;
        let alias = self.alias(table.clone())?;
        Ok((table, alias))
    }

    fn join(&mut self) -> Parsed<Option<Join>> {
        for word in ["RIGHT", "FULL", "CROSS"] {
            if self.is_word(word) {
                return Err(Refusal::not_modelled(format!("{word} JOIN in SuiteQL")));
            }
        }
        let left = self.take_word("LEFT");
        let inner = !left && self.take_word("INNER");
        if left {
            self.take_word("OUTER");
        }
        if !self.take_word("JOIN") {
            return if left || inner { Err(bad("JOIN is expected")) } else { Ok(None) };
        }
        let (table, alias) = self.table()?;
        self.expect_word("ON")?;
        let on = self.any()?;
        Ok(Some(Join { table, alias, left, on }))
    }

    fn order(&mut self) -> Parsed<Vec<(Expression, bool)>> {
        let mut order = Vec::new();
        if !self.take_word("ORDER") {
            return Ok(order);
        }
        self.expect_word("BY")?;
        loop {
            let expression = self.expression()?;
            let descending = self.take_word("DESC");
            if !descending {
                self.take_word("ASC");
            }
            order.push((expression, descending));
            if !self.take_sign(",") {
                return Ok(order);
            }
        }
    }

    fn any(&mut self) -> Parsed<Condition> {
        let mut parts = vec![self.all()?];
        while self.take_word("OR") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::Any(parts) })
    }

    fn all(&mut self) -> Parsed<Condition> {
        let mut parts = vec![self.one()?];
        while self.take_word("AND") {
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::All(parts) })
    }

    fn one(&mut self) -> Parsed<Condition> {
        if self.take_word("NOT") {
            return Ok(Condition::Not(Box::new(self.one()?)));
        }
        if self.take_sign("(") {
            let inside = self.any()?;
            self.expect_sign(")")?;
            return Ok(inside);
        }
        let left = self.expression()?;
        if self.take_word("IS") {
            let not = self.take_word("NOT");
            self.expect_word("NULL")?;
            return Ok(negated(not, Condition::IsNull(left)));
        }
        let not = self.take_word("NOT");
        if self.take_word("IN") {
            self.expect_sign("(")?;
            if self.is_word("SELECT") {
                return Err(Refusal::not_modelled("subqueries in SuiteQL"));
            }
            return Ok(negated(not, Condition::In(left, self.arguments()?)));
        }
        if self.take_word("LIKE") {
            let pattern = self.expression()?;
            return Ok(negated(not, Condition::Like(left, pattern)));
        }
        if self.take_word("BETWEEN") {
            let low = self.expression()?;
            self.expect_word("AND")?;
            let high = self.expression()?;
            return Ok(negated(not, Condition::Between(left, low, high)));
        }
        let sign = COMPARISONS.into_iter().find(|sign| self.take_sign(sign));
        let sign = sign.ok_or_else(|| bad("a comparison is expected"))?;
        Ok(Condition::Compare(left, sign, self.expression()?))
    }

    /// Expressions up to the closing parenthesis, which is taken.
    fn arguments(&mut self) -> Parsed<Vec<Expression>> {
        let mut arguments = Vec::new();
        if self.take_sign(")") {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.expression()?);
            if self.take_sign(")") {
                return Ok(arguments);
            }
            self.expect_sign(",")?;
        }
    }

    fn expression(&mut self) -> Parsed<Expression> {
        let negative = self.take_sign("-");
        let expression = match self.peek().cloned() {
            Some(Token::Text(text)) if !negative => {
                self.at += 1;
                Expression::Text(text)
            }
            Some(Token::Number(number)) => {
                self.at += 1;
                Expression::Number(if negative { format!("-{number}") } else { number })
            }
            Some(Token::Word(_)) if !negative => self.named()?,
            other => return Err(bad(format!("a value is expected, not {other:?}"))),
        };
        match self.peek() {
            Some(Token::Sign(sign @ ("+" | "-" | "*" | "/" | "||"))) => {
                Err(Refusal::not_modelled(format!("the operator {sign} in SuiteQL")))
            }
            _ => Ok(expression),
        }
    }

    fn named(&mut self) -> Parsed<Expression> {
        let first = self.name()?;
        if self.take_sign("(") {
            return Ok(Expression::Call(first, self.arguments()?));
        }
        if !self.take_sign(".") {
            return Ok(Expression::Column(String::new(), first));
        }
        let second = self.name()?;
        if self.take_sign("(") {
            return Ok(Expression::Call(format!("{first}.{second}"), self.arguments()?));
        }
        Ok(Expression::Column(first, second))
    }
}

fn negated(not: bool, condition: Condition) -> Condition {
    if not { Condition::Not(Box::new(condition)) } else { condition }
}
