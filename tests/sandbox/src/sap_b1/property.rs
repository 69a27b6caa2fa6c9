//! Properties: what each holds, and what a client may send for it.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::refusal;
use super::stamps;
use crate::kit::Answer;
use crate::kit::decimals::{decimal, number};

/// What a property holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Holds {
    /// A text of at most so many characters.
    Text(usize),
    /// A whole number.
    Int,
    /// An amount, a price or a quantity.
    Double,
    /// A date; its time part is ignored.
    Date,
    /// A time of day.
    Time,
    /// One of several names, each with the letter that the database has for it.
    Choice(&'static [(&'static str, &'static str)]),
    /// Lines.
    Lines(&'static Lines),
}

/// The lines of an entity: their properties, and those by which a patch knows a line again.
#[derive(Debug)]
pub(super) struct Lines {
    pub(super) of: &'static str,
    pub(super) key: &'static [&'static str],
    pub(super) properties: &'static [Property],
}

/// A property.
#[derive(Clone, Copy, Debug)]
pub(super) struct Property {
    pub(super) name: &'static str,
    pub(super) holds: Holds,
    /// Set by the server: what a client sends is ignored without a word.
    pub(super) read_only: bool,
}

/// A property that a client may set.
pub(super) const fn open(name: &'static str, holds: Holds) -> Property {
    Property { name, holds, read_only: false }
}

/// A property of the server's own.
pub(super) const fn kept(name: &'static str, holds: Holds) -> Property {
    Property { name, holds, read_only: true }
}

/// `tYES` and `tNO`.
pub(super) const YES_NO: Holds = Holds::Choice(&[("tYES", "Y"), ("tNO", "N")]);

impl Property {
    /// The value as it is kept. Errors: it is none of this property's.
    pub(super) fn taken(&self, given: &Value, of: &str) -> Result<Value, Answer> {
        let wrong =
            || refusal::bad_request(&format!("Value of property '{}' of '{of}' is invalid", self.name));
        if given.is_null() {
            return Ok(Value::Null);
        }
        match self.holds {
            Holds::Text(most) => {
                let text = given.as_str().ok_or_else(wrong)?;
                if text.chars().count() > most {
                    let text = format!("Value too long in property '{}' of '{of}'", self.name);
                    return Err(refusal::bad_request(&text));
                }
                Ok(given.clone())
            }
            Holds::Int => given.as_i64().map(|whole| json!(whole)).ok_or_else(wrong),
            Holds::Double => decimal(given).map(|amount: Decimal| number(amount)).ok_or_else(wrong),
            Holds::Date => given.as_str().and_then(stamps::day_of).map(stamps::date).ok_or_else(wrong),
            Holds::Time => {
                given.as_str().filter(|text| stamps::is_time(text)).map(|_| given.clone()).ok_or_else(wrong)
            }
            Holds::Choice(of) => choice(of, given).ok_or_else(wrong),
            Holds::Lines(_) => Err(wrong()),
        }
    }
}

/// The name of a choice given by its name or by its letter.
pub(super) fn choice(of: &[(&str, &str)], given: &Value) -> Option<Value> {
    let given = given.as_str()?;
    of.iter().find(|(name, letter)| *name == given || *letter == given).map(|(name, _)| json!(name))
}
