//! The promises of the vault, on every database that may hold its organization keys.

use std::path::PathBuf;

use application::ports::vault::{Vault, VaultError};
use domain::ids::{DEFAULT_ORGANIZATION, OrganizationId};
use infrastructure::database::Database;
use infrastructure::vault::{FileVault, KeyFileError};
use secrecy::ExposeSecret;
use uuid::Uuid;

use super::databases::databases;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn key_file(&self) -> PathBuf {
        self.0.path().join("keys.json")
    }

    fn vault(&self, database: &Database) -> FileVault {
        FileVault::open_or_create(&self.key_file(), database.clone()).unwrap()
    }
}

fn other() -> OrganizationId {
    Uuid::from_u128(7).into()
}

#[tokio::test]
async fn a_digest_key_is_the_same_ever_after_and_differs_between_organizations() {
    for database in databases().await {
        let folder = Folder::new();
        let vault = folder.vault(&database);
        let first = vault.digest_key(DEFAULT_ORGANIZATION).await.unwrap().digest(b"content");
        assert_eq!(vault.digest_key(DEFAULT_ORGANIZATION).await.unwrap().digest(b"content"), first);
        assert_ne!(vault.digest_key(other()).await.unwrap().digest(b"content"), first);
        let restarted = folder.vault(&database);
        assert_eq!(restarted.digest_key(DEFAULT_ORGANIZATION).await.unwrap().digest(b"content"), first);
    }
}

#[tokio::test]
async fn callers_at_the_same_time_obtain_the_same_keys() {
    for database in databases().await {
        let folder = Folder::new();
        let vaults: Vec<FileVault> = (0..8).map(|_| folder.vault(&database)).collect();
        let digests = vaults
            .iter()
            .map(|vault| async { vault.digest_key(DEFAULT_ORGANIZATION).await.unwrap().digest(b"content") });
        let digests = futures::future::join_all(digests).await;
        assert!(digests.iter().all(|digest| *digest == digests[0]));
    }
}

#[tokio::test]
async fn an_organizations_wrapper_outlives_a_restart_and_opens_nothing_of_another() {
    for database in databases().await {
        let folder = Folder::new();
        let wrapper = folder.vault(&database).organization_wrapper(DEFAULT_ORGANIZATION).await.unwrap();
        let wrapped = wrapper.wrap(b"subject", &[5; 32]);
        let vault = folder.vault(&database);
        let wrapper = vault.organization_wrapper(DEFAULT_ORGANIZATION).await.unwrap();
        assert_eq!(*wrapper.unwrap(b"subject", &wrapped).unwrap(), [5; 32]);
        let foreign = vault.organization_wrapper(other()).await.unwrap();
        assert!(foreign.unwrap(b"subject", &wrapped).is_err());
    }
}

#[tokio::test]
async fn without_its_key_file_nothing_opens_and_another_file_is_told_apart() {
    for database in databases().await {
        let (folder, foreign) = (Folder::new(), Folder::new());
        let missing = FileVault::open(&folder.key_file(), database.clone()).err().unwrap();
        assert!(matches!(missing, KeyFileError::Missing { .. }), "{missing}");
        let vault = folder.vault(&database);
        vault.digest_key(DEFAULT_ORGANIZATION).await.unwrap();
        vault.check_keys().await.unwrap();
        let foreign = foreign.vault(&database);
        assert!(matches!(foreign.check_keys().await, Err(VaultError::UnknownKey { .. })));
        assert!(matches!(foreign.digest_key(DEFAULT_ORGANIZATION).await, Err(VaultError::UnknownKey { .. })));
    }
}

#[tokio::test]
async fn a_rotation_wraps_everything_anew_once_and_loses_nothing() {
    for database in databases().await {
        let folder = Folder::new();
        let vault = folder.vault(&database);
        let running = folder.vault(&database);
        let before = vault.digest_key(DEFAULT_ORGANIZATION).await.unwrap().digest(b"content");
        let old = vault.seal(DEFAULT_ORGANIZATION, "a", b"old");
        assert_eq!(vault.rewrap().await.unwrap(), 0);
        let key_id = vault.rotate().unwrap();
        assert_eq!(vault.rewrap().await.unwrap(), 1);
        assert_eq!(vault.rewrap().await.unwrap(), 0);
        let rows = database.query("SELECT key_id FROM organization_keys", Vec::new()).await.unwrap();
        assert_eq!(rows[0].text(0).unwrap(), key_id);
        let after =
            folder.vault(&database).digest_key(DEFAULT_ORGANIZATION).await.unwrap().digest(b"content");
        assert_eq!(after, before);
        // A process that was started before the rotation finds the new key in the file.
        let new = vault.seal(DEFAULT_ORGANIZATION, "a", b"new");
        assert_eq!(running.open(DEFAULT_ORGANIZATION, "a", &new).unwrap().expose_secret(), b"new");
        assert_eq!(vault.open(DEFAULT_ORGANIZATION, "a", &old).unwrap().expose_secret(), b"old");
    }
}
