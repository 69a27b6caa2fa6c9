//! A provider of a manifest in a test, played by a server that gives prepared answers.

use std::sync::Arc;

use application::ports::connector::{
    CallError, Connection, Connectors, Page, ReadMode, RemoteRecord, Target, WriteOutcome, WriteRequest,
};
use application::ports::credentials::Owner;
use chrono::TimeDelta;
use domain::value::Operation;
use serde_json::Value;

use crate::connectors::memory::{Bench, INTEGRATION, start, target};
use crate::connectors::{ConnectorRegistry, RegistryOptions};
use crate::http::canned::{Canned, Play};
use crate::http::{EgressPolicy, HttpClient};

/// What every manifest of these tests begins with.
const HEAD: &str = r#"
key = "pages"
name = "Pages"
categories = ["erp"]
docs = "https://pages.example/docs"
origins = ["https://pages.example"]
auth = { kind = "api_key", send = [{ secret = "api_key", header = "X-Key" }] }
base = {}
timing = { request_timeout_ms = 5000, send_window_ms = 1000, settle_ms = 1000 }
"#;

/// Limits of manifests that say nothing about them.
const LIMITS: &str = "limits = { calls = 10, per_s = 1, concurrency = 2 }\n";

pub(super) struct Rig {
    pub(super) bench: Bench,
    pub(super) server: Canned,
    pub(super) connection: Arc<dyn Connection>,
    pub(super) registry: ConnectorRegistry,
    pub(super) target: Target,
}

impl Rig {
    pub(super) async fn new(manifest: &str, plays: Vec<Play>) -> Self {
        Self::with(manifest, plays, |_| {}).await
    }

    /// A rig whose answers name the address of its server.
    pub(super) async fn here(manifest: &str, plays: impl FnOnce(&url::Url) -> Vec<Play>) -> Self {
        Self::on(manifest, Canned::telling(plays).await, |_| {})
    }

    /// A rig whose connection is changed before it is opened.
    pub(super) async fn with(manifest: &str, plays: Vec<Play>, change: impl FnOnce(&mut Target)) -> Self {
        Self::on(manifest, Canned::start(plays).await, change)
    }

    fn on(manifest: &str, server: Canned, change: impl FnOnce(&mut Target)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("pages")).unwrap();
        let limits = if manifest.contains("[limits]") { "" } else { LIMITS };
        std::fs::write(folder.path().join("pages/manifest.toml"), format!("{HEAD}{limits}{manifest}"))
            .unwrap();
        let bench = Bench::default();
        bench.credentials.set(Owner::Integration(INTEGRATION), &[("api_key", "s3cret")], None);
        let http = HttpClient::try_new(EgressPolicy::closed().allowing(&server.url)).unwrap();
        let options =
            RegistryOptions { folder: Some(folder.path().to_owned()), ..RegistryOptions::default() };
        let registry = ConnectorRegistry::try_new(bench.services(http), &options).unwrap();
        let base = server.url.join("/api").unwrap();
        let mut target = target("pages", "r1", Some(base.as_str()));
        change(&mut target);
        let connection = registry.open(&target).unwrap();
        Self { bench, server, connection, registry, target }
    }

    /// Every page of a read, beginning at a cursor; the records, and where the next read begins.
    pub(super) async fn read(
        &self,
        entity: &str,
        mode: ReadMode,
        mut cursor: Option<String>,
    ) -> Result<(Vec<String>, Option<String>), CallError> {
        let mut shown = Vec::new();
        loop {
            let page: Page = self.connection.read_page(entity, mode, cursor.as_ref()).await?;
            shown.extend(page.records.iter().map(show));
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok((shown, page.resume)),
            }
        }
    }

    pub(super) async fn all(&self, entity: &str) -> Result<Vec<String>, String> {
        self.read(entity, ReadMode::Full, None).await.map(|(all, _)| all).map_err(|error| error.message)
    }

    /// Prepares and sends writes; the outcome of each, in words.
    pub(super) async fn write(&self, entity: &str, writes: &[WriteRequest]) -> Vec<String> {
        let (calls, refused) = self.connection.prepare(entity, writes);
        let mut outcomes: Vec<String> = refused
            .into_iter()
            .map(|(_, error)| format!("refused {}: {}", error.class, error.message))
            .collect();
        for call in calls {
            let sent = self.connection.send(&call, start() + TimeDelta::hours(1)).await;
            outcomes.extend(sent.iter().map(|(_, outcome)| said(outcome)));
        }
        outcomes
    }

    /// The body of a request that was asked, and the whole text before it.
    pub(super) fn asked(&self, at: usize) -> (String, String) {
        let asked = self.server.asked().get(at).cloned().unwrap_or_default();
        let (head, body) = asked.split_once("\r\n\r\n").unwrap_or((&asked, ""));
        (head.to_owned(), body.to_owned())
    }

    pub(super) fn body(&self, at: usize) -> Value {
        serde_json::from_str(&self.asked(at).1).unwrap_or_default()
    }
}

/// `id`, `id@version`, with `deleted` behind.
fn show(record: &RemoteRecord) -> String {
    let version = record.version_token.as_ref().map(|version| format!("@{version}")).unwrap_or_default();
    format!("{}{version}{}", record.id, if record.deleted { " deleted" } else { "" })
}

pub(super) fn said(outcome: &WriteOutcome) -> String {
    match outcome {
        WriteOutcome::Confirmed { record: Some(record) } => format!("confirmed {}", show(record)),
        WriteOutcome::Confirmed { record: None } => "confirmed".to_owned(),
        WriteOutcome::Rejected(error) => format!("rejected {}: {}", error.class, error.message),
        WriteOutcome::Unknown { reason } => format!("unknown: {reason}"),
    }
}

pub(super) fn write(operation: Operation, id: Option<&str>, body: &str) -> WriteRequest {
    WriteRequest {
        item: format!("item {}", id.unwrap_or("new")),
        operation,
        remote_id: id.map(str::to_owned),
        body: serde_json::from_str(body).unwrap(),
        version_token: None,
        key: "k-1".to_owned(),
        reference: "hw-1".to_owned(),
    }
}

pub(super) fn create(body: &str) -> WriteRequest {
    write(Operation::Create, None, body)
}

pub(super) fn json(body: &str) -> Play {
    Play::json(200, body)
}
