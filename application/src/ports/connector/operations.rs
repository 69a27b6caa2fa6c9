//! Operations that are no record syncs: lookups, submissions that may exist once, and what is only known at run time.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::catalogue::FieldSchema;
use domain::fields::Fields;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{CallError, PreparedCall};

/// An operation, as the catalogue shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationFacts {
    /// Its name.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// Help text.
    pub help: String,
    /// Whether it hands something in; otherwise it reads.
    pub submits: bool,
    /// What it takes.
    pub parameters: Vec<ParameterFacts>,
    /// Parameters that, within the realm, name what may exist once.
    pub natural_key: Vec<String>,
    /// How long a result is good; zero when it is asked for each time.
    pub cache: Duration,
}

/// A parameter of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParameterFacts {
    /// Its name.
    pub name: String,
    /// Label.
    pub label: String,
    /// Help text.
    pub help: String,
    /// An example.
    pub example: String,
    /// Type: `text`, `integer`, `decimal`, `boolean`, `date`, `array` or `object`.
    pub kind: String,
    /// Whether it must be given.
    pub required: bool,
    /// A regular expression that its text must fit.
    pub pattern: Option<String>,
    /// Whether it says nothing about a person, so that it may be kept and shown as it is.
    #[serde(default)]
    pub public: bool,
}

/// What is wrong with a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterFault {
    /// The parameter.
    pub parameter: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// A question or a submission.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// The operation.
    pub operation: String,
    /// Its parameters.
    pub parameters: Fields,
    /// Facts of the person's own request, where the provider wants them (`public_ip`, `user_agent` …).
    pub context: BTreeMap<String, String>,
}

/// What an operation came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// The result; null when there is nothing.
    pub result: Value,
    /// Headers of the answer that are kept with it.
    pub receipt: BTreeMap<String, String>,
    /// Whether it was known already, and nothing was asked.
    pub known: bool,
}

/// A submission as it will go out, byte for byte, but for the credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreparedSubmission {
    /// The operation.
    pub operation: String,
    /// What may exist once within the realm.
    pub natural_key: String,
    /// The call; its only item is the natural key.
    pub call: PreparedCall,
}

/// What became of a submission.
#[derive(Clone, Debug)]
pub enum SubmitOutcome {
    /// Done.
    Confirmed(Answered),
    /// Surely not done; as `duplicate`, something was done under this natural key before.
    Rejected(CallError),
    /// Nobody knows.
    Unknown {
        /// Why, for people; no secret.
        reason: String,
    },
}

/// What the provider has under a natural key.
#[derive(Clone, Debug, PartialEq)]
pub struct Submitted {
    /// Whether it says what was to be submitted.
    pub same: bool,
    /// What it says.
    pub result: Value,
}

/// The operations of a connection.
#[async_trait::async_trait]
pub trait Operations: Send + Sync {
    /// Everything that is wrong with the parameters, before anything is sent. Nothing about an operation that does not
    /// exist.
    fn faults(&self, asked: &Asked) -> Vec<ParameterFault>;

    /// Asks one of the provider's lookups; what is known already is answered without a call, and counts against no
    /// limit.
    async fn look_up(&self, asked: &Asked) -> Result<Answered, CallError>;

    /// Makes the exact bytes of a submission, without sending anything.
    fn prepare_submission(&self, asked: &Asked) -> Result<PreparedSubmission, CallError>;

    /// Sends a submission unless `send_before` has passed. Never retries; an unknown outcome, and a duplicate, is looked
    /// up by [`Operations::submitted`] before anything is sent again.
    async fn submit(&self, submission: &PreparedSubmission, send_before: DateTime<Utc>) -> SubmitOutcome;

    /// What the provider has under the natural key of a submission, if anything.
    async fn submitted(&self, asked: &Asked) -> Result<Option<Submitted>, CallError>;

    /// The fields of an entity that only this connection knows, such as custom ones.
    async fn discover(&self, entity: &str) -> Result<Vec<FieldSchema>, CallError>;

    /// A list of the provider's codes and what they mean, as it was asked for within the last day, unless it is to be
    /// `fresh`.
    async fn reference(&self, name: &str, fresh: bool) -> Result<Vec<(String, String)>, CallError>;
}
