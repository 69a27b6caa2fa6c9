//! `headwater doctor`: looks at everything that must be right before the hub can run.

use std::os::unix::fs::PermissionsExt as _;

use clap::Args;
use infrastructure::connectors::{embedded, manifest};

use super::terminal;
use crate::config::Config;
use crate::wiring::{Place, Sources, Store, desk};

/// Looks at settings, keys, database, subscriptions and connectors, and says what to do about what is wrong.
#[derive(Args, Clone, Debug)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    config: Config,
}

/// What was looked at, and what is wrong with it.
#[derive(Default)]
struct Findings {
    rows: Vec<Vec<String>>,
    bad: bool,
}

impl Findings {
    fn good(&mut self, what: &str, found: impl Into<String>) {
        self.rows.push(vec!["ok".to_owned(), what.to_owned(), found.into()]);
    }

    fn note(&mut self, what: &str, found: impl Into<String>) {
        self.rows.push(vec!["look".to_owned(), what.to_owned(), found.into()]);
    }

    fn bad(&mut self, what: &str, found: impl Into<String>) {
        self.rows.push(vec!["WRONG".to_owned(), what.to_owned(), found.into()]);
        self.bad = true;
    }
}

impl DoctorArgs {
    /// Runs the subcommand. Answers whether nothing is wrong.
    pub(crate) async fn run(self) -> anyhow::Result<bool> {
        let mut findings = Findings::default();
        let config = &self.config;
        look_at_listening(config, &mut findings);
        look_at_keys(config, &mut findings);
        look_at_connectors(&mut findings);
        let place = Place { data: config.data.clone(), keys: config.keys.clone() };
        match place.data.file() {
            Some(file) if !file.exists() => {
                findings.note("database", format!("{} is made at the first start", file.display()));
            }
            _ => match Store::open(&place, Sources::default()).await {
                Ok(store) => {
                    look_at_store(&store, &mut findings).await?;
                    look_at_connections(config, &store, &mut findings).await?;
                }
                Err(error) => findings.bad("database", format!("{error:#}")),
            },
        }
        terminal::say(&terminal::table(&["", "what", "found"], findings.rows));
        Ok(!findings.bad)
    }
}

fn look_at_listening(config: &Config, findings: &mut Findings) {
    let listen = &config.listen;
    match listen.check() {
        Ok(()) => {
            findings
                .good("listen", format!("{}, reached as {}", listen.listen, listen.public(listen.listen)));
        }
        Err(error) => findings.bad("listen", error.to_string()),
    }
    for entry in &config.egress.egress_allow {
        let origin = format!("{}://{}:{}", entry.scheme, entry.host, entry.port);
        match &entry.ca_file {
            Some(file) if !file.is_file() => {
                findings.bad("egress", format!("{origin}: there is no file {}", file.display()));
            }
            _ if entry.scheme == "http" => {
                findings.note("egress", format!("{origin} is called without encryption"));
            }
            _ => findings.good("egress", origin),
        }
    }
}

fn look_at_keys(config: &Config, findings: &mut Findings) {
    let path = config.keys.path(&config.data.data_dir);
    match std::fs::metadata(&path) {
        Err(_) => findings.note("keys", format!("{} is made with a new database", path.display())),
        Ok(about) if about.permissions().mode() & 0o077 != 0 => {
            findings.bad("keys", format!("others may read {}: run chmod 600 on it", path.display()));
        }
        Ok(_) => findings.good("keys", format!("{} (is it in your backup?)", path.display())),
    }
}

fn look_at_connectors(findings: &mut Findings) {
    for (key, files) in embedded() {
        match manifest::check(&files).first() {
            None => findings.good("connector", key),
            Some(finding) => findings.bad("connector", format!("{key}/{finding}")),
        }
    }
}

/// What of a connection ends soon, or has ended.
async fn look_at_connections(config: &Config, store: &Store, findings: &mut Findings) -> anyhow::Result<()> {
    let desk = desk(config, store)?;
    let now = store.dispatcher.clock.now();
    let routes = desk.routes().await?;
    for (id, owned) in routes.integrations.iter().filter(|(_, owned)| !owned.state.deleted) {
        let Some(identity) = &owned.state.identity else { continue };
        for deadline in desk.deadlines(owned.organization, *id).await? {
            let day = deadline.at.date_naive();
            let said = format!("{} {id}: {day} {}; {}", identity.provider, deadline.what, deadline.next_step);
            if deadline.at <= now {
                findings.bad("connection", said);
            } else {
                findings.note("connection", said);
            }
        }
    }
    Ok(())
}

async fn look_at_store(store: &Store, findings: &mut Findings) -> anyhow::Result<()> {
    let head = store.dispatcher.log.head().await?;
    findings.good("database", format!("the log is at {head}"));
    for (name, position) in store.checkpoints.list().await? {
        match head.saturating_sub(position) {
            0 => findings.good("subscription", name),
            lag => findings
                .note("subscription", format!("{name} is {lag} positions behind: is the hub running?")),
        }
    }
    let depth = store.queue.depth().await?;
    let jobs = format!("{} waiting, {} running, {} parked", depth.waiting, depth.running, depth.parked);
    if depth.parked == 0 {
        findings.good("jobs", jobs);
    } else {
        findings.note("jobs", jobs);
        for (kind, key, reason) in store.queue.parked(5).await? {
            findings.note("parked job", format!("{kind} {key}: {reason}"));
        }
    }
    store.database.close().await;
    Ok(())
}
