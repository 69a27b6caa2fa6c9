//! Operations of a provider that are no record syncs: lookups answer directly, submissions leave an intent first.

use chrono::TimeDelta;
use domain::catalogue::FieldSchema;
use domain::ids::{IntegrationId, OrganizationId};
use domain::integration::Integration;
use domain::stream::{Kind, StreamId, SubmissionKey};
use domain::submission::{Submission, SubmissionCommand, SubmissionError, SubmissionRequested};
use futures::future::select;
use serde_json::Value;

use super::desk::{Within as _, target};
use super::{Declined, Desk, Fault};
use crate::dispatcher::{Envelope, Working};
use crate::jobs::submit::{self, Kept};
use crate::ports::connector::{Answered, Asked, OperationFacts, PreparedSubmission};

/// How long a caller waits for the outcome.
const PATIENCE: TimeDelta = TimeDelta::seconds(10);
/// How often it is looked at, when nothing wakes us.
const LOOK_AGAIN: TimeDelta = TimeDelta::milliseconds(100);

/// Where a submission stands.
#[derive(Clone, Debug, PartialEq)]
pub struct SubmissionState {
    /// What it is of.
    pub key: SubmissionKey,
    /// Its state.
    pub state: Submission,
    /// Its version.
    pub version: u64,
}

/// What an operation came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Operated {
    /// A lookup's answer.
    Answered(Answered),
    /// A submission; its outcome may not be known yet.
    Submitted(Box<SubmissionState>),
}

impl Desk {
    /// Asks a lookup, or hands a submission in. A submission is answered once its outcome is known, or after ten seconds.
    pub async fn operate(
        &self,
        envelope: &Envelope,
        id: IntegrationId,
        asked: Asked,
    ) -> Result<Operated, Declined> {
        let routes = self.routes().await?;
        let integration = &routes.integration_of(envelope.organization, id)?.state;
        integration.check_may_sync()?;
        let facts = self.operation_of(integration, &asked.operation)?;
        let target = target(envelope.organization, id, integration);
        let connection = self.engine.ports.connectors.open(&target)?;
        let faults = connection.faults(&asked).into_iter();
        let faults: Vec<Fault> = faults
            .map(|fault| Fault::new(&format!("parameters.{}", fault.parameter), fault.message))
            .collect();
        if !faults.is_empty() {
            return Err(Declined::Invalid(faults));
        }
        if !facts.submits {
            return Ok(Operated::Answered(connection.look_up(&asked).await?));
        }
        let prepared = connection.prepare_submission(&asked)?;
        let natural_key = self.named(envelope.organization, &facts, &prepared).await?;
        let (operation, realm) = (asked.operation.clone(), target.realm.clone());
        let key = SubmissionKey { integration: id, operation, realm, natural_key };
        self.request(envelope, (&key, &target.provider), Kept { prepared, asked }).await?;
        Ok(Operated::Submitted(Box::new(self.outcome_of(&key).await?)))
    }

    /// What the provider of an integration can be asked.
    pub async fn operations(
        &self,
        organization: OrganizationId,
        id: IntegrationId,
    ) -> Result<Vec<OperationFacts>, Declined> {
        let routes = self.routes().await?;
        let integration = &routes.integration_of(organization, id)?.state;
        Ok(self.provider(provider_of(integration))?.operations.clone())
    }

    /// Submissions of an integration, by their ids.
    pub async fn submissions(
        &self,
        organization: OrganizationId,
        id: IntegrationId,
        (after, limit): (Option<&str>, usize),
    ) -> Result<Vec<SubmissionState>, Declined> {
        self.routes().await?.integration_of(organization, id)?;
        let log = &self.dispatcher().log;
        let streams = log.list_streams(Kind::Submission, &format!("{id}/"), after, limit).await?;
        let loaded = log.load_many(&streams, None).await?;
        let state = |loaded| {
            let working = Working::<Submission>::loaded(loaded);
            let key = SubmissionKey::parse(&working.stream)?;
            Some(SubmissionState { key, version: working.head(), state: working.state })
        };
        Ok(loaded.iter().filter_map(state).collect())
    }

    /// One of them, with the provider's answer where one is kept.
    pub async fn submission(
        &self,
        organization: OrganizationId,
        id: IntegrationId,
        stream: &StreamId,
    ) -> Result<(SubmissionState, Option<Value>), Declined> {
        self.routes().await?.integration_of(organization, id)?;
        let key = SubmissionKey::parse(stream).filter(|key| key.integration == id);
        let found = self.submission_of(&key.ok_or(SubmissionError::NotFound)?).await?;
        if !found.state.exists() {
            return Err(SubmissionError::NotFound.into());
        }
        let answer = self.answer_to(organization, &found.state).await?;
        Ok((found, answer))
    }

    /// The provider's answer to a submission, where one is kept.
    pub async fn answer_to(
        &self,
        organization: OrganizationId,
        state: &Submission,
    ) -> Result<Option<Value>, Declined> {
        let Some(blob) = state.receipt.as_ref().and_then(|receipt| receipt.blob.as_ref()) else {
            return Ok(None);
        };
        let bytes = self.engine.ports.blobs.get(organization, blob).await?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    /// A list of the provider's codes and what they mean; `fresh` asks the provider whatever is known.
    pub async fn reference(
        &self,
        organization: OrganizationId,
        id: IntegrationId,
        (kind, fresh): (&str, bool),
    ) -> Result<Vec<(String, String)>, Declined> {
        let routes = self.routes().await?;
        let integration = &routes.integration_of(organization, id)?.state;
        if !self.provider(provider_of(integration))?.references.iter().any(|known| known == kind) {
            return Err(Declined::NotFound("reference data"));
        }
        let target = target(organization, id, integration);
        Ok(self.engine.ports.connectors.open(&target)?.reference(kind, fresh).await?)
    }

    /// The fields of an entity of the provider's that only this connection has, such as custom ones, as the provider tells
    /// now.
    pub async fn own_fields(
        &self,
        organization: OrganizationId,
        id: IntegrationId,
        entity: &str,
    ) -> Result<Vec<FieldSchema>, Declined> {
        let routes = self.routes().await?;
        let target = target(organization, id, &routes.integration_of(organization, id)?.state);
        Ok(self.engine.ports.connectors.open(&target)?.discover(entity).await?)
    }

    fn operation_of(&self, integration: &Integration, name: &str) -> Result<OperationFacts, Declined> {
        let provider = self.provider(provider_of(integration))?;
        let facts = provider.operations.iter().find(|facts| facts.name == name);
        facts.cloned().ok_or(Declined::NotFound("operation"))
    }

    /// The natural key as it may be kept: a digest where it may say something about a person.
    async fn named(
        &self,
        organization: OrganizationId,
        facts: &OperationFacts,
        prepared: &PreparedSubmission,
    ) -> Result<String, Declined> {
        let is_public = |name: &String| {
            facts.parameters.iter().any(|parameter| parameter.name == *name && parameter.public)
        };
        if facts.natural_key.iter().all(is_public) {
            return Ok(prepared.natural_key.clone());
        }
        let key = self.engine.ports.vault.digest_key(organization).await?;
        Ok(key.digest(prepared.natural_key.as_bytes()).to_string())
    }

    async fn request(
        &self,
        envelope: &Envelope,
        (key, provider): (&SubmissionKey, &str),
        kept: Kept,
    ) -> Result<(), Declined> {
        let (organization, engine) = (envelope.organization, &self.engine);
        let digests = engine.ports.vault.digest_key(organization).await?;
        let bytes = serde_json::to_vec(&kept).expect("a submission is JSON");
        let parameters = Value::Object(kept.asked.parameters).to_string();
        let request = SubmissionRequested {
            organization,
            provider: provider.to_owned(),
            parameters_digest: digests.digest(parameters.as_bytes()),
            body_digest: digests.digest(kept.prepared.call.body.as_bytes()),
            blob: engine.ports.blobs.put(organization, "submission", &bytes, engine.keep_until()).await?,
            at: engine.now(),
        };
        let stream = key.stream();
        let command = |_: &Submission| SubmissionCommand::Request(Box::new(request.clone()));
        self.dispatcher().dispatch::<Submission>(envelope, &stream, command).await?;
        fail::fail_point!("after_submission_requested");
        // The process manager enqueues it too, should this process end here.
        let job = submit::job(&stream, &request, engine.now());
        engine.ports.queue.enqueue(job.into_iter().collect()).await?;
        self.wakeups.notify("jobs");
        Ok(())
    }

    async fn outcome_of(&self, key: &SubmissionKey) -> Result<SubmissionState, Declined> {
        let deadline = self.engine.now() + PATIENCE;
        loop {
            let found = self.submission_of(key).await?;
            let at = self.engine.now();
            if found.state.status.is_over() || at >= deadline {
                return Ok(found);
            }
            let news = self.wakeups.wait("log");
            let pause = self.dispatcher().clock.sleep_until(deadline.min(at + LOOK_AGAIN));
            select(news, pause).await;
        }
    }

    async fn submission_of(&self, key: &SubmissionKey) -> Result<SubmissionState, Declined> {
        let working = self.dispatcher().load::<Submission>(&key.stream()).await?;
        Ok(SubmissionState { key: key.clone(), version: working.head(), state: working.state })
    }
}

fn provider_of(integration: &Integration) -> &str {
    integration.identity.as_ref().map(|identity| identity.provider.as_str()).unwrap_or_default()
}
