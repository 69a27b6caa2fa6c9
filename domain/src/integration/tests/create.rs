//! Creating, describing, limiting and deleting.

use std::sync::Arc;

use serde_json::json;
use uuid::Uuid;

use super::support::*;
use crate::aggregate::Aggregate;
use crate::claim::{ClaimChange, ClaimKey, ClaimKind};
use crate::ids::{DEFAULT_ORGANIZATION, DEFAULT_PROJECT};
use crate::integration::*;
use crate::stream::{Kind, StreamId};
use crate::testing::given;
use crate::value::{Code, Direction, DisplayName, NameError};

fn creating(create: CreateIntegration) -> IntegrationCommand {
    IntegrationCommand::Create(Box::new(create))
}

fn describing(fill: impl FnOnce(&mut DescribeIntegration)) -> IntegrationCommand {
    let mut describe = DescribeIntegration::new(facts());
    fill(&mut describe);
    IntegrationCommand::Describe(Box::new(describe))
}

#[test]
fn a_new_integration_is_disabled_bidirectional_and_runs_every_60_minutes() {
    given::<Integration>([]).when(creating(create())).then([created()]);
    let state = after([]).state();
    assert!(!state.enabled);
    assert_eq!(state.profile.unwrap().frequency.to_string(), "60");
}

#[test]
fn an_integration_takes_the_only_direction_its_provider_has() {
    let facts = Arc::new(ProviderFacts { direction: Direction::Inbound, ..plain_facts() });
    let inbound = || CreateIntegration { facts: Arc::clone(&facts), ..create() };
    let events = given::<Integration>([]).when(creating(inbound())).events();
    let state = given::<Integration>(events).state();
    assert_eq!(state.profile.unwrap().direction, Direction::Inbound);
    given::<Integration>([])
        .when(creating(CreateIntegration { direction: Some(Direction::Outbound), ..inbound() }))
        .then_refused(&IntegrationError::DirectionNotAllowed { allowed: Direction::Inbound });
}

#[test]
fn an_integration_is_created_once() {
    after([]).when(creating(create())).then_refused(&IntegrationError::AlreadyCreated);
    after([deleted()]).when(creating(create())).then_refused(&IntegrationError::AlreadyCreated);
}

#[test]
fn integration_type_must_be_known_value() {
    let facts = Arc::new(ProviderFacts { key: "xero".to_owned(), ..plain_facts() });
    let other =
        IntegrationError::OtherProvider { expected: "xero".to_owned(), given: "quickbooks".to_owned() };
    given::<Integration>([]).when(creating(CreateIntegration { facts, ..create() })).then_refused(&other);
    let unknown = IntegrationError::UnknownProvider { given: "quickboks".to_owned() };
    assert_eq!(unknown.code(), "integration_type_must_be_known_value");
}

#[test]
fn display_name_not_empty() {
    let error: IntegrationError = DisplayName::parse(" ").unwrap_err().into();
    assert_eq!((error.code(), error.field()), ("display_name_not_empty", Some("display_name")));
    let long: IntegrationError = DisplayName::parse(&"x".repeat(256)).unwrap_err().into();
    assert_eq!((long.code(), long.field()), ("name_invalid", Some("display_name")));
}

#[test]
fn sync_frequency_must_be_known_value() {
    for (text, stored) in [("realtime", "realtime"), ("HOURLY", "60"), ("weekly", "10080"), ("7", "7")] {
        assert_eq!(SyncFrequency::parse(text).unwrap().to_string(), stored);
    }
    for wrong in ["", "0", "-5", "sometimes", "1.5"] {
        let error: IntegrationError = SyncFrequency::parse(wrong).unwrap_err().into();
        assert_eq!(error.code(), "sync_frequency_must_be_known_value", "{wrong}");
    }
}

#[test]
fn encrypted_fields_must_not_be_stored_in_plaintext() {
    for (settings, field) in [
        (json!({"api_key": "x"}), "api_key"),
        (json!({"Client-Secret": "x"}), "Client-Secret"),
        (json!({"webhook_secret_encrypted": "x"}), "webhook_secret_encrypted"),
        (json!({"pin": "1234"}), "pin"),
        (json!({"deep": [{"er": {"password": "x"}}]}), "deep.er.password"),
    ] {
        let refused = IntegrationError::SecretInSettings { field: field.to_owned() };
        let settings = fields(settings);
        given::<Integration>([])
            .when(creating(CreateIntegration { settings: settings.clone(), ..create() }))
            .then_refused(&refused);
        after([]).when(describing(|to| to.settings = Some(settings))).then_refused(&refused);
    }
}

#[test]
fn settings_must_fit_the_providers_form() {
    let refused =
        IntegrationError::UnfitSetting { field: "income_account".to_owned(), wanted: "79".to_owned() };
    for wrong in [json!("79/../1"), json!(""), json!(true), json!({"id": "79"})] {
        let settings = fields(json!({ "income_account": wrong }));
        given::<Integration>([])
            .when(creating(CreateIntegration { settings: settings.clone(), ..create() }))
            .then_refused(&refused);
        after([]).when(describing(|to| to.settings = Some(settings))).then_refused(&refused);
    }
    assert_eq!(refused.code(), "setting_does_not_fit");
    for right in
        [json!({"income_account": "80"}), json!({"income_account": 80}), json!({"income_account": null})]
    {
        let fine = CreateIntegration { settings: fields(right), ..create() };
        assert_eq!(given::<Integration>([]).when(creating(fine)).events().len(), 1);
    }
}

#[test]
fn base_url_must_be_https() {
    let plain = "http://quickbooks.api.intuit.com";
    given::<Integration>([])
        .when(creating(CreateIntegration { base_url: Some(plain.to_owned()), ..create() }))
        .then_refused(&BaseUrlError::NotHttps.into());
    after([])
        .when(describing(|to| to.base_url = Some(plain.to_owned())))
        .then_refused(&BaseUrlError::NotHttps.into());
    assert_eq!(IntegrationError::from(BaseUrlError::NotHttps).code(), "base_url_must_be_https");
}

fn base_url(text: &str, allowed: &[&str], operator: &[&str]) -> Result<(), BaseUrlError> {
    let owned = |origins: &[&str]| origins.iter().map(|origin| (*origin).to_owned()).collect();
    let facts =
        ProviderFacts { allowed_origins: owned(allowed), operator_origins: owned(operator), ..plain_facts() };
    let command = CreateIntegration { base_url: Some(text.to_owned()), facts: Arc::new(facts), ..create() };
    match Integration::default().decide(creating(command)) {
        Ok(_) => Ok(()),
        Err(IntegrationError::BaseUrl(error)) => Err(error),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_base_url_must_lie_inside_the_allowed_origins() {
    let shop = ["https://*.myshopify.com", "https://api.shop.example:8443"];
    for good in
        ["https://mine.myshopify.com", "https://MINE.myshopify.com/admin", "https://api.shop.example:8443"]
    {
        assert_eq!(base_url(good, &shop, &[]), Ok(()), "{good}");
    }
    let allowed = shop.join(", ");
    for bad in [
        "https://myshopify.com",
        "https://myshopify.com.evil.example",
        "https://evilmyshopify.com",
        "https://mine.myshopify.com:444",
        "https://api.shop.example",
    ] {
        assert_eq!(
            base_url(bad, &shop, &[]),
            Err(BaseUrlError::NotAllowed { allowed: allowed.clone() }),
            "{bad}"
        );
    }
    assert_eq!(base_url("https://self.hosted.example", &["https://*"], &[]), Ok(()));
}

#[test]
fn a_base_url_carries_no_credentials_and_is_a_url() {
    for decorated in
        ["https://u:p@a.example", "https://u@a.example", "https://a.example?key=1", "https://a.example#x"]
    {
        assert_eq!(base_url(decorated, &["https://*"], &[]), Err(BaseUrlError::Decorated), "{decorated}");
    }
    for wrong in ["a.example", "https://", "mailto:me", "://"] {
        assert_eq!(base_url(wrong, &["https://*"], &[]), Err(BaseUrlError::NotAUrl), "{wrong}");
    }
}

#[test]
fn a_private_address_needs_the_operator() {
    for private in [
        "https://localhost",
        "https://LOCALHOST.",
        "https://nas.local",
        "https://127.0.0.1",
        "https://2130706433",
        "https://10.1.2.3:8443",
        "https://192.168.1.1",
        "https://169.254.169.254",
        "https://100.64.0.1",
        "https://0.0.0.0",
        "https://[::1]",
        "https://[fd00::1]",
        "https://[fe80::1]",
        "https://[::ffff:10.0.0.1]",
    ] {
        assert_eq!(base_url(private, &["https://*"], &[]), Err(BaseUrlError::Private), "{private}");
    }
    assert_eq!(base_url("https://100.128.0.1", &["https://*"], &[]), Ok(()));
    let opened = ["http://10.1.2.3:8080"];
    assert_eq!(base_url("http://10.1.2.3:8080/v1", &[], &opened), Ok(()));
    assert_eq!(base_url("http://10.1.2.3:8081/v1", &[], &opened), Err(BaseUrlError::NotHttps));
}

#[test]
fn describing_records_only_what_changes() {
    let name = DisplayName::parse("Ledger").unwrap();
    let described = Described { name: Some(name.clone()), ..Described::default() };
    after([])
        .when(describing(|to| {
            to.name = Some(name);
            to.code = Some(Code::parse("qbo").unwrap());
            to.description = Some(String::new());
            to.base_url = Some(String::new());
        }))
        .then([described.into()]);
    after([]).when(describing(|_| ())).then_nothing();
}

#[test]
fn a_base_url_can_be_given_and_taken_away_again() {
    let url = "https://quickbooks.api.intuit.com".to_owned();
    let given_url = Described { base_url: Some(url.clone()), ..Described::default() };
    let gone = Described { base_url: Some(String::new()), ..Described::default() };
    after([]).when(describing(|to| to.base_url = Some(url.clone()))).then([given_url.clone().into()]);
    after([given_url.clone().into()])
        .when(describing(|to| to.base_url = Some(String::new())))
        .then([gone.clone().into()]);
    assert_eq!(after([given_url.clone().into()]).state().profile.unwrap().base_url, Some(url));
    assert_eq!(after([given_url.into(), gone.into()]).state().profile.unwrap().base_url, None);
}

#[test]
fn describing_needs_the_facts_of_its_own_provider() {
    let facts = Arc::new(ProviderFacts { key: "xero".to_owned(), ..plain_facts() });
    let describe = DescribeIntegration::new(facts);
    after([]).when(IntegrationCommand::Describe(Box::new(describe))).then_refused(
        &IntegrationError::OtherProvider { expected: "quickbooks".to_owned(), given: "xero".to_owned() },
    );
}

#[test]
fn limits_can_be_raised_and_are_never_zero() {
    let limits = Limits { calls_per_minute: Some(60_000), ..Limits::default() };
    let raised: IntegrationEvent = LimitsRaised { limits }.into();
    after([]).when(IntegrationCommand::RaiseLimits(limits)).then([raised.clone()]);
    after([raised.clone()]).when(IntegrationCommand::RaiseLimits(limits)).then_nothing();
    assert_eq!(after([raised]).state().limits, limits);
    let zero = Limits { concurrent_calls: Some(0), ..limits };
    after([])
        .when(IntegrationCommand::RaiseLimits(zero))
        .then_refused(&IntegrationError::LimitIsZero { limit: "concurrent_calls" });
}

#[test]
fn deleting_is_refused_while_a_run_is_active_unless_forced() {
    let delete = |active_runs, force| IntegrationCommand::Delete { active_runs, force };
    after([]).when(delete(0, false)).then([deleted()]);
    after([]).when(delete(2, false)).then_refused(&IntegrationError::RunsActive { runs: 2 });
    after([]).when(delete(2, true)).then([IntegrationDeleted { forced: true }.into()]);
    after([deleted()]).when(delete(0, false)).then_nothing();
    given::<Integration>([]).when(delete(0, false)).then_refused(&IntegrationError::NotFound);
}

#[test]
fn deleting_ends_webhooks_credentials_and_the_switch() {
    let webhook = Webhook {
        id: Uuid::from_u128(5),
        event_type: "invoice.updated".to_owned(),
        provider_webhook_id: None,
        verification: Verification::KeySet,
        secret: None,
        expires_at: None,
    };
    let state = connected([enabled(), WebhookRegistered { webhook }.into(), deleted()]).state();
    assert!(state.deleted && !state.enabled && state.webhooks.is_empty() && state.credential.is_none());
    assert_eq!(state.check_may_sync(), Err(IntegrationError::Deleted));
}

#[test]
fn nothing_can_be_asked_before_creation_or_after_deletion() {
    let ask = || IntegrationCommand::Disable { reason: None, automatic: false };
    given::<Integration>([]).when(ask()).then_refused(&IntegrationError::NotFound);
    after([deleted()]).when(ask()).then_refused(&IntegrationError::Deleted);
}

fn stream() -> StreamId {
    StreamId::of(Kind::Integration, Uuid::from_u128(9))
}

#[test]
fn one_config_per_integration_type_per_org() {
    let provider = ClaimKey::provider_of_project(DEFAULT_PROJECT, "quickbooks");
    let code = ClaimKey::integration_code(DEFAULT_ORGANIZATION, "QBO");
    let take = |key: &ClaimKey| ClaimChange::Take { key: key.clone(), tag: None };
    let release = |key: &ClaimKey| ClaimChange::Release { key: key.clone() };
    assert_eq!(Integration::default().claims(&stream(), &created()), [take(&provider), take(&code)]);
    assert_eq!(after([]).state().claims(&stream(), &deleted()), [release(&provider), release(&code)]);
    let taken = IntegrationError::of_claim(ClaimKind::ProviderOfProject, &stream()).unwrap();
    assert_eq!(taken.code(), "one_config_per_integration_type_per_org");
    assert!(taken.to_string().contains(&stream().id), "the problem names the one to update");
}

#[test]
fn a_code_is_unique_in_its_organization_and_moves_when_it_changes() {
    let described =
        |code: &str| Described { code: Some(Code::parse(code).unwrap()), ..Described::default() }.into();
    let key = |code| ClaimKey::integration_code(DEFAULT_ORGANIZATION, code);
    let state = after([]).state();
    let moved =
        [ClaimChange::Release { key: key("qbo") }, ClaimChange::Take { key: key("books"), tag: None }];
    assert_eq!(state.claims(&stream(), &described("books")), moved);
    assert_eq!(state.claims(&stream(), &described("QBO")), []);
    let taken = IntegrationError::of_claim(ClaimKind::IntegrationCode, &stream()).unwrap();
    assert_eq!((taken.code(), taken.field()), ("integration_code_taken", Some("code")));
    assert_eq!(IntegrationError::of_claim(ClaimKind::RemoteId, &stream()), None);
}

#[test]
fn a_name_error_names_its_field() {
    let error = IntegrationError::from(NameError::TooLong { what: "code", length: 300, limit: 255 });
    assert_eq!((error.code(), error.field()), ("name_invalid", Some("code")));
}
