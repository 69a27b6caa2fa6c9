//! Every case of a connector, one after the other.

use infrastructure::connectors::manifest::{Finding, Folder};
use toml::Spanned;

use super::language::{Case, File};
use super::stage::Stage;

/// What became of a connector's cases.
#[derive(Debug, Default)]
pub struct Played {
    /// How many were played.
    pub cases: usize,
    /// What did not come out as the case says, and files that cannot be read as cases.
    pub findings: Vec<Finding>,
}

/// Plays every case in `cases/*.toml` of a connector that can be loaded.
///
/// Errors: no port of this machine can be listened on, or no HTTP client can be made.
pub async fn play(provider: &str, files: &Folder) -> anyhow::Result<Played> {
    let mut played = Played::default();
    for (file, text) in files.iter().filter(|(file, _)| file.starts_with("cases/")) {
        let cases = match toml::from_str::<File>(text) {
            Ok(cases) => cases.case,
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                let hint = "docs/connectors/cases.md says how cases are written";
                played.findings.push(finding(file, line(text, at), error.message().to_owned(), hint));
                continue;
            }
        };
        for case in cases {
            played.cases += 1;
            let at = line(text, case.span().start);
            for why in one(provider, files, &case).await? {
                let message = format!("{}: {why}", case.get_ref().name);
                played.findings.push(finding(file, at, message, "correct the manifest, or the case"));
            }
        }
    }
    Ok(played)
}

async fn one(provider: &str, files: &Folder, case: &Spanned<Case>) -> anyhow::Result<Vec<String>> {
    let case = case.get_ref();
    match Stage::new(provider, files, case).await? {
        Ok(stage) => stage.run(case).await,
        Err(refused) => Ok(vec![refused.to_string()]),
    }
}

fn finding(file: &str, line: usize, message: String, hint: &str) -> Finding {
    Finding { file: file.to_owned(), line, message, hint: hint.to_owned() }
}

/// The line of a place in a text, from 1.
fn line(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}
