//! What handlers reach the rest of Headwater through; built once by the wiring.

use std::sync::Arc;

use application::command_handlers::Desk;
use application::dispatcher::Dispatcher;
use application::jobs::runs::Runs;
use application::ports::blob_store::BlobStore;
use application::ports::checkpoints::Checkpoints;
use application::ports::clock::Clock;
use application::ports::connector::Connectors;
use application::ports::credentials::Credentials;
use application::ports::event_log::EventLog;
use application::ports::id_generator::IdGenerator;
use application::ports::job_queue::JobQueue;
use application::ports::oauth_attempts::OAuthAttempts;
use application::ports::read_store::ReadStore;
use application::ports::rejections::RejectionLog;
use application::ports::wakeups::Wakeups;
use application::sync::Engine;
use domain::ids::OrganizationId;
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::SecretString;

use super::at_least::Progress;

/// What handlers use. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The organization every request acts in until there are tenants.
    pub organization: OrganizationId,
    /// The operator's bearer token; without one every request is taken (only on loopback).
    pub token: Option<Arc<SecretString>>,
    /// The path every command takes; holds log, clock and ids.
    pub dispatcher: Dispatcher,
    /// The sync engine, with the directory of configs and integrations.
    pub engine: Arc<Engine>,
    /// Starts runs.
    pub runs: Arc<Runs>,
    /// Commands that need more than the dispatcher.
    pub desk: Arc<Desk>,
    /// Connectors.
    pub connectors: Arc<dyn Connectors>,
    /// Sealed credentials.
    pub credentials: Arc<dyn Credentials>,
    /// Authorizations under way.
    pub oauth_attempts: Arc<dyn OAuthAttempts>,
    /// Views.
    pub read_store: Arc<dyn ReadStore>,
    /// How far the views have come.
    pub progress: Arc<dyn Progress>,
    /// How far every subscription has come.
    pub checkpoints: Arc<dyn Checkpoints>,
    /// Jobs.
    pub queue: Arc<dyn JobQueue>,
    /// Raw material outside the log.
    pub blobs: Arc<dyn BlobStore>,
    /// Wake-ups of this process.
    pub wakeups: Arc<dyn Wakeups>,
    /// What `GET /metrics` shows.
    pub metrics: PrometheusHandle,
    /// Webhooks that were not taken; outside the log, capped.
    pub rejections: Arc<dyn RejectionLog>,
}

impl AppState {
    /// The log.
    pub fn log(&self) -> &dyn EventLog {
        self.dispatcher.log.as_ref()
    }

    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        self.dispatcher.clock.as_ref()
    }

    /// Ids.
    pub fn ids(&self) -> &dyn IdGenerator {
        self.dispatcher.ids.as_ref()
    }
}
