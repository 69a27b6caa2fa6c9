//! Canaries: planted secrets and personal words are nowhere in the files of a hub that used them.

use std::path::Path;

use application::command_handlers::SyncConfigSettings;
use domain::value::SyncStatus;
use sandbox::faults::Fault;
use sandbox::quickbooks::QuickBooksConfig;
use sandbox::rest::{self, RestConfig};
use serde_json::json;
use tests::rig::{Ground, Rig};

use super::ground::{books, connected_books, real_clock};

/// Every byte of the folder, the database and its journal among them.
fn bytes(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_file() {
            all.extend(std::fs::read(entry.path()).unwrap());
        }
    }
    all
}

#[track_caller]
fn nowhere(folder: &Path, canaries: &[&str]) {
    let all = bytes(folder);
    let stands = |text: &str| all.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(stands("C-1"), "the look sees what is stored openly");
    for canary in canaries {
        assert!(!stands(canary), "`{canary}` stands in a file of the hub");
    }
}

#[tokio::test]
async fn an_api_key_and_personal_words_are_nowhere_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let key = "canary-7f3a-api-key";
    let provider =
        rest::start(RestConfig { api_key: Some(key.to_owned()), versions: true, ..RestConfig::default() })
            .await
            .unwrap();
    let ground = Ground {
        folder: folder.path().to_owned(),
        database: None,
        provider: "rest".to_owned(),
        provider_url: provider.base_url.clone(),
        oauth: None,
        clock: real_clock(),
    };
    let rig = Rig::open(&ground).await.unwrap();
    let integration = rig.connect(&[("api_key", key)]).await.unwrap();
    let config =
        rig.config(integration, "customer", "customers", SyncConfigSettings::default()).await.unwrap();
    rig.put("customer", "C-1", json!({"name": "Zwetschgenknoedel", "phone": "+43-canary-1"})).await.unwrap();
    provider.faults.force_write(Fault::DropAfter, 1);
    rig.put("customer", "C-2", json!({"name": "Palatschinken", "email": "refused"})).await.unwrap();
    rig.advance(30).await.unwrap();
    assert_eq!(rig.status(config, "-", "C-1").await.unwrap(), SyncStatus::Synced);
    let words = [key, "Zwetschgenknoedel", "+43-canary-1", "Palatschinken"];
    nowhere(folder.path(), &words);
}

#[tokio::test]
async fn oauth_tokens_and_the_apps_secret_are_nowhere_in_the_files() {
    let client_secret = "canary-client-secret-91c2".to_owned();
    let config = QuickBooksConfig { client_secret: client_secret.clone(), ..QuickBooksConfig::unlimited() };
    let client_id = config.client_id.clone();
    let (folder, _books, ground) = books(config).await;
    let rig = Rig::open(&ground).await.unwrap();
    let id = rig.connect_by_oauth((&client_id, &client_secret)).await.unwrap();
    rig.config(id, "customer", "Customer", SyncConfigSettings::default()).await.unwrap();
    rig.put("customer", "C-1", json!({"name": "Zwetschgenknoedel"})).await.unwrap();
    rig.idle().await.unwrap();
    let owner = application::ports::credentials::Owner::Integration(id);
    let organization = rig.envelope().organization;
    let (secrets, _) = rig.desk.credentials.get(organization, &owner).await.unwrap().unwrap();
    let tokens: Vec<String> = secrets
        .values
        .iter()
        .map(|(_, value)| secrecy::ExposeSecret::expose_secret(value).to_owned())
        .filter(|value| value.len() > 12)
        .collect();
    assert!(tokens.len() >= 2, "an access and a refresh token");
    let mut canaries: Vec<&str> = tokens.iter().map(String::as_str).collect();
    canaries.extend([client_secret.as_str(), "Zwetschgenknoedel"]);
    nowhere(folder.path(), &canaries);
}

#[tokio::test]
async fn a_revoked_connection_expires_and_reconnecting_goes_on() {
    let (_folder, books, ground) = books(QuickBooksConfig::unlimited()).await;
    let (rig, configs) = connected_books(&ground).await;
    books.revoke();
    rig.put("customer", "C-1", json!({"name": "Ada"})).await.unwrap();
    for _ in 0..5 {
        rig.advance(1).await.unwrap();
        ground.clock.advance(std::time::Duration::from_mins(5));
        rig.idle().await.unwrap();
    }
    assert_eq!(books.entities("Customer").len(), 0);
    let routes = rig.engine.directory.now().await.unwrap();
    let (id, owned) = routes.integrations.iter().next().unwrap();
    assert_eq!(owned.state.connection, domain::value::Connection::Expired);
    rig.authorize(Some(*id)).await.unwrap();
    rig.advance(10).await.unwrap();
    let realm = books.realm_id.clone();
    assert_eq!(rig.status(configs.customers, &realm, "C-1").await.unwrap(), SyncStatus::Synced);
}
