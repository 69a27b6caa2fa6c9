//! A hub without its HTTP interface: the engine over real adapters, driven step by step by a clock that tests move.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use api::config::{DataConfig, KeysConfig};
use api::wiring::{Place, Sources, Store};
use application::command_handlers::{
    Connect, Connecting, Desk, NewIntegration, NewSyncConfig, PutLine, RecordsOf, SyncConfigSettings,
};
use application::dispatcher::{Envelope, Working};
use application::jobs::Worker;
use application::jobs::runs::{Request, Runs};
use application::ports::clock::Clock;
use application::ports::connector::Timing;
use application::process_managers::{
    ProcessManager, Runner, inbound_sync::InboundSync, outbound_sync::OutboundSync,
};
use application::sync::Engine;
use chrono::{DateTime, Utc};
use domain::claim::ClaimKey;
use domain::fields::Fields;
use domain::ids::{CommandId, DEFAULT_ORGANIZATION, DEFAULT_PROJECT, IntegrationId, SyncConfigId};
use domain::integration::{Integration, IntegrationCommand};
use domain::local_record::{LocalRecord, Source};
use domain::metadata::{Actor, Metadata};
use domain::project::{Project, ProjectCommand, RegisterProject};
use domain::stream::{Kind, LocalRecordKey, StreamId, SyncRecordKey};
use domain::sync_record::SyncRecord;
use domain::value::{Direction, DisplayName, EntityName, LocalId, RunType, SyncStatus, TriggeredBy};
use infrastructure::clock::ManualClock;
use infrastructure::credentials::DatabaseCredentials;
use infrastructure::id_generator::SystemIds;
use secrecy::SecretString;
use serde_json::Value;

use crate::browser;

mod parts;
use parts::{desk, engine, handlers, runner, variant};

/// Times short enough for a test, in the manual clock's seconds.
pub const TIMING: Timing = Timing {
    request_timeout: Duration::from_secs(2),
    send_window: Duration::from_secs(5),
    settle: Some(Duration::from_secs(3)),
};

/// What a rig stands on.
#[derive(Clone)]
pub struct Ground {
    /// Folder of the database and the key file; kept over restarts.
    pub folder: PathBuf,
    /// URL of a PostgreSQL database; without one it is SQLite in the folder.
    pub database: Option<String>,
    /// The provider's key.
    pub provider: String,
    /// Where the provider's simulator listens.
    pub provider_url: String,
    /// Its OAuth addresses, where it has any: authorize, token, revoke.
    pub oauth: Option<[String; 3]>,
    /// Time; shared over restarts.
    pub clock: ManualClock,
}

/// The hub.
pub struct Rig {
    /// Database, log and the rest.
    pub store: Store,
    /// The engine.
    pub engine: Arc<Engine>,
    /// Command handlers.
    pub desk: Arc<Desk>,
    /// Starts runs.
    pub runs: Arc<Runs>,
    ground: Ground,
    /// Process managers; [`Rig::idle`] steps them.
    pub runners: Vec<Runner>,
    worker: Worker,
}

impl Rig {
    /// Opens the hub on its ground; the same ground again is a restart.
    pub async fn open(ground: &Ground) -> anyhow::Result<Self> {
        let data = DataConfig { database: ground.database.clone(), ..DataConfig::in_folder(&ground.folder) };
        let place = Place { data, keys: KeysConfig::default() };
        let clock: Arc<dyn Clock> = Arc::new(ground.clock.clone());
        let ids = Arc::new(SystemIds::new(Arc::clone(&clock)));
        let sources = Sources { clock: Arc::clone(&clock), ids, poll: Duration::from_millis(5) };
        let store = Store::open(&place, sources).await?;
        let credentials = Arc::new(DatabaseCredentials::new(store.database.clone(), store.vault.clone()));
        let engine = Arc::new(engine(ground, &store, credentials.clone())?);
        let runs =
            Arc::new(Runs { engine: Arc::clone(&engine), checkpoints: Arc::clone(&store.checkpoints) });
        let desk = Arc::new(desk(ground, &store, &engine, credentials));
        let runners = [Arc::new(OutboundSync) as Arc<dyn ProcessManager>, Arc::new(InboundSync)]
            .into_iter()
            .map(|manager| runner(&store, manager, &clock))
            .collect();
        let worker = Worker::new(Arc::clone(&store.queue), clock, store.waiter(), handlers(&engine, &runs));
        Ok(Self { store, engine, desk, runs, ground: ground.clone(), runners, worker })
    }

    /// Works until nothing is due.
    pub async fn idle(&self) -> anyhow::Result<()> {
        for _ in 0..200 {
            let mut moved = false;
            for runner in &self.runners {
                while runner.step().await? {
                    moved = true;
                }
            }
            moved |= self.worker.drain().await? > 0;
            if !moved {
                return Ok(());
            }
        }
        anyhow::bail!("the hub does not come to rest: {:?}", self.store.queue.parked(5).await?)
    }

    /// Moves the clock in steps, working at each.
    pub async fn advance(&self, seconds: u64) -> anyhow::Result<()> {
        for _ in 0..seconds {
            self.ground.clock.advance(Duration::from_secs(1));
            self.idle().await?;
        }
        Ok(())
    }

    /// An envelope of a test.
    pub fn envelope(&self) -> Envelope {
        let id = CommandId(self.store.dispatcher.ids.next());
        let metadata = Metadata::new(Actor::User("test".to_owned()), id);
        Envelope { organization: DEFAULT_ORGANIZATION, metadata, command: None }
    }

    /// Registers the default project and connects the provider with `secrets`; enabled at once.
    pub async fn connect(&self, secrets: &[(&str, &str)]) -> anyhow::Result<IntegrationId> {
        self.register_project().await?;
        let new = NewIntegration {
            base_url: Some(self.ground.provider_url.clone()),
            ..NewIntegration::plain(DEFAULT_PROJECT, &self.ground.provider)
        };
        let (id, _) = self.desk.create_integration(&self.envelope(), new).await?;
        let given = secrets.iter().map(|(name, value)| ((*name).to_owned(), SecretString::from(*value)));
        self.desk.put_credentials(&self.envelope(), id, given.collect()).await?;
        let tested = self.desk.test_connection(&self.envelope(), id).await?;
        tested.outcome?;
        self.enable(id).await?;
        Ok(id)
    }

    async fn register_project(&self) -> anyhow::Result<()> {
        let register = RegisterProject {
            organization: DEFAULT_ORGANIZATION,
            name: DisplayName::parse("Default")?,
            country: None,
        };
        let stream = StreamId::of(Kind::Project, DEFAULT_PROJECT.0);
        let command = |_: &Project| ProjectCommand::Register(register.clone());
        self.store.dispatcher.dispatch::<Project>(&self.envelope(), &stream, command).await?;
        Ok(())
    }

    /// Connects QuickBooks by OAuth as a browser would, and enables it.
    pub async fn connect_by_oauth(&self, client: (&str, &str)) -> anyhow::Result<IntegrationId> {
        let created = self.create_oauth_integration(client).await?;
        let integration = self.authorize(Some(created)).await?;
        self.enable(integration).await?;
        Ok(integration)
    }

    /// Everything up to an authorization of QuickBooks: project, app and integration.
    pub async fn create_oauth_integration(&self, client: (&str, &str)) -> anyhow::Result<IntegrationId> {
        self.register_project().await?;
        let provider = self.desk.provider(&self.ground.provider)?;
        let given = vec![
            ("client_id".to_owned(), SecretString::from(client.0)),
            ("client_secret".to_owned(), SecretString::from(client.1)),
        ];
        self.desk.put_provider_credentials(DEFAULT_ORGANIZATION, &provider, given).await?;
        let mut settings = Fields::new();
        settings.insert("income_account".to_owned(), Value::from("79"));
        let new =
            NewIntegration { settings, ..NewIntegration::plain(DEFAULT_PROJECT, &self.ground.provider) };
        Ok(self.desk.create_integration(&self.envelope(), new).await?.0)
    }

    /// One authorization, from the authorize page to the callback.
    pub async fn authorize(&self, integration: Option<IntegrationId>) -> anyhow::Result<IntegrationId> {
        let (integration, callback) = self.consent(integration).await?;
        self.desk.complete_oauth(&self.ground.provider, &callback).await?;
        Ok(integration)
    }

    /// A person's part of an authorization; answers what the browser brings back.
    pub async fn consent(
        &self,
        integration: Option<IntegrationId>,
    ) -> anyhow::Result<(IntegrationId, BTreeMap<String, String>)> {
        let connect = Connect {
            provider: self.ground.provider.clone(),
            project: DEFAULT_PROJECT,
            integration,
            redirect_uri: None,
            additional_data: None,
            change_realm: false,
        };
        let begun = self.desk.connect(&self.envelope(), connect).await?;
        let Connecting::Authorize { integration, url, .. } = begun else {
            anyhow::bail!("the provider has no authorize page")
        };
        Ok((integration, browser::follow(&url).await?))
    }

    /// Enables an integration.
    pub async fn enable(&self, id: IntegrationId) -> anyhow::Result<()> {
        let provider = self.desk.provider(&self.ground.provider)?;
        let facts = self.desk.facts(&provider, &Fields::new());
        let stream = StreamId::of(Kind::Integration, id.0);
        let command =
            |_: &Integration| IntegrationCommand::Enable { facts: Arc::clone(&facts), automatic: false };
        self.store.dispatcher.dispatch::<Integration>(&self.envelope(), &stream, command).await?;
        Ok(())
    }

    /// Creates a config with the manifest's default mapping.
    pub async fn config(
        &self,
        integration: IntegrationId,
        local: &str,
        remote: &str,
        settings: SyncConfigSettings,
    ) -> anyhow::Result<SyncConfigId> {
        let settings = SyncConfigSettings {
            direction: settings.direction.or(Some(Direction::Bidirectional)),
            enabled: Some(true),
            ..settings
        };
        let new = NewSyncConfig {
            integration,
            local_entity: EntityName::parse(local)?,
            remote_entity: remote.to_owned(),
            feature: None,
            settings,
        };
        Ok(self.desk.put_sync_config(&self.envelope(), new).await?.id)
    }

    /// Puts a record of the default project.
    pub async fn put(&self, entity: &str, id: &str, fields: Value) -> anyhow::Result<u64> {
        let of = RecordsOf {
            project: DEFAULT_PROJECT,
            entity: EntityName::parse(entity)?,
            source: Source::Client,
        };
        let Value::Object(fields) = fields else { anyhow::bail!("a record is an object") };
        let local_id = LocalId::parse(id)?;
        let line = PutLine { local_id, fields, replace: false, if_match: None, updated_at: None };
        Ok(self.desk.put_record(&self.envelope(), &of, &line).await?.version)
    }

    /// Our record's fields.
    pub async fn local(&self, entity: &str, id: &str) -> anyhow::Result<Fields> {
        let (project, entity) = (DEFAULT_PROJECT, entity.to_owned());
        let stream = LocalRecordKey { project, entity, local_id: id.to_owned() }.stream();
        let record: Working<LocalRecord> = self.store.dispatcher.load(&stream).await?;
        Ok(if record.state.exists() { record.state.fields } else { Fields::new() })
    }

    /// The three-way state of a record.
    pub async fn record(&self, config: SyncConfigId, realm: &str, id: &str) -> anyhow::Result<SyncRecord> {
        let stream = SyncRecordKey { config, realm: realm.to_owned(), local_id: id.to_owned() }.stream();
        Ok(self.store.dispatcher.load::<SyncRecord>(&stream).await?.state)
    }

    /// The local id that a remote id is linked to.
    pub async fn local_of(&self, config: SyncConfigId, realm: &str, remote: &str) -> anyhow::Result<String> {
        let key = ClaimKey::remote_id(config, realm, remote);
        let held = self.store.dispatcher.log.claimed(&[key]).await?.into_iter().next().flatten();
        let key = held.and_then(|held| SyncRecordKey::parse(&held.stream));
        key.map(|key| key.local_id).ok_or_else(|| anyhow::anyhow!("`{remote}` is not linked"))
    }

    /// Its status.
    pub async fn status(&self, config: SyncConfigId, realm: &str, id: &str) -> anyhow::Result<SyncStatus> {
        Ok(self.record(config, realm, id).await?.status())
    }

    /// Names of a stream's events, in order.
    pub async fn events(&self, stream: &StreamId) -> anyhow::Result<Vec<String>> {
        let loaded = self.store.dispatcher.log.load(stream, 0).await?;
        Ok(loaded.events.iter().map(|event| variant(&event.event)).collect())
    }

    /// Starts an inbound run and works until it is done.
    pub async fn pull(&self, config: SyncConfigId, run_type: RunType) -> anyhow::Result<()> {
        let request = Request { config, direction: Direction::Inbound, run_type };
        self.runs.start(&request, TriggeredBy::Manual, &self.envelope()).await?;
        self.idle().await
    }

    /// Position of the last event.
    pub async fn head(&self) -> anyhow::Result<u64> {
        Ok(self.store.dispatcher.log.head().await?)
    }

    /// Now.
    pub fn now(&self) -> DateTime<Utc> {
        self.ground.clock.now()
    }
}
