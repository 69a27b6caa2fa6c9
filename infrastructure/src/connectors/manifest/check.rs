//! The checker: everything that is wrong with a provider's folder, each with file, line and remedy.

use super::load::{Folder, LoadError, from_files};
use super::provider::Manifest;
use lines::Lines;

mod auth;
mod batch;
mod cases;
mod entity;
mod feeds;
mod identity;
mod lines;
mod mapping;
mod operation;
mod pages;
mod provider;
mod reading;
mod remedy;
mod request;
mod values;
mod webhook;
mod writing;

#[cfg(test)]
mod tests;

/// Something wrong with a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file inside the folder.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {} ({})", self.file, self.line, self.message, self.hint)
    }
}

/// A problem at a place of the manifest (`entities.Invoice.create.request.path`).
struct Problem {
    at: Vec<String>,
    message: String,
    hint: String,
}

/// What the rules find.
#[derive(Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, at: &[&str], message: impl Into<String>, hint: impl Into<String>) {
        let at = at.iter().map(|part| (*part).to_owned()).collect();
        self.0.push(Problem { at, message: message.into(), hint: hint.into() });
    }

    /// Adds when `wrong`.
    fn when(&mut self, wrong: bool, at: &[&str], message: impl Into<String>, hint: impl Into<String>) {
        if wrong {
            self.add(at, message, hint);
        }
    }
}

/// Everything wrong with a folder; empty when it can be used. A folder that cannot be read at all has one finding.
pub fn check(files: &Folder) -> Vec<Finding> {
    let manifest = match from_files(files) {
        Ok(manifest) => manifest,
        Err(LoadError { file, line, message }) => {
            let hint = remedy::remedy(&message);
            return vec![Finding { file, line, message, hint }];
        }
    };
    let lines = Lines::of(files);
    let mut findings: Vec<Finding> =
        problems(&manifest).into_iter().map(|problem| lines.finding(problem)).collect();
    if !files.keys().any(|file| file.starts_with("cases/")) {
        findings.push(Finding {
            file: "manifest.toml".to_owned(),
            line: 1,
            message: "there are no cases".to_owned(),
            hint: "write cases/*.toml: an input and the request expected, an answer and the records expected"
                .to_owned(),
        });
    }
    findings.extend(files.keys().filter(|file| is_stray(file)).map(|file| Finding {
        file: file.clone(),
        line: 1,
        message: "nothing reads this file".to_owned(),
        hint: "put entities into entities/, cases into cases/, all else into manifest.toml".to_owned(),
    }));
    findings.extend(cases::check(&manifest, files));
    findings.sort();
    findings
}

/// A file beside the manifest: somebody meant it to say something.
fn is_stray(file: &str) -> bool {
    !file.contains('/') && file != "manifest.toml"
}

fn problems(manifest: &Manifest) -> Vec<Problem> {
    let mut problems = Problems::default();
    identity::check(manifest, &mut problems);
    auth::check(manifest, &mut problems);
    if let Some(webhooks) = &manifest.webhooks {
        webhook::check(manifest, webhooks, &mut problems);
    }
    provider::check(manifest, &mut problems);
    for (name, entity) in &manifest.entities {
        entity::check(manifest, name, entity, &mut problems);
    }
    for (name, operation) in &manifest.operations {
        operation::check(manifest, name, operation, &mut problems);
    }
    problems.0
}
