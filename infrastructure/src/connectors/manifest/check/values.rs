//! How the provider spells values.

use domain::sync_config::field_path::FieldPath;

use super::super::entity::Entity;
use super::super::fields::{Field, Spelling};
use super::Problems;

pub(super) fn check(name: &str, entity: &Entity, problems: &mut Problems) {
    for (path, field) in &entity.fields {
        let at = ["entities", name, "fields", path];
        if let Err(error) = FieldPath::parse(path) {
            problems.add(&at, error.to_string(), "correct the name of the field");
        }
        let Some(spelling) = field.spelling else { continue };
        let fits = fitting(spelling);
        let kind = &*field.kind;
        let message = format!("a `{kind}` is never spelled like this");
        problems.when(!fits.contains(&kind), &at, message, format!("use it for {}", fits.join(", ")));
        currency(entity, field, &at, problems);
        keyed(entity, (path, field), &at, problems);
    }
}

/// What tells the elements of a keyed array, or the kinds of an object, apart.
fn keyed(entity: &Entity, (path, field): (&str, &Field), at: &[&str], problems: &mut Problems) {
    let keyed = matches!(field.spelling, Some(Spelling::Keyed | Spelling::Tagged | Spelling::Detailed));
    let message = "nothing tells the elements of the array, or the kinds of the object, apart";
    let hint = "set key to the member that does, such as \"PhoneType\"";
    problems.when(keyed && field.key.is_none(), at, message, hint);
    let prefixed = field.spelling == Some(Spelling::Prefixed);
    let message = "nothing says what stands before the text";
    problems.when(prefixed && field.key.is_none(), at, message, "set key to it, such as \"headwater-\"");
    let stray = !keyed && !prefixed && field.key.is_some();
    problems.when(stray, at, "only keyed, tagged, detailed and prefixed read a key", "remove key");
    let inside = format!("{path}.");
    let mut others = entity.fields.iter();
    let mixed = others.any(|(name, other)| other.spelling.is_some() && name.starts_with(&inside));
    let message = "a field inside a keyed array or an object of several kinds has a spelling of its own, which is not read";
    problems.when(keyed && mixed, at, message, "describe the inner field by its type alone");
}

fn currency(entity: &Entity, field: &Field, at: &[&str], problems: &mut Problems) {
    let minor = field.spelling == Some(Spelling::MinorUnits);
    let message = "nothing says which currency's smallest unit is meant";
    problems.when(
        minor && field.currency.is_none(),
        at,
        message,
        "set currency to its place, or to \"=GBP\"",
    );
    problems.when(
        !minor && field.currency.is_some(),
        at,
        "only minor_units reads a currency",
        "remove currency",
    );
    if let Some(place) = field.currency.as_deref().filter(|place| !place.starts_with('=')) {
        let unknown = !entity.fields.contains_key(place);
        let message = format!("the currency's field `{place}` is not described");
        problems.when(unknown, at, message, "add it to `fields`, or correct its name");
    }
}

/// The types that a spelling is for.
fn fitting(spelling: Spelling) -> &'static [&'static str] {
    match spelling {
        Spelling::MinorUnits => &["money", "decimal"],
        Spelling::Epoch | Spelling::EpochMs | Spelling::MsDate | Spelling::BasicOffset => {
            &["date_time", "date"]
        }
        Spelling::Local => &["date_time"],
        Spelling::Text => &["integer", "decimal", "money", "boolean"],
        Spelling::TF => &["boolean"],
        Spelling::Upper | Spelling::Prefixed => &["text"],
        Spelling::Keyed | Spelling::Tagged | Spelling::Detailed => &["object"],
    }
}
