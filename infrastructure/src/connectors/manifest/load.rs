//! Reading a provider's folder.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::entity::Entity;
use super::provider::Manifest;

mod like;

use like::Likes;

/// The TOML files of a folder by their path inside it (`manifest.toml`, `entities/invoice.toml`).
pub type Folder = BTreeMap<String, String>;

/// Why a folder is no manifest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct LoadError {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl LoadError {
    pub(super) fn new(file: &str, line: usize, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, message: message.into() }
    }
}

/// A file under `entities/`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntityFile {
    entities: BTreeMap<String, Entity>,
}

/// The TOML files of a folder on disk.
pub fn read_folder(folder: &Path) -> std::io::Result<Folder> {
    let mut files = Folder::new();
    for inner in ["", "entities", "cases"] {
        let dir = folder.join(inner);
        if !dir.is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(&dir)? {
            let path = entry?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            if path.extension().is_some_and(|extension| extension == "toml") {
                let key = if inner.is_empty() { name.to_owned() } else { format!("{inner}/{name}") };
                files.insert(key, std::fs::read_to_string(&path)?);
            }
        }
    }
    Ok(files)
}

/// The manifest of a folder.
pub fn from_files(files: &Folder) -> Result<Manifest, LoadError> {
    let text = files
        .get("manifest.toml")
        .ok_or_else(|| LoadError::new("manifest.toml", 1, "the folder has no manifest.toml: write one"))?;
    let likes = Likes::of(files);
    let mut manifest: Manifest = likes.parse("manifest.toml", text)?;
    for (file, text) in files.iter().filter(|(file, _)| file.starts_with("entities/")) {
        let more: EntityFile = likes.parse(file, text)?;
        for (name, entity) in more.entities {
            if manifest.entities.insert(name.clone(), Box::new(entity)).is_some() {
                let line = like::line_of(text, &format!("entities.{name}"));
                return Err(LoadError::new(file, line, format!("entity `{name}` is described twice")));
            }
        }
    }
    Ok(manifest)
}

pub(super) fn parse<T: for<'de> Deserialize<'de>>(file: &str, text: &str) -> Result<T, LoadError> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_at(text, span.start));
        LoadError::new(file, line, error.message())
    })
}

/// The line of a byte offset, from 1.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
}

/// The JSON Schema of a manifest, for editors.
pub fn json_schema() -> serde_json::Value {
    schemars::schema_for!(Manifest).to_value()
}
