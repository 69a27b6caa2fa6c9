//! A provider's own rules for records, as CEL with a message.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::validator::{Reason, ReasonCode};
use crate::catalogue::EntitySchema;
use crate::expression::{Expression, ExpressionError, Input, Kinds, Place};
use crate::fields::Fields;

/// A rule of a connector: `{"field": "lines", "check": "size(record.lines) > 0", "message": "add a line"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendRule {
    /// The field a person has to look at.
    pub field: String,
    /// What must hold, over `record`.
    pub check: String,
    /// When it applies; always without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// What to do when it does not hold.
    pub message: String,
}

/// A rule that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the rule for `{field}`: {error}")]
pub struct SendRuleError {
    /// The rule's field.
    pub field: String,
    /// What is wrong with its expression.
    pub error: ExpressionError,
}

/// The rules of one entity, ready to judge any number of records.
#[derive(Clone, Debug, Default)]
pub struct SendRules(Arc<[ReadyRule]>);

impl SendRules {
    /// The rules over records of `schema`. Fails with every rule that cannot be used.
    pub fn try_new(rules: &[SendRule], schema: Option<&EntitySchema>) -> Result<Self, Vec<SendRuleError>> {
        let (ready, broken): (Vec<_>, Vec<_>) =
            rules.iter().map(|rule| ReadyRule::new(rule, schema)).partition(Result::is_ok);
        if broken.is_empty() {
            Ok(Self(ready.into_iter().flatten().collect()))
        } else {
            Err(broken.into_iter().filter_map(Result::err).collect())
        }
    }

    /// Every rule that speaks against the whole record of ours; none means it may be sent.
    pub fn broken(&self, record: &Fields) -> Vec<Reason> {
        self.0.iter().filter_map(|rule| rule.judge(record)).collect()
    }

    /// The rules as they were written.
    pub fn iter(&self) -> impl Iterator<Item = &SendRule> {
        self.0.iter().map(|ready| &ready.rule)
    }
}

/// A rule ready to judge records.
#[derive(Clone, Debug)]
struct ReadyRule {
    rule: SendRule,
    check: Expression,
    when: Option<Expression>,
}

impl ReadyRule {
    fn new(rule: &SendRule, schema: Option<&EntitySchema>) -> Result<Self, SendRuleError> {
        let kinds = schema.map(|schema| Kinds::of(&schema.fields)).unwrap_or_default();
        let parse = |source: &str| {
            Expression::parse(source, &Place { kinds: Some(&kinds), ..Place::default() })
                .map_err(|error| SendRuleError { field: rule.field.clone(), error })
        };
        Ok(Self {
            check: parse(&rule.check)?,
            when: rule.when.as_deref().map(parse).transpose()?,
            rule: rule.clone(),
        })
    }

    /// The reason against `record`. Reading a field that is not there means that the condition does not apply, and that
    /// the check does not hold; any other failure is a reason of its own.
    fn judge(&self, record: &Fields) -> Option<Reason> {
        let input = Input { record, value: None, item: None };
        let applies = match self.when.as_ref().map(|when| when.holds(&input)) {
            None => Ok(true),
            Some(Err(ExpressionError::Absent { .. })) => Ok(false),
            Some(answer) => answer,
        };
        let holds = match applies {
            Ok(false) => return None,
            Ok(true) => self.check.holds(&input),
            Err(error) => Err(error),
        };
        let message = match holds {
            Ok(true) => return None,
            Ok(false) | Err(ExpressionError::Absent { .. }) => self.rule.message.clone(),
            Err(error) => format!("{} ({error})", self.rule.message),
        };
        Some(Reason { field: self.rule.field.clone(), code: ReasonCode::Rule, message })
    }
}
