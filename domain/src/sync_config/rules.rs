//! What the rules of a mapping must keep among themselves, whatever the schemas say. The rest, a command handler has
//! checked with the schemas ([`Mapping::check`]) before the command.

use std::collections::HashSet;

use super::error::SyncConfigError;
use super::field_path::FieldPath;
use super::transform::Transform;
use super::{Mapping, MappingRule};
use crate::catalogue::FieldType;
use crate::value::Direction;

/// Refuses ids, pairs of fields and targets that occur twice.
pub(super) fn check(mapping: &Mapping, direction: Direction) -> Result<(), SyncConfigError> {
    let (mut ids, mut pairs) = (HashSet::new(), HashSet::new());
    let (mut sent, mut received) = (HashSet::new(), HashSet::new());
    for rule in &mapping.rules {
        if !ids.insert(&rule.id) {
            return Err(SyncConfigError::RuleIdTwice { id: rule.id.clone() });
        }
        if let (Some(local), Some(remote)) = (&rule.local, &rule.remote)
            && !pairs.insert((local, remote))
        {
            return Err(SyncConfigError::PairMappedTwice {
                local: local.to_string(),
                remote: remote.to_string(),
            });
        }
        let flow = rule.flow(direction, &FieldType::Any);
        if flow.sends {
            write_once(&mut sent, rule.remote.as_ref(), Direction::Outbound)?;
        }
        if flow.receives && surely_receives(rule) {
            write_once(&mut received, rule.local.as_ref(), Direction::Inbound)?;
        }
    }
    Ok(())
}

/// Whether a format can be undone depends on the type of our field, which only the schema knows.
const fn surely_receives(rule: &MappingRule) -> bool {
    !matches!(
        (&rule.transform, rule.direction),
        (Transform::Format(_), None | Some(Direction::Bidirectional))
    )
}

fn write_once<'a>(
    written: &mut HashSet<&'a FieldPath>,
    target: Option<&'a FieldPath>,
    direction: Direction,
) -> Result<(), SyncConfigError> {
    match target {
        Some(target) if !written.insert(target) => {
            Err(SyncConfigError::TargetWrittenTwice { target: target.to_string(), direction })
        }
        _ => Ok(()),
    }
}
