//! Regular expressions that forms hold what is typed into them against.

use super::{Expression, Input, Place};
use crate::fields::Fields;

/// A regular expression; it is found anywhere in a text unless it says `^` and `$`.
#[derive(Clone)]
pub struct Pattern(Expression);

impl Pattern {
    /// Reads one. `None`: it is no regular expression, or a longer one than expressions may have.
    pub fn parse(text: &str) -> Option<Self> {
        let literal = serde_json::to_string(text).ok()?;
        let expression = Expression::parse(&format!("value.matches({literal})"), &Place::default()).ok()?;
        let pattern = Self(expression);
        pattern.holds("").map(|_| pattern)
    }

    /// Whether `text` fits.
    pub fn fits(&self, text: &str) -> bool {
        self.holds(text).unwrap_or_default()
    }

    fn holds(&self, text: &str) -> Option<bool> {
        let input = Input { record: &Fields::new(), value: Some(&text.into()), item: None };
        self.0.holds(&input).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn a_pattern_is_held_against_a_text() {
        let account = Pattern::parse(r"^[0-9A-Za-z]+([_-][0-9A-Za-z]+)?$").unwrap();
        assert!(account.fits("1234567_SB1") && account.fits("1234567"));
        assert!(!account.fits("") && !account.fits("evil.example/1234567") && !account.fits("1\n"));
    }

    #[test]
    fn what_is_no_regular_expression_is_none() {
        assert!(Pattern::parse("(").is_none());
        assert!(Pattern::parse(&"a".repeat(300)).is_none(), "expressions take 256 characters");
    }
}
