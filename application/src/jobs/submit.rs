//! Hands a submission in, and finds out what became of one without an outcome. Nothing is sent a second time before the
//! provider was asked, twice, whether it has it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::OrganizationId;
use domain::stream::{StreamId, SubmissionKey};
use domain::submission::{
    BeginSubmission, Found, Receipt, Refusal, Submission, SubmissionCommand, SubmissionRequested,
    SubmissionStatus,
};
use domain::value::ErrorClass;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::push_records::{again, limited};
use super::{JobHandler, Outbox};
use crate::command_handlers::{Within as _, target};
use crate::error::Failure;
use crate::ports::Unavailable;
use crate::ports::connector::{Asked, CallError, Connection, PreparedSubmission, SubmitOutcome, Timing};
use crate::ports::job_queue::{Job, NewJob, Settled};
use crate::process_managers::routes::lane_of;
use crate::sync::Engine;

const KIND: &str = "submit";
/// How long answers are kept: records of what was filed have to be shown for six years.
const KEEP_ANSWERS: TimeDelta = TimeDelta::days(7 * 365);
/// A provider without a settle time is looked at again after this.
const SETTLE: Duration = Duration::from_secs(5);

/// What lies in the blob of a submission: the bytes, and what they were made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// The bytes.
    pub(crate) prepared: PreparedSubmission,
    /// What was asked.
    pub(crate) asked: Asked,
}

/// Hands in what was requested.
pub fn job(stream: &StreamId, requested: &SubmissionRequested, now: DateTime<Utc>) -> Option<NewJob> {
    let key = SubmissionKey::parse(stream)?;
    Some(NewJob {
        organization: requested.organization,
        kind: KIND.to_owned(),
        lane: lane_of(&requested.provider, &key.realm, key.integration),
        key: stream.id.clone(),
        payload: serde_json::to_vec(&key).unwrap_or_default(),
        not_before: now,
    })
}

/// Runs `submit`.
pub struct Submit(pub Arc<Engine>);

/// A submission at work.
struct Work<'a> {
    organization: OrganizationId,
    key: &'a SubmissionKey,
    job: &'a Job,
    done: &'a Outbox,
}

/// A connection that may be used, and its times.
struct Way {
    connection: Arc<dyn Connection>,
    timing: Timing,
}

#[async_trait::async_trait]
impl JobHandler for Submit {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn at_once(&self, lane: &str) -> usize {
        self.0.at_once(lane)
    }

    async fn run(&self, jobs: Vec<Job>, done: &Outbox) {
        let each = jobs.into_iter().map(|job| async move {
            let settled = match serde_json::from_slice::<SubmissionKey>(&job.payload) {
                Err(_) => Settled::Park("the job's payload cannot be read".to_owned()),
                Ok(key) => {
                    let work = Work { organization: job.organization, key: &key, job: &job, done };
                    let advanced = self.advance(&work).await;
                    advanced.unwrap_or_else(|away| {
                        again(self.0.now(), Duration::from_secs(1), job.attempts, &away.to_string())
                    })
                }
            };
            done.settle(job, settled);
        });
        futures::future::join_all(each).await;
    }
}

impl Submit {
    /// The next step of a submission.
    async fn advance(&self, work: &Work<'_>) -> Result<Settled, Unavailable> {
        let state = self.load(work.key).await?;
        match state.status {
            SubmissionStatus::Requested => self.send(work, &state).await,
            SubmissionStatus::Begun => self.resume(work, &state).await,
            SubmissionStatus::Unknown => self.look(work, &state).await,
            SubmissionStatus::None | SubmissionStatus::Confirmed | SubmissionStatus::Rejected => {
                Ok(Settled::Done)
            }
        }
    }

    /// A call was begun, and whoever began it left no outcome.
    async fn resume(&self, work: &Work<'_>, state: &Submission) -> Result<Settled, Unavailable> {
        let over = state.begun.as_ref().map_or_else(|| self.0.now(), |begun| begun.recover_after);
        if self.0.now() < over {
            return Ok(Settled::RetryAt(over, "the call may still be under way".to_owned()));
        }
        let reason = "Headwater was stopped before the outcome was known".to_owned();
        let unknown = SubmissionCommand::MarkUnknown { reason, duplicate: None, at: self.0.now() };
        self.record(work, unknown).await?;
        self.look(work, &self.load(work.key).await?).await
    }

    async fn send(&self, work: &Work<'_>, state: &Submission) -> Result<Settled, Unavailable> {
        let way = match self.way(work).await? {
            Ok(way) => way,
            Err(error) => return self.refuse(work, refusal(&error)).await,
        };
        let Some(kept) = self.kept(work, state).await? else {
            let message = "what was to be submitted is no longer kept: submit it again".to_owned();
            return self.refuse(work, Refusal { class: ErrorClass::Mapping, code: None, message }).await;
        };
        let now = self.0.now();
        if let Err(wait) = way.connection.admit().await {
            return Ok(limited(work.done, now, wait));
        }
        let send_before = now + delta(way.timing.send_window);
        let recover_after = send_before + delta(way.timing.request_timeout);
        let begin = BeginSubmission { call: self.0.call_id(), send_before, recover_after };
        if !self.record(work, SubmissionCommand::Begin(begin)).await? {
            way.connection.give_back().await;
            return Ok(Settled::Done);
        }
        fail::fail_point!("after_submission_begun");
        let outcome = way.connection.submit(&kept.prepared, send_before).await;
        fail::fail_point!("after_submission_sent");
        self.settle(work, begin, outcome).await
    }

    async fn settle(
        &self,
        work: &Work<'_>,
        begin: BeginSubmission,
        outcome: SubmitOutcome,
    ) -> Result<Settled, Unavailable> {
        let (at, call) = (self.0.now(), begin.call);
        let (command, wait) = match outcome {
            SubmitOutcome::Confirmed(answered) => {
                let receipt = self.receipt(work, answered.receipt, &answered.result).await?;
                (SubmissionCommand::Confirm { call, receipt, at }, None)
            }
            SubmitOutcome::Rejected(error) if error.class == ErrorClass::Duplicate => {
                let (reason, duplicate) = (error.to_string(), Some(refusal(&error)));
                (SubmissionCommand::MarkUnknown { reason, duplicate, at }, None)
            }
            SubmitOutcome::Rejected(error) => {
                let passing = matches!(error.class, ErrorClass::RateLimited | ErrorClass::Transient);
                (SubmissionCommand::Reject { refusal: refusal(&error), passing, at }, error.retry_after)
            }
            SubmitOutcome::Unknown { reason } => {
                (SubmissionCommand::MarkUnknown { reason, duplicate: None, at }, None)
            }
        };
        fail::fail_point!("before_submission_outcome");
        self.record(work, command).await?;
        fail::fail_point!("after_submission_outcome");
        let state = self.load(work.key).await?;
        match state.status {
            SubmissionStatus::Unknown => self.look(work, &state).await,
            SubmissionStatus::Requested => {
                let wait = wait.unwrap_or(Duration::from_secs(2));
                Ok(again(self.0.now(), wait, work.job.attempts, "the provider did not take it now"))
            }
            _ => Ok(Settled::Done),
        }
    }

    /// Asks the provider what it has. Something found decides at once; nothing found decides the second time.
    async fn look(&self, work: &Work<'_>, state: &Submission) -> Result<Settled, Unavailable> {
        let now = self.0.now();
        let later = |wait: Duration, why: &str| Ok(again(now, wait, work.job.attempts, why));
        let way = match self.way(work).await? {
            Ok(way) => way,
            Err(error) => return later(Duration::from_mins(1), &error.to_string()),
        };
        let Some(kept) = self.kept(work, state).await? else {
            return Ok(Settled::Park("what was submitted is no longer kept: ask the provider".to_owned()));
        };
        if let Err(wait) = way.connection.admit().await {
            return Ok(limited(work.done, now, wait));
        }
        let settle = way.timing.settle.unwrap_or(SETTLE);
        let found = match way.connection.submitted(&kept.asked).await {
            Ok(None) => Found::Nothing,
            Ok(Some(submitted)) if submitted.same => {
                Found::Ours(self.receipt(work, BTreeMap::default(), &submitted.result).await?)
            }
            Ok(Some(_)) => Found::Another,
            Err(error) => return later(error.retry_after.unwrap_or(settle), &error.to_string()),
        };
        let settle_ms = i64::try_from(settle.as_millis()).unwrap_or(i64::MAX);
        self.record(work, SubmissionCommand::Resolve { found, settle_ms, at: now }).await?;
        fail::fail_point!("after_submission_looked_up");
        let state = self.load(work.key).await?;
        Ok(match state.status {
            SubmissionStatus::Requested => Settled::RetryAt(now, "it was not done: sent again".to_owned()),
            SubmissionStatus::Unknown => {
                let next = state.looked_up_at.map(|first| first + delta(settle));
                let over = state.open().map(|begun| begun.recover_after);
                let next = next.or(over).filter(|next| *next > now).unwrap_or(now + delta(settle));
                Settled::RetryAt(next, "nothing was found yet".to_owned())
            }
            _ => Settled::Done,
        })
    }

    async fn refuse(&self, work: &Work<'_>, refusal: Refusal) -> Result<Settled, Unavailable> {
        let at = self.0.now();
        self.record(work, SubmissionCommand::Reject { refusal, passing: false, at }).await?;
        Ok(Settled::Done)
    }

    /// The connection of a submission, if it is still that company's.
    async fn way(&self, work: &Work<'_>) -> Result<Result<Way, CallError>, Unavailable> {
        let routes = self.0.directory.now().await?;
        let id = work.key.integration;
        let Ok(owned) = routes.integration_of(work.organization, id) else {
            return Ok(Err(away("the integration was deleted")));
        };
        if let Err(error) = owned.state.check_may_sync() {
            return Ok(Err(away(&error.to_string())));
        }
        let target = target(work.organization, id, &owned.state);
        if target.realm != work.key.realm {
            return Ok(Err(away("the integration is connected to another company now")));
        }
        let connectors = &self.0.ports.connectors;
        let Some(provider) = connectors.provider(&target.provider) else {
            return Ok(Err(away("the provider is no longer known here")));
        };
        let timing = self.0.timing_of(&provider);
        Ok(connectors.open(&target).map(|connection| Way { connection, timing }))
    }

    async fn kept(&self, work: &Work<'_>, state: &Submission) -> Result<Option<Kept>, Unavailable> {
        let Some(requested) = &state.requested else { return Ok(None) };
        let bytes = self.0.ports.blobs.get(work.organization, &requested.blob).await?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    async fn receipt(
        &self,
        work: &Work<'_>,
        headers: BTreeMap<String, String>,
        result: &Value,
    ) -> Result<Receipt, Unavailable> {
        if result.is_null() {
            return Ok(Receipt { headers, blob: None });
        }
        let (bytes, until) = (result.to_string(), self.0.now() + KEEP_ANSWERS);
        let blobs = &self.0.ports.blobs;
        let blob = blobs.put(work.organization, "submission_answer", bytes.as_bytes(), until).await?;
        Ok(Receipt { headers, blob: Some(blob) })
    }

    async fn load(&self, key: &SubmissionKey) -> Result<Submission, Unavailable> {
        Ok(self.0.ports.dispatcher.load::<Submission>(&key.stream()).await?.state)
    }

    /// Records what happened. `false`: somebody else has gone on from here.
    async fn record(&self, work: &Work<'_>, command: SubmissionCommand) -> Result<bool, Unavailable> {
        let dispatcher = &self.0.ports.dispatcher;
        let envelope = dispatcher.system(work.organization, "submissions");
        let stream = work.key.stream();
        match dispatcher.dispatch::<Submission>(&envelope, &stream, |_| command.clone()).await {
            Ok(_) => Ok(true),
            Err(Failure::Refused(refusal)) => {
                tracing::debug!(%refusal, "the submission has gone on");
                Ok(false)
            }
            Err(Failure::Unavailable(away)) => Err(away),
            Err(other) => Err(Unavailable::new("event log", other.to_string())),
        }
    }
}

fn refusal(error: &CallError) -> Refusal {
    Refusal { class: error.class, code: error.code.clone(), message: error.message.clone() }
}

fn away(message: &str) -> CallError {
    CallError {
        class: ErrorClass::AuthExpired,
        code: None,
        message: message.to_owned(),
        next_step: None,
        retry_after: None,
    }
}

fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}
