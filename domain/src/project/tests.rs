use super::*;
use crate::aggregate::Aggregate;
use crate::claim::{ClaimChange, ClaimKey};
use crate::ids::{DEFAULT_ORGANIZATION, DEFAULT_PROJECT};
use crate::stream::{Kind, StreamId};
use crate::testing::given;
use crate::value::{Country, DisplayName};

fn name(text: &str) -> DisplayName {
    DisplayName::parse(text).unwrap()
}

fn country(code: &str) -> Country {
    Country::parse(code).unwrap()
}

fn register() -> ProjectCommand {
    let (organization, name, country) = (DEFAULT_ORGANIZATION, name("Shop"), Some(country("GB")));
    ProjectCommand::Register(RegisterProject { organization, name, country })
}

fn registered() -> ProjectEvent {
    ProjectRegistered { organization: DEFAULT_ORGANIZATION, name: name("Shop"), country: Some(country("GB")) }
        .into()
}

fn archived() -> ProjectEvent {
    ProjectArchived {}.into()
}

#[test]
fn a_project_is_registered_once() {
    given::<Project>([]).when(register()).then([registered()]);
    given::<Project>([registered()]).when(register()).then_refused(&ProjectError::AlreadyRegistered);
}

#[test]
fn a_project_can_be_renamed_and_the_same_name_again_changes_nothing() {
    let rename = |text| ProjectCommand::Rename { name: name(text) };
    given::<Project>([registered()])
        .when(rename("Store"))
        .then([ProjectRenamed { name: name("Store") }.into()]);
    given::<Project>([registered()]).when(rename("Shop")).then_nothing();
}

#[test]
fn a_project_can_move_to_another_country_or_to_none() {
    let change = |country| ProjectCommand::ChangeCountry { country };
    given::<Project>([registered()])
        .when(change(Some(country("NO"))))
        .then([CountryChanged { country: Some(country("NO")) }.into()]);
    given::<Project>([registered()]).when(change(None)).then([CountryChanged { country: None }.into()]);
    given::<Project>([registered()]).when(change(Some(country("gb")))).then_nothing();
}

#[test]
fn archiving_twice_changes_nothing() {
    given::<Project>([registered()]).when(ProjectCommand::Archive).then([archived()]);
    given::<Project>([registered(), archived()]).when(ProjectCommand::Archive).then_nothing();
}

#[test]
fn nothing_can_be_changed_before_a_project_is_registered_or_after_it_is_archived() {
    let changes =
        || [ProjectCommand::Rename { name: name("X") }, ProjectCommand::ChangeCountry { country: None }];
    for command in changes() {
        given::<Project>([]).when(command).then_refused(&ProjectError::NotFound);
    }
    for command in changes() {
        given::<Project>([registered(), archived()]).when(command).then_refused(&ProjectError::Archived);
    }
    given::<Project>([]).when(ProjectCommand::Archive).then_refused(&ProjectError::NotFound);
    given::<Project>([registered(), archived()])
        .when(register())
        .then_refused(&ProjectError::AlreadyRegistered);
}

#[test]
fn the_name_is_claimed_when_registered_moved_when_renamed_and_given_back_when_archived() {
    let stream = StreamId::of(Kind::Project, DEFAULT_PROJECT.0);
    let key = |text| ClaimKey::project_name(DEFAULT_ORGANIZATION, text);
    let shop = given::<Project>([registered()]).state();
    let renamed = |text| ProjectRenamed { name: name(text) }.into();
    let take = |text| ClaimChange::Take { key: key(text), tag: None };
    let release = |text| ClaimChange::Release { key: key(text) };
    assert_eq!(Project::default().claims(&stream, &registered()), [take("shop")]);
    assert_eq!(shop.claims(&stream, &renamed("Store")), [release("Shop"), take("Store")]);
    assert_eq!(shop.claims(&stream, &renamed("SHOP")), []);
    assert_eq!(shop.claims(&stream, &archived()), [release("Shop")]);
}

#[test]
fn a_country_is_an_assigned_code_and_nothing_else() {
    assert_eq!(Country::parse("gb").unwrap().as_str(), "GB");
    for wrong in ["", "UK", "GBR", "G", "G B", "ZZ"] {
        assert!(Country::parse(wrong).is_err(), "{wrong}");
    }
}
