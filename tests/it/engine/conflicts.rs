//! One conflict per strategy, deletions, and that writes fall quiet.

use application::command_handlers::SyncConfigSettings;
use domain::ids::SyncConfigId;
use domain::value::{MergeFallback, RunType, Side, Strategy, SyncStatus};
use sandbox::rest::{RestConfig, RestSandbox};
use serde_json::{Value, json};
use tests::rig::Rig;

use super::ground::{connected, rest};

/// Both sides change the name, ours also the company, theirs also the phone; then everything comes to rest.
async fn collide(settings: SyncConfigSettings) -> (Rig, SyncConfigId, RestSandbox, tempfile::TempDir) {
    let (folder, provider, ground) = rest(RestConfig { versions: true, ..RestConfig::default() }).await;
    let (rig, config) = connected(&ground, settings).await;
    rig.put("customer", "C-1", json!({"name": "Ada", "company": "A", "phone": "1"})).await.unwrap();
    rig.idle().await.unwrap();
    let id = provider.records("customers")[0]["id"].as_str().unwrap().to_owned();
    provider.edit("customers", &id, json!({"name": "Theirs", "phone": "2"})).unwrap();
    rig.put("customer", "C-1", json!({"name": "Ours", "company": "B"})).await.unwrap();
    rig.idle().await.unwrap();
    rig.pull(config, RunType::Incremental).await.unwrap();
    rig.advance(5).await.unwrap();
    (rig, config, provider, folder)
}

async fn here(rig: &Rig) -> [Value; 3] {
    let ours = rig.local("customer", "C-1").await.unwrap();
    ["name", "company", "phone"].map(|name| ours[name].clone())
}

fn there(provider: &RestSandbox) -> [Value; 3] {
    let theirs = provider.records("customers").remove(0);
    ["name", "company", "phone"].map(|name| theirs[name].clone())
}

fn strategy(strategy: Strategy, priority: Side) -> SyncConfigSettings {
    SyncConfigSettings { strategy: Some(strategy), priority: Some(priority), ..SyncConfigSettings::default() }
}

#[tokio::test]
async fn source_priority_takes_the_record_of_one_side() {
    let (rig, config, provider, _folder) = collide(strategy(Strategy::SourcePriority, Side::Local)).await;
    let ours = [json!("Ours"), json!("B"), json!("1")];
    assert_eq!((here(&rig).await, there(&provider)), (ours.clone(), ours));
    assert_eq!(rig.status(config, "-", "C-1").await.unwrap(), SyncStatus::Synced);
    let (rig, _, provider, _folder) = collide(strategy(Strategy::SourcePriority, Side::Remote)).await;
    let theirs = [json!("Theirs"), json!("A"), json!("2")];
    assert_eq!((here(&rig).await, there(&provider)), (theirs.clone(), theirs));
}

#[tokio::test]
async fn merge_fields_lets_the_others_flow() {
    let settings = SyncConfigSettings {
        merge_fallback: Some(MergeFallback::SourcePriority),
        ..strategy(Strategy::MergeFields, Side::Remote)
    };
    let (rig, config, provider, _folder) = collide(settings).await;
    let merged = [json!("Theirs"), json!("B"), json!("2")];
    assert_eq!((here(&rig).await, there(&provider)), (merged.clone(), merged));
    assert_eq!(rig.status(config, "-", "C-1").await.unwrap(), SyncStatus::Synced);
}

#[tokio::test]
async fn last_write_wins_makes_both_sides_equal() {
    let (rig, config, provider, _folder) = collide(strategy(Strategy::LastWriteWins, Side::Local)).await;
    assert_eq!(here(&rig).await, there(&provider));
    assert_eq!(rig.status(config, "-", "C-1").await.unwrap(), SyncStatus::Synced);
}

#[tokio::test]
async fn manual_review_holds_both_sides_until_a_person_decides() {
    let (rig, config, provider, _folder) = collide(strategy(Strategy::ManualReview, Side::Local)).await;
    assert_eq!(rig.status(config, "-", "C-1").await.unwrap(), SyncStatus::Conflict);
    assert_eq!(here(&rig).await, [json!("Ours"), json!("B"), json!("1")]);
    assert_eq!(there(&provider), [json!("Theirs"), json!("A"), json!("2")]);
    let writes = provider.stats()["writes"].clone();
    rig.pull(config, RunType::Full).await.unwrap();
    rig.advance(5).await.unwrap();
    assert_eq!(provider.stats()["writes"], writes, "nothing is sent while a person has to decide");
}

#[tokio::test]
async fn a_remote_deletion_is_shown_and_a_reappearing_record_revives_the_pair() {
    let (_folder, provider, ground) = rest(RestConfig { versions: true, ..RestConfig::default() }).await;
    let (rig, config) = connected(&ground, SyncConfigSettings::default()).await;
    rig.put("customer", "C-1", json!({"name": "Ada"})).await.unwrap();
    rig.idle().await.unwrap();
    let id = provider.records("customers")[0]["id"].as_str().unwrap().to_owned();
    rig.pull(config, RunType::Incremental).await.unwrap();
    provider.delete("customers", &id).unwrap();
    rig.pull(config, RunType::Incremental).await.unwrap();
    assert_eq!(rig.status(config, "-", "C-1").await.unwrap(), SyncStatus::Deleted);
    assert_eq!(rig.local("customer", "C-1").await.unwrap()["name"], json!("Ada"), "ignored on our side");
}
