//! What every part of the engine shares: ports, the directory, and how a group of units is stored.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use chrono::{DateTime, TimeDelta, Utc};
use domain::digest::Digest;
use domain::ids::{CallId, CommandId, OrganizationId, SyncConfigId};
use domain::metadata::{Actor, Metadata};
use domain::stream::StreamId;
use domain::sync_run::SyncRun;

use super::context::{Context, Idle};
use super::directory::Directory;
use super::failures::Failures;
use super::pace::Pace;
use super::turns::Turns;
use crate::dispatcher::{Dispatcher, UnitBuilder};
use crate::ports::Unavailable;
use crate::ports::blob_store::BlobStore;
use crate::ports::connector::{Connectors, Provider, Timing};
use crate::ports::job_queue::JobQueue;
use crate::ports::vault::{Vault, VaultError};
use crate::process_managers::Routes;

/// Ports the engine speaks through.
#[derive(Clone)]
pub struct Ports {
    /// Log, clock and ids.
    pub dispatcher: Dispatcher,
    /// Connectors.
    pub connectors: Arc<dyn Connectors>,
    /// Keys.
    pub vault: Arc<dyn Vault>,
    /// Exact bytes of open calls.
    pub blobs: Arc<dyn BlobStore>,
    /// Jobs.
    pub queue: Arc<dyn JobQueue>,
}

/// A context, and the routes it was gathered from.
type Gathered = (Weak<Routes>, Arc<Context>);

/// The engine.
pub struct Engine {
    /// Its ports.
    pub ports: Ports,
    /// Configs and integrations as of now.
    pub directory: Directory,
    /// Times around a write that an operator set, for every provider.
    pub timing: Option<Timing>,
    /// Failures in a row.
    pub(super) failures: Failures,
    /// Writes at once, by lane.
    pub(super) turns: Turns,
    /// How long writes take, by lane.
    pub(super) pace: Pace,
    /// What was gathered about each config, as long as nothing of it has changed.
    contexts: Mutex<HashMap<SyncConfigId, Gathered>>,
}

/// Why a context could not be gathered.
#[derive(Debug, thiserror::Error)]
pub enum NoContext {
    /// The config cannot work now.
    #[error(transparent)]
    Idle(#[from] Idle),
    /// A port is away.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Keys are not usable.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// How long the bytes of an open call are kept.
const KEEP: TimeDelta = TimeDelta::days(30);

impl Engine {
    /// An engine over `ports`.
    pub fn new(ports: Ports, timing: Option<Timing>) -> Self {
        let directory = Directory::new(Arc::clone(&ports.dispatcher.log));
        Self {
            ports,
            directory,
            timing,
            failures: Failures::default(),
            turns: Turns::default(),
            pace: Pace::default(),
            contexts: Mutex::default(),
        }
    }

    /// Now.
    pub fn now(&self) -> DateTime<Utc> {
        self.ports.dispatcher.clock.now()
    }

    /// Everything about a config that may work now.
    pub async fn context(&self, config: SyncConfigId) -> Result<(Arc<Routes>, Arc<Context>), NoContext> {
        let routes = self.directory.now().await?;
        if let Some(context) = self.gathered(&routes, config) {
            return Ok((routes, context));
        }
        let organization =
            routes.configs.get(&config).map(|owned| owned.organization).ok_or(Idle::NotLive)?;
        let key = self.ports.vault.digest_key(organization).await?;
        let context = Context::gather(&routes, self.ports.connectors.as_ref(), config, key)?;
        let context = Arc::new(context);
        let mut contexts = self.contexts.lock().unwrap_or_else(PoisonError::into_inner);
        contexts.retain(|_, (of, _)| of.strong_count() > 0);
        contexts.insert(config, (Arc::downgrade(&routes), Arc::clone(&context)));
        Ok((routes, context))
    }

    /// What was gathered before, if routes and manifest are still the same.
    fn gathered(&self, routes: &Arc<Routes>, config: SyncConfigId) -> Option<Arc<Context>> {
        let contexts = self.contexts.lock().unwrap_or_else(PoisonError::into_inner);
        let (of, context) = contexts.get(&config)?;
        let provider = self.ports.connectors.provider(&context.provider.key)?;
        let same = of.ptr_eq(&Arc::downgrade(routes)) && Arc::ptr_eq(&provider, &context.provider);
        same.then(|| Arc::clone(context))
    }

    /// Times around a write of a provider.
    pub fn timing(&self, context: &Context) -> Timing {
        self.timing_of(&context.provider)
    }

    /// The same where there is no config.
    pub fn timing_of(&self, provider: &Provider) -> Timing {
        let manifest = provider.timing;
        // An operator shortens times; a provider without a settle time has none to shorten.
        self.timing.map_or(manifest, |set| Timing { settle: manifest.settle.and(set.settle), ..set })
    }

    /// Calls at once that the provider of a lane allows; 1 for a lane of nobody.
    pub fn at_once(&self, lane: &str) -> usize {
        self.lane_provider(lane).map_or(1, |provider| places(provider.concurrency))
    }

    /// Calls that are prepared or under way at once: where they are answered fast, some lie ready behind those that the
    /// provider allows at once, so that none of its places is idle while an intent is stored.
    pub fn in_hand(&self, lane: &str) -> usize {
        self.lane_provider(lane).map_or(1, |provider| {
            let window = self.timing_of(&provider).send_window;
            places(provider.concurrency) * (1 + self.pace.ahead(lane, window))
        })
    }

    /// Writes that one call to the provider of a lane carries, at most.
    pub fn per_call(&self, lane: &str) -> usize {
        let provider = self.lane_provider(lane);
        provider
            .and_then(|provider| provider.entities.values().map(|entity| places(entity.batch)).max())
            .unwrap_or(1)
    }

    fn lane_provider(&self, lane: &str) -> Option<Arc<Provider>> {
        let (provider, _) = lane.split_once('/')?;
        self.ports.connectors.provider(provider)
    }

    /// A unit of the engine's own.
    pub fn unit(&self, organization: OrganizationId, name: &str) -> UnitBuilder {
        UnitBuilder::new(
            organization,
            Metadata::new(Actor::system(name), CommandId(self.ports.dispatcher.ids.next())),
        )
    }

    /// The tenant of a run.
    pub async fn organization_of(&self, run: &SyncRun) -> Result<OrganizationId, Unavailable> {
        match &run.scope {
            Some(scope) => self.organization_of_config(scope.config).await,
            None => Err(Unavailable::new("run", "it was never started")),
        }
    }

    /// The tenant of a config.
    pub async fn organization_of_config(&self, config: SyncConfigId) -> Result<OrganizationId, Unavailable> {
        let routes = self.directory.now().await?;
        let owned = routes.configs.get(&config);
        owned
            .map(|owned| owned.organization)
            .ok_or_else(|| Unavailable::new("config", "it is not in the log"))
    }

    /// Milliseconds since a stream's first event.
    pub async fn since_start(&self, stream: &StreamId) -> Result<u64, Unavailable> {
        let loaded = self.ports.dispatcher.log.load(stream, 0).await?;
        let started = loaded.events.first().map_or_else(|| self.now(), |event| event.recorded_at);
        Ok(u64::try_from((self.now() - started).num_milliseconds()).unwrap_or(0))
    }

    /// A new call id.
    pub fn call_id(&self) -> CallId {
        CallId(self.ports.dispatcher.ids.next())
    }

    /// Until when the bytes of a call begun now are kept.
    pub fn keep_until(&self) -> DateTime<Utc> {
        self.now() + KEEP
    }
}

fn places(count: u32) -> usize {
    usize::try_from(count.max(1)).unwrap_or(1)
}

/// Idempotency key of an intent: 26 characters of Crockford-like base32 over a keyed digest, within every provider's
/// limit; the same for every attempt of the intent.
pub fn idempotency_key(context: &Context, local_id: &str, intent: u32) -> String {
    let text = format!("{}\0{}\0{local_id}\0{intent}", context.realm, context.config_id);
    base32(&context.key.digest(text.as_bytes()))
}

/// Our reference of a record: its local id.
pub fn reference(local_id: &str) -> String {
    local_id.to_owned()
}

fn base32(digest: &Digest) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut text = String::with_capacity(26);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in &digest.0[..16] {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[(held >> bits & 31) as usize]));
        }
    }
    text.push(char::from(ALPHABET[(held << (5 - bits) & 31) as usize]));
    text
}
