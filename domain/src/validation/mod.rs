//! May this record be sent, and every reason why not. Pure, so that the answer is the same in the browser, at the API
//! and in the engine; nothing here asks a provider.

mod account_categories;
mod content;
mod send_rule;
#[cfg(test)]
mod tests;
mod validator;

pub use account_categories::AccountCategories;
pub use send_rule::{SendRule, SendRuleError, SendRules};
pub use validator::{Reason, ReasonCode, Validator};
