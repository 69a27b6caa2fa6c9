//! The judge: schema, mapping and the connector's rules, all asked, every reason collected.

use serde::{Deserialize, Serialize};

use super::content;
use super::send_rule::{SendRule, SendRuleError, SendRules};
use crate::catalogue::EntitySchema;
use crate::fields::Fields;
use crate::sync_config::mapping::Known;
use crate::sync_record::body::{MapFailure, create_body};
use crate::sync_record::plan::{Plan, Rules};

/// Kind of a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// A required field is empty.
    Required,
    /// A value is not of its field's type.
    WrongType,
    /// No such currency.
    UnknownCurrency,
    /// The mapping cannot make the provider's record of it.
    Mapping,
    /// It refers to a record that the provider does not have yet; it would wait.
    NotLinked,
    /// A rule of the connector speaks against it.
    Rule,
}

/// One reason why a record may not be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// The field a person has to look at.
    pub field: String,
    /// What kind of reason.
    pub code: ReasonCode,
    /// What is wrong and what to do.
    pub message: String,
}

/// Judges the records of one entity for one provider.
#[derive(Clone, Debug)]
pub struct Validator<'a> {
    schema: Option<&'a EntitySchema>,
    plan: &'a Plan,
    rules: SendRules,
}

impl<'a> Validator<'a> {
    /// A judge by this schema, mapping and rules of the connector. Fails with every rule that cannot be used.
    pub fn new(
        schema: Option<&'a EntitySchema>,
        plan: &'a Plan,
        rules: &[SendRule],
    ) -> Result<Self, Vec<SendRuleError>> {
        let rules = SendRules::try_new(rules, schema)?;
        Ok(Self { schema, plan, rules })
    }

    /// Every reason against sending `record`; none means it may go. A field is named once per kind of reason.
    pub fn validate(&self, record: &Fields, known: &Known) -> Vec<Reason> {
        let mut reasons = self.schema.map(|schema| content::check(schema, record)).unwrap_or_default();
        match create_body(&Rules { plan: self.plan, known }, record) {
            Ok(_) => {}
            Err(MapFailure::Problems(problems)) => {
                for problem in problems {
                    if !reasons.iter().any(|reason| reason.field == problem.field) {
                        let (field, message) = (problem.field, problem.message);
                        reasons.push(Reason { field, code: ReasonCode::Mapping, message });
                    }
                }
            }
            Err(MapFailure::Missing(needs)) => reasons.extend(needs.into_iter().map(|need| Reason {
                message: format!(
                    "{} {} is not linked to the provider yet: send it first",
                    need.entity, need.id
                ),
                field: need.entity,
                code: ReasonCode::NotLinked,
            })),
        }
        reasons.extend(self.rules.broken(record));
        reasons
    }
}
