use super::*;

fn realms(ids: &[&str]) -> Vec<RemoteRealm> {
    ids.iter().map(|id| RemoteRealm { id: (*id).to_owned(), name: None }).collect()
}

fn taken(told: Option<Vec<RemoteRealm>>, before: Option<&str>, change_realm: bool) -> Option<String> {
    match chosen(told, (before, change_realm)).unwrap() {
        Choice::Known(realm) => Some(realm.unwrap_or_else(|| "none".to_owned())),
        Choice::Open(_) => None,
    }
}

#[test]
fn the_only_company_is_taken_and_a_person_chooses_among_several() {
    assert_eq!(taken(None, None, false).as_deref(), Some("none"));
    assert_eq!(taken(Some(realms(&["a"])), None, false).as_deref(), Some("a"));
    assert_eq!(taken(Some(realms(&["a", "b"])), None, false), None);
    assert!(chosen(Some(realms(&[])), (None, false)).is_err());
}

#[test]
fn a_reconnection_takes_the_company_it_had_unless_another_is_meant() {
    assert_eq!(taken(Some(realms(&["a", "b"])), Some("b"), false).as_deref(), Some("b"));
    assert_eq!(taken(Some(realms(&["a", "b"])), Some("b"), true), None);
    assert!(chosen(Some(realms(&["a", "b"])), (Some("gone"), false)).is_err());
    assert!(chosen(Some(realms(&["a"])), (Some("gone"), false)).is_err());
}
