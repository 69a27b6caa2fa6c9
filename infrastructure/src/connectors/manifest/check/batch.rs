//! Several writes in one call.

use super::super::provider::Manifest;
use super::super::request::Method;
use super::super::template::Hole;
use super::super::writing::{Batch, Write};
use super::Problems;
use super::request::{holes, is, request};

/// The batch of the whole provider.
pub(super) fn mixed(manifest: &Manifest, batch: &Batch, problems: &mut Problems) {
    let at = ["batch"];
    common(manifest, batch, &at, problems);
    problems.when(
        batch.verbs.is_empty(),
        &["batch", "verbs"],
        "a batch could do nothing",
        "name the operations it carries",
    );
}

/// The batch of one write.
pub(super) fn own(manifest: &Manifest, write: &Write, at: &[&str; 3], problems: &mut Problems) {
    let Some(batch) = &write.batch else { return };
    let place = [at[0], at[1], at[2], "batch"];
    common(manifest, batch, &place, problems);
    let message = "verbs belong to the batch of the whole provider";
    problems.when(!batch.verbs.is_empty(), &place, message, "remove verbs");
    let single = write.holes().any(|hole| *hole == Hole::Key);
    let sent = batch.request.holes().chain(batch.item.iter().flat_map(|item| item.holes()));
    let keyed = sent.into_iter().any(|hole| *hole == Hole::Key);
    let message = "a single write carries an idempotency key, the batch none";
    problems.when(single && !keyed, &place, message, "put {key} into the batch's request or item");
}

fn common(manifest: &Manifest, batch: &Batch, at: &[&str], problems: &mut Problems) {
    request(manifest, &batch.request, (at, &[Hole::Key]), problems);
    let within = |part: &'static str| at.iter().copied().chain([part]).collect::<Vec<&str>>();
    problems.when(batch.max == 0, &within("max"), "a batch could carry nothing", "use a number above 0");
    problems.when(
        batch.request.method() == Method::Get,
        &within("request"),
        "a batch is sent with GET",
        "use method = \"POST\"",
    );
    let item =
        [Hole::Id, Hole::Key, Hole::Reference, Hole::VersionToken, Hole::Number, Hole::Record(String::new())];
    let trees = batch.item.iter().chain(&batch.item_value);
    holes(manifest, trees.flat_map(|tree| tree.holes()), at, &item, problems);
    if let Some(failed) = &batch.failed {
        is(failed, at, problems);
    }
    let apart = batch.errors.is_some() && batch.item_id.is_none();
    let message = "failures stand apart, so answers cannot be matched by their position";
    problems.when(apart, at, message, "name the member that tells items apart in item_id");
    let short = !(8..=43).contains(&batch.key_length);
    problems.when(short, at, "a batch's key has 8 to 43 characters", "correct key_length");
}
