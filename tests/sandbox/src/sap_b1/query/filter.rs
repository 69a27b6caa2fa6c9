//! `$filter`: comparisons, three functions on texts, `and`, `or`, brackets. There is no `not` and no arithmetic.

use std::cmp::Ordering;
use std::iter::Peekable;
use std::vec::IntoIter;

use serde_json::Value;

use super::compare::{Ground, holds_text, ordering};
use super::lexer::{Word, words};
use crate::kit::decimals::Object;

/// A condition on an entity.
#[derive(Debug)]
pub(in super::super) enum Filter {
    Any(Vec<Filter>),
    All(Vec<Filter>),
    Compared { name: String, ground: Ground, operator: String, value: Value },
    Function { function: String, name: String, ground: Ground, part: String },
}

struct Parser<'a> {
    words: Peekable<IntoIter<Word>>,
    ground: &'a dyn Fn(&str) -> Option<Ground>,
}

impl Filter {
    /// Reads a filter; `ground` knows the properties. Errors: what the service would say of it.
    pub(in super::super) fn parse(
        text: &str,
        ground: &dyn Fn(&str) -> Option<Ground>,
    ) -> Result<Self, String> {
        let mut parser = Parser { words: words(text)?.into_iter().peekable(), ground };
        let filter = parser.any()?;
        match parser.words.next() {
            None => Ok(filter),
            Some(word) => Err(format!("unexpected {word:?} in the filter")),
        }
    }

    /// Whether an entity meets the condition.
    pub(in super::super) fn holds(&self, fields: &Object) -> bool {
        let of = |name: &str| fields.get(name).unwrap_or(&Value::Null);
        match self {
            Self::Any(parts) => parts.iter().any(|part| part.holds(fields)),
            Self::All(parts) => parts.iter().all(|part| part.holds(fields)),
            Self::Function { function, name, ground, part } => holds_text(*ground, function, of(name), part),
            Self::Compared { name, operator, value: Value::Null, .. } => {
                of(name).is_null() == (operator == "eq")
            }
            Self::Compared { name, ground, operator, value } => {
                ordering(*ground, of(name), value).is_some_and(|found| meets(operator, found))
            }
        }
    }
}

fn meets(operator: &str, found: Ordering) -> bool {
    match operator {
        "eq" => found.is_eq(),
        "ne" => found.is_ne(),
        "gt" => found.is_gt(),
        "ge" => found.is_ge(),
        "lt" => found.is_lt(),
        _ => found.is_le(),
    }
}

impl Parser<'_> {
    fn any(&mut self) -> Result<Filter, String> {
        let mut parts = vec![self.all()?];
        while self.takes("or") {
            parts.push(self.all()?);
        }
        Ok(Filter::Any(parts))
    }

    fn all(&mut self) -> Result<Filter, String> {
        let mut parts = vec![self.one()?];
        while self.takes("and") {
            parts.push(self.one()?);
        }
        Ok(Filter::All(parts))
    }

    fn one(&mut self) -> Result<Filter, String> {
        match self.words.next() {
            Some(Word::Open) => {
                let inside = self.any()?;
                self.must(&Word::Close)?;
                Ok(inside)
            }
            Some(Word::Name(name)) if ["startswith", "endswith", "contains"].contains(&&*name) => {
                self.function(name)
            }
            Some(Word::Name(name)) if name == "not" => Err("the operator not is not supported".into()),
            Some(Word::Name(name)) => self.compared(name),
            other => Err(format!("unexpected {other:?} in the filter")),
        }
    }

    fn function(&mut self, function: String) -> Result<Filter, String> {
        self.must(&Word::Open)?;
        let name = self.name()?;
        let ground = self.known(&name)?;
        self.must(&Word::Comma)?;
        let Some(Word::Text(part)) = self.words.next() else {
            return Err(format!("{function} wants a text"));
        };
        self.must(&Word::Close)?;
        Ok(Filter::Function { function, name, ground, part })
    }

    fn compared(&mut self, name: String) -> Result<Filter, String> {
        let ground = self.known(&name)?;
        let operator = self.name()?;
        if !["eq", "ne", "gt", "ge", "lt", "le"].contains(&&*operator) {
            return Err(format!("the operator {operator} is not supported"));
        }
        let value = match self.words.next() {
            Some(Word::Text(text)) => ground.literal(&text, true)?,
            Some(Word::Bare(text)) => ground.literal(&text, false)?,
            Some(Word::Name(null)) if null == "null" => Value::Null,
            other => return Err(format!("{other:?} is no value")),
        };
        Ok(Filter::Compared { name, ground, operator, value })
    }

    fn known(&self, name: &str) -> Result<Ground, String> {
        (self.ground)(name).ok_or_else(|| format!("Property '{name}' is invalid"))
    }

    fn name(&mut self) -> Result<String, String> {
        match self.words.next() {
            Some(Word::Name(name)) => Ok(name),
            other => Err(format!("unexpected {other:?} in the filter")),
        }
    }

    fn takes(&mut self, word: &str) -> bool {
        self.words.next_if(|next| matches!(next, Word::Name(name) if name == word)).is_some()
    }

    fn must(&mut self, word: &Word) -> Result<(), String> {
        self.words.next_if_eq(word).map(|_| ()).ok_or_else(|| format!("{word:?} is missing in the filter"))
    }
}
