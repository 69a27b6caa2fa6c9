//! Operations, submissions and codes as they are shown.

use std::collections::BTreeMap;

use application::command_handlers::SubmissionState;
use application::ports::connector::{OperationFacts, ParameterFacts};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::http::resource;

/// An operation of a provider.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OperationShape {
    /// Its name.
    name: String,
    /// Its name for people.
    label: String,
    /// Help text.
    help: String,
    /// `lookup` or `submit`.
    kind: &'static str,
    /// What it takes.
    parameters: Vec<ParameterShape>,
    /// Parameters that name what may exist once, of a submission.
    natural_key: Vec<String>,
    /// How long a result is good, in seconds; 0 when it is asked for each time.
    cache_s: u64,
}

/// A parameter of an operation.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ParameterShape {
    /// Its name.
    name: String,
    /// Its name for people.
    label: String,
    /// Help text.
    help: String,
    /// An example.
    example: String,
    /// `text`, `integer`, `decimal`, `boolean`, `date`, `array` or `object`.
    #[serde(rename = "type")]
    kind: String,
    /// Whether it must be given.
    required: bool,
    /// A regular expression that its text must fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<String>,
}

impl From<OperationFacts> for OperationShape {
    fn from(facts: OperationFacts) -> Self {
        Self {
            name: facts.name,
            label: facts.label,
            help: facts.help,
            kind: if facts.submits { "submit" } else { "lookup" },
            parameters: facts.parameters.into_iter().map(ParameterShape::from).collect(),
            natural_key: facts.natural_key,
            cache_s: facts.cache.as_secs(),
        }
    }
}

impl From<ParameterFacts> for ParameterShape {
    fn from(facts: ParameterFacts) -> Self {
        let ParameterFacts { name, label, help, example, kind, required, pattern, .. } = facts;
        Self { name, label, help, example, kind, required, pattern }
    }
}

/// A lookup's answer.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AnswerShape {
    /// What the provider says; null when there is nothing.
    #[schema(value_type = Object)]
    pub(super) result: Value,
    /// Whether it was known already, and the provider was not asked.
    pub(super) known: bool,
}

/// A submission.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SubmissionShape {
    /// Its id.
    pub(super) id: String,
    /// The operation.
    operation: String,
    /// The remote company.
    realm: String,
    /// What may exist once; a digest where it may say something about a person.
    natural_key: String,
    /// `requested`, `begun`, `outcome_unknown`, `confirmed` or `rejected`.
    status: &'static str,
    /// Calls made for it since it was asked for last.
    attempts: u32,
    /// When it was asked for last.
    requested_at: Option<DateTime<Utc>>,
    /// When its outcome was learned.
    settled_at: Option<DateTime<Utc>>,
    /// What shows that it was taken.
    receipt: BTreeMap<String, String>,
    /// The provider's answer, where it is kept and one submission is shown.
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) result: Option<Value>,
    /// Why it was not taken, or why nobody knows yet.
    reason: Option<String>,
    /// The provider's code for it.
    code: Option<String>,
    /// What can be done about it (`validation`, `duplicate` …).
    class: Option<String>,
}

impl SubmissionShape {
    pub(super) fn of(found: SubmissionState, result: Option<Value>) -> Self {
        let SubmissionState { key, state, .. } = found;
        let attempts = state.attempts();
        let refusal = state.refusal.filter(|_| state.reason.is_none());
        Self {
            id: key.stream().id,
            operation: key.operation,
            realm: key.realm,
            natural_key: key.natural_key,
            status: state.status.as_str(),
            attempts,
            requested_at: state.requested.map(|requested| requested.at),
            settled_at: state.settled_at.filter(|_| state.status.is_over()),
            receipt: state.receipt.map(|receipt| receipt.headers).unwrap_or_default(),
            result,
            reason: state.reason.or_else(|| refusal.as_ref().map(|refusal| refusal.message.clone())),
            code: refusal.as_ref().and_then(|refusal| refusal.code.clone()),
            class: refusal.map(|refusal| refusal.class.to_string()),
        }
    }

    /// Where one can be watched.
    pub(super) fn place(&self, integration: &str) -> String {
        format!("/v1/integrations/{integration}/submissions/{}", resource::in_path(&self.id))
    }
}

/// A code and what it means.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CodeShape {
    /// The provider's code.
    code: String,
    /// What it means.
    meaning: String,
}

/// A list of codes.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CodesShape {
    /// The codes.
    items: Vec<CodeShape>,
}

impl From<Vec<(String, String)>> for CodesShape {
    fn from(codes: Vec<(String, String)>) -> Self {
        let items = codes.into_iter().map(|(code, meaning)| CodeShape { code, meaning }).collect();
        Self { items }
    }
}
