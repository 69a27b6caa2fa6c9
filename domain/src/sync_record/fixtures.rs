//! A small world for tests: a mapping, both sides, and rounds of comparing and writing as the engine does them.

use serde_json::Value;

use super::body::{MapFailure, UpdateMode, create_body, local_change, settled_observation, update_body};
use super::difference::{Change, Difference, Rules, Sides, difference};
use super::plan::Plan;
use super::resolution::{Policy, Settlement, settle};
use crate::catalogue::{EntitySchema, FieldSchema, FieldType, find};
use crate::fields::Fields;
use crate::sync_config::field_path::FieldPath;
use crate::sync_config::mapping::{Known, Mapping, Need, RemoteArray, RemoteShape};
use crate::sync_config::mapping_rule::MappingRule;
use crate::value::Direction;

pub(super) fn fields(value: Value) -> Fields {
    match value {
        Value::Object(members) => members,
        other => panic!("no object: {other}"),
    }
}

/// A rule from `local -> remote` and a transform as stored; an empty side is none.
pub(super) fn rule(local: &str, remote: &str, transform: Value) -> MappingRule {
    let path = |text: &str| (!text.is_empty()).then(|| FieldPath::parse(text).expect("a path"));
    MappingRule {
        id: if local.is_empty() { remote.to_owned() } else { local.to_owned() },
        local: path(local),
        remote: path(remote),
        direction: None,
        transform: serde_json::from_value(transform).expect("a transform"),
        default: None,
        required: false,
    }
}

pub(super) fn direct(local: &str, remote: &str) -> MappingRule {
    rule(local, remote, Value::String("direct".into()))
}

pub(super) fn one_way(direction: Direction, rule: MappingRule) -> MappingRule {
    MappingRule { direction: Some(direction), ..rule }
}

/// The provider's invoice, with lines like QuickBooks'.
pub(super) fn shape() -> RemoteShape {
    let kinds = [
        ("TotalAmt", FieldType::Money),
        ("Line[*].Amount", FieldType::Money),
        ("Line[*].Qty", FieldType::Decimal),
        ("Line[*].Description", FieldType::Text),
    ];
    RemoteShape {
        fields: kinds.map(|(path, kind)| FieldSchema::new(path, kind)).into(),
        open: true,
        arrays: vec![RemoteArray {
            path: "Line".into(),
            key: Some("Id".into()),
            computed: vec![("DetailType".into(), Value::String("SubTotalLineDetail".into()))],
        }],
    }
}

pub(super) struct World {
    pub(super) plan: Plan,
    pub(super) known: Known,
    pub(super) local: Fields,
    pub(super) local_base: Option<Fields>,
    pub(super) remote: Option<Fields>,
    pub(super) remote_base: Option<Fields>,
    /// What the provider makes of a body.
    pub(super) stores: fn(Fields) -> Fields,
    pub(super) mode: UpdateMode,
}

/// What one round did.
#[derive(Debug, PartialEq)]
pub(super) struct Round {
    pub(super) push: Vec<String>,
    pub(super) pull: Vec<String>,
    pub(super) review: Vec<String>,
}

impl Round {
    pub(super) fn quiet(&self) -> bool {
        self.push.is_empty() && self.pull.is_empty() && self.review.is_empty()
    }
}

impl World {
    pub(super) fn new(rules: Vec<MappingRule>) -> Self {
        Self::of("invoice", rules, Direction::Bidirectional)
    }

    pub(super) fn of(entity: &str, rules: Vec<MappingRule>, direction: Direction) -> Self {
        let schema: Option<&EntitySchema> = find(entity);
        let plan = Plan::compile(&Mapping { rules }, schema, &shape(), direction)
            .expect("a mapping that makes sense");
        Self {
            plan,
            known: Known::default(),
            local: Fields::new(),
            local_base: None,
            remote: None,
            remote_base: None,
            stores: |body| body,
            mode: UpdateMode::Full,
        }
    }

    /// In step with these records.
    pub(super) fn in_step(mut self, local: Value, remote: Value) -> Self {
        self.local = fields(local);
        self.remote = Some(fields(remote));
        self.local_base = Some(self.local.clone());
        self.remote_base.clone_from(&self.remote);
        self
    }

    /// Never in step so far.
    pub(super) fn apart(mut self, local: Value, remote: Value) -> Self {
        self.local = fields(local);
        self.remote = Some(fields(remote));
        self
    }

    pub(super) fn table(mut self, name: &str, entries: &[(&str, &str)]) -> Self {
        let mut lookups = (*self.known.lookups).clone();
        let entries = entries.iter().map(|(ours, theirs)| ((*ours).to_owned(), (*theirs).to_owned()));
        lookups.insert(name.to_owned(), entries.collect());
        self.known.lookups = lookups.into();
        self
    }

    pub(super) fn linked(mut self, entity: &str, ours: &str, theirs: &str) -> Self {
        self.known.remote_of.insert(Need::new(entity, ours), theirs.to_owned());
        self.known.local_of.insert(Need::new(entity, theirs), ours.to_owned());
        self
    }

    pub(super) fn edit_local(&mut self, path: &str, value: Value) {
        FieldPath::parse(path).expect("a path").set(&mut self.local, value);
    }

    pub(super) fn edit_remote(&mut self, path: &str, value: Value) {
        let remote = self.remote.as_mut().expect("a remote record");
        FieldPath::parse(path).expect("a path").set(remote, value);
    }

    pub(super) fn rules(&self) -> Rules<'_> {
        Rules { plan: &self.plan, known: &self.known }
    }

    pub(super) fn sides(&self) -> Sides<'_> {
        Sides {
            local: &self.local,
            local_base: self.local_base.as_ref(),
            remote: self.remote.as_ref(),
            remote_base: self.remote_base.as_ref(),
        }
    }

    pub(super) fn difference(&self) -> Difference {
        difference(&self.rules(), &self.sides())
    }

    pub(super) fn change(&self, unit: &str) -> Change {
        let difference = self.difference();
        difference.units.iter().find(|found| found.unit == unit).expect("a unit of this name").change
    }

    /// One round under a policy, neither side's clock known.
    pub(super) fn round(&mut self, policy: Policy) -> Round {
        let settlement = settle(&self.difference(), &policy, None, None);
        self.carry_out(&settlement).expect("everything maps")
    }

    /// Pulls, then pushes, then moves the base, as the engine does.
    pub(super) fn carry_out(&mut self, settlement: &Settlement) -> Result<Round, MapFailure> {
        let review: Vec<String> = settlement.review.iter().map(|collision| collision.unit.clone()).collect();
        let round = Round { push: settlement.push.clone(), pull: settlement.pull.clone(), review };
        let local = local_change(&self.rules(), &self.sides(), settlement)?.applied(&self.local);
        if settlement.push.is_empty() {
            self.local = local;
            if round.review.is_empty() {
                self.local_base = Some(self.local.clone());
                self.remote_base.clone_from(&self.remote);
            }
            return Ok(round);
        }
        let answer = match &self.remote {
            None => (self.stores)(create_body(&self.rules(), &self.local)?),
            Some(before) => {
                let body = update_body(&self.rules(), &self.sides(), settlement, self.mode)?;
                let sides = Sides { local: &local, ..self.sides() };
                let rest = Settlement::push_only(settlement.push.iter().cloned());
                let after_pull = update_body(&self.rules(), &sides, &rest, self.mode)?;
                assert_eq!(
                    body, after_pull,
                    "a body is the same whether the pull is stored before it or with it"
                );
                (self.stores)(self.stored(before, body))
            }
        };
        let before = self.remote.take();
        let settled = settled_observation(&self.rules(), before.as_ref(), &answer, &settlement.push);
        self.local = local;
        self.local_base = Some(self.local.clone());
        self.remote_base = Some(settled);
        self.remote = Some(answer);
        Ok(round)
    }

    /// What a provider has after a full or sparse body.
    fn stored(&self, before: &Fields, body: Fields) -> Fields {
        if self.mode == UpdateMode::Full {
            return body;
        }
        let mut record = before.clone();
        for (name, value) in body {
            if value.is_null() { drop(record.remove(&name)) } else { drop(record.insert(name, value)) }
        }
        record
    }

    /// The first round may do what `allowed` says; after it nothing moves any more.
    #[track_caller]
    pub(super) fn falls_quiet(&mut self, policy: Policy) {
        self.round(policy);
        let second = self.round(policy);
        assert!(second.quiet(), "{second:?}\nlocal {:?}\nremote {:?}", self.local, self.remote);
    }
}
