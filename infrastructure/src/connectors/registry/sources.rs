//! Where manifests come from: the program itself, and a folder given at run time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::{RegistryError, RegistryOptions};
use crate::connectors::manifest::{Folder, check, read_folder};

static PROVIDERS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/connectors/providers");

/// Where a provider's files are.
enum Source {
    Inside(&'static Dir<'static>),
    Folder(PathBuf),
}

/// The embedded providers' files, by key.
pub fn embedded() -> BTreeMap<String, Folder> {
    inside().map(|(key, dir)| (key, files(dir))).collect()
}

/// Every provider with its files, which are read when it is their turn: those of the options' folder add to the embedded
/// ones or replace them.
pub(super) fn all(
    options: &RegistryOptions,
) -> Result<impl Iterator<Item = Result<(String, Folder), RegistryError>>, RegistryError> {
    let mut sources: BTreeMap<String, Source> =
        inside().map(|(key, dir)| (key, Source::Inside(dir))).collect();
    if let Some(folder) = &options.folder {
        let found = folders(folder).map_err(|why| unreadable(folder, why))?;
        sources.extend(found.into_iter().map(|(key, path)| (key, Source::Folder(path))));
    }
    Ok(sources.into_iter().map(|(key, source)| match source {
        Source::Inside(dir) => Ok((key, files(dir))),
        Source::Folder(path) => {
            let files = checked(&key, &path).map_err(|why| unreadable(&path, why))?;
            Ok((key, files))
        }
    }))
}

fn unreadable(folder: &Path, why: std::io::Error) -> RegistryError {
    RegistryError::Folder { folder: folder.display().to_string(), why }
}

fn inside() -> impl Iterator<Item = (String, &'static Dir<'static>)> {
    PROVIDERS.dirs().filter_map(|dir| Some((dir.path().file_name()?.to_str()?.to_owned(), dir)))
}

fn files(dir: &Dir<'_>) -> Folder {
    let mut files = Folder::new();
    collect(dir, dir.path(), &mut files);
    files
}

fn collect(dir: &Dir<'_>, root: &Path, files: &mut Folder) {
    for file in dir.files().filter(|file| is_toml(file.path())) {
        let path = file.path().strip_prefix(root).unwrap_or(file.path()).to_string_lossy().replace('\\', "/");
        files.insert(path, file.contents_utf8().unwrap_or_default().to_owned());
    }
    for dir in dir.dirs() {
        collect(dir, root, files);
    }
}

fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "toml")
}

/// The folders with a manifest.
fn folders(folder: &Path) -> std::io::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.join("manifest.toml").is_file() {
            let key = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            found.push((key, path));
        }
    }
    Ok(found)
}

/// The files of a folder. What is wrong with them is said; they may be used all the same: their author tries things out.
fn checked(key: &str, folder: &Path) -> std::io::Result<Folder> {
    let files = read_folder(folder)?;
    for finding in check(&files) {
        tracing::warn!(connector = key, %finding, "`headwater connectors check` finds a mistake");
    }
    Ok(files)
}
