//! The parts of a rig, over real adapters.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use api::wiring::Store;
use application::command_handlers::{Desk, Intake, Operator};
use application::jobs::JobHandler;
use application::jobs::keep_webhooks::KeepWebhooks;
use application::jobs::process_webhook::ProcessWebhooks;
use application::jobs::pull_page::PullPage;
use application::jobs::pull_records::PullRecords;
use application::jobs::push_page::PushPage;
use application::jobs::push_records::{PushRecords, RecoverWrites};
use application::jobs::runs::{Runs, StartRuns};
use application::ports::clock::Clock;
use application::ports::connector::Connectors;
use application::process_managers::{ProcessManager, Runner};
use application::sync::{Engine, Ports};
use infrastructure::blob_store::DatabaseBlobStore;
use infrastructure::connectors::{ConnectorRegistry, Endpoints, RegistryOptions, Services};
use infrastructure::credentials::DatabaseCredentials;
use infrastructure::deliveries::DatabaseDeliveries;
use infrastructure::http::{EgressPolicy, HttpClient};
use infrastructure::limiter::InProcessLimiter;
use infrastructure::oauth_attempts::DatabaseOAuthAttempts;
use infrastructure::webhook_sender::HttpWebhookSender;
use serde_json::Value;

use super::{Ground, TIMING};

pub(super) fn engine(
    ground: &Ground,
    store: &Store,
    credentials: Arc<DatabaseCredentials>,
) -> anyhow::Result<Engine> {
    let clock = &store.dispatcher.clock;
    let url: url::Url = ground.provider_url.parse()?;
    let services = Services {
        http: HttpClient::try_new(EgressPolicy::closed().allowing(&url))?,
        credentials,
        limiter: Arc::new(InProcessLimiter::new(Arc::clone(clock))),
        clock: Arc::clone(clock),
        ids: Arc::clone(&store.dispatcher.ids),
    };
    let endpoints = endpoints(url, ground.oauth.as_ref())?;
    let options = RegistryOptions {
        folder: Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("connectors")),
        endpoints: BTreeMap::from([(ground.provider.clone(), endpoints)]),
        timing: None,
        context: BTreeMap::new(),
    };
    let connectors: Arc<dyn Connectors> = Arc::new(ConnectorRegistry::try_new(services, &options)?);
    let blobs = DatabaseBlobStore::new(store.database.clone(), store.vault.clone(), Arc::clone(clock));
    let ports = Ports {
        dispatcher: store.dispatcher.clone(),
        connectors,
        vault: store.vault.clone(),
        blobs: Arc::new(blobs),
        queue: Arc::clone(&store.queue),
    };
    Ok(Engine::new(ports, Some(TIMING)))
}

pub(super) fn desk(
    ground: &Ground,
    store: &Store,
    engine: &Arc<Engine>,
    credentials: Arc<DatabaseCredentials>,
) -> Desk {
    let http = HttpClient::try_new(EgressPolicy::closed()).expect("a client without exceptions can be made");
    Desk {
        engine: Arc::clone(engine),
        credentials,
        attempts: Arc::new(DatabaseOAuthAttempts::new(store.database.clone(), store.vault.clone())),
        wakeups: store.waiter(),
        deliveries: Arc::new(DatabaseDeliveries::new(store.database.clone())),
        sender: Arc::new(HttpWebhookSender::new(http, Arc::clone(&store.dispatcher.clock))),
        operator: Operator {
            public_url: "http://127.0.0.1:1".to_owned(),
            operator_origins: vec![ground.provider_url.clone()],
            ..Operator::default()
        },
        intake: Intake::default(),
    }
}

fn endpoints(base: url::Url, oauth: Option<&[String; 3]>) -> anyhow::Result<Endpoints> {
    let mut endpoints = Endpoints { base_url: Some(base), ..Endpoints::default() };
    if let Some([authorize, token, revoke]) = oauth {
        endpoints.authorize_url = Some(authorize.parse()?);
        endpoints.token_url = Some(token.parse()?);
        endpoints.revoke_url = Some(revoke.parse()?);
    }
    Ok(endpoints)
}

pub(super) fn runner(store: &Store, manager: Arc<dyn ProcessManager>, clock: &Arc<dyn Clock>) -> Runner {
    let log = Arc::clone(&store.dispatcher.log);
    Runner::new(manager, log, Arc::clone(&store.checkpoints), (Arc::clone(clock), store.waiter()), "rig")
}

pub(super) fn handlers(engine: &Arc<Engine>, runs: &Arc<Runs>) -> Vec<Arc<dyn JobHandler>> {
    vec![
        Arc::new(PushRecords(Arc::clone(engine))),
        Arc::new(RecoverWrites(Arc::clone(engine))),
        Arc::new(StartRuns(Arc::clone(runs))),
        Arc::new(PullPage(Arc::clone(engine))),
        Arc::new(PushPage(Arc::clone(engine))),
        Arc::new(PullRecords(Arc::clone(engine))),
        Arc::new(ProcessWebhooks(Arc::clone(engine))),
        Arc::new(KeepWebhooks { engine: Arc::clone(engine), public_url: "http://127.0.0.1:1".to_owned() }),
    ]
}

/// The innermost name of an event: `SyncRecord(Linked(…))` is `Linked`.
pub(super) fn variant(event: &domain::event::Event) -> String {
    let Ok(Value::Object(outer)) = serde_json::to_value(event) else { return String::new() };
    let inner = outer.into_iter().next().map(|(_, inner)| inner);
    match inner {
        Some(Value::Object(inner)) => inner.into_iter().next().map(|(name, _)| name).unwrap_or_default(),
        _ => String::new(),
    }
}
