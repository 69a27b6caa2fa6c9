//! Cases: their shape. Whether they hold, the case runner tells.

use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::load::{Folder, line_at};
use super::super::provider::Manifest;
use super::Finding;

/// What a case can do.
const DOES: [&str; 14] = [
    "verify",
    "read",
    "get",
    "find_reference",
    "find_natural_key",
    "write",
    "look_up",
    "submit",
    "submitted",
    "discover",
    "reference",
    "authorize",
    "connect",
    "webhook",
];
/// What needs an entity.
const OF_ENTITY: [&str; 6] = ["read", "get", "find_reference", "find_natural_key", "write", "discover"];

/// Everything wrong with the shape of the cases.
pub(super) fn check(manifest: &Manifest, files: &Folder) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut names = BTreeSet::new();
    for (file, text) in files.iter().filter(|(file, _)| file.starts_with("cases/")) {
        let told = |at: usize, message: String, hint: &str| Finding {
            file: file.clone(),
            line: line_at(text, at),
            message,
            hint: hint.to_owned(),
        };
        match DeTable::parse(text) {
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                findings.push(told(at, error.message().to_owned(), "correct the file"));
            }
            Ok(table) => {
                let cases = Cases { manifest, table: &table };
                let mut problems = cases.problems();
                problems.extend(cases.twice(&mut names));
                findings.extend(problems.into_iter().map(|(at, message, hint)| told(at, message, hint)));
            }
        }
    }
    findings
}

/// A place, what is wrong there, and what to do.
type Problem = (usize, String, &'static str);

struct Cases<'c> {
    manifest: &'c Manifest,
    table: &'c Spanned<DeTable<'c>>,
}

impl Cases<'_> {
    fn all(&self) -> impl Iterator<Item = (usize, &DeTable<'_>)> {
        let array = self.table.get_ref().get("case").and_then(|cases| cases.get_ref().as_array());
        let cases = array.into_iter().flat_map(|array| array.iter());
        cases.filter_map(|case| match case.get_ref() {
            DeValue::Table(table) => Some((case.span().start, table)),
            _ => None,
        })
    }

    fn problems(&self) -> Vec<Problem> {
        let stray = self.table.get_ref().keys().filter(|key| key.get_ref() != "case");
        let stray = stray.map(|key| {
            (key.span().start, format!("`{}` is unknown", key.get_ref()), "a file of cases has [[case]] only")
        });
        let cases = self.all().flat_map(|(at, case)| self.case(at, case));
        stray.chain(cases).collect()
    }

    fn case(&self, at: usize, case: &DeTable<'_>) -> Vec<Problem> {
        let mut problems = Vec::new();
        let text = |name: &str| case.get(name).and_then(|value| value.get_ref().as_str());
        if text("name").is_none_or(|name| name.trim().is_empty()) {
            problems.push((at, "the case has no name".to_owned(), "say in a sentence what it shows"));
        }
        if case.get("expect").is_none() {
            problems.push((at, "the case expects nothing".to_owned(), "add `expect`"));
        }
        let does = text("does").unwrap_or_default();
        if !DOES.contains(&does) {
            problems.push((at, format!("`{does}` is nothing a case can do"), WORDS));
        }
        let entity = text("entity");
        if OF_ENTITY.contains(&does) && entity.is_none_or(|name| !self.manifest.entities.contains_key(name)) {
            let message = format!("there is no entity `{}`", entity.unwrap_or_default());
            problems.push((at, message, "name an entity of the manifest"));
        }
        problems.extend(
            self.operation(does, text("operation"))
                .map(|message| (at, message, "name an operation of the manifest, or a list of [reference]")),
        );
        problems
    }

    /// An operation or list that there is not.
    fn operation(&self, does: &str, named: Option<&str>) -> Option<String> {
        let (operations, lists) = (&self.manifest.operations, &self.manifest.reference);
        let known = |name: &str| match does {
            "reference" => lists.contains_key(name),
            _ => operations.contains_key(name),
        };
        let named = named.unwrap_or_default();
        let asked = ["look_up", "submit", "submitted", "reference"].contains(&does);
        (asked && !known(named)).then(|| format!("there is no operation `{named}`"))
    }

    fn twice(&self, names: &mut BTreeSet<String>) -> Vec<Problem> {
        let named = self.all().filter_map(|(at, case)| Some((at, case.get("name")?.get_ref().as_str()?)));
        let again = named.filter(|(_, name)| !names.insert((*name).to_owned()));
        again
            .map(|(at, name)| (at, format!("another case is called `{name}`"), "give each its own name"))
            .collect()
    }
}

const WORDS: &str = "use verify, read, get, find_reference, find_natural_key, write, look_up, submit, submitted, discover, reference, authorize, connect or webhook";
