//! One entity.

use domain::catalogue;
use domain::expression::{Expression, Kinds, Place as Standing};
use domain::value::WriteClass;

use super::super::entity::Entity;
use super::super::provider::Manifest;
use super::super::template::Hole;
use super::{Problems, mapping, reading, values, writing};

pub(super) fn check(manifest: &Manifest, name: &str, entity: &Entity, problems: &mut Problems) {
    let unknown = catalogue::find(&entity.local_entity).is_none();
    problems.when(
        unknown,
        &["entities", name, "local_entity"],
        format!("there is no entity `{}` of ours", entity.local_entity),
        "name one that ships with Headwater, such as customer or invoice",
    );
    reading::check(manifest, name, entity, problems);
    writing::check(manifest, name, entity, problems);
    values::check(name, entity, problems);
    mapping::check(manifest, name, entity, problems);
    class(manifest, name, entity, problems);
    rules(name, entity, problems);
}

/// The rules over our records: expressions that fit the types of our schema.
fn rules(name: &str, entity: &Entity, problems: &mut Problems) {
    let kinds =
        catalogue::find(&entity.local_entity).map(|schema| Kinds::of(&schema.fields)).unwrap_or_default();
    let standing = Standing { kinds: Some(&kinds), ..Standing::default() };
    for (at, rule) in entity.rules.iter().enumerate() {
        if let Err(error) = Expression::parse(&rule.check, &standing) {
            let place = format!("rules#{at}");
            problems.add(&["entities", name, &place, "check"], error.to_string(), "correct the expression");
        }
    }
}

/// Whether the write class is backed by what the entity can do: an automatic second try must never make a second record.
fn class(manifest: &Manifest, name: &str, entity: &Entity, problems: &mut Problems) {
    let Some(create) = &entity.create else { return };
    let keyed = create.holes().any(|hole| *hole == Hole::Key);
    let at = ["entities", name, "write_class"];
    let searched = (entity.reference.is_some() && entity.find.reference.is_some())
        || (entity.natural_key.is_some() && entity.find.natural_key.is_some());
    match entity.write_class {
        WriteClass::A => {
            problems.when(
                !keyed && !create.upsert,
                &at,
                "class a, but the create carries no idempotency key",
                "put {key} into its request, or make it an upsert by {reference}",
            );
            let message = "class a, but nothing says how long a key is remembered";
            problems.when(
                entity.key_lifetime_s == 0 && !create.upsert,
                &at,
                message,
                "set key_lifetime_s to what is proven, or use class c",
            );
        }
        WriteClass::B | WriteClass::C => {
            let message = format!("class {}, but a lost create cannot be looked up", entity.write_class);
            let hint = "describe find.reference with reference, or find.natural_key with natural_key, or use class d";
            problems.when(!searched, &at, message, hint);
            let message = format!("class {}, but no look-up can be trusted", entity.write_class);
            let hint = "set timing.settle_ms, or use class d";
            problems.when(manifest.timing.settle_ms.is_none(), &at, message, hint);
        }
        WriteClass::D => {}
    }
    problems.when(
        entity.key_lifetime_s > 0 && !keyed,
        &["entities", name, "key_lifetime_s"],
        "a key is remembered that is never sent",
        "put {key} into the create's request, or remove key_lifetime_s",
    );
}
