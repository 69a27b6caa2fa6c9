//! The scenes that every provider is played through.

use serde_json::{Value, json};

use super::stage::Stage;
use super::stand::Stand;
use sandbox::faults::Fault;

/// Records of the provider come in, all of them over several pages, and then only what changed.
pub(super) async fn full_and_incremental<S: Stand>(records: usize) {
    let mut stage = Stage::<S>::apart(true, false).await;
    let ids: Vec<String> =
        (0..records).map(|number| stage.there.create(&format!("Person {number:04}"))).collect();
    stage.connect().await;
    stage.rest().await;
    stage.pass_until(120, async |stage| stage.pairs().await.len() == records).await;
    assert_eq!(stage.pairs().await.len(), records, "every record was read once");
    let id = &ids[records / 2];
    stage.there.advance(5);
    stage.there.edit(id, Some("Renamed There"), None);
    stage.pull("incremental").await;
    let pair = stage.pair(id).await;
    let ours = pair["local_id"].as_str().unwrap().to_owned();
    let arrived =
        async |stage: &Stage<S>| stage.local(&ours).await[S::SUBJECT.name] == json!("Renamed There");
    stage.pass_until(120, arrived).await;
    let local = stage.local(&ours).await;
    assert_eq!(local[S::SUBJECT.name], json!("Renamed There"));
    assert_eq!(stage.pairs().await.len(), records);
    stage.close();
}

/// A record of ours is created there, changed there, changed here, and then everything is quiet.
pub(super) async fn both_ways<S: Stand>() {
    let stage = Stage::<S>::connected(true, false).await;
    stage.put("C-1", S::ours("Ada")).await;
    stage.rest().await;
    stage.pass(3).await;
    let made = stage.only();
    assert_eq!((made.name.as_str(), stage.status("C-1").await.as_str()), ("Ada", "synced"));
    stage.there.advance(5);
    stage.there.edit(&made.id, None, Some("from there"));
    stage.pull("incremental").await;
    assert_eq!(stage.local("C-1").await[S::SUBJECT.theirs], json!("from there"));
    stage.put("C-1", json!({ S::SUBJECT.name: "Ada Lovelace" })).await;
    stage.rest().await;
    stage.pass(3).await;
    let there = stage.only();
    assert_eq!((there.name.as_str(), there.theirs.as_deref()), ("Ada Lovelace", Some("from there")));
    stage.there.recorder().take();
    stage.pull("full").await;
    stage.pull("incremental").await;
    let written: Vec<String> = stage
        .there
        .recorder()
        .take()
        .iter()
        .filter(|one| S::is_write(one))
        .map(|one| format!("{} {}", one.method, one.path))
        .collect();
    assert!(written.is_empty(), "writes do not fall quiet: {written:?}");
    stage.close();
}

/// A deletion there is seen, and ours stays.
pub(super) async fn deleted_there<S: Stand>() {
    let stage = Stage::<S>::connected(true, false).await;
    stage.put("C-1", S::ours("Ada")).await;
    stage.rest().await;
    stage.pass(3).await;
    stage.pull("incremental").await;
    let made = stage.only();
    stage.there.advance(5);
    stage.there.remove(&made.id);
    if S::SHOWS_DELETIONS {
        stage.pull("incremental").await;
        assert_eq!(stage.status("C-1").await, "deleted");
    } else {
        // A webhook tells of it, and that comes from the simulator's own thread.
        stage.until("the deletion", async |stage| stage.status("C-1").await == "deleted").await;
    }
    assert_eq!(stage.local("C-1").await[S::SUBJECT.name], json!("Ada"));
    stage.close();
}

/// What the two sides hold after they changed the same record at the same time.
struct Collided {
    here: [Value; 3],
    there: [Value; 3],
    pair: Value,
}

async fn collide<S: Stand>(settings: Value) -> Collided {
    let stage = Stage::<S>::connected(true, false).await;
    let configs = stage.hub.get(&stage.path("sync/config")).await.unwrap();
    let config = configs["items"].as_array().into_iter().flatten();
    let config = config.into_iter().find(|one| one["remote_entity"] == json!(S::SUBJECT.remote));
    let config = config.unwrap_or_else(|| panic!("no sync config of the subject in {configs}"));
    let config = config["id"].as_str().unwrap().to_owned();
    stage.hub.put(&format!("/v1/sync-configs/{config}"), settings).await.unwrap();
    stage.put("C-1", S::ours("Ada")).await;
    stage.put("C-1", json!({ S::SUBJECT.ours: "ours 1", S::SUBJECT.theirs: "theirs 1" })).await;
    stage.rest().await;
    stage.pass(3).await;
    stage.pull("incremental").await;
    let made = stage.only();
    stage.there.advance(5);
    stage.there.edit(&made.id, Some("Theirs"), Some("theirs 2"));
    stage.put("C-1", json!({ S::SUBJECT.name: "Ours", S::SUBJECT.ours: "ours 2" })).await;
    stage.pull("incremental").await;
    stage.pass(5).await;
    stage.pull("incremental").await;
    let fields = stage.local("C-1").await;
    let there = stage.only();
    let collided = Collided {
        here: [S::SUBJECT.name, S::SUBJECT.ours, S::SUBJECT.theirs].map(|name| fields[name].clone()),
        there: [json!(there.name), json!(there.ours), json!(there.theirs)],
        pair: stage.pair("C-1").await,
    };
    stage.close();
    collided
}

fn triple(words: [&str; 3]) -> [Value; 3] {
    words.map(|word| json!(word))
}

/// The priority source's record wins whole.
pub(super) async fn source_priority<S: Stand>() {
    let settings = |side: &str| json!({"conflict_resolution": "source_priority", "priority_source": side});
    for (side, wanted) in
        [("local", ["Ours", "ours 2", "theirs 1"]), ("remote", ["Theirs", "ours 1", "theirs 2"])]
    {
        let collided = collide::<S>(settings(side)).await;
        assert_eq!((&collided.here, &collided.there), (&triple(wanted), &triple(wanted)), "{side}");
        assert_eq!(collided.pair["sync_status"], json!("synced"), "{}", collided.pair);
    }
}

/// Fields that do not collide flow; the one that does is decided by the fallback.
pub(super) async fn merge_fields<S: Stand>() {
    let settings = json!({"conflict_resolution": "merge_fields", "merge_fallback": "source_priority", "priority_source": "remote"});
    let collided = collide::<S>(settings).await;
    let wanted = triple(["Theirs", "ours 2", "theirs 2"]);
    assert_eq!((&collided.here, &collided.there), (&wanted, &wanted));
    assert_eq!(collided.pair["sync_status"], json!("synced"), "{}", collided.pair);
}

/// Both sides end equal, whichever was later.
pub(super) async fn last_write_wins<S: Stand>() {
    let collided = collide::<S>(json!({"conflict_resolution": "last_write_wins"})).await;
    assert_eq!(collided.here, collided.there);
    assert_eq!(collided.pair["sync_status"], json!("synced"), "{}", collided.pair);
}

/// Nothing moves until a person decides.
pub(super) async fn manual_review<S: Stand>() {
    let collided = collide::<S>(json!({"conflict_resolution": "manual_review"})).await;
    assert_eq!(collided.here, triple(["Ours", "ours 2", "theirs 1"]));
    assert_eq!(collided.there, triple(["Theirs", "ours 1", "theirs 2"]));
    assert_eq!(collided.pair["sync_status"], json!("conflict"), "{}", collided.pair);
}

/// A change there comes by webhook, without anybody asking.
pub(super) async fn told_by_webhook<S: Stand>() {
    let stage = Stage::<S>::connected(true, false).await;
    stage.put("C-1", S::ours("Ada")).await;
    stage.rest().await;
    stage.pass(3).await;
    let made = stage.only();
    stage.there.advance(5);
    stage.there.edit(&made.id, None, Some("by webhook"));
    let arrived = async |stage: &Stage<S>| stage.local("C-1").await[S::SUBJECT.theirs] == json!("by webhook");
    stage.until("the webhook", arrived).await;
    let born = stage.there.create("Born There");
    let known =
        async |stage: &Stage<S>| stage.pairs().await.iter().any(|pair| pair["remote_id"] == json!(born));
    stage.until("the webhook of a new record", known).await;
    stage.close();
}

/// A connection taken back at the provider is shown as such, and goes on where it was once it is connected again.
pub(super) async fn revoked_and_reconnected<S: Stand>() {
    let stage = Stage::<S>::connected(true, false).await;
    stage.there.revoke();
    stage.put("C-1", S::ours("Ada")).await;
    stage.rest().await;
    stage.pass(240).await;
    let shown = stage.hub.get(&format!("/v1/integrations/{}", stage.integration)).await.unwrap();
    assert_eq!(shown["connection_status"], json!("expired"), "{shown} {:?}", stage.pairs().await);
    assert!(stage.there.records().is_empty());
    stage.there.restore().await;
    match stage.there.connection().way {
        super::stand::Way::Browser => stage.consent().await,
        super::stand::Way::Typed(secrets) => {
            stage.hub.put(&stage.path("credentials"), secrets).await.unwrap();
            stage.hub.post(&stage.path("test"), json!({})).await.unwrap();
        }
    }
    stage.rest().await;
    stage.pass(60).await;
    assert_eq!(stage.only().name, "Ada");
    assert_eq!(stage.status("C-1").await, "synced");
    stage.close();
}

/// A burst beyond what the provider takes: all of it arrives, once, and we never run into its limits by ourselves.
pub(super) async fn burst<S: Stand>(records: usize) {
    let stage = Stage::<S>::connected(true, true).await;
    for number in 0..records {
        stage.put(&format!("C-{number}"), S::ours(&format!("Person {number:04}"))).await;
    }
    for _ in 0..40 {
        stage.pass(5).await;
        if stage.there.records().len() == records {
            break;
        }
    }
    assert_eq!(stage.there.records().len(), records);
    let refused = stage.there.recorder().take();
    let refused: Vec<String> = refused
        .iter()
        .filter(|one| one.status == 429)
        .map(|one| format!("{} {}", one.method, one.path))
        .collect();
    assert_eq!(stage.there.throttled(), 0, "we ran into the provider's limits by ourselves: {refused:?}");
    stage.there.faults().force_write(Fault::TooManyRequests, 2);
    stage.put("C-0", json!({ S::SUBJECT.name: "Person 0000 B" })).await;
    for _ in 0..40 {
        stage.pass(5).await;
        if stage.there.records().iter().any(|record| record.name == "Person 0000 B") {
            break;
        }
    }
    assert!(
        stage.there.records().iter().any(|record| record.name == "Person 0000 B"),
        "a refusal for speed is waited out"
    );
    stage.close();
}

/// The provider keeps a record and drops the connection before its answer: there is one record in the end, and we
/// know it.
pub(super) async fn committed_then_dropped<S: Stand>(keys_honoured: bool) {
    let stage = Stage::<S>::connected(keys_honoured, false).await;
    for (number, fault) in [Fault::DropAfter, Fault::ErrorAfter, Fault::Truncated].into_iter().enumerate() {
        stage.there.faults().force_write(fault, 1);
        let id = format!("C-{number}");
        stage.put(&id, S::ours(&format!("Person {number}"))).await;
        stage.rest().await;
        stage.pass(90).await;
        let pair = stage.pair(&id).await;
        assert_eq!(pair["sync_status"], json!("synced"), "{fault:?}: {pair}");
        assert_eq!(stage.there.records().len(), number + 1, "{fault:?}");
    }
    stage.there.faults().force_write(Fault::DropAfter, 1);
    stage.put("C-0", json!({ S::SUBJECT.name: "Renamed Here" })).await;
    stage.rest().await;
    stage.pass(90).await;
    assert_eq!(stage.status("C-0").await, "synced");
    assert!(stage.there.records().iter().any(|record| record.name == "Renamed Here"));
    stage.close();
}

/// The scenes of a provider that is synced both ways, each a test of its own.
macro_rules! scenes {
    ($stand:ty, pages: $pages:expr, burst: $burst:expr) => {
        #[tokio::test]
        async fn records_come_in_page_by_page_and_then_what_changed() {
            crate::providers::scenes::full_and_incremental::<$stand>($pages).await;
        }

        #[tokio::test]
        async fn a_record_goes_both_ways_and_then_all_is_quiet() {
            crate::providers::scenes::both_ways::<$stand>().await;
        }

        #[tokio::test]
        async fn a_deletion_there_is_seen() {
            crate::providers::scenes::deleted_there::<$stand>().await;
        }

        #[tokio::test]
        async fn source_priority_takes_the_record_of_one_side() {
            crate::providers::scenes::source_priority::<$stand>().await;
        }

        #[tokio::test]
        async fn merge_fields_lets_the_others_flow() {
            crate::providers::scenes::merge_fields::<$stand>().await;
        }

        #[tokio::test]
        async fn last_write_wins_makes_both_sides_equal() {
            crate::providers::scenes::last_write_wins::<$stand>().await;
        }

        #[tokio::test]
        async fn manual_review_holds_both_sides() {
            crate::providers::scenes::manual_review::<$stand>().await;
        }

        #[tokio::test]
        async fn a_webhook_brings_a_change() {
            if <$stand as crate::providers::stand::Stand>::HAS_WEBHOOKS {
                crate::providers::scenes::told_by_webhook::<$stand>().await;
            }
        }

        #[tokio::test]
        async fn a_revoked_connection_is_shown_and_goes_on_when_it_is_connected_again() {
            crate::providers::scenes::revoked_and_reconnected::<$stand>().await;
        }

        #[tokio::test]
        async fn a_burst_stays_within_the_limits_and_arrives() {
            crate::providers::scenes::burst::<$stand>($burst).await;
        }

        #[tokio::test]
        async fn what_was_kept_before_the_connection_dropped_is_there_once() {
            crate::providers::scenes::committed_then_dropped::<$stand>(true).await;
        }

        #[tokio::test]
        async fn it_is_there_once_also_where_keys_are_ignored() {
            crate::providers::scenes::committed_then_dropped::<$stand>(false).await;
        }
    };
}
pub(super) use scenes;
