//! Our entities and their fields, which default mappings lead to.

use anyhow::Context as _;
use domain::catalogue::{EntitySchema, FieldSchema, shipped};

use crate::cli::terminal;

/// Lists our entities, or the fields of one.
pub(super) fn entities(name: Option<&str>) -> anyhow::Result<()> {
    let all = shipped();
    let Some(name) = name else {
        let rows = all.iter().map(|entity| vec![entity.name.clone(), entity.title.clone(), roots(entity)]);
        terminal::say(&terminal::table(&["entity", "", "fields"], rows));
        return Ok(());
    };
    let known = || {
        let names: Vec<&str> = all.iter().map(|entity| entity.name.as_str()).collect();
        format!("there is no entity `{name}` of ours: use one of {}", names.join(", "))
    };
    let entity = all.iter().find(|entity| entity.name == name).with_context(known)?;
    let rows =
        entity.fields.iter().map(|field| vec![field.path.clone(), field.kind.to_string(), notes(field)]);
    terminal::say(&terminal::table(&["field", "type", ""], rows));
    Ok(())
}

/// The fields at the top.
fn roots(entity: &EntitySchema) -> String {
    let mut roots: Vec<&str> = entity.fields.iter().map(FieldSchema::root).collect();
    roots.dedup();
    roots.join(", ")
}

fn notes(field: &FieldSchema) -> String {
    let key = field.item_key.as_ref().map(|key| format!("elements by `{key}`"));
    let required = field.required.then(|| "required".to_owned());
    required.into_iter().chain(key).collect::<Vec<_>>().join(", ")
}
