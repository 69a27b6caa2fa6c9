//! The submission: requested, begun, and then one of taken, refused or unknown until it is found out.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::commands::SubmissionCommand;
use super::error::SubmissionError;
use super::events::{
    Found, Receipt, Refusal, SubmissionBegun, SubmissionConfirmed, SubmissionEvent, SubmissionLookedUp,
    SubmissionOutcomeUnknown, SubmissionRejected, SubmissionRequested, SubmissionResolved,
};
use crate::aggregate::Aggregate;
use crate::stream::Kind;
use crate::value::ErrorClass;

/// Calls that carry the same bytes and fail, at most, before somebody has to ask again.
const ATTEMPTS: u32 = 3;

/// Where a submission stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubmissionStatus {
    /// It was never asked for.
    #[default]
    None,
    /// Waits for its turn to be sent.
    Requested,
    /// A call is under way.
    Begun,
    /// Nobody knows; it is being looked up.
    Unknown,
    /// The provider took it.
    Confirmed,
    /// The provider did not take it.
    Rejected,
}

impl SubmissionStatus {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Requested => "requested",
            Self::Begun => "begun",
            Self::Unknown => "outcome_unknown",
            Self::Confirmed => "confirmed",
            Self::Rejected => "rejected",
        }
    }

    /// Whether nothing more happens by itself.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Confirmed | Self::Rejected)
    }
}

/// A submission.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Where it stands.
    pub status: SubmissionStatus,
    /// What was asked for last.
    pub requested: Option<SubmissionRequested>,
    /// The last call for it.
    pub begun: Option<SubmissionBegun>,
    /// Why the outcome is unknown.
    pub reason: Option<String>,
    /// The provider said that one is there already.
    pub duplicate: Option<Refusal>,
    /// When it was first looked for without being found.
    pub looked_up_at: Option<DateTime<Utc>>,
    /// What shows that it was taken.
    pub receipt: Option<Receipt>,
    /// Why it was not taken.
    pub refusal: Option<Refusal>,
    /// When its last outcome was learned.
    pub settled_at: Option<DateTime<Utc>>,
}

type Decision = Result<Vec<SubmissionEvent>, SubmissionError>;

impl Aggregate for Submission {
    const KIND: Kind = Kind::Submission;
    type Command = SubmissionCommand;
    type Event = SubmissionEvent;
    type Error = SubmissionError;

    fn decide(&self, command: SubmissionCommand) -> Decision {
        match command {
            SubmissionCommand::Request(request) => self.request(*request),
            SubmissionCommand::Begin(begin) => {
                if self.status != SubmissionStatus::Requested {
                    return Err(SubmissionError::NotOpen);
                }
                let (send_before, recover_after) = (begin.send_before, begin.recover_after);
                let attempt = self.attempts() + 1;
                Ok(vec![SubmissionBegun { call: begin.call, attempt, send_before, recover_after }.into()])
            }
            SubmissionCommand::Confirm { call, receipt, at } => {
                self.open().filter(|begun| begun.call == call).ok_or(SubmissionError::NotOpen)?;
                Ok(vec![SubmissionConfirmed { call, receipt, at }.into()])
            }
            SubmissionCommand::Reject { refusal, passing, at } => self.reject(refusal, passing, at),
            SubmissionCommand::MarkUnknown { reason, duplicate, at } => {
                let call = self.open().ok_or(SubmissionError::NotOpen)?.call;
                Ok(vec![SubmissionOutcomeUnknown { call, reason, duplicate, at }.into()])
            }
            SubmissionCommand::Resolve { found, settle_ms, at } => self.resolve(found, settle_ms, at),
        }
    }

    fn apply(&mut self, event: &SubmissionEvent) {
        match event {
            SubmissionEvent::SubmissionRequested(requested) => {
                *self = Self {
                    status: SubmissionStatus::Requested,
                    requested: Some(requested.clone()),
                    ..Self::default()
                };
            }
            SubmissionEvent::SubmissionBegun(begun) => {
                self.status = SubmissionStatus::Begun;
                self.begun = Some(begun.clone());
                (self.reason, self.duplicate, self.looked_up_at) = (None, None, None);
            }
            SubmissionEvent::SubmissionConfirmed(confirmed) => self.take(&confirmed.receipt, confirmed.at),
            SubmissionEvent::SubmissionRejected(rejected) => {
                self.refuse(rejected.refusal.clone(), rejected.again, rejected.at);
            }
            SubmissionEvent::SubmissionOutcomeUnknown(unknown) => {
                self.status = SubmissionStatus::Unknown;
                self.reason = Some(unknown.reason.clone());
                self.duplicate.clone_from(&unknown.duplicate);
            }
            SubmissionEvent::SubmissionLookedUp(looked) => self.looked_up_at = Some(looked.at),
            SubmissionEvent::SubmissionResolved(resolved) => match &resolved.found {
                Found::Ours(receipt) => self.take(receipt, resolved.at),
                Found::Another => self.refuse(another(), false, resolved.at),
                Found::Nothing => self.refuse(self.not_done(), resolved.again, resolved.at),
            },
        }
    }
}

impl Submission {
    /// Whether somebody asked for it, ever.
    pub const fn exists(&self) -> bool {
        self.requested.is_some()
    }

    /// The call whose outcome is not known yet.
    pub fn open(&self) -> Option<&SubmissionBegun> {
        let is_open = matches!(self.status, SubmissionStatus::Begun | SubmissionStatus::Unknown);
        self.begun.as_ref().filter(|_| is_open)
    }

    /// Calls made for what was asked last.
    pub fn attempts(&self) -> u32 {
        self.begun.as_ref().map_or(0, |begun| begun.attempt)
    }

    fn request(&self, request: SubmissionRequested) -> Decision {
        match self.status {
            SubmissionStatus::None | SubmissionStatus::Rejected => Ok(vec![request.into()]),
            SubmissionStatus::Requested | SubmissionStatus::Begun | SubmissionStatus::Unknown => {
                Err(SubmissionError::UnderWay)
            }
            SubmissionStatus::Confirmed => {
                let receipt = self.receipt.clone().unwrap_or_default().headers;
                Err(SubmissionError::AlreadySubmitted { receipt })
            }
        }
    }

    fn reject(&self, refusal: Refusal, passing: bool, at: DateTime<Utc>) -> Decision {
        let (call, may_send_again) = match self.status {
            SubmissionStatus::Requested => (None, false),
            SubmissionStatus::Begun => (self.begun.as_ref().map(|begun| begun.call), passing),
            _ => return Err(SubmissionError::NotOpen),
        };
        // Being told to wait is no failed try.
        let waits = refusal.class == ErrorClass::RateLimited;
        let again = may_send_again && (waits || self.attempts() < ATTEMPTS);
        Ok(vec![SubmissionRejected { call, refusal, again, at }.into()])
    }

    /// Finding nothing counts the second time only, a settle time after the first, and once the call is surely over.
    fn resolve(&self, found: Found, settle_ms: i64, at: DateTime<Utc>) -> Decision {
        let open = self.open().ok_or(SubmissionError::NotOpen)?;
        let call = open.call;
        if found == Found::Nothing {
            let settle = TimeDelta::milliseconds(settle_ms);
            match self.looked_up_at {
                _ if at < open.recover_after => return Ok(Vec::new()),
                None => return Ok(vec![SubmissionLookedUp { call, at }.into()]),
                Some(first) if at < first + settle => return Ok(Vec::new()),
                Some(_) => {}
            }
            if let Some(refusal) = self.duplicate.clone() {
                let call = Some(call);
                return Ok(vec![SubmissionRejected { call, refusal, again: false, at }.into()]);
            }
        }
        let again = found == Found::Nothing && self.attempts() < ATTEMPTS;
        Ok(vec![SubmissionResolved { call, found, again, at }.into()])
    }

    fn take(&mut self, receipt: &Receipt, at: DateTime<Utc>) {
        self.status = SubmissionStatus::Confirmed;
        self.receipt = Some(receipt.clone());
        (self.reason, self.refusal, self.settled_at) = (None, None, Some(at));
    }

    fn refuse(&mut self, refusal: Refusal, again: bool, at: DateTime<Utc>) {
        self.status = if again { SubmissionStatus::Requested } else { SubmissionStatus::Rejected };
        self.reason = None;
        self.refusal = Some(refusal);
        self.settled_at = Some(at);
    }

    fn not_done(&self) -> Refusal {
        let why = self.reason.as_deref().unwrap_or("the provider does not have it");
        Refusal { class: ErrorClass::Transient, code: None, message: format!("it was not done: {why}") }
    }
}

fn another() -> Refusal {
    let message =
        "the provider has another one under the same key, with other contents: nothing of ours was taken";
    Refusal { class: ErrorClass::Duplicate, code: None, message: message.to_owned() }
}
