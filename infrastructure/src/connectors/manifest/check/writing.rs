//! Writes of an entity.

use domain::sync_config::field_path::FieldPath;
use domain::value::Operation;

use super::super::entity::Entity;
use super::super::provider::Manifest;
use super::super::request::Method;
use super::super::template::Hole;
use super::super::writing::{Sends, Shows, Write};
use super::Problems;
use super::batch;
use super::request::{holes, request};

/// Holes of a write.
const WRITTEN: [Hole; 6] =
    [Hole::Id, Hole::Key, Hole::Reference, Hole::VersionToken, Hole::Now, Hole::Record(String::new())];

pub(super) fn check(manifest: &Manifest, name: &str, entity: &Entity, problems: &mut Problems) {
    for operation in Operation::ALL {
        if let Some(write) = entity.write(*operation) {
            let at = ["entities", name, operation.as_str()];
            one(manifest, *operation, write, (&at, problems));
            shown((entity, write), *operation, (&at, problems));
            batch::own(manifest, write, &at, problems);
        }
    }
    let versioned = entity
        .update
        .as_ref()
        .is_some_and(|update| update.guard || update.holes().any(|hole| *hole == Hole::VersionToken));
    problems.when(
        versioned && entity.version_token.is_none() && !entity.version_digest,
        &["entities", name, "update"],
        "the update sends a version that is never read",
        "set the entity's version_token, or version_digest",
    );
}

fn one(
    manifest: &Manifest,
    operation: Operation,
    write: &Write,
    (at, problems): (&[&str; 3], &mut Problems),
) {
    request(manifest, &write.request, (at, &WRITTEN), problems);
    holes(manifest, write.members().flat_map(|(_, tree)| tree.holes()), at, &WRITTEN, problems);
    problems.when(
        write.request.method() == Method::Get,
        at,
        "a write is sent with GET",
        "use method = \"POST\" or another",
    );
    let named = write.holes().any(|hole| *hole == Hole::Id);
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
    if let Some(replaces) = &write.replaces {
        let empty = replaces.parameter.is_empty() || replaces.members.is_empty();
        problems.when(empty, at, "replaces names nothing", "give replaces.parameter and replaces.members");
        let bodiless = write.sends != Sends::Fields || write.batch.is_some();
        let message = "the call has no record of its own whose arrays could be named";
        problems.when(bodiless, at, message, "remove replaces");
    }
    for place in write.members().map(|(place, _)| place).chain(write.moved.keys()) {
        if let Err(error) = FieldPath::parse(place) {
            problems.add(at, error.to_string(), "correct the name of the member");
        }
    }
}

/// What the answer shows, what is read besides, and what a second try would do.
fn shown(
    (entity, write): (&Entity, &Write),
    operation: Operation,
    (at, problems): (&[&str; 3], &mut Problems),
) {
    let creates = operation == Operation::Create;
    let sources = usize::from(write.id.is_some()) + usize::from(write.id_header.is_some());
    let known = write.answers == Shows::Id && sources == 0 && creates;
    let message = "nothing says where the answer has the id";
    problems.when(known || sources > 1, at, message, "set exactly one of id and id_header");
    let stray = write.answers != Shows::Id && sources > 0;
    problems.when(stray, at, "the id of the answer is not read", "set answers = \"id\", or remove it");
    let lost = creates && write.answers == Shows::Nothing;
    let message = "a new record would have no id";
    problems.when(lost, at, message, "say where the answer has its id (answers = \"id\")");
    let unread = creates && write.answers == Shows::Id && !write.read_back;
    let message = "the answer to the create shows no more than the id";
    problems.when(unread, at, message, "set read_back = true");
    let needed = write.read_back || write.guard;
    let message = "records cannot be read one by one, as read_back and guard do";
    problems.when(needed && entity.read.is_none(), at, message, "describe the entity's read");
    problems.when(
        write.guard && creates,
        at,
        "there is nothing to compare a new record with",
        "remove guard",
    );
    let told = write.request.holes().any(|hole| *hole == Hole::Reference);
    problems.when(write.upsert && !creates, at, "only a create can be an upsert", "remove upsert");
    let message =
        "the upsert does not name the record by our reference: a second one would make a second record";
    problems.when(write.upsert && creates && !told, at, message, "put {reference} into the request");
}
