use super::*;
use serde_json::json;

#[test]
fn a_trigger_config_of_the_source_documents_is_read_and_kept() {
    let stored = json!({
        "kind": "on_status_change",
        "entity": "project_relationships",
        "filter": {"entity_type": "Business", "role_can_be_vendor": true},
        "events": ["created", "updated"]
    });
    let trigger: Trigger = serde_json::from_value(stored.clone()).unwrap();
    assert_eq!(serde_json::to_value(&trigger).unwrap(), stored);
    let vendors = EntityName::parse("project_relationships").unwrap();
    assert!(trigger.is_live() && trigger.watches(&vendors, ChangeKind::Created));
    assert!(!trigger.watches(&vendors, ChangeKind::Deleted));
    assert!(!trigger.watches(&EntityName::parse("customer").unwrap(), ChangeKind::Created));
}

#[test]
fn a_bare_trigger_is_about_every_record_and_change() {
    let trigger: Trigger = serde_json::from_value(json!({"kind": "manual"})).unwrap();
    assert_eq!(trigger, Trigger::new(TriggerKind::OnManual));
    assert!(!trigger.is_live());
    assert!(trigger.watches(&EntityName::parse("customer").unwrap(), ChangeKind::Deleted));
    assert!(serde_json::from_value::<Trigger>(json!({"kind": "manual", "evnts": []})).is_err());
}
