//! The subcommand.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use tokio::time::Instant;
use url::Url;

use super::census::{History, State};
use super::client::Client;
use super::connect::{self, App};
use super::patience::Patience;
use super::process::Process;
use super::report::Report;
use super::stage::Stage;
use super::{changes, scene};
use crate::cli::import::import;
use crate::cli::sandbox::RequestIdArg;
use crate::cli::terminal;
use crate::config::{Config, KeysConfig};
use crate::shutdown;
use crate::wiring::{Place, Sources, Store};

/// The file that is imported without `--input`.
const SAMPLE: &str = include_str!("sample/invoice-lines.csv");
/// Shows what Headwater does, in under a minute: connects to a simulated QuickBooks company that misbehaves, imports
/// a shop's sales, keeps both sides in step, settles conflicts, is killed in the middle, and counts what came of it.
#[derive(Args, Clone, Debug)]
pub(crate) struct DemoArgs {
    /// A shop's list of sold lines (the profile invoice-lines of `headwater import`) in place of the sample
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,

    /// Keep the database there [default: a temporary folder that goes with the demo]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,

    /// End when the demo has ended; otherwise hub and company stay up until ctrl-c
    #[arg(long)]
    no_serve: bool,

    /// Varies what goes wrong, and when
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// Whether the company answers a repeated `requestid` with its first answer
    #[arg(long, value_enum, default_value = "honoured")]
    request_id: RequestIdArg,

    /// Count what is there after this time, done or not [default: 42, longer for a larger input while it moves]
    #[arg(long, value_name = "SECONDS")]
    patience: Option<u64>,

    /// Print the numbers as one JSON object on the last line
    #[arg(long)]
    json: bool,
}

impl DemoArgs {
    /// Runs the subcommand. Answers whether all came to rest, nothing was lost and nothing is there twice.
    pub(crate) async fn run(self) -> anyhow::Result<bool> {
        let began = Instant::now();
        let temporary = tempfile::tempdir().context("no temporary folder can be made")?;
        let folder = self.data_dir.clone().unwrap_or_else(|| temporary.path().join("hub"));
        if folder.join("headwater.db").exists() {
            bail!(
                "{} holds a database already: the demo starts with a fresh one, so name an empty folder",
                folder.display()
            );
        }
        let input = self.input(temporary.path())?;
        let addr = scene::address(!self.no_serve)?;
        let url = format!("http://{addr}");
        let books = scene::company(&url, self.request_id.into(), self.seed).await?;
        let config = scene::hub(&folder, addr, &Url::parse(&books.base_url)?);
        announce(&url, &books.base_url, &folder);
        let hub = Process::start(config.clone(), addr).await?;
        let client = Client::new(&url, &Url::parse(&books.base_url)?)?;
        let store = Store::open(&place(&config), Sources::default()).await?;
        let patience = Patience::new(began, self.patience.map(Duration::from_secs));
        let stage = Stage { hub: client, books, store, began, patience };
        let (hub, mut report) = self.play(stage, (hub, config), &input).await?;
        report.duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        report.say();
        if self.json {
            terminal::say(&report.json().to_string());
        }
        if !self.no_serve {
            terminal::warn(&format!("the hub stays up at {url} (try {url}/v1/sync-records); ctrl-c ends it"));
            shutdown::requested().await?;
        }
        hub.stop().await?;
        Ok(report.good())
    }

    fn input(&self, temporary: &Path) -> anyhow::Result<PathBuf> {
        if let Some(file) = &self.input {
            return Ok(file.clone());
        }
        let sample = temporary.join("invoice-lines.csv");
        std::fs::write(&sample, SAMPLE)?;
        Ok(sample)
    }

    async fn play(
        &self,
        mut stage: Stage,
        (hub, config): (Process, Config),
        input: &Path,
    ) -> anyhow::Result<(Process, Report)> {
        let app = App {
            client_id: "qbo-client".to_owned(),
            client_secret: "qbo-secret".to_owned(),
            webhook_secret: "qbo-verifier".to_owned(),
        };
        let integration = connect::connect(&stage.hub, &app).await?;
        stage.say("connected by OAuth and enabled; from here on the company misbehaves");
        stage.books.faults.set(scene::faults(self.seed));
        let imported = import(&stage.store, input, |_| {}).await?;
        let records: u64 = imported.created.values().sum();
        let kinds: Vec<String> =
            imported.created.iter().map(|(entity, count)| format!("{count} {entity}")).collect();
        stage.say(&format!("imported {records} records: {}", kinds.join(", ")));
        for (line, reason) in &imported.left_out {
            stage.say(&format!("  left out, line {line}: {reason}"));
        }
        stage.patience = stage.patience.with(records);
        let hub = kill_in_the_middle(&stage, hub, config, records).await?;
        let rested = scenes(&stage, &integration).await?;
        let report = count(&stage, rested).await?;
        stage.store.database.close().await;
        Ok((hub, report))
    }
}

/// What happens once everything is in step. Answers whether all of it came to rest; what is not is not built on.
async fn scenes(stage: &Stage, integration: &str) -> anyhow::Result<bool> {
    if !rest(stage, "the first synchronisation").await? {
        return Ok(false);
    }
    changes::both_sides(stage).await?;
    stage.say("changed records on both sides");
    if !rest(stage, "the changes").await? {
        return Ok(false);
    }
    changes::collide(stage, integration).await?;
    stage.say("changed the same fields on both sides while nobody looked: one conflict per strategy");
    if !rest(stage, "the conflicts").await? {
        return Ok(false);
    }
    let waited = changes::settle(stage).await?;
    stage.say(&format!("settled the {waited} that waited for a person"));
    rest(stage, "the decision").await
}

/// Kills the hub when a third of the records is at the provider, and starts it again on the same file.
async fn kill_in_the_middle(
    stage: &Stage,
    hub: Process,
    config: Config,
    records: u64,
) -> anyhow::Result<Process> {
    let addr = config.listen.listen;
    let (mut written, mut moved) = (stage.books.stats().creates, Instant::now());
    while written < records / 3 && stage.patience.lasts(moved) {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let now = stage.books.stats().creates;
        if now != written {
            (written, moved) = (now, Instant::now());
        }
    }
    hub.kill().await?;
    let hub = Process::start(config, addr).await?;
    stage.say(&format!("killed the hub in the middle, after {written} records, and started it again"));
    Ok(hub)
}

async fn rest(stage: &Stage, what: &str) -> anyhow::Result<bool> {
    let rested = stage.quiet().await?;
    if !rested {
        stage.say(&format!("time is up before {what} came to rest; counting what is there"));
    }
    Ok(rested)
}

async fn count(stage: &Stage, rested: bool) -> anyhow::Result<Report> {
    let stats = stage.books.stats();
    Ok(Report {
        history: History::read(stage.store.dispatcher.log.as_ref()).await?,
        state: State::read(&stage.store, &stage.books).await?,
        duplicates: stats.duplicates,
        faults: stats.faults_sent,
        duration_ms: 0,
        rested,
    })
}

fn announce(hub: &str, company: &str, folder: &Path) {
    let timing = scene::TIMING;
    terminal::say(&format!(
        "hub at {hub}, QuickBooks simulator at {company}, database in {}",
        folder.display()
    ));
    terminal::say(&format!(
        "shortened for the demo: request timeout {:?}, send window {:?}, settle time {:?}; limit raised to {} calls a \
         minute on both sides",
        timing.request_timeout,
        timing.send_window,
        timing.settle.unwrap_or_default(),
        scene::CALLS_PER_MINUTE
    ));
}

fn place(config: &Config) -> Place {
    Place { data: config.data.clone(), keys: KeysConfig::default() }
}
