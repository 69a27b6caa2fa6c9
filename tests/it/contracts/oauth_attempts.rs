//! The promises of authorization attempts, on every database.

use std::sync::Arc;
use std::time::Duration;

use application::ports::oauth_attempts::{OAuthAttempt, OAuthAttempts};
use chrono::{DateTime, Utc};
use domain::ids::DEFAULT_ORGANIZATION;
use infrastructure::database::{Cell, Database};
use infrastructure::oauth_attempts::DatabaseOAuthAttempts;
use infrastructure::vault::FileVault;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::databases::databases;

const STATE: &str = "state-canary-1";
const VERIFIER: &str = "verifier-canary-2";

struct Store {
    database: Database,
    attempts: Arc<DatabaseOAuthAttempts>,
    _folder: tempfile::TempDir,
}

impl Store {
    fn new(database: Database) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = FileVault::open_or_create(&folder.path().join("keys.json"), database.clone()).unwrap();
        let attempts = Arc::new(DatabaseOAuthAttempts::new(database.clone(), Arc::new(vault)));
        Self { database, attempts, _folder: folder }
    }
}

async fn stores() -> Vec<Store> {
    databases().await.into_iter().map(Store::new).collect()
}

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_262_400, 0).unwrap()
}

fn attempt(number: u128) -> OAuthAttempt {
    OAuthAttempt {
        id: Uuid::from_u128(number),
        organization: DEFAULT_ORGANIZATION,
        project: Uuid::from_u128(2).into(),
        integration: Uuid::from_u128(3).into(),
        provider: "quickbooks".into(),
        redirect_uri: "https://hub.example/callback".into(),
        verifier: Some(SecretString::from(VERIFIER)),
        additional_data: Some("{\"back\": \"/settings\"}".into()),
        status: "pending".into(),
        error: None,
        expires_at: noon() + Duration::from_mins(10),
    }
}

#[tokio::test]
async fn a_state_is_taken_once_and_brings_the_whole_attempt() {
    for store in stores().await {
        store.attempts.begin(&attempt(1), STATE).await.unwrap();
        assert!(store.attempts.take("another", noon()).await.unwrap().is_none());
        let taken = store.attempts.take(STATE, noon()).await.unwrap().unwrap();
        assert_eq!(taken.verifier.as_ref().unwrap().expose_secret(), VERIFIER);
        let begun = attempt(1);
        assert_eq!(
            (taken.id, taken.organization, taken.project, taken.integration, taken.expires_at),
            (begun.id, begun.organization, begun.project, begun.integration, begun.expires_at)
        );
        assert_eq!((taken.provider, taken.redirect_uri), (begun.provider, begun.redirect_uri));
        assert_eq!((taken.additional_data, taken.status), (begun.additional_data, begun.status));
        assert!(store.attempts.take(STATE, noon()).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn of_many_callers_with_one_state_one_gets_the_attempt() {
    for store in stores().await {
        store.attempts.begin(&attempt(1), STATE).await.unwrap();
        let callers = (0..8).map(|_| {
            let attempts = Arc::clone(&store.attempts);
            tokio::spawn(async move { attempts.take(STATE, noon()).await.unwrap().is_some() })
        });
        let won = futures::future::join_all(callers).await;
        assert_eq!(won.into_iter().filter(|won| *won.as_ref().unwrap()).count(), 1);
    }
}

#[tokio::test]
async fn an_expired_attempt_is_not_taken() {
    for store in stores().await {
        store.attempts.begin(&attempt(1), STATE).await.unwrap();
        assert!(store.attempts.take(STATE, attempt(1).expires_at).await.unwrap().is_none());
        let just_before = attempt(1).expires_at - Duration::from_micros(1);
        assert!(store.attempts.take(STATE, just_before).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn its_end_is_noted_for_its_owner_and_the_verifier_goes() {
    for store in stores().await {
        store.attempts.begin(&attempt(1), STATE).await.unwrap();
        let pending = store.attempts.get(DEFAULT_ORGANIZATION, attempt(1).id).await.unwrap().unwrap();
        assert_eq!(pending.status, "pending");
        store.attempts.end(attempt(1).id, "failed", Some("access was denied")).await.unwrap();
        let ended = store.attempts.get(DEFAULT_ORGANIZATION, attempt(1).id).await.unwrap().unwrap();
        assert_eq!((ended.status.as_str(), ended.error.as_deref()), ("failed", Some("access was denied")));
        assert!(ended.verifier.is_none());
        assert!(store.attempts.take(STATE, noon()).await.unwrap().is_none(), "an ended attempt is not taken");
        let stranger = Uuid::from_u128(9).into();
        assert!(store.attempts.get(stranger, attempt(1).id).await.unwrap().is_none());
        store.attempts.delete(stranger, attempt(1).id).await.unwrap();
        assert!(store.attempts.get(DEFAULT_ORGANIZATION, attempt(1).id).await.unwrap().is_some());
        store.attempts.delete(DEFAULT_ORGANIZATION, attempt(1).id).await.unwrap();
        assert!(store.attempts.get(DEFAULT_ORGANIZATION, attempt(1).id).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn neither_state_nor_verifier_lies_in_the_table() {
    for store in stores().await {
        store.attempts.begin(&attempt(1), STATE).await.unwrap();
        let rows = store.database.query("SELECT * FROM oauth_attempts", Vec::new()).await.unwrap();
        for cell in rows[0].cells() {
            let bytes = match cell {
                Cell::Text(text) => text.as_bytes(),
                Cell::Bytes(bytes) => bytes,
                _ => continue,
            };
            assert!(!bytes.windows(6).any(|part| part == b"canary"), "{cell:?}");
        }
    }
}

#[tokio::test]
async fn attempts_that_ended_long_ago_are_forgotten_and_a_state_serves_one_attempt() {
    for store in stores().await {
        store.attempts.begin(&attempt(1), STATE).await.unwrap();
        assert!(store.attempts.begin(&attempt(2), STATE).await.is_err());
        let much_later =
            OAuthAttempt { expires_at: attempt(1).expires_at + Duration::from_hours(24 * 8), ..attempt(2) };
        store.attempts.begin(&much_later, "another").await.unwrap();
        assert!(store.attempts.get(DEFAULT_ORGANIZATION, attempt(1).id).await.unwrap().is_none());
    }
}
