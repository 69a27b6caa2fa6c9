//! Where a place of the manifest stands in its files.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::load::{Folder, line_at};
use super::{Finding, Problem};

/// The files, parsed with their positions.
pub(super) struct Lines<'f> {
    files: Vec<(&'f str, &'f str, Spanned<DeTable<'f>>)>,
}

impl<'f> Lines<'f> {
    pub(super) fn of(files: &'f Folder) -> Self {
        let manifest = |file: &str| file == "manifest.toml" || file.starts_with("entities/");
        let parsed = files.iter().filter(|(file, _)| manifest(file)).filter_map(|(file, text)| {
            DeTable::parse(text).ok().map(|table| (file.as_str(), text.as_str(), table))
        });
        Self { files: parsed.collect() }
    }

    /// The finding at the deepest part of the place that some file has.
    pub(super) fn finding(&self, problem: Problem) -> Finding {
        let best = self.files.iter().map(|(file, text, table)| {
            let (depth, offset) = deepest(table, &problem.at);
            (depth, *file, line_at(text, offset))
        });
        let (_, file, line) = best
            .max_by_key(|(depth, file, _)| (*depth, *file == "manifest.toml"))
            .unwrap_or((0, "manifest.toml", 1));
        Finding { file: file.to_owned(), line, message: problem.message, hint: problem.hint }
    }
}

/// How many parts of `at` there are, and where the last of them stands.
fn deepest(table: &Spanned<DeTable<'_>>, at: &[String]) -> (usize, usize) {
    let (mut table, mut offset) = (table.get_ref(), 0);
    for (depth, part) in at.iter().enumerate() {
        let (name, index) = match part.split_once('#') {
            Some((name, index)) => (name, index.parse::<usize>().ok()),
            None => (part.as_str(), None),
        };
        let Some((key, value)) = table.iter().find(|(key, _)| key.get_ref() == name) else {
            return (depth, offset);
        };
        offset = key.span().start;
        let value = match (value.get_ref(), index) {
            (DeValue::Array(items), Some(index)) => items.get(index),
            _ => Some(value),
        };
        let Some(value) = value else { return (depth + 1, offset) };
        if index.is_some() {
            offset = value.span().start;
        }
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => return (depth + 1, offset),
        }
    }
    (at.len(), offset)
}
