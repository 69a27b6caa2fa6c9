//! A mapping laid out for work: units, paths, types, expressions and field sets, made once per mapping version.

use serde_json::Value;

use super::canonical::FieldSet;
use crate::catalogue::{EntitySchema, FieldType};
use crate::expression::{Expression, Kinds, Reads};
use crate::sync_config::field_path::FieldPath;
use crate::sync_config::mapping::{self, Known, Mapping, MappingProblem, RemoteShape};
use crate::sync_config::mapping_rule::{Flow, MappingRule};
use crate::sync_config::transform::Transform;
use crate::value::Direction;

/// What is compared, merged and written under one mapping. Made once, used for every record.
#[derive(Clone, Debug)]
pub struct Plan {
    units: Vec<Unit>,
    own: Vec<(FieldPath, Vec<(FieldPath, Value)>)>,
    local_fields: FieldSet,
    remote_fields: FieldSet,
}

/// A plan, and what is known beside the record.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// The mapping, laid out.
    pub plan: &'a Plan,
    /// Lookup tables and ids of the records it refers to.
    pub known: &'a Known,
}

/// What changes, collides and is settled together: one rule, or all rules of one pair of arrays.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The rule's id, or our array with `[*]`.
    pub id: String,
    /// Which ways it works.
    pub flow: Flow,
    pub(crate) rules: Vec<PlannedRule>,
    pub(crate) lines: Option<Lines>,
}

/// A rule with all it needs. Inside an array, its paths are those inside the element.
#[derive(Clone, Debug)]
pub(crate) struct PlannedRule {
    pub(crate) id: String,
    pub(crate) field: String,
    pub(crate) flow: Flow,
    pub(crate) local: Option<FieldPath>,
    pub(crate) remote: Option<FieldPath>,
    pub(crate) local_kind: FieldType,
    pub(crate) remote_kind: FieldType,
    pub(crate) transform: Transform,
    pub(crate) expression: Option<Expression>,
    pub(crate) default: Option<Value>,
    pub(crate) required: bool,
}

/// A pair of arrays that is mapped element by element.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    pub(crate) local: FieldPath,
    pub(crate) remote: FieldPath,
    pub(crate) item_key: Option<String>,
    pub(crate) remote_key: Option<FieldPath>,
    pub(crate) computed: Vec<(FieldPath, Value)>,
}

impl Plan {
    /// Lays `mapping` out. Fails where [`Mapping::check`] would have found a problem that leaves a rule without meaning.
    pub fn compile(
        mapping: &Mapping,
        schema: Option<&EntitySchema>,
        remote: &RemoteShape,
        direction: Direction,
    ) -> Result<Self, Vec<MappingProblem>> {
        let compiler = Compiler::new(mapping, schema, remote, direction);
        let mut units: Vec<Unit> = Vec::new();
        let mut problems = Vec::new();
        for rule in &mapping.rules {
            match compiler.place(rule, &mut units) {
                Ok(()) => {}
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let own = compiler.own_elements();
        let local_fields = cover(&units, Side::Local);
        let remote_fields = cover(&units, Side::Remote);
        Ok(Self { units, own, local_fields, remote_fields })
    }

    /// Its units, in the order of their first rules.
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// The unit of this id.
    pub fn unit(&self, id: &str) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.id == id)
    }

    /// The fields of ours that the mapping reads or writes.
    pub fn local_fields(&self) -> &FieldSet {
        &self.local_fields
    }

    /// The provider's fields that the mapping reads or writes.
    pub fn remote_fields(&self) -> &FieldSet {
        &self.remote_fields
    }

    /// Arrays of the provider's record, and what marks their elements as the provider's own.
    pub(crate) fn own_elements(&self) -> &[(FieldPath, Vec<(FieldPath, Value)>)] {
        &self.own
    }
}

impl PlannedRule {
    /// What its expression reads, if it has one.
    pub(crate) fn reads(&self) -> Option<&Reads> {
        self.expression.as_ref().map(Expression::reads)
    }

    pub(crate) fn problem(&self, message: impl Into<String>) -> MappingProblem {
        MappingProblem { rule: Some(self.id.clone()), field: self.field.clone(), message: message.into() }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Local,
    Remote,
}

/// The fields of one side that any unit touches.
fn cover(units: &[Unit], side: Side) -> FieldSet {
    let mut fields = FieldSet::default();
    for unit in units {
        let array =
            unit.lines.as_ref().map(|lines| if side == Side::Local { &lines.local } else { &lines.remote });
        for rule in &unit.rules {
            let (path, kind) = if side == Side::Local {
                (&rule.local, &rule.local_kind)
            } else {
                (&rule.remote, &rule.remote_kind)
            };
            if let Some(path) = path {
                let full = array.map_or_else(|| path.clone(), |array| array.element(path));
                fields.cover(&full, kind);
            }
            let reads_this = rule.flow.sends == (side == Side::Local);
            for reads in rule.reads().into_iter().filter(|_| reads_this) {
                reads.fields.iter().for_each(|name| fields.cover_root(name));
                if reads.whole {
                    fields.cover_all();
                }
                if let Some(array) = array.filter(|_| reads.item) {
                    fields.cover_root(array.root());
                }
            }
        }
        if let (Side::Remote, Some(lines)) = (side, &unit.lines) {
            fields.leave_out(&lines.remote, &lines.computed);
        }
    }
    fields
}

struct Compiler<'a> {
    mapping: &'a Mapping,
    schema: Option<&'a EntitySchema>,
    remote: &'a RemoteShape,
    direction: Direction,
    local_kinds: Kinds,
    remote_kinds: Kinds,
}

impl<'a> Compiler<'a> {
    fn new(
        mapping: &'a Mapping,
        schema: Option<&'a EntitySchema>,
        remote: &'a RemoteShape,
        direction: Direction,
    ) -> Self {
        let local_kinds = schema.map(|schema| Kinds::of(&schema.fields)).unwrap_or_default();
        Self { mapping, schema, remote, direction, local_kinds, remote_kinds: Kinds::of(&remote.fields) }
    }

    /// Puts `rule` into its unit; a rule that works in no direction is left out.
    fn place(&self, rule: &MappingRule, units: &mut Vec<Unit>) -> Result<(), MappingProblem> {
        let local_kind = mapping::local_kind(self.schema, rule.local.as_ref());
        let flow = rule.flow(self.direction, &local_kind);
        if !flow.any() {
            return Ok(());
        }
        let mut planned = self.rule(rule, flow, local_kind)?;
        let Some((local, remote)) = self.arrays(rule)? else {
            units.push(Unit { id: rule.id.clone(), flow, rules: vec![planned], lines: None });
            return Ok(());
        };
        planned.local = planned.local.and_then(|path| path.each()).map(|(_, inside)| inside);
        planned.remote = planned.remote.and_then(|path| path.each()).map(|(_, inside)| inside);
        let id = format!("{local}[*]");
        match units.iter_mut().find(|unit| unit.id == id) {
            Some(unit) => {
                unit.flow = Flow {
                    sends: unit.flow.sends || flow.sends,
                    receives: unit.flow.receives || flow.receives,
                };
                unit.rules.push(planned);
            }
            None => {
                units.push(Unit { id, flow, rules: vec![planned], lines: Some(self.lines(local, remote)) });
            }
        }
        Ok(())
    }

    fn rule(
        &self,
        rule: &MappingRule,
        flow: Flow,
        local_kind: FieldType,
    ) -> Result<PlannedRule, MappingProblem> {
        let problem =
            |message: String| MappingProblem { rule: Some(rule.id.clone()), field: rule.field(), message };
        if rule.transform.needs_source() && (rule.local.is_none() || rule.remote.is_none()) {
            return Err(problem(format!("a `{}` rule needs a field on both sides", rule.transform.kind())));
        }
        let expression = match &rule.transform {
            Transform::Compute { expression } => {
                let kinds = if flow.sends { &self.local_kinds } else { &self.remote_kinds };
                Some(
                    mapping::compile(expression, kinds, rule, flow)
                        .map_err(|error| problem(error.to_string()))?,
                )
            }
            _ => None,
        };
        Ok(PlannedRule {
            id: rule.id.clone(),
            field: rule.field(),
            flow,
            local: rule.local.clone(),
            remote: rule.remote.clone(),
            local_kind,
            remote_kind: rule.remote.as_ref().map_or(FieldType::Any, |path| self.remote.kind(path)),
            transform: rule.transform.clone(),
            expression,
            default: rule.default.clone(),
            required: rule.required,
        })
    }

    /// The pair of arrays that a rule lies in; one with a single path takes the pair of the other rules.
    fn arrays(&self, rule: &MappingRule) -> Result<Option<(FieldPath, FieldPath)>, MappingProblem> {
        let array =
            |path: &Option<FieldPath>| path.as_ref().and_then(FieldPath::each).map(|(array, _)| array);
        let deep = [&rule.local, &rule.remote].into_iter().flatten().any(|path| path.depth() > 0);
        if !deep {
            return Ok(None);
        }
        let pairs =
            || self.mapping.rules.iter().filter_map(|other| array(&other.local).zip(array(&other.remote)));
        let pair = match (array(&rule.local), array(&rule.remote)) {
            (Some(local), Some(remote)) => Some((local, remote)),
            (Some(local), None) if rule.remote.is_none() => pairs().find(|(other, _)| *other == local),
            (None, Some(remote)) if rule.local.is_none() => pairs().find(|(_, other)| *other == remote),
            _ => None,
        };
        pair.map(Some).ok_or_else(|| MappingProblem {
            rule: Some(rule.id.clone()),
            field: rule.field(),
            message: "map the elements of one array with `[*]` once on both sides".to_owned(),
        })
    }

    fn lines(&self, local: FieldPath, remote: FieldPath) -> Lines {
        let shape = self.remote.array(&remote);
        let key = shape.and_then(|array| array.key.as_deref()).and_then(|key| FieldPath::parse(key).ok());
        let item_key = self.schema.and_then(|schema| schema.item_key(&local.to_string())).map(str::to_owned);
        let computed = shape.map(|array| marks(&array.computed)).unwrap_or_default();
        Lines { local, remote, item_key, remote_key: key, computed }
    }

    fn own_elements(&self) -> Vec<(FieldPath, Vec<(FieldPath, Value)>)> {
        let arrays = self.remote.arrays.iter().filter(|array| !array.computed.is_empty());
        arrays
            .filter_map(|array| Some((FieldPath::parse(&array.path).ok()?, marks(&array.computed))))
            .collect()
    }
}

fn marks(computed: &[(String, Value)]) -> Vec<(FieldPath, Value)> {
    computed
        .iter()
        .filter_map(|(field, value)| Some((FieldPath::parse(field).ok()?, value.clone())))
        .collect()
}
