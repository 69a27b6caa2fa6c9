//! The program from the outside: what it does to files, what it says, and how it ends.

use std::path::Path;

use rusqlite::Connection;
use serde_json::Value;
use tests::program::{self, Said};

const SALES: &str = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n\
    501,K10,KETTLE,3,12/1/10 8:26,4.35,777,France\n\
    502,K11,KEY,two,12/1/10 8:26,1.00,778,France\n\
    C503,K10,KETTLE,-1,2010-12-02 09:00:00,4.35,777.0,France\n";

#[test]
fn stands_in_for_the_program() {
    program::become_the_program();
}

fn headwater(arguments: &[&str]) -> Said {
    program::headwater("cli::stands_in_for_the_program", arguments).unwrap()
}

/// A folder with sales in a file, imported.
fn imported() -> (tempfile::TempDir, Said) {
    let folder = tempfile::tempdir().unwrap();
    let said = import(folder.path());
    (folder, said)
}

fn import(folder: &Path) -> Said {
    let file = folder.join("sales.csv");
    std::fs::write(&file, SALES).unwrap();
    let (file, data) = (file.to_str().unwrap(), folder.to_str().unwrap());
    headwater(&["import", file, "--profile", "invoice-lines", "--data-dir", data])
}

fn database(folder: &Path) -> Connection {
    Connection::open(folder.join("headwater.db")).unwrap()
}

fn events(folder: &Path) -> u64 {
    database(folder).query_row("SELECT count(*) FROM events", [], |row| row.get(0)).unwrap()
}

#[test]
fn an_import_takes_the_good_lines_names_the_bad_ones_and_writes_nothing_the_second_time() {
    let (folder, said) = imported();
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.out.contains("4 created"),
        "one customer, one product, one invoice, one credit note: {said:?}"
    );
    assert!(said.err.contains("sales.csv:3: `Quantity`"), "{said:?}");
    let after_first = events(folder.path());
    let again = import(folder.path());
    assert!(again.out.contains("0 created, 0 changed, 4 as they were"), "{again:?}");
    assert_eq!(events(folder.path()), after_first);
}

#[test]
fn an_import_makes_a_key_file_that_only_its_owner_reads() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, _) = imported();
    let about = std::fs::metadata(folder.path().join("headwater.key")).unwrap();
    assert_eq!(about.permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_key_file_that_others_may_read_is_refused_and_the_doctor_says_what_to_do() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, _) = imported();
    let key = folder.path().join("headwater.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let refused = import(folder.path());
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("chmod 600"), "{refused:?}");
    let doctor = headwater(&["doctor", "--data-dir", folder.path().to_str().unwrap()]);
    assert_eq!(doctor.code, 1);
    assert!(doctor.out.contains("WRONG") && doctor.out.contains("chmod 600"), "{doctor:?}");
}

#[test]
fn a_lost_key_file_is_not_replaced_silently() {
    let (folder, _) = imported();
    std::fs::remove_file(folder.path().join("headwater.key")).unwrap();
    let refused = import(folder.path());
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("restore it from its backup"), "{refused:?}");
    assert!(!folder.path().join("headwater.key").exists());
}

#[test]
fn claims_that_were_tampered_with_are_found_and_made_anew() {
    let (folder, _) = imported();
    let data = folder.path().to_str().unwrap();
    let check = || headwater(&["claims", "check", "--data-dir", data]);
    assert_eq!(check().code, 0);
    let removed = database(folder.path()).execute("DELETE FROM claims", []).unwrap();
    assert!(removed > 0, "the default project holds its name");
    let found = check();
    assert_eq!(found.code, 1);
    assert!(found.out.contains("missing: ProjectCode"), "{found:?}");
    assert_eq!(headwater(&["claims", "rebuild", "--data-dir", data]).code, 0);
    assert_eq!(check().code, 0);
}

#[test]
fn projections_can_be_rebuilt_from_the_log() {
    let (folder, _) = imported();
    let data = folder.path().to_str().unwrap();
    let rebuilt = headwater(&["projections", "rebuild", "--data-dir", data]);
    assert_eq!(rebuilt.code, 0, "{rebuilt:?}");
    let listed = headwater(&["projections", "list", "--data-dir", data]);
    assert!(listed.out.contains("local_records"), "{listed:?}");
    let rows: u64 = database(folder.path())
        .query_row("SELECT count(*) FROM v_local_records", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 4);
    let unknown = headwater(&["projections", "rebuild", "weather", "--data-dir", data]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("there is no projection `weather`"), "{unknown:?}");
}

#[test]
fn the_hub_is_not_opened_to_other_machines_without_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let said = headwater(&["serve", "--listen", "0.0.0.0:0", "--data-dir", folder.path().to_str().unwrap()]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("HEADWATER_API_TOKEN"), "{said:?}");
}

#[test]
fn roles_are_not_split_over_one_database_file() {
    let folder = tempfile::tempdir().unwrap();
    let said = headwater(&["work", "--data-dir", folder.path().to_str().unwrap()]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("PostgreSQL"), "{said:?}");
}

#[tokio::test]
async fn a_server_that_is_not_migrated_is_refused_until_it_is() {
    let Some(url) = tests::postgres::fresh_database().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = ["--data-dir", folder.path().to_str().unwrap(), "--database", &url];
    let run = |subcommand: &[&str]| headwater(&[subcommand, at.as_slice()].concat());
    let refused = run(&["projections", "list"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("headwater migrate"), "{refused:?}");
    let migrated = run(&["migrate"]);
    assert!(migrated.out.contains("applied 0001_event_log"), "{migrated:?}");
    assert_eq!(run(&["projections", "list"]).code, 0);
    assert!(run(&["migrate"]).out.contains("up to date"));
}

#[test]
fn a_connector_with_a_mistake_is_explained_with_file_and_line() {
    assert_eq!(headwater(&["connectors", "check"]).code, 0);
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("mine");
    std::fs::create_dir(&own).unwrap();
    std::fs::write(own.join("manifest.toml"), "key = \"mine\"\nnmae = \"Mine\"\n").unwrap();
    let said = headwater(&["connectors", "check", folder.path().to_str().unwrap()]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("mine/manifest.toml:2:") && said.out.contains("nmae"), "{said:?}");
}

#[test]
fn a_new_connector_has_nothing_to_find_fault_with() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().to_str().unwrap();
    let made = headwater(&["connectors", "new", "acme_books", "--folder", at]);
    assert_eq!(made.code, 0, "{made:?}");
    let home = folder.path().join("acme_books");
    let said = headwater(&["connectors", "check", home.to_str().unwrap()]);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(said.out.trim(), "acme_books: nothing to find fault with, all 4 cases hold", "{said:?}");
    let cases = home.join("cases/customer.toml");
    let other = std::fs::read_to_string(&cases).unwrap().replacen("GET /v1/company", "GET /v1/firm", 1);
    std::fs::write(&cases, other).unwrap();
    let said = headwater(&["connectors", "check", home.to_str().unwrap()]);
    assert_eq!(said.code, 1);
    assert!(
        said.out.contains("cases/customer.toml:3: the key is sent") && said.out.contains("GET /v1/firm"),
        "{said:?}"
    );
    let again = headwater(&["connectors", "new", "acme_books", "--folder", at]);
    assert!(again.err.contains("is there already"), "{again:?}");
    let wrong = headwater(&["connectors", "new", "Acme Books", "--folder", at]);
    assert!(wrong.err.contains("is no key"), "{wrong:?}");
}

#[test]
fn connectors_are_listed_for_programs_and_checked_by_their_key() {
    let listed = headwater(&["connectors", "list", "--json"]);
    let all: Vec<Value> = serde_json::from_str(&listed.out).unwrap();
    let quickbooks = all.iter().find(|one| one["key"] == "quickbooks").unwrap();
    assert_eq!(
        (quickbooks["auth"][0]["kind"].as_str(), quickbooks["hook"].as_bool()),
        (Some("oauth2"), Some(false))
    );
    assert_eq!(quickbooks["webhooks"]["signature"], "hmac");
    assert!(quickbooks["entities"].as_array().unwrap().iter().any(|one| one["write_class"] == "c"));
    assert!(headwater(&["connectors", "check", "quickbooks"]).out.contains("quickbooks: "));
    assert!(headwater(&["connectors", "entities"]).out.contains("credit_note"));
    assert!(headwater(&["connectors", "entities", "customer"]).out.contains("address.postal_code"));
    assert!(headwater(&["connectors", "entities", "nobody"]).err.contains("use one of"));
    assert!(headwater(&["connectors", "check", "nobody"]).err.contains("connectors list"));
    let schema: Value = serde_json::from_str(&headwater(&["connectors", "schema"]).out).unwrap();
    assert!(schema["properties"]["auth"].is_object());
}

#[test]
fn the_table_of_providers_is_fresh() {
    let kept = include_str!("../../docs/providers.md");
    let made = headwater(&["connectors", "list", "--markdown"]).out;
    let hint = "run: headwater connectors list --markdown > docs/providers.md";
    assert_eq!(kept.trim_end(), made.trim_end(), "{hint}");
}

#[test]
fn the_interface_describes_itself() {
    let said = headwater(&["openapi"]);
    let document: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"].as_object().unwrap().contains_key("/v1/integrations"));
}
