//! `headwater connectors`: which providers there are, and what is wrong with a manifest.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use infrastructure::connectors::embedded;
use infrastructure::connectors::manifest::{self, Finding, Folder};

use super::terminal;

/// Lists connectors, or checks the manifests of a folder.
#[derive(Args, Clone, Debug)]
pub(crate) struct ConnectorsArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Clone, Debug)]
enum Action {
    /// Lists the connectors inside the program, and those of a folder
    List {
        /// Folder with connectors of your own
        #[arg(long, env = "HEADWATER_CONNECTORS", value_name = "DIR")]
        connectors: Option<PathBuf>,
    },
    /// Explains every mistake with its file and line
    Check {
        /// A connector's folder, or a folder of connectors [default: those inside the program]
        folder: Option<PathBuf>,
    },
    /// Prints the JSON Schema of a manifest, for editors
    Schema,
}

impl ConnectorsArgs {
    /// Runs the subcommand. Answers whether nothing is wrong.
    pub(crate) fn run(self) -> anyhow::Result<bool> {
        match self.action {
            Action::List { connectors } => list(connectors.as_deref()).map(|()| true),
            Action::Check { folder } => check(folder.as_deref()),
            Action::Schema => {
                terminal::say(&serde_json::to_string_pretty(&manifest::json_schema())?);
                Ok(true)
            }
        }
    }
}

fn list(folder: Option<&Path>) -> anyhow::Result<()> {
    let mut all = embedded();
    if let Some(folder) = folder {
        all.extend(folders(folder)?);
    }
    let mut rows = Vec::new();
    for (key, files) in all {
        let known = manifest::from_files(&files).with_context(|| format!("connector `{key}`"))?;
        let entities: Vec<&str> = known.entities.keys().map(String::as_str).collect();
        rows.push(vec![key, known.name, known.auth.kind.as_str().to_owned(), entities.join(", ")]);
    }
    terminal::say(&terminal::table(&["key", "name", "auth", "entities"], rows));
    Ok(())
}

fn check(folder: Option<&Path>) -> anyhow::Result<bool> {
    let all = match folder {
        None => embedded().into_iter().collect(),
        Some(folder) => folders(folder)?,
    };
    let mut good = true;
    for (key, files) in all {
        let findings: Vec<Finding> = manifest::check(&files);
        for finding in &findings {
            terminal::say(&format!("{key}/{finding}"));
        }
        if findings.is_empty() {
            terminal::say(&format!("{key}: nothing to find fault with"));
        }
        good &= findings.is_empty();
    }
    Ok(good)
}

/// A connector's folder, or every connector's in it, by key.
fn folders(folder: &Path) -> anyhow::Result<Vec<(String, Folder)>> {
    let unreadable = || format!("{} cannot be read", folder.display());
    let key =
        |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if folder.join("manifest.toml").is_file() {
        return Ok(vec![(key(folder), manifest::read_folder(folder).with_context(unreadable)?)]);
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        if path.join("manifest.toml").is_file() {
            found.push((key(&path), manifest::read_folder(&path).with_context(unreadable)?));
        }
    }
    if found.is_empty() {
        bail!("there is no manifest.toml in {} or in its folders", folder.display());
    }
    found.sort_by(|(left, _), (right, _)| left.cmp(right));
    Ok(found)
}
