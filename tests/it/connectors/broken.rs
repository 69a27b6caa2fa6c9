//! Deliberately broken manifests, each with one mistake, through `headwater connectors check` as people run it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use tests::program;

/// Where the manifests are: one file each, with further files of its folder behind lines `# file: <path>`.
const BROKEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/it/connectors/broken");
/// What each is told: `<name>/<file>:<line>: <what is wrong> (<what to do>)`.
const TOLD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/it/connectors/broken/told.txt");
/// A case of every folder; it is played where the manifest is sound.
const CASES: &str = r#"
[[case]]
name = "a page"
does = "read"
entity = "Fish"
expect = { records = ["1"] }

[[case.exchange]]
request = "GET /fish?page=1&size=100"
headers = { X-Key = "key-1" }
answer = '{"data":[{"id":"1","name":"Ada","born":"2026-01-01"}]}'
"#;

fn headwater(what: &Path) -> program::Said {
    program::headwater("cli::stands_in_for_the_program", &["connectors", "check", what.to_str().unwrap()])
        .unwrap()
}

/// Lays the folder of one broken manifest.
fn lay(text: &str, folder: &Path) {
    let mut parts = text.split("\n# file: ");
    for inner in ["entities", "cases"] {
        fs::create_dir_all(folder.join(inner)).unwrap();
    }
    fs::write(folder.join("cases/read.toml"), CASES).unwrap();
    fs::write(folder.join("manifest.toml"), parts.next().unwrap()).unwrap();
    for further in parts {
        let (path, text) = further.split_once('\n').unwrap();
        fs::write(folder.join(path), text).unwrap();
    }
}

/// Every broken manifest by name.
fn manifests() -> BTreeMap<String, String> {
    let entries = fs::read_dir(BROKEN).unwrap().map(|entry| entry.unwrap().path());
    let manifests = entries.filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
    let named = manifests.map(|path| {
        (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap())
    });
    named.collect()
}

/// Lines `<name>/…` by their name.
fn by_name(lines: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut named: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, words) in lines.lines().filter_map(|line| line.split_once('/')) {
        named.entry(name).or_default().push(words);
    }
    named
}

#[test]
fn every_broken_manifest_is_told_its_file_its_line_and_the_remedy() {
    let all = tempfile::tempdir().unwrap();
    for (name, text) in manifests() {
        lay(&text, &all.path().join(name));
    }
    let said = headwater(all.path());
    assert_eq!(said.code, 1, "{said:?}");
    let wanted = fs::read_to_string(TOLD).unwrap();
    let (wanted, told) = (by_name(&wanted), by_name(&said.out));
    let names: BTreeSet<&str> = wanted.keys().chain(told.keys()).copied().collect();
    let wrong: Vec<String> = names
        .into_iter()
        .filter(|name| wanted.get(name) != told.get(name))
        .map(|name| format!("{name}: wanted {:#?}, told {:#?}", wanted.get(name), told.get(name)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(said.out.contains("sound: nothing to find fault with"), "{said:?}");
    assert_eq!(told.len(), manifests().len() - 1, "every one but the sound one is broken");
}

#[test]
fn one_folder_alone_is_told_by_exit_code_too() {
    let all = tempfile::tempdir().unwrap();
    for (name, code) in [("sound", 0), ("plain_http", 1), ("syntax", 1), ("another_origin", 1)] {
        let folder = all.path().join(name);
        lay(&manifests()[name], &folder);
        assert_eq!(headwater(&folder).code, code, "{name}");
    }
    let nothing = headwater(&all.path().join("nothing"));
    assert_eq!(nothing.code, 2, "{nothing:?}");
    assert!(nothing.err.contains("neither a folder nor a provider"), "{nothing:?}");
}
