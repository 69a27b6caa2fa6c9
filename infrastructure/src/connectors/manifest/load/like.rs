//! Entities that are like others: `like = "Invoice"` takes over what the entity does not say itself.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::{Table, Value};

use super::{Folder, LoadError, parse};

/// How many entities may be like one another in a row.
const LONGEST: usize = 4;

/// Every entity of a folder as a table, where one of them is like another.
pub(super) struct Likes {
    entities: BTreeMap<String, Table>,
}

impl Likes {
    pub(super) fn of(files: &Folder) -> Self {
        let manifests =
            files.iter().filter(|(file, _)| *file == "manifest.toml" || file.starts_with("entities/"));
        let mut entities = BTreeMap::new();
        for mut table in manifests.filter_map(|(_, text)| text.parse::<Table>().ok()) {
            let Some(Value::Table(found)) = table.remove("entities") else { continue };
            entities.extend(found.into_iter().filter_map(|(name, entity)| match entity {
                Value::Table(entity) => Some((name, entity)),
                _ => None,
            }));
        }
        if !entities.values().any(|entity| entity.contains_key("like")) {
            entities.clear();
        }
        Self { entities }
    }

    /// The contents of a file, with entities that are like others made whole. A file without such entities is read as it
    /// stands, so that its mistakes have lines.
    pub(super) fn parse<T: for<'de> Deserialize<'de>>(&self, file: &str, text: &str) -> Result<T, LoadError> {
        if self.entities.is_empty() {
            return parse(file, text);
        }
        let Ok(mut table) = text.parse::<Table>() else { return parse(file, text) };
        let mut changed = false;
        if let Some(Value::Table(entities)) = table.get_mut("entities") {
            for (name, entity) in entities.iter_mut() {
                let Value::Table(entity) = entity else { continue };
                if entity.contains_key("like") {
                    *entity = self.whole(entity, LONGEST).map_err(|why| {
                        LoadError::new(file, line_of(text, name), format!("entity `{name}`: {why}"))
                    })?;
                    changed = true;
                }
            }
        }
        if !changed {
            return parse(file, text);
        }
        T::deserialize(table).map_err(|error| {
            let line = error.message().split('`').nth(1).map_or(1, |name| line_of(text, name));
            LoadError::new(file, line, error.message())
        })
    }

    fn whole(&self, entity: &Table, left: usize) -> Result<Table, String> {
        let Some(like) = entity.get("like").and_then(Value::as_str) else { return Ok(entity.clone()) };
        if left == 0 {
            return Err("`like` goes round in circles, or through more than four entities".to_owned());
        }
        let model =
            self.entities.get(like).ok_or_else(|| format!("there is no entity `{like}` to be like"))?;
        let mut whole = self.whole(model, left - 1)?;
        merge(&mut whole, entity);
        Ok(whole)
    }
}

/// Tables are merged, all else is replaced.
fn merge(whole: &mut Table, own: &Table) {
    for (name, value) in own {
        match (whole.get_mut(name), value) {
            (Some(Value::Table(theirs)), Value::Table(own)) => merge(theirs, own),
            _ => drop(whole.insert(name.clone(), value.clone())),
        }
    }
}

/// The first line that has `name` in it.
pub(super) fn line_of(text: &str, name: &str) -> usize {
    text.lines().position(|line| line.contains(name)).map_or(1, |at| at + 1)
}
