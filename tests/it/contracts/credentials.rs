//! The promises of the credential store, on every database.

use std::sync::Arc;
use std::time::Duration;

use application::ports::credentials::{Credentials, Owner, Secrets};
use application::ports::vault::VaultError;
use chrono::{DateTime, Utc};
use domain::ids::{DEFAULT_ORGANIZATION, OrganizationId};
use infrastructure::credentials::DatabaseCredentials;
use infrastructure::database::{Cell, Database, Statement};
use infrastructure::vault::FileVault;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::databases::databases;

const CANARY: &str = "canary \"é\" \u{0}-8f3a";

struct Store {
    database: Database,
    vault: Arc<FileVault>,
    credentials: DatabaseCredentials,
    _folder: tempfile::TempDir,
}

impl Store {
    fn new(database: Database) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = FileVault::open_or_create(&folder.path().join("keys.json"), database.clone()).unwrap();
        let vault = Arc::new(vault);
        let credentials = DatabaseCredentials::new(database.clone(), Arc::clone(&vault) as _);
        Self { database, vault, credentials, _folder: folder }
    }

    async fn get(&self, owner: &Owner) -> Option<(String, u64)> {
        let found = self.credentials.get(DEFAULT_ORGANIZATION, owner).await.unwrap();
        found.map(|(secrets, version)| {
            (secrets.get("access_token").unwrap().expose_secret().to_owned(), version)
        })
    }

    async fn put(&self, owner: &Owner, token: &str, expected: Option<u64>) -> bool {
        self.credentials.put(DEFAULT_ORGANIZATION, owner, &secrets(token), expected).await.unwrap()
    }
}

async fn stores() -> Vec<Store> {
    databases().await.into_iter().map(Store::new).collect()
}

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_262_400, 0).unwrap()
}

fn owner() -> Owner {
    Owner::Integration(Uuid::from_u128(1).into())
}

fn stranger() -> OrganizationId {
    Uuid::from_u128(9).into()
}

fn secrets(token: &str) -> Secrets {
    let mut secrets = Secrets { values: Vec::new(), expires_at: Some(noon()) };
    secrets.set("access_token", SecretString::from(token));
    secrets.set("refresh_token", SecretString::from(CANARY));
    secrets
}

#[tokio::test]
async fn secrets_come_back_whole_and_only_to_their_owner() {
    for store in stores().await {
        assert!(store.put(&owner(), CANARY, None).await);
        let (found, version) = store.credentials.get(DEFAULT_ORGANIZATION, &owner()).await.unwrap().unwrap();
        assert_eq!((version, found.expires_at), (1, Some(noon())));
        assert_eq!(found.get("access_token").unwrap().expose_secret(), CANARY);
        assert_eq!(found.get("refresh_token").unwrap().expose_secret(), CANARY);
        assert!(found.get("api_key").is_none());
        assert_eq!(store.get(&Owner::Provider("quickbooks".into())).await, None);
        assert!(store.credentials.get(stranger(), &owner()).await.unwrap().is_none());
        let names = store.credentials.names(DEFAULT_ORGANIZATION, &owner()).await.unwrap();
        assert_eq!(names, ["access_token", "refresh_token"]);
    }
}

#[tokio::test]
async fn no_secret_lies_in_any_column() {
    for store in stores().await {
        store.put(&owner(), CANARY, None).await;
        let rows = store.database.query("SELECT * FROM credentials", Vec::new()).await.unwrap();
        let holds = |bytes: &[u8]| bytes.windows(6).any(|part| part == b"canary");
        for cell in rows[0].cells() {
            match cell {
                Cell::Bytes(bytes) => assert!(!holds(bytes)),
                Cell::Text(text) => assert!(!holds(text.as_bytes())),
                _ => {}
            }
        }
        assert!(!format!("{:?}", secrets(CANARY)).contains("canary"));
    }
}

#[tokio::test]
async fn of_two_who_replace_the_same_version_one_wins() {
    for store in stores().await {
        assert!(!store.put(&owner(), "early", Some(1)).await, "there is nothing to replace");
        assert!(store.put(&owner(), "one", Some(0)).await);
        assert!(!store.put(&owner(), "late", Some(0)).await);
        assert!(store.put(&owner(), "two", Some(1)).await);
        assert!(!store.put(&owner(), "late", Some(1)).await);
        assert_eq!(store.get(&owner()).await, Some(("two".to_owned(), 2)));
        assert!(store.put(&owner(), "three", None).await);
        assert_eq!(store.get(&owner()).await, Some(("three".to_owned(), 3)));
    }
}

#[tokio::test]
async fn what_was_removed_is_gone_and_its_version_does_not_come_back() {
    for store in stores().await {
        store.put(&owner(), "one", None).await;
        store.credentials.delete(DEFAULT_ORGANIZATION, &owner()).await.unwrap();
        store.credentials.delete(DEFAULT_ORGANIZATION, &owner()).await.unwrap();
        assert_eq!(store.get(&owner()).await, None);
        assert!(store.credentials.names(DEFAULT_ORGANIZATION, &owner()).await.unwrap().is_empty());
        let rows = store.database.query("SELECT sealed FROM credentials", Vec::new()).await.unwrap();
        assert_eq!(rows[0].opt_bytes(0).unwrap(), None);
        assert!(!store.put(&owner(), "late", Some(1)).await);
        assert!(store.put(&owner(), "two", Some(0)).await);
        let (_, version) = store.get(&owner()).await.unwrap();
        assert!(version > 1);
    }
}

#[tokio::test]
async fn swapped_rows_do_not_open() {
    for store in stores().await {
        let other = Owner::Provider("quickbooks".into());
        store.put(&owner(), "one", None).await;
        store.put(&other, "two", None).await;
        let sql = "UPDATE credentials SET sealed = (SELECT c.sealed FROM credentials AS c
            WHERE c.name LIKE 'provider%') WHERE name LIKE 'integration%'";
        store.database.write(vec![Statement::new(sql, Vec::new())]).await.unwrap();
        let refused = store.credentials.get(DEFAULT_ORGANIZATION, &owner()).await.unwrap_err();
        assert!(matches!(refused, VaultError::NotAuthentic), "{refused}");
        assert_eq!(store.get(&other).await.unwrap().0, "two");
    }
}

#[tokio::test]
async fn one_refresher_at_a_time_and_an_old_one_releases_nothing() {
    for store in stores().await {
        let lease = async |holder: &str, at: DateTime<Utc>| {
            let until = at + Duration::from_secs(30);
            store.credentials.lease_refresh(DEFAULT_ORGANIZATION, &owner(), holder, at, until).await.unwrap()
        };
        let release = async |epoch| {
            store.credentials.release_refresh(DEFAULT_ORGANIZATION, &owner(), epoch).await.unwrap();
        };
        let first = lease("us", noon()).await.unwrap();
        assert_eq!(lease("them", noon()).await, None);
        assert_eq!(lease("us", noon()).await, None, "another job of the same process waits, too");
        release(first).await;
        let second = lease("them", noon()).await.unwrap();
        assert!(second > first);
        release(first).await;
        assert_eq!(lease("us", noon()).await, None);
        let third = lease("us", noon() + Duration::from_secs(30)).await.unwrap();
        assert!(third > second);
    }
}

#[tokio::test]
async fn a_rotation_wraps_credentials_anew_and_keeps_them() {
    for store in stores().await {
        store.put(&owner(), "one", None).await;
        store.put(&Owner::Provider("quickbooks".into()), "two", None).await;
        store.put(&Owner::Provider("gone".into()), "three", None).await;
        store.credentials.delete(DEFAULT_ORGANIZATION, &Owner::Provider("gone".into())).await.unwrap();
        let key_id = store.vault.rotate().unwrap();
        assert_eq!(store.vault.rewrap().await.unwrap(), 2);
        assert_eq!(store.vault.rewrap().await.unwrap(), 0);
        let sql = "SELECT DISTINCT key_id FROM credentials WHERE sealed IS NOT NULL";
        let rows = store.database.query(sql, Vec::new()).await.unwrap();
        assert_eq!((rows.len(), rows[0].text(0).unwrap()), (1, key_id.as_str()));
        assert_eq!(store.get(&owner()).await, Some(("one".to_owned(), 1)));
    }
}
