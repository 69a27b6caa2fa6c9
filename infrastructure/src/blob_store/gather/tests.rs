use super::{Gathering, Sealed};
use crate::database::Database;

async fn database() -> Database {
    let database = Database::open("sqlite::memory:").await.unwrap();
    database.migrate().await.unwrap();
    database
}

fn blob(address: &str, keep_until: i64) -> Sealed {
    Sealed {
        organization: "o".to_owned(),
        kind: "call".to_owned(),
        address: address.to_owned(),
        keep_until,
        key_id: "k".to_owned(),
        bytes: vec![1, 2, 3],
    }
}

async fn kept(database: &Database) -> Vec<(String, i64)> {
    let rows = database.query("SELECT name, keep_until FROM blobs ORDER BY name", Vec::new()).await.unwrap();
    rows.iter().map(|row| (row.text(0).unwrap().to_owned(), row.i64(1).unwrap())).collect()
}

#[tokio::test]
async fn those_who_store_at_once_are_all_stored_each_blob_once_and_for_the_longest_time() {
    let (database, gathering) = (database().await, Gathering::default());
    let loads = (0..200_i64).map(|number| {
        let own = blob(&format!("own-{number:03}"), 5);
        gathering.store(&database, vec![own, blob("shared", number)])
    });
    for stored in futures::future::join_all(loads).await {
        stored.unwrap();
    }
    let kept = kept(&database).await;
    assert_eq!(kept.len(), 201);
    assert_eq!(kept[200], ("shared".to_owned(), 199));
}

#[tokio::test]
async fn one_who_writes_for_others_and_is_dropped_leaves_nobody_behind() {
    let (database, gathering) = (database().await, Gathering::default());
    let store = |address: &str| Box::pin(gathering.store(&database, vec![blob(address, 1)]));
    let (mut first, mut second, mut third) = (store("a"), store("b"), store("c"));
    for each in [&mut first, &mut second, &mut third] {
        assert!(futures::poll!(each).is_pending());
    }
    first.await.unwrap();
    // It takes its turn for itself and for the third, and does not come back.
    let _ = futures::poll!(second.as_mut());
    drop(second);
    third.await.unwrap();
    assert!(kept(&database).await.contains(&("c".to_owned(), 1)));
}
