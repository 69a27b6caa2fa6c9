//! What can be wrong between rules.

use std::collections::BTreeMap;

use super::check::Sides;
use super::{Mapping, MappingProblem, MappingRule};
use crate::sync_config::field_path::FieldPath;

/// Problems of the rules together.
pub(super) fn check(mapping: &Mapping, sides: &Sides<'_>) -> Vec<MappingProblem> {
    let mut problems = Vec::new();
    for (at, rule) in mapping.rules.iter().enumerate() {
        for earlier in &mapping.rules[..at] {
            problems.extend(pair(earlier, rule, sides).map(|message| problem(rule, message)));
        }
    }
    problems.extend(arrays(mapping));
    if sides.direction.sends() {
        problems.extend(required(mapping, sides));
    }
    problems
}

fn problem(rule: &MappingRule, message: String) -> MappingProblem {
    MappingProblem { rule: Some(rule.id.clone()), field: rule.field(), message }
}

fn pair(earlier: &MappingRule, rule: &MappingRule, sides: &Sides<'_>) -> Option<String> {
    if earlier.id == rule.id {
        return Some(format!("the id `{}` is given twice: rename one rule", rule.id));
    }
    if rule.local.is_some() && earlier.local == rule.local && earlier.remote == rule.remote {
        return Some(format!("rule `{}` maps the same two fields: remove one", earlier.id));
    }
    let (first, second) = (sides.flow(earlier), sides.flow(rule));
    let clash = (first.sends && second.sends && overlap(earlier.remote.as_ref(), rule.remote.as_ref()))
        || (first.receives && second.receives && overlap(earlier.local.as_ref(), rule.local.as_ref()));
    clash.then(|| {
        format!(
            "rule `{}` writes the same field in this direction: remove one, or change its direction",
            earlier.id
        )
    })
}

fn overlap(first: Option<&FieldPath>, second: Option<&FieldPath>) -> bool {
    matches!((first, second), (Some(first), Some(second)) if first.covers(second) || second.covers(first))
}

/// An array goes with one array of the other side.
fn arrays(mapping: &Mapping) -> Vec<MappingProblem> {
    let (mut by_local, mut by_remote) = (BTreeMap::new(), BTreeMap::new());
    let mut problems = Vec::new();
    for rule in &mapping.rules {
        let ends =
            (rule.local.as_ref().and_then(FieldPath::each), rule.remote.as_ref().and_then(FieldPath::each));
        let (Some((local, _)), Some((remote, _))) = ends else { continue };
        let partner = by_local.entry(local.clone()).or_insert_with(|| remote.clone());
        let back = by_remote.entry(remote.clone()).or_insert_with(|| local.clone());
        if *partner != remote || *back != local {
            problems.push(problem(
                rule,
                format!(
                    "`{local}` goes with `{partner}`, and `{remote}` with `{back}`: pair each array once"
                ),
            ));
        }
    }
    problems
}

fn required(mapping: &Mapping, sides: &Sides<'_>) -> Vec<MappingProblem> {
    let written: Vec<&FieldPath> = mapping
        .rules
        .iter()
        .filter(|rule| sides.flow(rule).sends)
        .filter_map(|rule| rule.remote.as_ref())
        .collect();
    let mut problems = Vec::new();
    for field in sides.remote.fields.iter().filter(|field| field.required) {
        let Ok(path) = FieldPath::parse(&field.path) else { continue };
        let inside_unused = path.each().is_some_and(|(array, _)| {
            !written.iter().any(|rule| rule.each().is_some_and(|(other, _)| other == array))
        });
        let mapped = written.iter().any(|rule| rule.covers(&path) || path.covers(rule));
        if !mapped && !inside_unused {
            let message = format!("the provider requires `{path}`: add a rule or a constant that writes it");
            problems.push(MappingProblem { rule: None, field: field.path.clone(), message });
        }
    }
    problems
}
