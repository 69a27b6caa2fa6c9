//! Walks every `cases/*.toml` of every provider: a case plays the provider's answers and checks what was asked and what
//! came of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use application::ports::clock::Clock;
use application::ports::connector::{
    CallError, Connection, Connectors, Find, ReadMode, RemoteRecord, Target, WriteOutcome, WriteRequest,
};
use application::ports::credentials::Owner;
use axum::Router;
use chrono::TimeDelta;
use domain::value::Operation;
use infrastructure::connectors::{ConnectorRegistry, Endpoints, RegistryOptions};
use reqwest::Url;

use super::ports::{Bench, INTEGRATION, target};

mod doors;
mod language;
mod operations;
mod script;
mod told;

use language::{Case, File, Write};
use script::{Script, play};
use told::Told;

/// One case at work.
struct Stage {
    bench: Bench,
    registry: ConnectorRegistry,
    connection: Arc<dyn Connection>,
    script: Script,
    target: Target,
}

/// The usual secrets, and those of the case in their place; an empty one is none.
fn with<'c>(usual: &[(&'c str, &'c str)], own: &'c BTreeMap<String, String>) -> Vec<(&'c str, &'c str)> {
    let mut all: BTreeMap<&str, &str> = usual.iter().copied().collect();
    all.extend(own.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

impl Stage {
    async fn new(provider: &str, case: &Case) -> Self {
        let script = Script { left: Arc::new(Mutex::new(case.exchange.clone().into())), ..Script::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(play).with_state(script.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let origin = Some(base.parse::<Url>().unwrap());
        let endpoints = Endpoints { origin, ..Endpoints::default() };
        let options = RegistryOptions {
            endpoints: [(provider.to_owned(), endpoints)].into(),
            folder: tests::hub::drafts().filter(|drafts| drafts.join(provider).is_dir()),
            ..RegistryOptions::default()
        };
        let bench = Bench::default();
        let usual = [("access_token", "at-1"), ("refresh_token", "rt-1"), ("api_key", "key-1")];
        bench.credentials.set(Owner::Integration(INTEGRATION), &with(&usual, &case.secrets), None);
        let usual = [("client_id", "id"), ("client_secret", "secret")];
        bench.credentials.set(Owner::Provider(provider.into()), &with(&usual, &case.app), None);
        let registry = bench.registry(&base, options);
        let mut target = target(provider, case.realm.as_deref().unwrap_or("1234567890"), None);
        target
            .settings
            .extend(case.settings.iter().map(|(name, value)| (name.clone(), value.clone().into())));
        let connection = registry.open(&target).unwrap();
        Self { bench, registry, connection, script, target }
    }

    /// What went wrong, in words.
    async fn run(&self, case: &Case) -> Vec<String> {
        let told = match case.does.as_str() {
            "verify" => self.connection.verify().await.map(|verified| Told::Verified(verified.name)),
            "read" => self.read(case).await.map(Told::Records),
            "get" => self
                .connection
                .read(&case.entity, &case.value)
                .await
                .map(|found| Told::Records(found.into_iter().collect())),
            "find_reference" => self
                .connection
                .find(&case.entity, &Find::Reference(case.value.clone()))
                .await
                .map(Told::Records),
            "find_natural_key" => self
                .connection
                .find(&case.entity, &Find::NaturalKey(case.value.clone()))
                .await
                .map(Told::Records),
            "write" => Ok(Told::Outcomes(self.write(case).await)),
            "look_up" | "submit" | "submitted" | "discover" | "reference" => {
                operations::run(self, case).await
            }
            "connect" => doors::connect(self, case).await,
            "authorize" => doors::authorize(self).await,
            "webhook" => Ok(doors::webhook(self, case).await),
            other => panic!("`{other}` is nothing a case can do"),
        };
        let mut wrong = self.script.wrong.lock().unwrap().clone();
        wrong.extend(
            self.script.left.lock().unwrap().iter().map(|left| format!("never asked: {}", left.request)),
        );
        wrong.extend(case.expect.differences(told));
        let paused = self.bench.limiter.paused.lock().unwrap().first().map(|(_, wait)| wait.as_secs());
        if paused != case.expect.paused_s {
            wrong.push(format!("paused for {paused:?}, wanted {:?}", case.expect.paused_s));
        }
        wrong
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

    async fn write(&self, case: &Case) -> Vec<WriteOutcome> {
        let request = |(at, write): (usize, &Write)| WriteRequest {
            item: format!("item {at}"),
            operation: Operation::parse(&write.operation).unwrap(),
            remote_id: write.id.clone(),
            body: serde_json::from_str(&write.body).unwrap_or_default(),
            version_token: write.version.clone(),
            key: write.key.clone(),
            reference: write.reference.clone(),
        };
        let writes: Vec<WriteRequest> = case.writes.iter().enumerate().map(request).collect();
        let (calls, refused) = self.connection.prepare(&case.entity, &writes);
        let mut outcomes: BTreeMap<String, WriteOutcome> =
            refused.into_iter().map(|(item, error)| (item, WriteOutcome::Rejected(error))).collect();
        for call in calls {
            outcomes
                .extend(self.connection.send(&call, self.bench.clock.now() + TimeDelta::seconds(10)).await);
        }
        outcomes.into_values().collect()
    }
}

/// Every provider's folder: those of the binary, and those outside.
fn folders() -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let embedded = here.join("../infrastructure/src/connectors/providers");
    let roots = [tests::hub::drafts().unwrap_or(embedded), here.join("connectors")];
    let dirs = roots.iter().flat_map(|root| std::fs::read_dir(root).unwrap());
    let mut folders: Vec<PathBuf> =
        dirs.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

#[tokio::test]
async fn every_case_of_every_provider_holds() {
    let mut wrong = Vec::new();
    let mut played = 0;
    for folder in folders() {
        let provider = folder.file_name().unwrap().to_string_lossy().into_owned();
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(folder.join("cases")).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            let cases: File =
                toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            for case in cases.case {
                played += 1;
                let stage = Stage::new(&provider, &case).await;
                let found = stage.run(&case).await;
                wrong
                    .extend(found.into_iter().map(|why| format!("{}, {}: {why}", file.display(), case.name)));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {played} cases:\n{}", wrong.len(), wrong.join("\n"));
    assert!(played >= 30, "only {played} cases were found");
}
