//! One case at work: a connection to a provider that answers by the script.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use application::ports::clock::Clock as _;
use application::ports::connector::{
    CallError, Connection, Connectors as _, Find, ReadMode, RemoteRecord, Target, WriteOutcome, WriteRequest,
};
use application::ports::credentials::{Owner, Secrets};
use axum::Router;
use chrono::TimeDelta;
use domain::fields::Fields;
use domain::ids::{IntegrationId, OrganizationId};
use domain::value::Operation;
use infrastructure::connectors::manifest::Folder;
use infrastructure::connectors::{ConnectorRegistry, Endpoints, RegistryOptions};
use url::Url;
use uuid::Uuid;

use super::bench::Bench;
use super::language::{Case, Write};
use super::script::{Script, play};
use super::told::Told;
use super::{doors, operations};

const ORGANIZATION: OrganizationId = OrganizationId(Uuid::from_u128(1));
const INTEGRATION: IntegrationId = IntegrationId(Uuid::from_u128(2));
/// The company of a case that names none.
const REALM: &str = "1234567890";

/// One case at work.
pub(super) struct Stage {
    pub(super) bench: Bench,
    pub(super) registry: ConnectorRegistry,
    pub(super) connection: Arc<dyn Connection>,
    pub(super) target: Target,
    script: Script,
}

/// The usual secrets, and those of the case in their place; an empty one is none.
fn with<'c>(usual: &[(&'c str, &'c str)], own: &'c BTreeMap<String, String>) -> Vec<(&'c str, &'c str)> {
    let mut all: BTreeMap<&str, &str> = usual.iter().copied().collect();
    all.extend(own.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// Starts the provider of a case; its address.
async fn started(script: &Script) -> anyhow::Result<Url> {
    let listener =
        tokio::net::TcpListener::bind("127.0.0.1:0").await.context("no port can be listened on")?;
    let base = format!("http://{}", listener.local_addr()?).parse()?;
    let router = Router::new().fallback(play).with_state(script.clone());
    // It ends with the program.
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(base)
}

impl Stage {
    /// Opens the connection of a case. Errors, inside: the connector's own refusal; outside: this machine's.
    pub(super) async fn new(
        provider: &str,
        files: &Folder,
        case: &Case,
    ) -> anyhow::Result<Result<Self, CallError>> {
        let script = Script::of(&case.exchange);
        let base = started(&script).await?;
        let endpoints = Endpoints { origin: Some(base.clone()), ..Endpoints::default() };
        let endpoints = [(provider.to_owned(), endpoints)].into();
        let options = RegistryOptions { endpoints, ..RegistryOptions::default() };
        let bench = Bench::default();
        let usual = [("access_token", "at-1"), ("refresh_token", "rt-1"), ("api_key", "key-1")];
        bench.credentials.set(Owner::Integration(INTEGRATION), &with(&usual, &case.secrets));
        let usual = [("client_id", "id"), ("client_secret", "secret")];
        bench.credentials.set(Owner::Provider(provider.into()), &with(&usual, &case.app));
        let folders = [(provider.to_owned(), files.clone())].into();
        let registry = ConnectorRegistry::of(bench.services(&base)?, folders, &options)?;
        let target = Target {
            organization: ORGANIZATION,
            integration: INTEGRATION,
            provider: provider.to_owned(),
            realm: case.realm.clone().unwrap_or_else(|| REALM.to_owned()),
            base_url: None,
            settings: case
                .settings
                .iter()
                .map(|(name, value)| (name.clone(), value.clone().into()))
                .collect::<Fields>(),
            limit: None,
            mapped: BTreeMap::new(),
        };
        Ok(registry.open(&target).map(|connection| Self { bench, registry, connection, target, script }))
    }

    /// What went wrong, in words.
    pub(super) async fn run(&self, case: &Case) -> anyhow::Result<Vec<String>> {
        let told = self.told(case).await?;
        let mut wrong = self.script.faults();
        wrong.extend(case.expect.differences(told));
        let paused = self.bench.limiter.first_pause().map(|wait| wait.as_secs());
        if paused != case.expect.paused_s {
            wrong.push(format!("paused for {paused:?} seconds, wanted {:?}", case.expect.paused_s));
        }
        Ok(wrong)
    }

    async fn told(&self, case: &Case) -> anyhow::Result<Result<Told, CallError>> {
        let find =
            |find: Find| async move { self.connection.find(&case.entity, &find).await.map(Told::Records) };
        Ok(match case.does.as_str() {
            "verify" => self.connection.verify().await.map(|verified| Told::Verified(verified.name)),
            "read" => self.read(case).await.map(Told::Records),
            "get" => {
                let found = self.connection.read(&case.entity, &case.value).await;
                found.map(|found| Told::Records(found.into_iter().collect()))
            }
            "find_reference" => find(Find::Reference(case.value.clone())).await,
            "find_natural_key" => find(Find::NaturalKey(case.value.clone())).await,
            "write" => Ok(Told::Outcomes(self.write(case).await?)),
            "look_up" | "submit" | "submitted" | "discover" | "reference" => {
                operations::run(self, case).await
            }
            "connect" => doors::connect(self, case).await,
            "authorize" => doors::authorize(self).await,
            "webhook" => Ok(doors::webhook(self, case).await?),
            other => bail!("`{other}` is nothing a case can do"),
        })
    }

    async fn read(&self, case: &Case) -> Result<Vec<RemoteRecord>, CallError> {
        let (mut records, mut cursor, mut left) = (Vec::new(), None, case.incremental);
        let mut mode = ReadMode::Full;
        loop {
            let page = self.connection.read_page(&case.entity, mode, cursor.as_ref()).await?;
            records.extend(page.records);
            if page.next.is_none() {
                if left == 0 {
                    return Ok(records);
                }
                (left, mode) = (left - 1, ReadMode::Incremental);
            }
            cursor = page.next.or(page.resume);
        }
    }

    async fn write(&self, case: &Case) -> anyhow::Result<Vec<WriteOutcome>> {
        let requests = case.writes.iter().enumerate().map(|(at, write)| asked(at, write));
        let writes = requests.collect::<anyhow::Result<Vec<WriteRequest>>>()?;
        let (calls, refused) = self.connection.prepare(&case.entity, &writes);
        let mut outcomes: BTreeMap<String, WriteOutcome> =
            refused.into_iter().map(|(item, error)| (item, WriteOutcome::Rejected(error))).collect();
        for call in calls {
            let before = self.bench.clock.now() + TimeDelta::seconds(10);
            outcomes.extend(self.connection.send(&call, before).await);
        }
        Ok(outcomes.into_values().collect())
    }

    /// The app's registration, with what the connection has of its own.
    pub(super) fn app(&self) -> Secrets {
        let mut app = Secrets::default();
        for owner in [Owner::Provider(self.target.provider.clone()), Owner::Integration(INTEGRATION)] {
            for (name, value) in self.bench.credentials.of(&owner).values {
                app.set(&name, value);
            }
        }
        app
    }
}

fn asked(at: usize, write: &Write) -> anyhow::Result<WriteRequest> {
    let operation = Operation::parse(&write.operation);
    Ok(WriteRequest {
        item: format!("item {at:04}"),
        operation: operation
            .map_err(|why| anyhow::anyhow!("`{}` is no operation: {why}", write.operation))?,
        remote_id: write.id.clone(),
        body: serde_json::from_str(&write.body).unwrap_or_default(),
        version_token: write.version.clone(),
        key: write.key.clone(),
        reference: write.reference.clone(),
    })
}
