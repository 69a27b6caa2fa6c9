//! A hub with many connected realms, and records of each that wait to be sent.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use application::command_handlers::{
    Desk, NewIntegration, NewSyncConfig, PutLine, RecordsOf, SyncConfigSettings,
};
use application::dispatcher::Envelope;
use application::jobs::JobHandler;
use application::jobs::Worker;
use application::jobs::pull_page::PullPage;
use application::jobs::push_page::PushPage;
use application::jobs::push_records::{PushRecords, RecoverWrites};
use application::jobs::runs::{Runs, StartRuns};
use application::ports::job_queue::JobQueue;
use domain::ids::{CommandId, DEFAULT_ORGANIZATION, IntegrationId, ProjectId};
use domain::integration::{Integration, IntegrationCommand};
use domain::local_record::Source;
use domain::metadata::{Actor, Metadata};
use domain::project::{Project, ProjectCommand, RegisterProject};
use domain::stream::{Kind, StreamId};
use domain::value::{Direction, DisplayName, EntityName, LocalId};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use sandbox::crowd::{Clock, CrowdConfig, CrowdSandbox};
use serde_json::json;

use super::trace::TracedQueue;
use super::verdict::Verdict;
use crate::hub::{Hub, Setting};

/// Connections made at once.
const AT_ONCE: usize = 16;
/// Records put at once.
const GROUP: usize = 1_000;

/// A provider: what each of its realms may do, and what there is to do.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Its key.
    pub key: String,
    /// Calls per `per`.
    pub calls: u32,
    /// The window; whole seconds.
    pub per: Duration,
    /// Calls at once.
    pub concurrency: u32,
    /// Realms.
    pub realms: usize,
    /// Records that each realm has to send.
    pub work: usize,
}

/// A provider's simulator.
pub struct Crowded {
    /// What it was set up with.
    pub terms: Terms,
    /// The simulator.
    pub sandbox: CrowdSandbox,
}

/// Hub and providers, everything ready to be sent.
pub struct Scene {
    /// The hub.
    pub hub: Hub,
    /// The providers.
    pub crowds: Vec<Crowded>,
    /// What the worker takes.
    pub queue: Arc<TracedQueue>,
    /// The hub's own worker over the noting queue.
    pub worker: Arc<Worker>,
}

impl Scene {
    /// Builds it in `folder`; `clock` is the simulators', who take `delay_ms` for each call.
    pub async fn build(
        folder: &Path,
        mut setting: Setting,
        terms: &[Terms],
        (clock, delay_ms): (Clock, std::ops::Range<u64>),
    ) -> anyhow::Result<Self> {
        let mut crowds = Vec::new();
        let connectors = folder.join("connectors");
        for terms in terms {
            write_manifest(&connectors, terms)?;
            let (calls, per, concurrency) = (terms.calls, terms.per, terms.concurrency);
            let config =
                CrowdConfig { calls, per, concurrency, delay_ms: delay_ms.clone(), clock: clock.clone() };
            let sandbox = sandbox::crowd::start(config).await?;
            let at = sandbox.base_url.parse()?;
            setting.config.egress = setting.config.egress.allowing(&at);
            crowds.push(Crowded { terms: terms.clone(), sandbox });
        }
        setting.config.connectors.connectors = Some(connectors);
        let hub = Hub::start(&setting).await?;
        let (queue, worker) = worker(&hub);
        let scene = Self { hub, crowds, queue, worker };
        let mut projects = Vec::new();
        for crowd in &scene.crowds {
            let realms = stream::iter(0..crowd.terms.realms).map(|number| scene.connect(crowd, number));
            let made: Vec<ProjectId> = realms.buffer_unordered(AT_ONCE).try_collect().await?;
            projects.extend(made.into_iter().map(|project| (project, crowd.terms.work)));
        }
        // The first run of every config finds nothing yet.
        scene.react().await?;
        while scene.worker.drain().await? > 0 {
            scene.react().await?;
        }
        let put = stream::iter(projects).map(|(project, work)| scene.put(project, work));
        put.buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        scene.react().await?;
        Ok(scene)
    }

    /// Lets the process managers see everything; jobs are enqueued, none is begun.
    pub async fn react(&self) -> anyhow::Result<()> {
        for manager in &self.hub.parts.managers {
            while manager.step().await? {}
        }
        Ok(())
    }

    /// What the providers' books and the queue's notes say.
    pub fn verdict(&self) -> Verdict {
        let mut verdict = Verdict::default();
        for crowd in &self.crowds {
            verdict.add(&crowd.terms, &crowd.sandbox.ledgers());
        }
        let terms: Vec<Terms> = self.crowds.iter().map(|crowd| crowd.terms.clone()).collect();
        verdict.add_turns(&terms, &self.queue.served());
        verdict
    }

    fn desk(&self) -> &Desk {
        &self.hub.parts.state.desk
    }

    fn envelope(&self) -> Envelope {
        let id = CommandId(self.hub.parts.store.dispatcher.ids.next());
        let metadata = Metadata::new(Actor::User("scene".to_owned()), id);
        Envelope { organization: DEFAULT_ORGANIZATION, metadata, command: None }
    }

    /// A project whose integration is connected, with one config that sends.
    async fn connect(&self, crowd: &Crowded, number: usize) -> anyhow::Result<ProjectId> {
        let (terms, store) = (&crowd.terms, &self.hub.parts.store);
        let project = ProjectId(store.dispatcher.ids.next());
        let name = DisplayName::parse(&format!("{} {number}", terms.key))?;
        let register = RegisterProject { organization: DEFAULT_ORGANIZATION, name, country: None };
        let command = |_: &Project| ProjectCommand::Register(register.clone());
        let stream = StreamId::of(Kind::Project, project.0);
        store.dispatcher.dispatch::<Project>(&self.envelope(), &stream, command).await?;
        let new = NewIntegration {
            base_url: Some(crowd.sandbox.base_url.clone()),
            direction: Some(Direction::Outbound),
            ..NewIntegration::plain(project, &terms.key)
        };
        let desk = self.desk();
        let (id, _) = desk.create_integration(&self.envelope(), new).await?;
        let key = format!("key-r{number}");
        desk.put_credentials(&self.envelope(), id, vec![("api_key".to_owned(), key.into())]).await?;
        desk.test_connection(&self.envelope(), id).await?.outcome?;
        self.enable(id, &terms.key).await?;
        let settings = SyncConfigSettings {
            direction: Some(Direction::Outbound),
            enabled: Some(true),
            ..SyncConfigSettings::default()
        };
        let new = NewSyncConfig {
            integration: id,
            local_entity: EntityName::parse("customer")?,
            remote_entity: "things".to_owned(),
            feature: None,
            settings,
        };
        desk.put_sync_config(&self.envelope(), new).await?;
        Ok(project)
    }

    async fn enable(&self, id: IntegrationId, provider: &str) -> anyhow::Result<()> {
        let desk = self.desk();
        let facts = desk.facts(&*desk.provider(provider)?, &domain::fields::Fields::new());
        let stream = StreamId::of(Kind::Integration, id.0);
        let command =
            |_: &Integration| IntegrationCommand::Enable { facts: Arc::clone(&facts), automatic: false };
        let dispatcher = &self.hub.parts.store.dispatcher;
        dispatcher.dispatch::<Integration>(&self.envelope(), &stream, command).await?;
        Ok(())
    }

    async fn put(&self, project: ProjectId, count: usize) -> anyhow::Result<()> {
        let of = RecordsOf { project, entity: EntityName::parse("customer")?, source: Source::Client };
        let lines = (0..count).map(line).collect::<anyhow::Result<Vec<PutLine>>>()?;
        for group in lines.chunks(GROUP) {
            for done in self.desk().put_records(&self.envelope(), &of, group).await? {
                done?;
            }
        }
        Ok(())
    }
}

fn line(number: usize) -> anyhow::Result<PutLine> {
    Ok(PutLine {
        local_id: LocalId::parse(&format!("C-{number:06}"))?,
        fields: json!({"name": format!("Customer {number}")}).as_object().cloned().unwrap_or_default(),
        replace: false,
        if_match: None,
        updated_at: None,
    })
}

/// A worker as `headwater serve` has it, over the same queue with notes.
fn worker(hub: &Hub) -> (Arc<TracedQueue>, Arc<Worker>) {
    let store = &hub.parts.store;
    let clock = Arc::clone(&store.dispatcher.clock);
    let queue = Arc::new(TracedQueue::new(Arc::clone(&store.queue), Arc::clone(&clock)));
    let engine = &hub.parts.state.desk.engine;
    let runs = Runs { engine: Arc::clone(engine), checkpoints: Arc::clone(&store.checkpoints) };
    let handlers: Vec<Arc<dyn JobHandler>> = vec![
        Arc::new(StartRuns(Arc::new(runs))),
        Arc::new(PushRecords(Arc::clone(engine))),
        Arc::new(RecoverWrites(Arc::clone(engine))),
        Arc::new(PullPage(Arc::clone(engine))),
        Arc::new(PushPage(Arc::clone(engine))),
    ];
    let noted = Arc::clone(&queue) as Arc<dyn JobQueue>;
    (queue, Arc::new(Worker::new(noted, clock, store.waiter(), handlers)))
}

fn write_manifest(folder: &Path, terms: &Terms) -> anyhow::Result<()> {
    let text = include_str!("manifest.toml")
        .replace("KEY", &terms.key)
        .replace("CALLS", &terms.calls.to_string())
        .replace("PER_S", &terms.per.as_secs().to_string())
        .replace("CONCURRENCY", &terms.concurrency.to_string());
    let at = folder.join(&terms.key);
    std::fs::create_dir_all(&at)?;
    std::fs::write(at.join("manifest.toml"), text).context("the manifest cannot be written")
}
