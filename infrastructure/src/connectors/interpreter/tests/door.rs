//! A provider of a manifest in a test: how it is connected to and what it sends.

use application::ports::clock::Clock as _;
use application::ports::connector::{
    CallError, Connectors, Target, WebhookCall, WebhookRejection, WebhookTaken,
};
use application::ports::credentials::{Owner, Secrets};

use crate::connectors::memory::{Bench, INTEGRATION, target};
use crate::connectors::{ConnectorRegistry, Endpoints, RegistryOptions};
use crate::http::canned::{Canned, Play};
use crate::http::{EgressPolicy, HttpClient};

/// What every manifest of these tests begins with.
const HEAD: &str = r#"
key = "door"
name = "Door"
categories = ["erp"]
docs = "https://door.example/docs"
origins = ["https://door.example", "https://*.door.example"]
limits = { calls = 10, per_s = 1, concurrency = 2 }
timing = { request_timeout_ms = 5000, send_window_ms = 1000, settle_ms = 1000 }
base = { production = "https://door.example/api" }
verify = { request = { path = "/me" }, name = "name" }
"#;

pub(super) struct Door {
    pub(super) bench: Bench,
    pub(super) server: Canned,
    pub(super) registry: ConnectorRegistry,
    pub(super) target: Target,
}

impl Door {
    pub(super) async fn new(manifest: &str, plays: Vec<Play>) -> Self {
        let server = Canned::start(plays).await;
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("door")).unwrap();
        std::fs::write(folder.path().join("door/manifest.toml"), format!("{HEAD}{manifest}")).unwrap();
        let bench = Bench::default();
        let http = HttpClient::try_new(EgressPolicy::closed().allowing(&server.url)).unwrap();
        let origin = Endpoints { origin: Some(server.url.clone()), ..Endpoints::default() };
        let options = RegistryOptions {
            folder: Some(folder.path().to_owned()),
            endpoints: [("door".to_owned(), origin)].into(),
            context: [("public_ip".to_owned(), "203.0.113.6".to_owned())].into(),
            ..RegistryOptions::default()
        };
        let registry = ConnectorRegistry::try_new(bench.services(http), &options).unwrap();
        Self { bench, server, registry, target: target("door", "-", None) }
    }

    /// Secrets of the app's registration.
    pub(super) fn app(&self, values: &[(&str, &str)]) {
        self.bench.credentials.set(Owner::Provider("door".into()), values, None);
    }

    /// Secrets of the connection.
    pub(super) fn own(&self, values: &[(&str, &str)]) {
        self.bench.credentials.set(Owner::Integration(INTEGRATION), values, None);
    }

    pub(super) fn secret(&self, name: &str) -> String {
        self.bench.credentials.secret(&Owner::Integration(INTEGRATION), name).unwrap_or_default()
    }

    pub(super) fn setting(&mut self, name: &str, value: &str) {
        self.target.settings.insert(name.to_owned(), value.into());
    }

    /// Asks who we are; the company's name.
    pub(super) async fn verify(&self) -> Result<Option<String>, CallError> {
        let connection = self.registry.open(&self.target)?;
        Ok(connection.verify().await?.name)
    }

    /// A request that the server was asked, in lower case up to its body.
    pub(super) fn asked(&self, at: usize) -> (String, String) {
        let asked = self.server.asked().get(at).cloned().unwrap_or_default();
        let (head, body) = asked.split_once("\r\n\r\n").unwrap_or((&asked, ""));
        (head.to_owned(), body.to_owned())
    }

    /// A header of a request.
    pub(super) fn header(&self, at: usize, name: &str) -> Option<String> {
        let (head, _) = self.asked(at);
        let mut lines = head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
    }

    /// Hands a webhook in.
    pub(super) async fn deliver(
        &self,
        secrets: &[(&str, &str)],
        call: &WebhookCall,
    ) -> Result<WebhookTaken, WebhookRejection> {
        let secrets = [named(secrets)];
        self.registry.verify_webhook(&self.target, &secrets, call, self.bench.clock.now()).await
    }
}

pub(super) fn named(values: &[(&str, &str)]) -> Secrets {
    let mut secrets = Secrets::default();
    for (name, value) in values {
        secrets.set(name, (*value).into());
    }
    secrets
}

pub(super) fn json(body: &str) -> Play {
    Play::json(200, body)
}

/// What a webhook was taken for: each event as `type id realm`.
pub(super) fn events(taken: Result<WebhookTaken, WebhookRejection>) -> Vec<String> {
    match taken.unwrap() {
        WebhookTaken::Events(events, _) => events
            .iter()
            .map(|event| {
                let marks = [(event.deleted, " deleted"), (event.ended, " ended")];
                let marks: String = marks.iter().filter(|(on, _)| *on).map(|(_, mark)| *mark).collect();
                format!("{} {} {}{marks}", event.event_type, event.remote_id, event.realm)
            })
            .collect(),
        WebhookTaken::Handshake(answer) => vec![format!("{}: {}", answer.content_type, answer.body)],
    }
}
