use super::*;
use crate::sync_record::fixtures::{World, direct, fields, one_way};
use crate::value::Direction;
use serde_json::json;

fn at(minute: u32) -> Option<DateTime<Utc>> {
    format!("2026-01-01T00:{minute:02}:00Z").parse().ok()
}

fn policy(strategy: Strategy, priority: Side) -> Policy {
    Policy { strategy, priority, ..Policy::default() }
}

/// `memo` collides, `number` changed here, `status` there, and one field of each one-way direction changed.
fn torn() -> World {
    let rules = vec![
        direct("memo", "Memo"),
        direct("number", "DocNumber"),
        direct("status", "Status"),
        one_way(Direction::Outbound, direct("currency", "Currency")),
        one_way(Direction::Inbound, direct("balance", "Balance")),
    ];
    let mut world = World::new(rules).in_step(
        json!({"memo": "m", "number": "n", "status": "s", "currency": "c", "balance": "1"}),
        json!({"Memo": "m", "DocNumber": "n", "Status": "s", "Currency": "c", "Balance": "1"}),
    );
    for (field, value) in [("memo", "ours"), ("number", "n2"), ("currency", "c2")] {
        world.edit_local(field, json!(value));
    }
    for (field, value) in [("Memo", "theirs"), ("Status", "s2"), ("Balance", "2")] {
        world.edit_remote(field, json!(value));
    }
    world
}

#[test]
fn without_a_collision_every_strategy_lets_all_changes_flow() {
    let mut world = torn();
    world.edit_remote("Memo", json!("m"));
    for strategy in Strategy::ALL {
        let settlement = settle(&world.difference(), &policy(*strategy, Side::Remote), at(1), at(2));
        assert_eq!(settlement.push, ["memo", "number", "currency"], "{strategy}");
        assert_eq!(settlement.pull, ["status", "balance"], "{strategy}");
        assert_eq!((settlement.decided.len(), settlement.review.len()), (0, 0));
    }
}

#[test]
fn source_priority_decides_all_changed_units_together() {
    let settlement =
        settle(&torn().difference(), &policy(Strategy::SourcePriority, Side::Remote), at(9), at(1));
    assert_eq!(settlement.push, ["currency"]);
    assert_eq!(settlement.pull, ["memo", "number", "status", "balance"]);
    let decided: Vec<(&str, Side, Basis)> =
        settlement.decided.iter().map(|one| (one.unit.as_str(), one.winner, one.basis)).collect();
    assert_eq!(decided, [("memo", Side::Remote, Basis::Priority), ("number", Side::Remote, Basis::Priority)]);
    assert_eq!(settlement.decided[0].base, Some(json!("m")));
    assert_eq!(
        (&settlement.decided[0].kept, &settlement.decided[0].discarded),
        (&Some(json!("theirs")), &Some(json!("ours")))
    );

    let mut world = torn();
    world.carry_out(&settlement).unwrap();
    let expected = json!({"memo": "theirs", "number": "n", "status": "s2", "currency": "c2", "balance": "2"});
    assert_eq!(world.local, fields(expected));
    assert_eq!(world.remote.as_ref().unwrap()["DocNumber"], json!("n"));
    assert!(world.round(Policy::default()).quiet());
}

#[test]
fn the_last_writer_wins_and_ties_go_to_the_priority_source() {
    let winner = |local, remote, priority| {
        let settled = settle(&torn().difference(), &policy(Strategy::LastWriteWins, priority), local, remote);
        (settled.decided[0].winner, settled.decided[0].basis)
    };
    assert_eq!(winner(at(2), at(1), Side::Remote), (Side::Local, Basis::Later));
    assert_eq!(winner(at(1), at(2), Side::Local), (Side::Remote, Basis::Later));
    assert_eq!(winner(at(1), at(1), Side::Remote), (Side::Remote, Basis::NoClock));
    assert_eq!(winner(None, at(1), Side::Local), (Side::Local, Basis::NoClock));

    let mut world = torn();
    let settled = settle(&world.difference(), &policy(Strategy::LastWriteWins, Side::Remote), at(2), at(1));
    assert_eq!(settled.push, ["memo", "number", "status", "currency"]);
    world.carry_out(&settled).unwrap();
    let expected =
        json!({"Memo": "ours", "DocNumber": "n2", "Status": "s", "Currency": "c2", "Balance": "2"});
    assert_eq!(world.remote, Some(fields(expected)));
    assert!(world.round(Policy::default()).quiet());
}

#[test]
fn manual_review_holds_everything_that_changed() {
    let settlement = settle(&torn().difference(), &policy(Strategy::ManualReview, Side::Local), at(1), at(2));
    assert!(settlement.push.is_empty() && settlement.pull.is_empty());
    assert_eq!(settlement.review.len(), 1);
    assert_eq!(
        (settlement.review[0].unit.as_str(), &settlement.review[0].remote),
        ("memo", &Some(json!("theirs")))
    );
    assert!(!settlement.is_quiet());
}

#[test]
fn merge_fields_lets_the_rest_flow_and_gives_collisions_to_its_fallback() {
    let merge =
        |merge_fallback| Policy { strategy: Strategy::MergeFields, priority: Side::Remote, merge_fallback };
    let settle_with = |fallback| settle(&torn().difference(), &merge(fallback), at(2), at(1));
    let manual = settle_with(MergeFallback::ManualReview);
    assert_eq!(
        (manual.push, manual.pull),
        (vec!["number".into(), "currency".into()], vec!["status".into(), "balance".to_owned()])
    );
    assert_eq!(manual.review.len(), 1);
    let priority = settle_with(MergeFallback::SourcePriority);
    assert_eq!(priority.pull, ["memo", "status", "balance"]);
    assert_eq!(priority.decided[0].basis, Basis::Priority);
    let later = settle_with(MergeFallback::LastWriteWins);
    assert_eq!(later.push, ["memo", "number", "currency"]);
    assert_eq!((later.decided[0].winner, later.decided[0].basis), (Side::Local, Basis::Later));
}

#[test]
fn a_person_takes_one_side_whole_or_picks_unit_by_unit() {
    let difference = torn().difference();
    let local = settle_by_hand(&difference, &Choice::Local).unwrap();
    assert_eq!(local.push, ["memo", "number", "status", "currency"]);
    assert!(local.decided.iter().all(|one| one.basis == Basis::Person));

    let picks = [("memo".to_owned(), Pick::Remote), ("number".to_owned(), Pick::Local)];
    let picked = settle_by_hand(&difference, &Choice::PerUnit(picks.into())).unwrap();
    assert_eq!(
        (picked.push, picked.pull),
        (
            vec!["number".into(), "currency".into()],
            vec!["memo".into(), "status".into(), "balance".to_owned()]
        )
    );

    let nothing = settle_by_hand(&difference, &Choice::PerUnit(BTreeMap::new())).unwrap();
    assert_eq!(nothing.review.len(), 1);
    let typo = Choice::PerUnit([("memoo".to_owned(), Pick::Local)].into());
    assert!(matches!(settle_by_hand(&difference, &typo), Err(ChoiceError::UnknownUnit { .. })));
    let backwards = Choice::PerUnit([("balance".to_owned(), Pick::Local)].into());
    assert_eq!(settle_by_hand(&difference, &backwards), Err(ChoiceError::OneWay { unit: "balance".into() }));
}

#[test]
fn a_person_may_give_a_third_value_which_reaches_both_sides() {
    let mut world = torn();
    let choice = Choice::PerUnit([("memo".to_owned(), Pick::Value(json!("both")))].into());
    let settlement = settle_by_hand(&world.difference(), &choice).unwrap();
    world.carry_out(&settlement).unwrap();
    assert_eq!(world.local["memo"], json!("both"));
    assert_eq!(world.remote.as_ref().unwrap()["Memo"], json!("both"));
    assert_eq!(world.local["status"], json!("s2"));
    assert!(world.round(Policy::default()).quiet());
}

#[test]
fn decisions_and_choices_are_stored_and_read_back() {
    let settlement = settle(&torn().difference(), &policy(Strategy::SourcePriority, Side::Local), None, None);
    let stored = serde_json::to_string(&settlement.decided).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Decision>>(&stored).unwrap(), settlement.decided);
    let choice: Choice =
        serde_json::from_value(json!({"per_unit": {"memo": "local", "total": {"value": 1.50}}})).unwrap();
    assert_eq!(
        serde_json::to_value(&choice).unwrap(),
        json!({"per_unit": {"memo": "local", "total": {"value": 1.50}}})
    );
}
