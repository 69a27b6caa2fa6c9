//! The promises of the blob store, on every database.

use std::sync::Arc;
use std::time::Duration;

use application::ports::blob_store::BlobStore;
use chrono::{DateTime, Utc};
use domain::ids::{DEFAULT_ORGANIZATION, OrganizationId};
use infrastructure::blob_store::DatabaseBlobStore;
use infrastructure::clock::ManualClock;
use infrastructure::database::Database;
use infrastructure::vault::FileVault;
use uuid::Uuid;

use super::databases::databases;

const DAY: Duration = Duration::from_hours(24);

struct Store {
    database: Database,
    clock: ManualClock,
    blobs: DatabaseBlobStore,
    _folder: tempfile::TempDir,
}

impl Store {
    fn new(database: Database) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = FileVault::open_or_create(&folder.path().join("keys.json"), database.clone()).unwrap();
        let clock = ManualClock::new(noon());
        let blobs = DatabaseBlobStore::new(database.clone(), Arc::new(vault), Arc::new(clock.clone()));
        Self { database, clock, blobs, _folder: folder }
    }

    async fn put(&self, kind: &str, bytes: &[u8], keep: Duration) -> String {
        self.blobs.put(DEFAULT_ORGANIZATION, kind, bytes, noon() + keep).await.unwrap()
    }

    async fn get(&self, address: &str) -> Option<Vec<u8>> {
        self.blobs.get(DEFAULT_ORGANIZATION, address).await.unwrap()
    }
}

async fn stores() -> Vec<Store> {
    databases().await.into_iter().map(Store::new).collect()
}

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_262_400, 0).unwrap()
}

#[tokio::test]
async fn a_blob_comes_back_to_its_organization_only() {
    for store in stores().await {
        let address = store.put("request", b"body\0\xff", DAY).await;
        assert_eq!(store.get(&address).await.unwrap(), b"body\0\xff");
        assert_eq!(store.get("unknown").await, None);
        let stranger: OrganizationId = Uuid::from_u128(9).into();
        assert_eq!(store.blobs.get(stranger, &address).await.unwrap(), None);
        let theirs = store.blobs.put(stranger, "request", b"body\0\xff", noon() + DAY).await.unwrap();
        assert_ne!(theirs, address, "an address says nothing across organizations");
    }
}

#[tokio::test]
async fn the_same_bytes_of_a_kind_are_one_blob_kept_for_the_longer_time() {
    for store in stores().await {
        let address = store.put("request", b"body", DAY * 2).await;
        assert_eq!(store.put("request", b"body", DAY).await, address);
        assert_ne!(store.put("answer", b"body", DAY).await, address);
        assert_eq!(store.blobs.sweep(noon() + DAY + DAY / 2).await.unwrap(), 1);
        assert!(store.get(&address).await.is_some());
        store.put("request", b"body", DAY * 3).await;
        assert_eq!(store.blobs.sweep(noon() + DAY * 3).await.unwrap(), 0);
        assert_eq!(store.blobs.sweep(noon() + DAY * 3 + Duration::from_micros(1)).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn an_expired_blob_is_gone_before_it_is_swept() {
    for store in stores().await {
        let address = store.put("request", b"body", DAY).await;
        store.clock.advance(DAY);
        assert!(store.get(&address).await.is_some());
        store.clock.advance(Duration::from_micros(1));
        assert_eq!(store.get(&address).await, None);
    }
}

#[tokio::test]
async fn many_blobs_are_stored_at_once_with_their_addresses_in_order() {
    for store in stores().await {
        let mut blobs: Vec<Vec<u8>> = (0..150).map(|n| format!("body {}", n % 100).into_bytes()).collect();
        blobs.push(vec![7; 1_000_000]);
        let addresses =
            store.blobs.put_many(DEFAULT_ORGANIZATION, "request", &blobs, noon() + DAY).await.unwrap();
        for (address, blob) in addresses.iter().zip(&blobs) {
            assert_eq!(store.get(address).await.as_ref(), Some(blob));
        }
        assert_eq!(addresses[0], addresses[100]);
        assert_eq!(store.put("request", b"body 0", DAY).await, addresses[0]);
        let none = store.blobs.put_many(DEFAULT_ORGANIZATION, "request", &[], noon() + DAY).await.unwrap();
        assert!(none.is_empty());
        assert_eq!(store.blobs.sweep(noon() + DAY * 2).await.unwrap(), 101);
    }
}

#[tokio::test]
async fn the_content_lies_sealed() {
    for store in stores().await {
        store.put("request", b"canary-8f3a", DAY).await;
        let rows = store.database.query("SELECT sealed FROM blobs", Vec::new()).await.unwrap();
        assert!(!rows[0].bytes(0).unwrap().windows(6).any(|part| part == b"canary"));
    }
}
