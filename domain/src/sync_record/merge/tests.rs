//! The laws of merging, on random records.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::fields::Fields;
use crate::sync_config::mapping_rule::MappingRule;
use crate::sync_record::body::UpdateMode;
use crate::sync_record::difference::Change;
use crate::sync_record::fixtures::{World, direct};
use crate::sync_record::resolution::{Policy, settle};
use crate::value::{MergeFallback, Side, Strategy as Conflicts};

const SCALARS: [&str; 3] = ["memo", "number", "status"];

fn rules() -> Vec<MappingRule> {
    let scalars = SCALARS.map(|name| direct(name, name));
    let lines = ["description", "amount"].map(|name| {
        let mut rule = direct(&format!("lines[*].{name}"), &format!("Line[*].{name}"));
        rule.id = format!("line {name}");
        rule
    });
    scalars.into_iter().chain(lines).collect()
}

/// One record, told by its scalars and its lines (id → description); either side can be spelled from it.
#[derive(Clone, Debug, PartialEq)]
struct Told {
    scalars: [Option<u8>; 3],
    lines: Vec<(u8, u8)>,
}

impl Told {
    fn scalars(&self) -> Fields {
        let pairs = SCALARS.iter().zip(self.scalars);
        pairs.filter_map(|(name, value)| Some(((*name).to_owned(), json!(format!("v{}", value?))))).collect()
    }

    fn local(&self) -> Value {
        let mut fields = self.scalars();
        let line = |(id, text): &(u8, u8)| json!({"line_id": format!("r{id}"), "description": format!("d{text}"), "amount": "1"});
        if !self.lines.is_empty() {
            fields.insert("lines".into(), self.lines.iter().map(line).collect());
        }
        Value::Object(fields)
    }

    fn remote(&self) -> Value {
        let mut fields = self.scalars();
        let line = |(id, text): &(u8, u8)| json!({"Id": id.to_string(), "description": format!("d{text}"), "amount": "1"});
        if !self.lines.is_empty() {
            fields.insert("Line".into(), self.lines.iter().map(line).collect());
        }
        Value::Object(fields)
    }
}

fn told() -> impl Strategy<Value = Told> {
    let scalars = [prop::option::of(0_u8..3), prop::option::of(0_u8..3), prop::option::of(0_u8..3)];
    let lines = prop::collection::btree_map(0_u8..4, 0_u8..3, 0..4);
    (scalars, lines).prop_map(|(scalars, lines)| Told { scalars, lines: lines.into_iter().collect() })
}

fn world(base: &Told, local: &Told, remote: &Told) -> World {
    let mut world = World::new(rules()).in_step(base.local(), base.remote());
    // Half of the records are written whole, the others sparsely; the laws are the same.
    world.mode = if local.lines.len().is_multiple_of(2) { UpdateMode::Full } else { UpdateMode::Sparse };
    world.local = local.local().as_object().cloned().unwrap();
    world.remote = remote.remote().as_object().cloned();
    world
}

fn policy(strategy: Conflicts, priority: Side) -> Policy {
    Policy { strategy, priority, merge_fallback: MergeFallback::SourcePriority }
}

fn policies() -> impl Strategy<Value = Policy> {
    let strategies = prop_oneof![
        Just(Conflicts::MergeFields),
        Just(Conflicts::SourcePriority),
        Just(Conflicts::LastWriteWins)
    ];
    (strategies, prop_oneof![Just(Side::Local), Just(Side::Remote)])
        .prop_map(|(strategy, priority)| policy(strategy, priority))
}

/// Both sides after as many rounds as they may take.
fn after(mut world: World, policy: Policy) -> (Fields, Fields) {
    world.round(policy);
    world.round(policy);
    (world.local, world.remote.unwrap())
}

fn spelled(told: &Told) -> (Fields, Fields) {
    (told.local().as_object().cloned().unwrap(), told.remote().as_object().cloned().unwrap())
}

/// Every scalar and line text that a side has.
fn said(fields: &Fields) -> Vec<String> {
    let lines = ["lines", "Line"].into_iter().filter_map(|name| fields.get(name)?.as_array());
    let texts = lines.flatten().filter_map(|line| line["description"].as_str()).map(str::to_owned);
    SCALARS
        .iter()
        .filter_map(|name| Some(format!("{name} {}", fields.get(*name)?.as_str()?)))
        .chain(texts)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn what_only_the_provider_changed_arrives_and_is_left_alone(base in told(), x in told(), policy in policies()) {
        let (local, remote) = after(world(&base, &base, &x), policy);
        prop_assert_eq!(&remote, &spelled(&x).1);
        prop_assert_eq!(said(&local), said(&spelled(&x).0));
    }

    #[test]
    fn what_only_we_changed_arrives_and_is_left_alone(base in told(), x in told(), policy in policies()) {
        let (local, remote) = after(world(&base, &x, &base), policy);
        prop_assert_eq!(&local, &spelled(&x).0);
        prop_assert_eq!(said(&remote), said(&local));
    }

    #[test]
    fn what_both_changed_alike_stays_and_nothing_is_written(base in told(), x in told(), policy in policies()) {
        let mut world = world(&base, &x, &x);
        prop_assert!(world.round(policy).quiet());
        prop_assert_eq!((world.local, world.remote.unwrap()), spelled(&x));
    }

    #[test]
    fn the_same_units_collide_whichever_side_is_whose(base in told(), x in told(), y in told()) {
        let collisions = |world: World| -> Vec<String> {
            world.difference().having(Change::Collision).map(|unit| unit.unit.clone()).collect()
        };
        prop_assert_eq!(collisions(world(&base, &x, &y)), collisions(world(&base, &y, &x)));
    }

    #[test]
    fn no_value_is_invented(base in told(), x in told(), y in told(), policy in policies()) {
        let (local, remote) = after(world(&base, &x, &y), policy);
        let known = [said(&spelled(&base).0), said(&spelled(&x).0), said(&spelled(&y).1)].concat();
        for value in said(&local).into_iter().chain(said(&remote)) {
            prop_assert!(known.contains(&value), "{} came from nowhere", value);
        }
    }

    #[test]
    fn both_sides_say_the_same_and_fall_quiet_within_two_rounds(
        base in told(), x in told(), y in told(), policy in policies(),
    ) {
        let mut world = world(&base, &x, &y);
        world.round(policy);
        let second = world.round(policy);
        prop_assert!(second.quiet(), "{second:?}");
        prop_assert_eq!(said(&world.local), said(world.remote.as_ref().unwrap()));
        prop_assert!(world.difference().is_quiet());
    }

    #[test]
    fn there_and_back_again_is_quiet(base in told(), x in told(), policy in policies()) {
        let mut world = world(&base, &x, &base);
        world.round(policy);
        world.round(policy);
        let there = (world.local.clone(), world.remote.clone());
        world.local = spelled(&base).0;
        world.round(policy);
        prop_assert!(world.round(policy).quiet());
        world.local = there.0.clone();
        world.round(policy);
        prop_assert!(world.round(policy).quiet());
        prop_assert_eq!(&world.local, &there.0);
        prop_assert_eq!(said(world.remote.as_ref().unwrap()), said(there.1.as_ref().unwrap()));
    }

    #[test]
    fn the_same_inputs_are_settled_the_same_way_again(base in told(), x in told(), y in told(), policy in policies()) {
        let world = world(&base, &x, &y);
        let settled = settle(&world.difference(), &policy, None, None);
        prop_assert_eq!(&settle(&world.difference(), &policy, None, None), &settled);
        let units: Vec<&String> = settled.decided.iter().map(|decision| &decision.unit).collect();
        prop_assert!(units.iter().all(|unit| settled.push.contains(unit) || settled.pull.contains(unit)));
    }
}
