//! The documentation of the manifest language is true: its examples load, and its whole manifest passes the check.

use std::path::{Path, PathBuf};

use infrastructure::connectors::manifest::{Folder, check, from_files};
use toml::{Table, Value};

fn documents() -> Vec<PathBuf> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let parts = std::fs::read_dir(docs.join("connectors")).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<PathBuf> = parts.chain([docs.join("connectors.md")]).collect();
    all.sort();
    all
}

/// The examples of a document, each with the line it begins on.
fn examples(path: &Path) -> Vec<(usize, String)> {
    let text = std::fs::read_to_string(path).unwrap();
    let (mut found, mut open): (Vec<(usize, String)>, bool) = (Vec::new(), false);
    for (at, line) in text.lines().enumerate() {
        match (open, line) {
            (false, "```toml") => {
                open = true;
                found.push((at + 2, String::new()));
            }
            (true, "```") => open = false,
            (true, line) => {
                let (_, example) = found.last_mut().unwrap();
                example.push_str(line);
                example.push('\n');
            }
            (false, _) => {}
        }
    }
    found
}

fn folder(manifest: &Table) -> Folder {
    let lines = manifest.iter().map(|(name, value)| format!("{} = {}\n", quoted(name), written(value)));
    [("manifest.toml".to_owned(), lines.collect())].into()
}

/// A text between quotes; what JSON escapes TOML does too.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A value on one line.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Integer(number) => number.to_string(),
        Value::Boolean(is) => is.to_string(),
        Value::Array(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", ")),
        Value::Table(members) => {
            let members =
                members.iter().map(|(name, value)| format!("{} = {}", quoted(name), written(value)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        other => panic!("no manifest has {other:?}"),
    }
}

/// Lays one table over another; arrays are replaced.
fn lay(over: Table, base: &mut Table) {
    for (name, value) in over {
        if let (Value::Table(over), Some(Value::Table(base))) = (&value, base.get_mut(&name)) {
            lay(over.clone(), base);
        } else {
            base.insert(name, value);
        }
    }
}

/// A part of a manifest inside a whole one.
fn completed(part: Table, whole: &Table) -> Table {
    let mut all = whole.clone();
    lay(part, &mut all);
    let entities = all.get_mut("entities").and_then(Value::as_table_mut).into_iter().flatten();
    for entity in entities.filter_map(|(_, entity)| entity.as_table_mut()) {
        for (name, usual) in [("local_entity", "customer"), ("id", "id"), ("write_class", "d")] {
            entity.entry(name).or_insert_with(|| usual.into());
        }
    }
    all
}

fn whole() -> Table {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/connectors.md");
    let wholes: Vec<Table> = examples(&docs).iter().map(|(_, text)| toml::from_str(text).unwrap()).collect();
    wholes.into_iter().find(|table: &Table| table.contains_key("key")).unwrap()
}

#[test]
fn the_whole_manifest_passes_the_check() {
    let findings = check(&folder(&whole()));
    let others: Vec<String> = findings.iter().map(ToString::to_string).collect();
    let others: Vec<&String> =
        others.iter().filter(|finding| !finding.contains("there are no cases")).collect();
    assert!(others.is_empty(), "{others:?}");
}

#[tokio::test]
async fn every_example_is_of_the_language() {
    let whole = whole();
    let (mut wrong, mut read) = (Vec::new(), 0);
    for path in documents() {
        for (line, text) in examples(&path) {
            read += 1;
            let why = match toml::from_str::<Table>(&text) {
                Err(error) => Some(error.to_string()),
                Ok(table) if table.contains_key("case") => unreadable_case(&whole, text).await,
                Ok(table) => from_files(&folder(&completed(table, &whole))).err().map(|why| why.to_string()),
            };
            wrong.extend(why.map(|why| format!("{}:{line}: {why}", path.display())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(read > 40, "only {read} examples were found");
}

/// What makes a case unreadable, if anything; whether it holds is of no matter here.
async fn unreadable_case(whole: &Table, case: String) -> Option<String> {
    let mut files = folder(whole);
    files.insert("cases/example.toml".to_owned(), case);
    let played = api::cases::play("acme", &files).await.unwrap();
    (played.cases == 0).then(|| format!("{:?}", played.findings))
}
