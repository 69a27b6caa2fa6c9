//! Which lookup and reference values went into a body, so that an intent can say what it was made with.

use serde_json::Value;

use super::convert::{Source, present};
use super::lines::ours;
use super::plan::{PlannedRule, Rules};
use crate::fields::Fields;
use crate::sync_config::mapping::key_text;
use crate::sync_config::transform::Transform;
use crate::value::Side;

#[cfg(test)]
mod tests;

/// The values that outbound `lookup` and `reference` rules gave for `local`: rule → our value → theirs. What has no
/// answer is left out.
pub fn used_outbound(rules: &Rules<'_>, local: &Fields) -> Fields {
    let mut used = Fields::new();
    for unit in rules.plan.units() {
        for rule in unit.rules.iter().filter(|rule| rule.flow.sends) {
            if !matches!(rule.transform, Transform::Lookup { .. } | Transform::Reference { .. }) {
                continue;
            }
            let answers = match &unit.lines {
                None => [Source { record: local, item: None }]
                    .into_iter()
                    .filter_map(|at| answer(rules, rule, at))
                    .collect(),
                Some(lines) => {
                    let items = ours(lines, Some(local)).into_iter();
                    items
                        .filter_map(|item| answer(rules, rule, Source { record: local, item: Some(item) }))
                        .collect()
                }
            };
            let answers: Fields = answers;
            if !answers.is_empty() {
                used.insert(rule.id.clone(), Value::Object(answers));
            }
        }
    }
    used
}

fn answer(rules: &Rules<'_>, rule: &PlannedRule, source: Source<'_>) -> Option<(String, Value)> {
    let given = key_text(present(rule.read(Side::Local, source))?)?;
    let answered = rule.make(Side::Remote, source, rules.known).ok()??;
    Some((given, answered))
}
