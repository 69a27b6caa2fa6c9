//! given / when / then of outbound sync.

use chrono::TimeDelta;
use domain::fields::Fields;
use domain::ids::CallId;
use domain::integration::{Disabled, IntegrationEvent};
use domain::local_record::{LocalRecordEvent, Put, Source};
use domain::stream::SyncRecordKey;
use domain::sync_config::mapping::{MappingVersion, Need};
use domain::sync_record::SyncRecordEvent;
use domain::sync_record::events::{
    DependencyAwaited, Linked, LinkedBy, OutcomeUnknown, RetryRequested, WriteBegun,
};
use domain::value::Operation;
use uuid::Uuid;

use super::OutboundSync;
use crate::ports::checkpoints::{Instance, StateChange};
use crate::process_managers::testing::*;
use crate::process_managers::{ProcessManager, Reaction};

fn put(source: Source) -> LocalRecordEvent {
    Put { created: true, fields: Fields::new(), cleared: Vec::new(), source, updated_at: None }.into()
}

fn push(config: domain::ids::SyncConfigId, id: &str) -> (String, String) {
    ("push_record".to_owned(), record(config, id).id)
}

fn begun() -> SyncRecordEvent {
    let digest = domain::digest::DigestKey::new(&[1; 32]).digest(b"");
    WriteBegun {
        intent: 1,
        attempt: 1,
        call: CallId(Uuid::nil()),
        item: "i0".to_owned(),
        operation: Operation::Create,
        key: "k".to_owned(),
        reference: "C-1".to_owned(),
        body_digest: digest,
        send_before: now(),
        recover_after: now() + TimeDelta::seconds(30),
        local_version: 1,
        local_digest: digest,
        base_observation: 0,
        mapping: MappingVersion { mapping: 1, lookups: 0 },
        used: Fields::new(),
        blob: "b".to_owned(),
        claim: "04".to_owned(),
        provider_time: None,
    }
    .into()
}

#[test]
fn a_put_is_sent_by_the_live_config_of_its_entity() {
    let reactions = react(&OutboundSync, &mut live(), local("customer", "C-1"), put(Source::Client));
    assert_eq!(jobs(&reactions), [push(CUSTOMERS, "C-1")]);
}

#[test]
fn a_put_by_inbound_sync_is_not_sent_back() {
    let source = Source::Inbound { config: CUSTOMERS };
    assert_eq!(jobs(&react(&OutboundSync, &mut live(), local("customer", "C-1"), put(source))), []);
}

#[test]
fn a_disabled_integration_sends_nothing() {
    let mut knowledge = live();
    let disabled: IntegrationEvent = Disabled { reason: None, automatic: false }.into();
    knowledge.routes.apply(&recorded(integration_stream(), 9, disabled));
    assert_eq!(react(&OutboundSync, &mut knowledge, local("customer", "C-1"), put(Source::Client)), []);
}

#[test]
fn an_open_write_is_woken_after_its_time_and_looked_up() {
    let mut knowledge = live();
    let reactions = react(&OutboundSync, &mut knowledge, record(CUSTOMERS, "C-1"), begun());
    let Some(Reaction::Remember(StateChange::Put { key, index, wake_at, state })) =
        reactions.first().cloned()
    else {
        panic!("the open write is remembered: {reactions:?}")
    };
    assert_eq!(wake_at, Some(now() + TimeDelta::seconds(30)));
    let woken = OutboundSync.wake(&knowledge, &Instance { key, index, wake_at, state }, now());
    assert_eq!(jobs(&woken), [("recover_write".to_owned(), record(CUSTOMERS, "C-1").id)]);
}

#[test]
fn a_write_that_only_a_person_can_resolve_is_not_woken_again() {
    let mut knowledge = live();
    react(&OutboundSync, &mut knowledge, record(CUSTOMERS, "C-1"), begun());
    let unknown: SyncRecordEvent = OutcomeUnknown {
        call: CallId(Uuid::nil()),
        reason: "two match".to_owned(),
        needs_decision: Some("two match".to_owned()),
        looked_up_at: None,
    }
    .into();
    react(&OutboundSync, &mut knowledge, record(CUSTOMERS, "C-1"), unknown);
    assert!(knowledge.instance(&format!("open/{}", record(CUSTOMERS, "C-1").id)).is_none());
}

#[test]
fn a_waiting_record_goes_when_what_it_waits_for_is_linked() {
    let mut knowledge = live();
    let waits: SyncRecordEvent =
        DependencyAwaited { needs: vec![Need::new("customer", "C-1")], local_version: 1 }.into();
    let checked = react(&OutboundSync, &mut knowledge, record(INVOICES, "I-1"), waits);
    assert_eq!(jobs(&checked), [push(INVOICES, "I-1")], "the customer may just have been linked");
    let linked: SyncRecordEvent =
        Linked { remote_id: "17".to_owned(), by: LinkedBy::Person, observed: None, base: None }.into();
    let released = react(&OutboundSync, &mut knowledge, record(CUSTOMERS, "C-1"), linked.clone());
    assert_eq!(jobs(&released), [push(INVOICES, "I-1")]);
    let other = react(&OutboundSync, &mut knowledge, record(CUSTOMERS, "C-2"), linked);
    assert_eq!(jobs(&other), []);
}

#[test]
fn a_record_that_waits_for_a_remote_id_goes_when_that_is_linked() {
    let mut knowledge = live();
    let waits: SyncRecordEvent =
        DependencyAwaited { needs: vec![Need::new("customer", "17")], local_version: 0 }.into();
    react(&OutboundSync, &mut knowledge, record(INVOICES, "~x~Invoice~5"), waits);
    let linked: SyncRecordEvent =
        Linked { remote_id: "17".to_owned(), by: LinkedBy::Inbound, observed: None, base: None }.into();
    let released = react(&OutboundSync, &mut knowledge, record(CUSTOMERS, "~x~Customer~17"), linked);
    assert_eq!(jobs(&released), [push(INVOICES, "~x~Invoice~5")]);
}

#[test]
fn a_retry_is_a_push() {
    let retry: SyncRecordEvent = RetryRequested {}.into();
    assert_eq!(
        jobs(&react(&OutboundSync, &mut live(), record(CUSTOMERS, "C-1"), retry)),
        [push(CUSTOMERS, "C-1")]
    );
}

#[test]
fn a_job_names_its_record_and_its_lane() {
    let reactions = react(&OutboundSync, &mut live(), local("customer", "a/b %"), put(Source::Client));
    let Some(Reaction::Enqueue(job)) = reactions.first() else { panic!("one job") };
    let key: SyncRecordKey = serde_json::from_slice(&job.payload).expect("a key");
    assert_eq!((key.local_id.as_str(), job.lane.as_str()), ("a/b %", "quickbooks/r1"));
}

#[test]
fn records_that_others_refer_to_go_ahead_of_records_that_refer_to_others() {
    let start = |stream| {
        let reactions = react(&OutboundSync, &mut live(), stream, put(Source::Client));
        let Some(Reaction::Enqueue(job)) = reactions.first() else { panic!("nothing is sent") };
        job.not_before
    };
    let (customer, invoice) = (start(local("customer", "C-1")), start(local("invoice", "I-1")));
    assert!(customer < invoice, "a customer goes first, also when it comes a little later");
    assert_eq!(invoice, now(), "and nobody waits who is alone");
}
