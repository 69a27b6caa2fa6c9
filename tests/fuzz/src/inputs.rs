//! From bytes to calls: nothing here may panic, hang or be taken in, whatever the bytes are.

use std::time::{Duration, Instant};

use domain::catalogue;
use domain::expression::{Expression, Input, Kinds, Place};
use domain::fields::Fields;
use infrastructure::connectors::manifest::{Folder, check};

#[path = "inputs/world.rs"]
mod world;

use world::World;

/// Longest time one expression may take, on a slow machine with every check of memory on.
const EXPRESSION_TIME: Duration = Duration::from_secs(5);

/// A provider's folder: its manifest, then further files behind lines `# file: <path>`.
pub(crate) fn manifest(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut files = Folder::new();
    for (at, part) in text.split("# file: ").enumerate() {
        let (file, text) =
            if at == 0 { ("manifest.toml", part) } else { part.split_once('\n').unwrap_or((part, "")) };
        files.insert(file.to_owned(), text.to_owned());
    }
    for finding in check(&files) {
        let lines = files.get(&finding.file).map_or(1, |text| text.matches('\n').count() + 1);
        assert!((1..=lines).contains(&finding.line), "no such line: {finding}");
        assert!(
            !finding.message.is_empty() && !finding.hint.is_empty(),
            "it does not say what to do: {finding}"
        );
    }
}

/// An expression on the first line, and the record it sees as JSON.
#[expect(clippy::disallowed_methods, reason = "how long an expression takes is what is measured")]
pub(crate) fn expression(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (source, record) = text.split_once('\n').unwrap_or((text, "{}"));
    let record: Fields = serde_json::from_str(record).unwrap_or_default();
    let kinds = catalogue::find("invoice").map(|schema| Kinds::of(&schema.fields)).unwrap_or_default();
    let typed = Place { kinds: Some(&kinds), ..Place::default() };
    for place in [Place::default(), typed] {
        let Ok(expression) = Expression::parse(source, &place) else { continue };
        let begun = Instant::now();
        let value = record.get("value");
        let item = record.get("lines").and_then(|lines| lines.get(0));
        // Any answer will do, and any refusal; only time and memory are counted.
        let _ = expression.evaluate(&Input { record: &record, value, item });
        assert!(begun.elapsed() < EXPRESSION_TIME, "{source} took {:?}", begun.elapsed());
    }
}

/// A delivery: the provider, the URL, headers up to an empty line, the body; behind `\n---\n` what a key fetch brings.
/// A header's value `@signed` is replaced by the right signature.
pub(crate) fn webhook(data: &[u8]) {
    let Some(delivery) = world::Delivery::read(data) else { return };
    let forged = !delivery.signed;
    let taken = World::with(|world| world.verify(&delivery));
    if let Ok(events) = taken {
        assert!(!(forged && events > 0), "a forged delivery was taken: {delivery:?}");
    }
}

/// A page: the entity, the cursor it is asked for with, the `Link` header and the body of the answer, each on a line, the
/// body to the end.
pub(crate) fn page(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.splitn(4, '\n');
    let (entity, cursor) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let (link, body) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    World::with(|world| {
        let first = world.page(entity, cursor, (link, body));
        // What was given as the next page's cursor is one.
        if let Some(next) = first {
            world.page(entity, &next, (link, body));
        }
    });
}
