//! Writes of an entity.

use domain::sync_config::field_path::FieldPath;
use domain::value::Operation;

use super::super::entity::Entity;
use super::super::provider::Manifest;
use super::super::request::Method;
use super::super::template::{Hole, Template};
use super::super::writing::{Member, Write};
use super::Problems;
use super::provider::holes;

/// Holes of a write.
const WRITTEN: [Hole; 4] = [Hole::Id, Hole::Key, Hole::Reference, Hole::VersionToken];

pub(super) fn check(manifest: &Manifest, name: &str, entity: &Entity, problems: &mut Problems) {
    for operation in Operation::ALL {
        if let Some(write) = entity.write(*operation) {
            let at = ["entities", name, operation.as_str()];
            one(manifest, *operation, write, &at, problems);
        }
    }
    let versioned = entity
        .update
        .as_ref()
        .is_some_and(|update| all_holes(update).any(|hole| *hole == Hole::VersionToken));
    problems.when(
        versioned && entity.version_token.is_none(),
        &["entities", name, "update"],
        "the update sends a version that is never read",
        "set the entity's version_token",
    );
}

fn one(manifest: &Manifest, operation: Operation, write: &Write, at: &[&str; 3], problems: &mut Problems) {
    holes(manifest, all_holes(write), at, &WRITTEN, problems);
    problems.when(
        write.request.method == Method::Get,
        at,
        "a write is sent with GET",
        "use method = \"POST\" or another",
    );
    let named = all_holes(write).any(|hole| *hole == Hole::Id);
    problems.when(
        operation != Operation::Create && !named,
        at,
        "the write does not say which record it is about",
        "put {id} into the request or into `set`",
    );
    problems.when(operation == Operation::Create && named, at, "a create has no id yet", "remove {id}");
    problems.when(
        write.sparse && operation != Operation::Update,
        at,
        "only an update can be sparse",
        "remove sparse",
    );
    for place in write.set.keys().chain(write.defaults.keys()) {
        if let Err(error) = FieldPath::parse(place) {
            problems.add(at, error.to_string(), "correct the name of the member");
        }
    }
}

fn all_holes(write: &Write) -> impl Iterator<Item = &Hole> {
    let members = write.set.values().chain(write.defaults.values()).filter_map(|member| match member {
        Member::Text(template) => Some(template),
        Member::Constant(_) => None,
    });
    write.request.holes().chain(members.flat_map(Template::holes))
}
