//! What is wrong with manifests, and what their cases come to.

use std::path::Path;

use anyhow::bail;
use infrastructure::connectors::embedded;
use infrastructure::connectors::manifest::{self, Folder};

use super::folders::folders;
use crate::cases::play;
use crate::cli::terminal;

/// Checks and plays a folder, a provider inside the program, or all of these. Answers whether nothing is wrong.
pub(super) async fn check(what: Option<&str>) -> anyhow::Result<bool> {
    let mut good = true;
    for (key, files) in found(what)? {
        let mut findings = manifest::check(&files);
        if let Ok(known) = manifest::from_files(&files)
            && known.key != key
        {
            findings.push(manifest::Finding {
                file: "manifest.toml".to_owned(),
                line: 1,
                message: format!("key = \"{}\" in a folder called {key}", known.key),
                hint: "give both the same name".to_owned(),
            });
        }
        // A manifest with mistakes is not played: its cases would only repeat them.
        let mut cases = 0;
        if findings.is_empty() {
            let played = play(&key, &files).await?;
            (cases, findings) = (played.cases, played.findings);
        }
        for finding in &findings {
            terminal::say(&format!("{key}/{finding}"));
        }
        if findings.is_empty() {
            terminal::say(&format!("{key}: nothing to find fault with, all {cases} cases hold"));
        }
        good &= findings.is_empty();
    }
    Ok(good)
}

fn found(what: Option<&str>) -> anyhow::Result<Vec<(String, Folder)>> {
    let mut inside = embedded();
    let Some(what) = what else { return Ok(inside.into_iter().collect()) };
    let path = Path::new(what);
    if path.is_dir() {
        return folders(path);
    }
    match inside.remove(what) {
        Some(files) => Ok(vec![(what.to_owned(), files)]),
        None => bail!(
            "`{what}` is neither a folder nor a provider inside the program: `connectors list` names those"
        ),
    }
}
