//! The beginning of a connector.

use std::path::Path;

use anyhow::{Context as _, bail};

use crate::cli::terminal;

/// Files of a new connector; `{{key}}`, `{{name}}` and `{{host}}` stand for its own.
const FILES: [(&str, &str); 3] = [
    ("manifest.toml", include_str!("scaffold/manifest.toml")),
    ("entities/customer.toml", include_str!("scaffold/customer.toml")),
    ("cases/customer.toml", include_str!("scaffold/cases.toml")),
];

/// Makes the folder.
pub(super) fn new(key: &str, folder: &Path) -> anyhow::Result<()> {
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    if !key.starts_with(|letter: char| letter.is_ascii_lowercase())
        || !key.chars().all(plain)
        || key.len() > 50
    {
        bail!("`{key}` is no key: use at most 50 lower-case letters, digits and _, beginning with a letter");
    }
    let home = folder.join(key);
    if home.exists() {
        bail!("{} is there already: choose another key, or remove it", home.display());
    }
    for (file, text) in FILES {
        let path = home.join(file);
        let unwritable = || format!("{} cannot be written", path.display());
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).with_context(unwritable)?;
        }
        let text = text
            .replace("{{key}}", key)
            .replace("{{host}}", &key.replace('_', "-"))
            .replace("{{name}}", &name(key));
        std::fs::write(&path, text).with_context(unwritable)?;
        terminal::say(&path.display().to_string());
    }
    terminal::say(&format!(
        "\nNext: describe the provider, then `headwater connectors check {}`.",
        home.display()
    ));
    Ok(())
}

/// `acme_books` as people read it.
fn name(key: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
            .unwrap_or_default()
    };
    key.split('_').map(word).collect::<Vec<_>>().join(" ")
}
