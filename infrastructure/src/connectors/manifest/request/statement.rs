//! Statements in query languages, and how each of them escapes a value.

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::context::StatementText;
use super::super::fields::Place;
use super::super::template::{Hole, Template, TemplateError, Values};

/// A query language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StatementLanguage {
    /// QuickBooks Online's query language: `'…'`, escaped by a backslash.
    Qbo,
    /// Salesforce Object Query Language: `'…'`, escaped by a backslash; moments stand bare.
    Soql,
    /// NetSuite's SQL: `'…'`, a quote is doubled.
    Suiteql,
    /// OData filters: `'…'`, a quote is doubled; moments stand bare.
    Odata,
    /// Xero's `where`: `"…"`; a value with a double quote cannot be said.
    Xero,
    /// Stripe's search: `'…'`, escaped by a backslash.
    Stripe,
    /// Shopify's search syntax: `'…'`, escaped by a backslash.
    Shopify,
}

impl StatementLanguage {
    /// Adds a literal; false when the language cannot say it.
    fn literal(self, value: &str, hole: &Hole, out: &mut String) -> bool {
        if hole.is_bare() || (hole.is_moment() && matches!(self, Self::Soql | Self::Odata)) {
            out.push_str(value);
            return true;
        }
        if value.chars().any(char::is_control) {
            return false;
        }
        let quote = if self == Self::Xero { '"' } else { '\'' };
        out.push(quote);
        for letter in value.chars() {
            match (self, letter) {
                (Self::Xero, '"') => return false,
                (Self::Suiteql | Self::Odata, '\'') => out.push('\''),
                (Self::Qbo | Self::Soql | Self::Stripe | Self::Shopify, '\'' | '\\') => out.push('\\'),
                _ => {}
            }
            out.push(letter);
        }
        out.push(quote);
        true
    }
}

/// A statement in a query language; values become quoted and escaped literals. It goes to exactly one of `parameter`
/// and `member`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The query parameter that carries it.
    pub parameter: Option<String>,
    /// The member of the body that carries it (`q`, `variables.query`).
    pub member: Option<Place>,
    /// Its language, which decides how values are escaped.
    pub language: StatementLanguage,
    /// The statement; holes are not put in quotes, the language does that.
    pub text: Template<StatementText>,
}

impl Statement {
    /// The statement, filled.
    pub fn fill(&self, values: &Values<'_>) -> Result<String, TemplateError> {
        let language = self.language;
        self.text.fill_with(values, |value, hole, out| language.literal(value, hole, out))
    }
}
