//! Deletions by policy, a changed mapping, a disabled integration, refusals, nonsense: what the rules promise, end to end.

use application::command_handlers::SyncConfigSettings;
use domain::ids::DEFAULT_PROJECT;
use domain::integration::{Integration, IntegrationCommand};
use domain::local_record::{DeleteRecord, LocalRecord, LocalRecordCommand, Source};
use domain::stream::{Kind, LocalRecordKey, StreamId, SyncRecordKey};
use domain::sync_config::field_path::FieldPath;
use domain::sync_config::{Mapping, MappingRule};
use domain::value::{DeletePolicy, ErrorClass, RunType, SyncStatus};
use sandbox::faults::Fault;
use sandbox::rest::RestConfig;
use serde_json::json;
use tests::rig::Rig;

use super::ground::{connected, rest};

fn strict() -> RestConfig {
    RestConfig { versions: true, ..RestConfig::default() }
}

async fn delete(rig: &Rig, id: &str) {
    let (project, entity) = (DEFAULT_PROJECT, "customer".to_owned());
    let stream = LocalRecordKey { project, entity, local_id: id.to_owned() }.stream();
    let command =
        |_: &LocalRecord| LocalRecordCommand::Delete(DeleteRecord { if_match: None, source: Source::Client });
    rig.store.dispatcher.dispatch::<LocalRecord>(&rig.envelope(), &stream, command).await.unwrap();
    rig.idle().await.unwrap();
}

#[tokio::test]
async fn a_local_deletion_deletes_there_once_when_the_policy_says_so() {
    let (_folder, provider, ground) = rest(strict()).await;
    let settings =
        SyncConfigSettings { on_local_delete: Some(DeletePolicy::Delete), ..SyncConfigSettings::default() };
    let (rig, config) = connected(&ground, settings).await;
    rig.put("customer", "C-1", json!({"name": "Ada"})).await.unwrap();
    rig.idle().await.unwrap();
    delete(&rig, "C-1").await;
    rig.advance(10).await.unwrap();
    assert_eq!(provider.records("customers").len(), 0);
    assert_eq!(rig.status(config, "-", "C-1").await.unwrap(), SyncStatus::Deleted);
}

#[tokio::test]
async fn a_local_deletion_is_ignored_by_default() {
    let (_folder, provider, ground) = rest(strict()).await;
    let (rig, config) = connected(&ground, SyncConfigSettings::default()).await;
    rig.put("customer", "C-1", json!({"name": "Ada"})).await.unwrap();
    rig.idle().await.unwrap();
    delete(&rig, "C-1").await;
    assert_eq!(provider.records("customers").len(), 1);
    assert_eq!(rig.status(config, "-", "C-1").await.unwrap(), SyncStatus::Deleted);
}

#[tokio::test]
async fn a_change_after_an_ignored_remote_deletion_is_not_sent_and_shows_deleted() {
    let (_folder, provider, ground) = rest(strict()).await;
    let (rig, config) = connected(&ground, SyncConfigSettings::default()).await;
    rig.put("customer", "C-1", json!({"name": "Ada"})).await.unwrap();
    rig.idle().await.unwrap();
    let id = provider.records("customers")[0]["id"].as_str().unwrap().to_owned();
    provider.delete("customers", &id).unwrap();
    rig.pull(config, RunType::Incremental).await.unwrap();
    assert_eq!(rig.status(config, "-", "C-1").await.unwrap(), SyncStatus::Deleted);
    rig.put("customer", "C-1", json!({"name": "Ada Lovelace"})).await.unwrap();
    rig.advance(5).await.unwrap();
    assert_eq!(rig.status(config, "-", "C-1").await.unwrap(), SyncStatus::Deleted);
    assert!(provider.records("customers").is_empty());
}

#[tokio::test]
async fn a_deletion_seen_while_our_change_was_under_way_is_a_conflict_once_that_has_failed() {
    let (_folder, provider, ground) = rest(strict()).await;
    let (rig, config) = connected(&ground, SyncConfigSettings::default()).await;
    rig.put("customer", "C-1", json!({"name": "Ada"})).await.unwrap();
    rig.idle().await.unwrap();
    let id = provider.records("customers")[0]["id"].as_str().unwrap().to_owned();
    // given: our change is lost on its way, and nobody knows yet
    provider.faults.force_write(Fault::DropBefore, 1);
    rig.put("customer", "C-1", json!({"name": "Ada Lovelace"})).await.unwrap();
    rig.idle().await.unwrap();
    assert_eq!(rig.status(config, "-", "C-1").await.unwrap(), SyncStatus::OutcomeUnknown);
    // when: they delete it, and that is read before the outcome is known
    provider.delete("customers", &id).unwrap();
    rig.pull(config, RunType::Incremental).await.unwrap();
    rig.advance(60).await.unwrap();
    // then
    let stream = SyncRecordKey { config, realm: "-".to_owned(), local_id: "C-1".to_owned() }.stream();
    let events = rig.events(&stream).await.unwrap();
    assert!(events.contains(&"ConflictDetected".to_owned()), "{events:?}");
}

#[tokio::test]
async fn two_kinds_of_ours_do_not_meet_under_one_id_in_one_remote_entity() {
    let (_folder, _provider, ground) = rest(strict()).await;
    let rig = Rig::open(&ground).await.unwrap();
    let integration = rig.connect(&[("api_key", "key-1")]).await.unwrap();
    let settings = SyncConfigSettings::default;
    let first = rig.config(integration, "customer", "customers", settings()).await.unwrap();
    // when: one is made for vendors while that of the customers is at work
    let refused = rig.config(integration, "vendor", "customers", settings()).await.unwrap_err().to_string();
    assert!(refused.contains(&format!("carries the ids of sync config {first}")), "{refused}");
    // when: it is made while that rests, which then is to go to work again
    let switched = |on| SyncConfigSettings { enabled: Some(on), ..SyncConfigSettings::default() };
    rig.desk.change_sync_config(&rig.envelope(), first, switched(false), None).await.unwrap();
    let second = rig.config(integration, "vendor", "customers", settings()).await.unwrap();
    let again = rig.desk.change_sync_config(&rig.envelope(), first, switched(true), None).await;
    let refused = again.unwrap_err().to_string();
    assert!(refused.contains(&format!("carries the ids of sync config {second}")), "{refused}");
}

#[tokio::test]
async fn of_two_kinds_of_ours_that_meet_in_one_remote_entity_the_older_config_works() {
    let (_folder, provider, ground) = rest(strict()).await;
    let rig = Rig::open(&ground).await.unwrap();
    let integration = rig.connect(&[("api_key", "key-1")]).await.unwrap();
    let settings = SyncConfigSettings::default;
    let first = rig.config(integration, "customer", "customers", settings()).await.unwrap();
    // given: both were made while the integration rested
    let stream = StreamId::of(Kind::Integration, integration.0);
    let off = |_: &Integration| IntegrationCommand::Disable { reason: None, automatic: false };
    rig.store.dispatcher.dispatch::<Integration>(&rig.envelope(), &stream, off).await.unwrap();
    let second = rig.config(integration, "vendor", "customers", settings()).await.unwrap();
    rig.enable(integration).await.unwrap();
    rig.idle().await.unwrap();
    rig.put("customer", "C-1", json!({"name": "Ada"})).await.unwrap();
    rig.put("vendor", "C-1", json!({"name": "Timber Ltd"})).await.unwrap();
    rig.advance(5).await.unwrap();
    let there = provider.records("customers");
    assert_eq!(
        (there.len(), &there[0]["name"]),
        (1, &json!("Ada")),
        "the vendor took nobody's record for its own"
    );
    assert_eq!(rig.status(first, "-", "C-1").await.unwrap(), SyncStatus::Synced);
    let refused = rig.pull(second, RunType::Full).await.unwrap_err().to_string();
    assert!(refused.contains(&format!("carries the ids of sync config {first}")), "{refused}");
    assert_eq!(rig.local("vendor", "C-1").await.unwrap()["name"], json!("Timber Ltd"));
}

#[tokio::test]
async fn a_changed_mapping_rebases_and_sends_nothing_by_itself() {
    let (_folder, provider, ground) = rest(strict()).await;
    let (rig, config) = connected(&ground, SyncConfigSettings::default()).await;
    rig.put("customer", "C-1", json!({"name": "Ada", "phone": "1", "notes": "n"})).await.unwrap();
    rig.idle().await.unwrap();
    let before = provider.stats()["writes"].clone();
    let rule = |id: &str, at: &str| {
        MappingRule::direct(id, FieldPath::parse(at).unwrap(), FieldPath::parse(at).unwrap())
    };
    let mapping = Mapping { rules: vec![rule("name", "name"), rule("phone", "phone")] };
    let settings = SyncConfigSettings { mapping: Some(mapping), ..SyncConfigSettings::default() };
    rig.desk.change_sync_config(&rig.envelope(), config, settings, None).await.unwrap();
    rig.pull(config, RunType::Full).await.unwrap();
    rig.advance(5).await.unwrap();
    assert_eq!(provider.stats()["writes"], before, "a new mapping counts nothing as a change");
    rig.put("customer", "C-1", json!({"phone": "2"})).await.unwrap();
    rig.idle().await.unwrap();
    assert_eq!(provider.records("customers")[0]["phone"], json!("2"));
    let stream = SyncRecordKey { config, realm: "-".to_owned(), local_id: "C-1".to_owned() }.stream();
    assert!(rig.events(&stream).await.unwrap().contains(&"Rebased".to_owned()));
}

#[tokio::test]
async fn a_disabled_integration_sends_nothing_and_enabling_catches_up() {
    let (_folder, provider, ground) = rest(strict()).await;
    let rig = Rig::open(&ground).await.unwrap();
    let integration = rig.connect(&[("api_key", "key-1")]).await.unwrap();
    rig.config(integration, "customer", "customers", SyncConfigSettings::default()).await.unwrap();
    rig.idle().await.unwrap();
    let stream = StreamId::of(Kind::Integration, integration.0);
    let off = |_: &Integration| IntegrationCommand::Disable { reason: None, automatic: false };
    rig.store.dispatcher.dispatch::<Integration>(&rig.envelope(), &stream, off).await.unwrap();
    rig.put("customer", "C-1", json!({"name": "Ada"})).await.unwrap();
    provider.create("customers", json!({"name": "Grace"})).unwrap();
    let requests = provider.stats()["requests"].clone();
    rig.advance(5).await.unwrap();
    assert_eq!(provider.stats()["requests"], requests, "not one request while it is disabled");
    rig.enable(integration).await.unwrap();
    rig.idle().await.unwrap();
    let mut names: Vec<_> =
        provider.records("customers").iter().map(|record| record["name"].clone()).collect();
    names.sort_by_key(ToString::to_string);
    assert_eq!(names, [json!("Ada"), json!("Grace")]);
}

#[tokio::test]
async fn a_refused_record_is_not_sent_again_until_it_changes() {
    let (_folder, provider, ground) = rest(strict()).await;
    let (rig, config) = connected(&ground, SyncConfigSettings::default()).await;
    rig.put("customer", "C-1", json!({"name": "Ada", "email": "no address"})).await.unwrap();
    rig.idle().await.unwrap();
    let record = rig.record(config, "-", "C-1").await.unwrap();
    assert_eq!(record.error.map(|error| error.class), Some(ErrorClass::Validation));
    let requests = provider.stats()["requests"].clone();
    let again = application::jobs::runs::Request {
        config,
        direction: domain::value::Direction::Outbound,
        run_type: RunType::Full,
    };
    rig.runs.start(&again, domain::value::TriggeredBy::Manual, &rig.envelope()).await.unwrap();
    rig.advance(3).await.unwrap();
    assert_eq!(provider.stats()["requests"], requests, "the same bytes are not refused twice");
    rig.put("customer", "C-1", json!({"email": "ada@example.com"})).await.unwrap();
    rig.idle().await.unwrap();
    assert_eq!(rig.status(config, "-", "C-1").await.unwrap(), SyncStatus::Synced);
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_is_an_unknown_outcome_that_is_resolved() {
    for fault in [
        Fault::Html,
        Fault::Truncated,
        Fault::ErrorAfter,
        Fault::ServerError,
        Fault::Huge,
        Fault::Deep,
        Fault::Trickle,
    ] {
        let (_folder, provider, ground) = rest(strict()).await;
        let (rig, config) = connected(&ground, SyncConfigSettings::default()).await;
        provider.faults.force_write(fault, 1);
        rig.put("customer", "C-1", json!({"name": "Ada"})).await.unwrap();
        rig.idle().await.unwrap();
        assert_eq!(rig.status(config, "-", "C-1").await.unwrap(), SyncStatus::OutcomeUnknown, "{fault:?}");
        rig.advance(30).await.unwrap();
        assert_eq!(rig.status(config, "-", "C-1").await.unwrap(), SyncStatus::Synced, "{fault:?}");
        assert_eq!(provider.records("customers").len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_process_manager_that_is_dropped_on_its_way_goes_on_where_it_was() {
    let (_folder, _provider, ground) = rest(strict()).await;
    let (rig, _config) = connected(&ground, SyncConfigSettings::default()).await;
    for polls in 1..30 {
        rig.put("customer", &format!("C-{polls}"), json!({"name": "Ada"})).await.unwrap();
        for manager in &rig.runners {
            // when: it is polled so often and then dropped, maybe while what it decided is being saved
            let mut step = Box::pin(manager.step());
            for _ in 0..polls {
                if futures::poll!(step.as_mut()).is_ready() {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_micros(200)).await;
            }
            drop(step);
            // then
            while manager.step().await.unwrap() {}
        }
    }
}
