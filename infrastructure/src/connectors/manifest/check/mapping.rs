//! Fields and the default mapping of an entity.

use domain::catalogue;
use domain::sync_config::transform::Transform;
use domain::value::Direction;

use super::super::entity::Entity;
use super::super::provider::Manifest;
use super::Problems;
use crate::connectors::connector::{mapping, shape};

pub(super) fn check(manifest: &Manifest, name: &str, entity: &Entity, problems: &mut Problems) {
    for required in &entity.required {
        let known = entity.fields.contains_key(&required.text());
        let message = format!("the required field `{}` is not described", required.text());
        problems.when(
            !known,
            &["entities", name, "required"],
            message,
            "add it to `fields`, or correct its name",
        );
    }
    let shape = match shape(entity) {
        Ok(shape) => shape,
        Err(why) => return problems.add(&["entities", name, "fields"], why, "correct the type"),
    };
    let mapping = match mapping(entity) {
        Ok(mapping) => mapping,
        Err(why) => return problems.add(&["entities", name, "mapping"], why, "correct the transform"),
    };
    for (at, rule) in mapping.rules.iter().enumerate() {
        let Transform::Reference { entity } = &rule.transform else { continue };
        let here = manifest.entities.values().any(|other| other.local_entity == *entity);
        let place = format!("mapping#{at}");
        let message = format!("nothing here is mapped to our `{entity}`: the record would wait for ever");
        let hint = "describe an entity with that local_entity, or refer to another";
        problems.when(!here, &["entities", name, &place], message, hint);
    }
    let schema = catalogue::find(&entity.local_entity);
    for problem in mapping.check(schema, &shape, direction(entity)) {
        let at =
            problem.rule.as_ref().and_then(|rule| mapping.rules.iter().position(|known| known.id == *rule));
        let place = at.map_or_else(|| "mapping".to_owned(), |at| format!("mapping#{at}"));
        problems.add(
            &["entities", name, &place],
            format!("{}: {}", problem.field, problem.message),
            "correct the mapping",
        );
    }
}

/// The ways the entity can flow.
fn direction(entity: &Entity) -> Direction {
    match (entity.create.is_some() || entity.update.is_some(), entity.can_be_read()) {
        (true, false) => Direction::Outbound,
        (false, true) => Direction::Inbound,
        _ => Direction::Bidirectional,
    }
}
