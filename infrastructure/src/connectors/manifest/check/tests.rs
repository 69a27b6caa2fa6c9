use super::check;
use crate::connectors::manifest::Folder;
use crate::connectors::registry::embedded;

mod doors;
mod requests;

#[test]
fn the_embedded_manifests_are_clean() {
    for (key, files) in embedded() {
        let findings: Vec<String> = check(&files).iter().map(ToString::to_string).collect();
        assert!(findings.is_empty(), "{key}:\n{}", findings.join("\n"));
    }
}

#[test]
fn a_manifest_outside_the_binary_is_clean() {
    for key in ["rest", "sap_b1"] {
        let folder = format!("{}/../tests/connectors/{key}", env!("CARGO_MANIFEST_DIR"));
        let files = super::super::read_folder(folder.as_ref()).unwrap();
        let findings: Vec<String> = check(&files).iter().map(ToString::to_string).collect();
        assert!(findings.is_empty(), "{}", findings.join("\n"));
    }
}

#[test]
fn only_a_provider_whose_connections_have_addresses_of_their_own_names_no_origin() {
    let finding = |files: &Folder| check(files).iter().any(|one| one.message == "no origin is named");
    let folder = format!("{}/../tests/connectors/sap_b1", env!("CARGO_MANIFEST_DIR"));
    let mut files = super::super::read_folder(folder.as_ref()).unwrap();
    assert!(!finding(&files));
    let manifest = files.get_mut("manifest.toml").unwrap();
    *manifest = manifest.replace("[base]", "[base]\nproduction = \"https://b1.example.com\"");
    assert!(finding(&files));
}

/// The QuickBooks folder with one change.
fn changed(file: &str, from: &str, to: &str) -> Folder {
    let mut files = embedded().remove("quickbooks").unwrap();
    let text = files.get_mut(file).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    *text = text.replacen(from, to, 1);
    files
}

/// What is broken, and what the finding must name: its line's text, and a part of its message.
const BROKEN: &[(&str, &str, &str, &str, &str)] = &[
    ("manifest.toml", "[limits]", "[limits]\nbanana = 1", "banana", "unknown field"),
    ("manifest.toml", "name = \"QuickBooks Online\"\n", "", "#", "missing field"),
    ("manifest.toml", "key = \"quickbooks\"", "key = \"Quick Books\"", "key = ", "is no key"),
    ("manifest.toml", "[\"accounting\"]", "[\"money\"]", "[\"money\"]", "is no category"),
    ("manifest.toml", "\"GB\"", "\"UK1\"", "UK1", "is no country"),
    ("manifest.toml", "docs = \"https://", "docs = \"", "docs", "no address"),
    ("manifest.toml", "\"https://quickbooks.api.intuit.com\",", "", "production", "not among the origins"),
    ("manifest.toml", "\"https://oauth.platform.intuit.com\",", "", "token_url", "not among the origins"),
    (
        "manifest.toml",
        "\"https://developer.api.intuit.com\"",
        "\"http://developer.api.intuit.com\"",
        "http://dev",
        "is no origin",
    ),
    ("manifest.toml", "kind = \"oauth2\"", "kind = \"api_key\"", "[auth.oauth2]", "is not used"),
    ("manifest.toml", "kind = \"oauth2\"", "kind = \"magic\"", "magic", "unknown variant"),
    ("manifest.toml", "refresh_margin_s = 300", "refresh_margin_s = 3600", "refresh_margin_s", "at once"),
    ("manifest.toml", "calls = 500", "calls = 0", "calls = 0", "nothing could ever be sent"),
    ("manifest.toml", "settle_ms = 10000", "", "write_class", "no look-up can be trusted"),
    (
        "manifest.toml",
        "remote_entity = \"Customer\"",
        "remote_entity = \"Client\"",
        "Client",
        "no entity `Client`",
    ),
    ("manifest.toml", "trigger = \"realtime\"", "trigger = \"often\"", "often", "is no trigger"),
    (
        "manifest.toml",
        "creditmemo = \"CreditMemo\"",
        "creditmemo = \"Memo\"",
        "creditmemo",
        "no entity `Memo`",
    ),
    ("manifest.toml", "realm = { at = \"intuitaccountid\" }", "", "[[webhooks.shapes]]", "which company"),
    (
        "manifest.toml",
        "name = \"income_account\"",
        "name = \"account\"",
        "create",
        "`income_account` is not asked for",
    ),
    ("manifest.toml", "max = 30", "max = 0", "max = 0", "carry nothing"),
    ("manifest.toml", "status = [\"401\"]", "status = [\"4o1\"]", "4o1", "is no status"),
    ("manifest.toml", "class = \"duplicate\"", "class = \"twin\"", "twin", "error class"),
    (
        "entities/customer.toml",
        "local_entity = \"customer\"",
        "local_entity = \"client\"",
        "client",
        "of ours",
    ),
    ("entities/customer.toml", "write_class = \"b\"", "write_class = \"a\"", "write_class", "how long a key"),
    ("entities/customer.toml", "natural_key = \"DisplayName\"\n", "", "find.natural_key", "belong together"),
    (
        "entities/customer.toml",
        "where DisplayName = {value} and",
        "where",
        "find.natural_key",
        "searches for nothing",
    ),
    (
        "entities/customer.toml",
        "where DisplayName = {value}",
        "where DisplayName = '{value}'",
        "'{value}'",
        "quoted by itself",
    ),
    (
        "entities/customer.toml",
        "{ path = \"/v3/company/{realm}/customer/{id}\" }",
        "{ path = \"/v3/company/{realm}/customer\" }",
        "read",
        "id is not asked",
    ),
    ("entities/customer.toml", "customer/{id}\"", "customer/{who}\"", "{who}", "unknown"),
    (
        "entities/customer.toml",
        "customer/{id}\"",
        "customer/{value}\"",
        "request",
        "{value} has no value here",
    ),
    ("entities/customer.toml", " startposition {start}", "", "pages", "would be the first"),
    ("entities/customer.toml", "updated_at = \"MetaData.LastUpdatedTime\"\n", "", "list", "last changed"),
    ("entities/customer.toml", "size = 1000", "size = 50000", "pages", "1 to 10,000"),
    (
        "entities/customer.toml",
        "method = \"POST\", path = \"/v3/company/{realm}/customer\"",
        "path = \"/v3/company/{realm}/customer\"",
        "create",
        "GET",
    ),
    (
        "entities/customer.toml",
        "set = { Id = \"{id}\", SyncToken",
        "set = { SyncToken",
        "update",
        "which record",
    ),
    (
        "entities/customer.toml",
        "key_lifetime_s = 0",
        "key_lifetime_s = 60\nbanana = true",
        "banana",
        "unknown field",
    ),
    (
        "entities/customer.toml",
        "DisplayName = \"text\"",
        "DisplayName = \"words\"",
        "fields",
        "no field type",
    ),
    (
        "entities/customer.toml",
        "remote = \"BillAddr.City\"",
        "remote = \"BillAddr.Town\"",
        "mapping",
        "BillAddr.Town",
    ),
    ("entities/customer.toml", "local = \"email\"", "local = \"e_mail\"", "mapping", "e_mail"),
    (
        "entities/customer.toml",
        "has(record.name) || !record",
        "has(record.name || !record",
        "check",
        "not readable",
    ),
    (
        "entities/customer.toml",
        "required = [\"DisplayName\"]",
        "required = [\"Display\"]",
        "required",
        "not described",
    ),
    ("entities/customer.toml", "deleted = { field", "deleted = { feld", "feld", "unknown field"),
    (
        "entities/invoice.toml",
        "{ reference = { entity = \"customer\" } }",
        "{ refer = { entity = \"customer\" } }",
        "mapping",
        "is no transform",
    ),
];

#[test]
fn every_mistake_is_found_where_it_stands_with_a_remedy() {
    let mut missed = Vec::new();
    for (file, from, to, line_has, message_has) in BROKEN {
        let files = changed(file, from, to);
        let findings = check(&files);
        let fits = findings.iter().any(|finding| {
            let line = files[&finding.file].lines().nth(finding.line - 1).unwrap_or_default();
            finding.message.contains(message_has) && line.contains(line_has) && !finding.hint.is_empty()
        });
        let shown: Vec<String> = findings.iter().map(ToString::to_string).collect();
        if !fits {
            missed.push(format!(
                "{from} -> {to}: wanted `{message_has}` at `{line_has}`, found\n{}",
                shown.join("\n")
            ));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n\n"));
}

#[test]
fn a_folder_without_cases_or_manifest_says_so() {
    let mut files = embedded().remove("quickbooks").unwrap();
    files.retain(|file, _| !file.starts_with("cases/"));
    assert!(check(&files).iter().any(|finding| finding.message.contains("no cases")));
    assert!(check(&Folder::new())[0].message.contains("manifest.toml"));
}
