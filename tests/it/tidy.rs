//! The architecture as a test: layers, sizes, names. Messages say what to do.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, MetadataCommand};

const MAX_FILE: usize = 400;
const MAX_MOD: usize = 40;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests lies in the workspace").to_owned()
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() && !matches!(name.as_str(), "target" | "node_modules" | ".git") {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|given| given == extension) {
            found.push(path);
        }
    }
    found
}

#[test]
fn files_stay_small() {
    let mut long = Vec::new();
    for path in files(&root(), "rs") {
        let lines = fs::read_to_string(&path).expect("a source file is text").lines().count();
        let limit = if path.ends_with("mod.rs") { MAX_MOD } else { MAX_FILE };
        if lines > limit {
            long.push(format!(
                "{} has {lines} lines, {limit} are allowed: split it by what it does",
                path.display()
            ));
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn no_file_is_a_drawer() {
    let drawers = ["utils.rs", "util.rs", "common.rs", "helpers.rs", "misc.rs", "types.rs"];
    let found: Vec<_> = files(&root(), "rs")
        .into_iter()
        .filter(|path| path.file_name().is_some_and(|name| drawers.contains(&&*name.to_string_lossy())))
        .collect();
    assert!(found.is_empty(), "name these files for what they hold: {found:?}");
}

#[test]
fn every_aggregate_has_the_same_files() {
    let nouns = [
        "project",
        "integration",
        "sync_config",
        "sync_run",
        "sync_record",
        "local_record",
        "webhook_delivery",
    ];
    for noun in nouns {
        for file in ["mod.rs", "commands.rs", "events.rs", "aggregate.rs", "error.rs", "tests.rs"] {
            let path = root().join("domain/src").join(noun).join(file);
            assert!(path.exists(), "{} is missing: every aggregate has the same six files", path.display());
        }
    }
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |backend: &str| {
        let mut names: Vec<String> = files(&root().join("infrastructure/migrations").join(backend), "sql")
            .iter()
            .map(|path| path.file_name().expect("a file has a name").to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"), "same numbers and names on both databases");
}

#[test]
fn the_layers_hold() {
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("domain", &[][..]),
        ("application", &["domain"]),
        ("infrastructure", &["application", "domain"]),
        ("projections", &["application", "domain"]),
        ("api", &["application", "domain", "infrastructure", "projections", "sandbox"]),
        ("sandbox", &[]),
        ("descriptions", &[]),
        (
            "tests",
            &["api", "application", "descriptions", "domain", "infrastructure", "projections", "sandbox"],
        ),
    ]);
    let banned: BTreeMap<&str, &[&str]> = BTreeMap::from([
        (
            "domain",
            &["tokio", "async-trait", "futures", "sqlx", "rusqlite", "reqwest", "axum", "tracing"][..],
        ),
        ("application", &["tokio", "sqlx", "rusqlite", "reqwest", "axum"]),
        ("projections", &["tokio", "sqlx", "rusqlite", "reqwest", "axum"]),
        ("infrastructure", &["axum", "clap"]),
        ("api", &["sqlx", "rusqlite"]),
    ]);
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo metadata runs");
    for package in &metadata.packages {
        let name = package.name.as_str();
        let ours = allowed.get(name).unwrap_or_else(|| panic!("say in tidy.rs what `{name}` may import"));
        for dependency in package.dependencies.iter().filter(|given| given.kind == DependencyKind::Normal) {
            let target = dependency.name.as_str();
            if allowed.contains_key(target) {
                assert!(ours.contains(&target), "`{name}` must not import `{target}`: see ARCHITECTURE.md");
            }
            let refused = banned.get(name).is_some_and(|list| list.contains(&target));
            assert!(!refused, "`{name}` must not depend on `{target}`: see ARCHITECTURE.md");
        }
    }
}

#[test]
fn infrastructure_alone_sends_requests() {
    for krate in ["domain", "application", "projections", "infrastructure"] {
        for path in files(&root().join(krate).join("src"), "rs") {
            let http = path.components().any(|part| part.as_os_str() == "http");
            let text = fs::read_to_string(&path).expect("a source file is text");
            let uses = text.lines().any(|line| {
                let code = line.split("//").next().unwrap_or_default();
                code.contains("reqwest::Client") || code.contains("use reqwest")
            });
            assert!(http || !uses, "{} uses reqwest: go through infrastructure/src/http", path.display());
        }
    }
}

#[test]
fn every_manifest_has_cases() {
    let providers = root().join("infrastructure/src/connectors/providers");
    for manifest in files(&providers, "toml").iter().filter(|path| path.ends_with("manifest.toml")) {
        let folder = manifest.parent().expect("a manifest lies in a folder");
        let cases = files(&folder.join("cases"), "toml");
        assert!(!cases.is_empty(), "{} has no cases: add cases/*.toml", folder.display());
    }
}
