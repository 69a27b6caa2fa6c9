//! What a case came to, against what it expects.

use application::ports::connector::{CallError, RemoteRecord, WriteOutcome};

use serde_json::Value;

use super::language::Expect;

/// What a case came to.
pub(super) enum Told {
    Verified(Option<String>),
    Records(Vec<RemoteRecord>),
    Outcomes(Vec<WriteOutcome>),
    Result(String),
    Events(Vec<String>),
    Answer(String),
    Realm(String),
    Rejection(String),
}

impl Expect {
    pub(super) fn differences(&self, told: Result<Told, CallError>) -> Vec<String> {
        let found = match told {
            Err(error) => {
                let step = error.next_step.clone();
                return match (&self.error, &self.next_step) {
                    (Some(class), wanted)
                        if class == error.class.as_str() && (wanted.is_none() || *wanted == step) =>
                    {
                        vec![]
                    }
                    _ => vec![format!("error {error:?}, wanted {:?} {:?}", self.error, self.next_step)],
                };
            }
            Ok(Told::Verified(name)) => compare("verified", name.as_ref(), self.verified.as_ref()),
            Ok(Told::Records(records)) => {
                let by_body = self.records.is_none() && self.bodies.is_some();
                let shown = (!by_body).then(|| records.iter().map(shown).collect());
                let wrong = compare("records", shown.as_ref(), self.records.as_ref());
                wrong.or_else(|| self.bodies.as_ref().and_then(|bodies| other_bodies(bodies, &records)))
            }
            Ok(Told::Result(result)) => match &self.result {
                Some(wanted) if same(wanted, &result) => None,
                wanted => Some(format!("result {result}, wanted {wanted:?}")),
            },
            Ok(Told::Outcomes(outcomes)) => self.outcome_differences(&outcomes),
            Ok(Told::Events(events)) => compare("events", Some(&events), self.events.as_ref()),
            Ok(Told::Answer(answer)) => compare("answer", Some(&answer), self.answer.as_ref()),
            Ok(Told::Realm(realm)) => compare("realm", Some(&realm), self.realm.as_ref()),
            Ok(Told::Rejection(words)) => match &self.rejection {
                Some(wanted) if words.starts_with(wanted) => None,
                wanted => Some(format!("rejected: {words}, wanted {wanted:?}")),
            },
        };
        let error = self.error.as_ref().map(|class| format!("no error, wanted {class}"));
        found.into_iter().chain(error).collect()
    }

    fn outcome_differences(&self, outcomes: &[WriteOutcome]) -> Option<String> {
        let wanted = self.outcomes.clone().unwrap_or_default();
        let fits = |(outcome, wanted): (&WriteOutcome, &String)| match outcome {
            WriteOutcome::Confirmed { record } => {
                let full = record.as_ref().map(|record| format!("confirmed {}", shown(record)));
                wanted == "confirmed" || full.as_ref() == Some(wanted)
            }
            WriteOutcome::Rejected(error) => *wanted == format!("rejected {}", error.class),
            WriteOutcome::Unknown { .. } => wanted == "unknown",
        };
        let same = wanted.len() == outcomes.len() && outcomes.iter().zip(&wanted).all(fits);
        (!same).then(|| format!("outcomes {outcomes:?}, wanted {wanted:?}"))
    }
}

/// JSON by its meaning, anything else by its text.
fn same(wanted: &str, given: &str) -> bool {
    match (serde_json::from_str::<Value>(wanted), serde_json::from_str::<Value>(given)) {
        (Ok(wanted), Ok(given)) => wanted == given,
        _ => wanted == given,
    }
}

fn other_bodies(wanted: &[String], records: &[RemoteRecord]) -> Option<String> {
    let given: Vec<&str> = records.iter().map(|record| record.body.get()).collect();
    let fits =
        wanted.len() == given.len() && wanted.iter().zip(&given).all(|(wanted, given)| same(wanted, given));
    (!fits).then(|| format!("bodies {given:#?}, wanted {wanted:#?}"))
}

fn shown(record: &RemoteRecord) -> String {
    let version = record.version_token.as_ref().map(|version| format!("@{version}")).unwrap_or_default();
    format!("{}{version}{}", record.id, if record.deleted { " deleted" } else { "" })
}

fn compare<T: PartialEq + std::fmt::Debug>(
    what: &str,
    found: Option<&T>,
    wanted: Option<&T>,
) -> Option<String> {
    (found != wanted).then(|| format!("{what} {found:?}, wanted {wanted:?}"))
}
