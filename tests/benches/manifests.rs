//! Memory of many providers: what the process grows by when it loads 34 manifests.
//!
//! `cargo bench -p tests --bench manifests`
//! `HEADWATER_BENCH_MANIFESTS` is the number of providers, 34 unless given: those of the binary, and copies of them under
//! other keys in a folder, in turn.
//!
//! Measured in a fresh process for each round: anonymous resident memory (`RssAnon`, proc(5)) before the registry is made
//! and after, when store, HTTP client and runtime are there already. What reading the files left behind in the allocator
//! is in the figure; nothing is trimmed.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::cast_precision_loss, reason = "figures for people, far below 2^52")]

#[path = "support/ground.rs"]
mod ground;
#[path = "support/median.rs"]
mod median;
#[path = "support/row.rs"]
mod row;
#[path = "support/setting.rs"]
mod setting;

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};
use application::ports::connector::Connectors as _;
use infrastructure::connectors::{ConnectorRegistry, RegistryOptions, embedded};
use median::median;

const ROUNDS: usize = 5;
/// Set in the processes that are measured: how many providers they load.
const CHILD: &str = "HEADWATER_BENCH_MANIFESTS_CHILD";

fn main() -> anyhow::Result<()> {
    let asked = setting::number(CHILD, 0);
    if asked > 0 {
        let grown =
            tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(load(asked))?;
        println!("{grown}");
        return Ok(());
    }
    let providers = setting::number("HEADWATER_BENCH_MANIFESTS", 34);
    let own = embedded().len();
    let grown = |count: usize| (0..ROUNDS).map(|_| measured(count)).collect::<anyhow::Result<Vec<f64>>>();
    let (all, few) = (grown(providers)?, grown(own)?);
    let (all, few) = (median(&all, |mebibytes| *mebibytes), median(&few, |mebibytes| *mebibytes));
    let each = (all - few) / (providers - own).max(1) as f64 * 1024.0;
    let figures = format!(
        "MiB of anonymous memory; the {own} of the binary alone {few:.2}; each further one {each:.0} KiB; medians of {ROUNDS}"
    );
    row::print(&format!("{providers} manifests loaded"), &figures, all, &(0.0..=10.0));
    Ok(())
}

/// What a process of its own grows by, in MiB.
fn measured(providers: usize) -> anyhow::Result<f64> {
    let output = Command::new(std::env::current_exe()?).env(CHILD, providers.to_string()).output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success(), "the process that loads {providers} failed: {err}");
    said.trim().parse().with_context(|| format!("it said `{said}`"))
}

async fn load(providers: usize) -> anyhow::Result<f64> {
    let folder = tempfile::tempdir()?;
    let services = ground::services(folder.path(), None).await?;
    let connectors = folder.path().join("connectors");
    copies(&connectors, providers)?;
    let options = RegistryOptions { folder: Some(connectors), ..RegistryOptions::default() };
    let before = anonymous()?;
    let registry = ConnectorRegistry::try_new(services, &options)?;
    let after = anonymous()?;
    ensure!(registry.providers().len() == providers, "{} were loaded", registry.providers().len());
    Ok(after - before)
}

/// Copies of the binary's providers under keys of their own, as many as are missing.
fn copies(folder: &Path, providers: usize) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let own = embedded();
    for (number, (key, files)) in own.iter().cycle().take(providers.saturating_sub(own.len())).enumerate() {
        let copy = format!("{key}_{number}");
        for (path, text) in files {
            let at = folder.join(&copy).join(path);
            std::fs::create_dir_all(at.parent().context("a file lies in a folder")?)?;
            let text = text.replacen(&format!("key = \"{key}\""), &format!("key = \"{copy}\""), 1);
            std::fs::write(at, text)?;
        }
    }
    Ok(())
}

/// Anonymous resident memory of this process, in MiB.
fn anonymous() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).context("no RssAnon")?;
    let kibibytes: u64 = line.split_whitespace().next().context("no figure")?.parse()?;
    Ok(kibibytes as f64 / 1024.0)
}
