//! The promises of checkpoints and process-manager state, on every database.

use std::time::Duration;

use application::ports::checkpoints::{Checkpoint, Checkpoints, Instance, Save, SaveError, StateChange};
use application::ports::job_queue::{JobQueue, NewJob};
use chrono::{DateTime, Utc};
use domain::ids::DEFAULT_ORGANIZATION;
use infrastructure::checkpoints::DatabaseCheckpoints;
use infrastructure::job_queue::DatabaseJobQueue;

use super::databases::databases;

const NAME: &str = "outbound_sync";
const LEASE: Duration = Duration::from_secs(10);

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_262_400, 0).unwrap()
}

fn put(key: &str, index: Option<&str>, wake_at: Option<DateTime<Utc>>) -> StateChange {
    let state = format!(r#"{{"key": "{key}", "text": "\u0000 \"quoted\""}}"#).into_bytes();
    StateChange::Put { key: key.into(), index: index.map(str::to_owned), wake_at, state }
}

fn delete(key: &str) -> StateChange {
    StateChange::Delete { key: key.into() }
}

fn keys(instances: &[Instance]) -> Vec<&str> {
    instances.iter().map(|instance| instance.key.as_str()).collect()
}

async fn lease(store: &DatabaseCheckpoints, holder: &str, at: DateTime<Utc>) -> Option<Checkpoint> {
    store.lease(NAME, holder, at, at + LEASE).await.unwrap()
}

/// Saves `changes` at the checkpoint as it stands.
async fn save(store: &DatabaseCheckpoints, changes: Vec<StateChange>) {
    let from = lease(store, "us", noon()).await.unwrap();
    let save = Save { changes, jobs: Vec::new() };
    store.save(NAME, from, from.position + 1, save).await.unwrap();
}

#[tokio::test]
async fn one_holder_at_a_time_leads_and_renews_under_its_epoch() {
    for database in databases().await {
        let store = DatabaseCheckpoints::new(database);
        let first = lease(&store, "us", noon()).await.unwrap();
        assert_eq!(first.position, 0);
        assert_eq!(lease(&store, "them", noon()).await, None);
        assert_eq!(lease(&store, "us", noon() + Duration::from_secs(5)).await, Some(first));
        assert_eq!(lease(&store, "them", noon() + LEASE).await, None, "it was renewed");
        let theirs = lease(&store, "them", noon() + LEASE * 2).await.unwrap();
        assert!(theirs.epoch > first.epoch);
        assert_eq!(lease(&store, "us", noon() + LEASE * 2).await, None);
    }
}

#[tokio::test]
async fn a_save_moves_the_checkpoint_from_where_it_was_read() {
    for database in databases().await {
        let store = DatabaseCheckpoints::new(database);
        let from = lease(&store, "us", noon()).await.unwrap();
        store.save(NAME, from, 7, Save::default()).await.unwrap();
        assert_eq!(store.list().await.unwrap(), [(NAME.to_owned(), 7)]);
        let again = store.save(NAME, from, 9, Save::default()).await.unwrap_err();
        assert!(matches!(again, SaveError::Fenced { ref name } if name == NAME), "{again}");
        assert_eq!(lease(&store, "us", noon()).await.unwrap(), Checkpoint { position: 7, ..from });
    }
}

#[tokio::test]
async fn a_fenced_save_leaves_neither_state_nor_jobs_behind() {
    for database in databases().await {
        let (store, queue) = (DatabaseCheckpoints::new(database.clone()), DatabaseJobQueue::new(database));
        let old = lease(&store, "us", noon()).await.unwrap();
        let new = lease(&store, "them", noon() + LEASE).await.unwrap();
        let job = NewJob {
            organization: DEFAULT_ORGANIZATION,
            kind: "push".into(),
            lane: "a".into(),
            key: "one".into(),
            payload: b"{}".to_vec(),
            not_before: noon(),
        };
        let page = Save { changes: vec![put("one", None, None)], jobs: vec![job] };
        assert!(matches!(store.save(NAME, old, 5, page.clone()).await, Err(SaveError::Fenced { .. })));
        assert!(store.all(NAME).await.unwrap().is_empty());
        assert_eq!(queue.depth().await.unwrap().waiting, 0);
        store.save(NAME, new, 5, page).await.unwrap();
        assert_eq!(keys(&store.all(NAME).await.unwrap()), ["one"]);
        assert_eq!(queue.depth().await.unwrap().waiting, 1);
    }
}

#[tokio::test]
async fn instances_come_back_as_they_were_put_in_the_order_asked() {
    for database in databases().await {
        let store = DatabaseCheckpoints::new(database);
        let wake = noon() + Duration::from_micros(1);
        save(&store, vec![put("b", Some("waiting_for/x"), Some(wake)), put("a", None, None)]).await;
        let asked = ["a", "missing", "b", "a"].map(str::to_owned);
        let found = store.instances(NAME, &asked).await.unwrap();
        assert_eq!(found[1], None);
        assert_eq!(found[0], found[3]);
        let b = found[2].as_ref().unwrap();
        assert_eq!((b.index.as_deref(), b.wake_at), (Some("waiting_for/x"), Some(wake)));
        assert_eq!(b.state, br#"{"key": "b", "text": "\u0000 \"quoted\""}"#);
        assert!(store.instances("another", &asked).await.unwrap().iter().all(Option::is_none));
        assert!(store.instances(NAME, &[]).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn the_last_change_of_a_key_in_a_page_counts() {
    for database in databases().await {
        let store = DatabaseCheckpoints::new(database);
        save(&store, vec![put("old", None, None)]).await;
        let changes = vec![
            put("gone", None, None),
            delete("gone"),
            delete("back"),
            put("back", None, None),
            put("back", Some("second"), None),
            delete("old"),
        ];
        save(&store, changes).await;
        let all = store.all(NAME).await.unwrap();
        assert_eq!(keys(&all), ["back"]);
        assert_eq!(all[0].index.as_deref(), Some("second"));
    }
}

#[tokio::test]
async fn instances_are_found_by_index_page_by_page() {
    for database in databases().await {
        let store = DatabaseCheckpoints::new(database);
        let waiting = ["a", "B", "c", "é"].map(|key| put(key, Some("waiting_for/x"), None));
        save(&store, waiting.into_iter().chain([put("d", Some("waiting_for/y"), None)]).collect()).await;
        let first = store.by_index(NAME, "waiting_for/x", None, 2).await.unwrap();
        assert_eq!(keys(&first), ["B", "a"]);
        let rest = store.by_index(NAME, "waiting_for/x", Some("a"), 9).await.unwrap();
        assert_eq!(keys(&rest), ["c", "é"]);
    }
}

#[tokio::test]
async fn due_instances_come_oldest_first_and_the_next_time_is_known() {
    for database in databases().await {
        let store = DatabaseCheckpoints::new(database);
        assert_eq!(store.next_wake(NAME).await.unwrap(), None);
        let at = |seconds| Some(noon() + Duration::from_secs(seconds));
        save(&store, vec![put("late", None, at(9)), put("b", None, at(2)), put("a", None, at(1))]).await;
        assert_eq!(store.next_wake(NAME).await.unwrap(), at(1));
        let due = store.due(NAME, noon() + Duration::from_secs(2), 10).await.unwrap();
        assert_eq!(keys(&due), ["a", "b"]);
        assert_eq!(keys(&store.due(NAME, noon() + Duration::from_secs(9), 1).await.unwrap()), ["a"]);
    }
}
