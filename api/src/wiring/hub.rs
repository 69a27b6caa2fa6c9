//! The hub: every part, built over one store.

use std::sync::Arc;

use anyhow::Context as _;
use application::command_handlers::{Desk, Intake, Operator};
use application::jobs::deliver_webhooks::DeliverWebhooks;
use application::jobs::keep_webhooks::KeepWebhooks;
use application::jobs::process_webhook::ProcessWebhooks;
use application::jobs::pull_page::PullPage;
use application::jobs::pull_records::PullRecords;
use application::jobs::push_page::PushPage;
use application::jobs::push_records::{PushRecords, RecoverWrites};
use application::jobs::redeliver_webhooks::RedeliverWebhooks;
use application::jobs::runs::{Runs, StartRuns};
use application::jobs::submit::Submit;
use application::jobs::{JobHandler, Worker};
use application::ports::blob_store::BlobStore;
use application::ports::credentials::Credentials;
use application::ports::oauth_attempts::OAuthAttempts;
use application::ports::vault::Vault;
use application::process_managers::inbound_sync::InboundSync;
use application::process_managers::outbound_sync::OutboundSync;
use application::process_managers::outgoing_webhooks::OutgoingWebhooks;
use application::process_managers::{ProcessManager, Runner as ManagerRunner};
use application::sync::{Engine, Ports as EnginePorts};
use domain::ids::DEFAULT_ORGANIZATION;
use infrastructure::blob_store::DatabaseBlobStore;
use infrastructure::credentials::DatabaseCredentials;
use infrastructure::deliveries::DatabaseDeliveries;
use infrastructure::http::HttpClient;
use infrastructure::oauth_attempts::DatabaseOAuthAttempts;
use infrastructure::webhook_rejections::DatabaseRejections;
use infrastructure::webhook_sender::HttpWebhookSender;
use projections::runner::Runner as ProjectionRunner;

use super::gate::Gate;
use super::ownership::Ownership;
use super::roles::{Role, Roles};
use super::store::{Place, Sources, Store};
use super::views::Views;
use super::{connectors, defaults};
use crate::config::Config;
use crate::http::AppState;
use crate::telemetry;

/// Every part of a hub, at rest. [`super::Running`] drives it; tests step it by hand.
pub struct Hub {
    /// What HTTP handlers use.
    pub state: AppState,
    /// The store.
    pub store: Store,
    /// Views.
    pub projections: Arc<ProjectionRunner>,
    /// Process managers.
    pub managers: Vec<Arc<ManagerRunner>>,
    /// Jobs.
    pub worker: Arc<Worker>,
    pub(super) gate: Arc<Gate>,
    pub(super) roles: Roles,
    /// Embedded mode: this process works on the file, as long as this lives.
    _ownership: Option<Ownership>,
}

impl Hub {
    /// Builds a hub; `public_url` is how browsers and providers reach it. Errors: what is missing or wrong, and what
    /// to do.
    pub async fn build(
        config: &Config,
        sources: Sources,
        roles: Roles,
        public_url: String,
    ) -> anyhow::Result<Self> {
        let place = Place { data: config.data.clone(), keys: config.keys.clone() };
        let store = Store::open(&place, sources).await?;
        let ownership = own(&place, &store, &roles).await?;
        defaults::register(&store.dispatcher).await?;
        let vault: Arc<dyn Vault> = Arc::clone(&store.vault) as _;
        let credentials: Arc<dyn Credentials> =
            Arc::new(DatabaseCredentials::new(store.database.clone(), Arc::clone(&vault)));
        let engine = engine(config, &store, Arc::clone(&credentials))?;
        let runs =
            Arc::new(Runs { engine: Arc::clone(&engine), checkpoints: Arc::clone(&store.checkpoints) });
        let holder = store.dispatcher.ids.next().to_string();
        let projections = Arc::new(store.projections(&holder));
        let attempts: Arc<dyn OAuthAttempts> =
            Arc::new(DatabaseOAuthAttempts::new(store.database.clone(), vault));
        let outgoing = outgoing(config, &store, (&engine, Arc::clone(&credentials)))?;
        let public = public_url.clone();
        let desk = Desk {
            engine: Arc::clone(&engine),
            credentials,
            attempts,
            wakeups: store.waiter(),
            deliveries: Arc::clone(&outgoing.deliveries),
            sender: Arc::clone(&outgoing.sender),
            operator: operator(config, public_url),
            intake: Intake::default(),
        };
        let gate = Arc::new(Gate::new(Arc::clone(&store.queue)));
        let worker = worker(&store, (&engine, &runs), (outgoing, public), &gate);
        let managers = managers(&store, &holder);
        let state = state(config, &store, (desk, runs), Arc::clone(&projections))?;
        Ok(Self { state, store, projections, managers, worker, gate, roles, _ownership: ownership })
    }
}

/// In embedded mode the one who decides and projects has the file, and goes on where the last one ended.
async fn own(place: &Place, store: &Store, roles: &Roles) -> anyhow::Result<Option<Ownership>> {
    let Some(ownership) = place.alone()? else { return Ok(None) };
    if !roles.is_whole() {
        anyhow::bail!("with SQLite one process does all the work: split roles with PostgreSQL");
    }
    ownership.take_over(&store.database).await?;
    Ok(Some(ownership))
}

pub(super) fn engine(
    config: &Config,
    store: &Store,
    credentials: Arc<dyn Credentials>,
) -> anyhow::Result<Arc<Engine>> {
    let vault: Arc<dyn Vault> = Arc::clone(&store.vault) as _;
    let clock = Arc::clone(&store.dispatcher.clock);
    let blobs: Arc<dyn BlobStore> =
        Arc::new(DatabaseBlobStore::new(store.database.clone(), Arc::clone(&vault), clock));
    let ports = EnginePorts {
        dispatcher: store.dispatcher.clone(),
        connectors: Arc::new(connectors::open(config, store, credentials)?),
        vault,
        blobs,
        queue: Arc::clone(&store.queue),
    };
    Ok(Arc::new(Engine::new(ports, config.timing.timing())))
}

fn managers(store: &Store, holder: &str) -> Vec<Arc<ManagerRunner>> {
    let managers: [Arc<dyn ProcessManager>; 3] =
        [Arc::new(OutboundSync), Arc::new(InboundSync), Arc::new(OutgoingWebhooks)];
    let runner = |manager| {
        let (log, checkpoints) = (Arc::clone(&store.dispatcher.log), Arc::clone(&store.checkpoints));
        let clock = Arc::clone(&store.dispatcher.clock);
        Arc::new(ManagerRunner::new(manager, log, checkpoints, (clock, store.waiter()), holder))
    };
    managers.into_iter().map(runner).collect()
}

/// The way to customers' endpoints.
pub(super) fn outgoing(
    config: &Config,
    store: &Store,
    (engine, credentials): (&Arc<Engine>, Arc<dyn Credentials>),
) -> anyhow::Result<DeliverWebhooks> {
    let client = HttpClient::try_new(config.egress.policy()).context("the HTTP client cannot be made")?;
    Ok(DeliverWebhooks {
        engine: Arc::clone(engine),
        credentials,
        deliveries: Arc::new(DatabaseDeliveries::new(store.database.clone())),
        sender: Arc::new(HttpWebhookSender::new(client, Arc::clone(&store.dispatcher.clock))),
    })
}

fn worker(
    store: &Store,
    (engine, runs): (&Arc<Engine>, &Arc<Runs>),
    (outgoing, public_url): (DeliverWebhooks, String),
    gate: &Arc<Gate>,
) -> Arc<Worker> {
    let engine = || Arc::clone(engine);
    let deliveries = Arc::clone(&outgoing.deliveries);
    let handlers: Vec<Arc<dyn JobHandler>> = vec![
        Arc::new(PushRecords(engine())),
        Arc::new(RecoverWrites(engine())),
        Arc::new(StartRuns(Arc::clone(runs))),
        Arc::new(PullPage(engine())),
        Arc::new(PushPage(engine())),
        Arc::new(PullRecords(engine())),
        Arc::new(ProcessWebhooks(engine())),
        Arc::new(Submit(engine())),
        Arc::new(KeepWebhooks { engine: engine(), public_url }),
        Arc::new(RedeliverWebhooks { engine: engine(), deliveries }),
        Arc::new(outgoing),
    ];
    let clock = Arc::clone(&store.dispatcher.clock);
    Arc::new(Worker::new(Arc::clone(gate) as _, clock, store.waiter(), handlers))
}

pub(super) fn operator(config: &Config, public_url: String) -> Operator {
    let entries = &config.egress.egress_allow;
    let origin = |entry: &infrastructure::http::EgressAllow| {
        let usual = matches!((entry.scheme.as_str(), entry.port), ("http", 80) | ("https", 443));
        let port = if usual { String::new() } else { format!(":{}", entry.port) };
        format!("{}://{}{port}", entry.scheme, entry.host)
    };
    Operator {
        public_url,
        redirect_uris: config.listen.redirects.iter().map(ToString::to_string).collect(),
        allowed_origins: Vec::new(),
        operator_origins: entries.iter().map(origin).collect(),
    }
}

fn state(
    config: &Config,
    store: &Store,
    (desk, runs): (Desk, Arc<Runs>),
    runner: Arc<ProjectionRunner>,
) -> anyhow::Result<AppState> {
    let engine = Arc::clone(&desk.engine);
    Ok(AppState {
        organization: DEFAULT_ORGANIZATION,
        token: config.listen.api_token.clone().map(Arc::new),
        dispatcher: store.dispatcher.clone(),
        runs,
        connectors: Arc::clone(&engine.ports.connectors),
        credentials: Arc::clone(&desk.credentials),
        oauth_attempts: Arc::clone(&desk.attempts),
        read_store: Arc::clone(&store.read_store),
        progress: Arc::new(Views { runner, clock: Arc::clone(&store.dispatcher.clock) }),
        checkpoints: Arc::clone(&store.checkpoints),
        queue: Arc::clone(&store.queue),
        blobs: Arc::clone(&engine.ports.blobs),
        wakeups: store.waiter(),
        metrics: telemetry::metrics()?,
        rejections: Arc::new(DatabaseRejections::new(store.database.clone())),
        desk: Arc::new(desk),
        engine,
    })
}

impl Hub {
    /// Whether it does this part.
    pub(super) fn does(&self, role: Role) -> bool {
        self.roles.has(role)
    }
}
