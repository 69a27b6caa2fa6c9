//! Every case of every provider, of those in the binary and of those outside.

use std::path::{Path, PathBuf};

use infrastructure::connectors::manifest::{Folder, read_folder};

/// Every provider's folder: those of the binary, and those outside.
fn folders() -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let embedded = here.join("../infrastructure/src/connectors/providers");
    let roots = [tests::hub::drafts().unwrap_or(embedded), here.join("connectors")];
    let dirs = roots.iter().flat_map(|root| std::fs::read_dir(root).unwrap());
    let mut folders: Vec<PathBuf> =
        dirs.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

#[tokio::test]
async fn every_case_of_every_provider_holds() {
    let (mut wrong, mut played) = (Vec::new(), 0);
    for folder in folders() {
        let provider = folder.file_name().unwrap().to_string_lossy().into_owned();
        let told = api::cases::play(&provider, &read_folder(&folder).unwrap()).await.unwrap();
        played += told.cases;
        wrong.extend(told.findings.into_iter().map(|finding| format!("{provider}/{finding}")));
    }
    assert!(wrong.is_empty(), "{} faults in {played} cases:\n{}", wrong.len(), wrong.join("\n"));
    assert!(played >= 30, "only {played} cases were found");
}

/// The generic connector with another text in one of its files.
fn rest(file: &str, change: impl Fn(&str) -> String) -> Folder {
    let mut files = read_folder(&tests::hub::connectors().join("rest")).unwrap();
    let text = files.get_mut(file).unwrap();
    *text = change(text);
    files
}

#[tokio::test]
async fn a_case_that_does_not_hold_is_told_with_its_line() {
    let manifest = rest("entities/customers.toml", |text| text.replace("updated_since", "since"));
    let told = api::cases::play("rest", &manifest).await.unwrap();
    let first = &told.findings[0];
    assert_eq!(first.file, "cases/api.toml");
    assert!(first.line > 1 && first.message.contains("asked  GET /customers"), "{first}");

    let misspelt = rest("cases/api.toml", |text| text.replacen("records =", "recods =", 1));
    let told = api::cases::play("rest", &misspelt).await.unwrap();
    assert!(told.findings[0].message.contains("unknown field `recods`"), "{:?}", told.findings);
}
