//! Which accounts may pay for what: the account categories of a payment method, as a provider's manifest lists them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Payment method → the account categories it may be booked on. Methods compare without case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountCategories(BTreeMap<String, Vec<String>>);

impl AccountCategories {
    /// The table of a provider.
    pub fn new(table: BTreeMap<String, Vec<String>>) -> Self {
        Self(table)
    }

    /// The categories for a payment method; `None` when the provider does not know the method.
    pub fn for_payment_method(&self, method: &str) -> Option<&[String]> {
        let wanted = method.trim().to_lowercase();
        self.0
            .iter()
            .find(|(name, _)| name.to_lowercase() == wanted)
            .map(|(_, categories)| categories.as_slice())
    }

    /// The payment methods, for a message that says what would be right.
    pub fn methods(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}
