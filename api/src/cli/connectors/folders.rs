//! Where manifests are: inside the program, and in folders.

use std::path::Path;

use anyhow::{Context as _, bail};
use infrastructure::connectors::manifest::{Folder, read_folder};

/// A connector's folder, or every connector's in it, by key.
pub(super) fn folders(folder: &Path) -> anyhow::Result<Vec<(String, Folder)>> {
    let unreadable = || format!("{} cannot be read", folder.display());
    let key =
        |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if folder.join("manifest.toml").is_file() {
        let whole = folder.canonicalize().with_context(unreadable)?;
        return Ok(vec![(key(&whole), read_folder(folder).with_context(unreadable)?)]);
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        if path.join("manifest.toml").is_file() {
            found.push((key(&path), read_folder(&path).with_context(unreadable)?));
        }
    }
    if found.is_empty() {
        bail!("there is no manifest.toml in {} or in its folders", folder.display());
    }
    found.sort_by(|(left, _), (right, _)| left.cmp(right));
    Ok(found)
}
