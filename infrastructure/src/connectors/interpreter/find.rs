//! Single records: by id, by our reference, by natural key.

use application::ports::connector::{CallError, Find, RemoteRecord};
use domain::value::ErrorClass;
use serde_json::value::RawValue;

use super::answer::{Good, Refusal, present};
use super::call::{call, refused};
use super::connection::ManifestConnection;
use super::pluck::one;
use super::read::{rows, unreadable};
use super::records::{Row, inside, row};
use crate::connectors::manifest::{Entity, Place, Search, Values};

impl ManifestConnection {
    pub(super) async fn by_id(&self, name: &str, id: &str) -> Result<Option<RemoteRecord>, CallError> {
        let found = self.any_by_id(name, id).await?;
        Ok(found.filter(|row| row.meant).map(|row| row.record))
    }

    /// The record of an id, whether the entity means it or not.
    pub(super) async fn any_by_id(&self, name: &str, id: &str) -> Result<Option<Row>, CallError> {
        let entity = self.entity(name)?;
        let read = entity.read.as_ref().ok_or_else(|| lacks(name, "cannot be read one by one"))?;
        let fields = self.field_names(name, entity);
        let values = Values { id: Some(id), fields: fields.as_deref(), ..self.values() };
        let call = call(self.manifest(), &read.request, &values)?;
        let good = match self.ask(&call).await {
            Ok(good) => good,
            Err(error) if error.class == ErrorClass::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        if good.bare || good.text.is_empty() {
            return Ok(None);
        }
        match place_in(&good.text, read.record.as_ref())? {
            // A provider that answers with null, or an empty list, has no such record.
            Some(raw) if present(Some(raw)) => {
                let row = row(self.manifest(), entity, raw).map_err(unreadable)?;
                Ok(Some(row).filter(|row| !read.same_id || row.record.id == id))
            }
            Some(_) => Ok(None),
            None if is_empty_list(&good.text, read.record.as_ref()) => Ok(None),
            None => Err(Refusal::unreadable("the record is missing").error),
        }
    }

    pub(super) async fn search(&self, name: &str, by: &Find) -> Result<Vec<RemoteRecord>, CallError> {
        let entity = self.entity(name)?;
        let (search, value) = match by {
            Find::Id(id) => return Ok(self.by_id(name, id).await?.into_iter().collect()),
            Find::Reference(value) => (entity.find.reference.as_ref(), value),
            Find::NaturalKey(value) => (entity.find.natural_key.as_ref(), value),
        };
        let search = search.ok_or_else(|| lacks(name, "has no such search"))?;
        self.searched((name, entity), search, value).await
    }

    async fn searched(
        &self,
        (name, entity): (&str, &Entity),
        search: &Search,
        value: &str,
    ) -> Result<Vec<RemoteRecord>, CallError> {
        let fields = self.field_names(name, entity);
        let values = Values {
            value: Some(value),
            limit: Some(100),
            offset: Some(0),
            page: Some(1),
            fields: fields.as_deref(),
            ..self.values()
        };
        let call = call(self.manifest(), &search.request, &values)?;
        let good = self.ask(&call).await?;
        let mut found = Vec::new();
        for raw in found_rows(&good, search.items.as_ref())? {
            let raw = inside(raw, search.record.as_ref()).map_err(unreadable)?;
            let row = row(self.manifest(), entity, raw).map_err(unreadable)?;
            if row.meant {
                found.push(row.record);
            }
        }
        Ok(found)
    }

    /// The names of the entity's fields as requests list them (`{fields}`).
    pub(super) fn field_names(&self, name: &str, entity: &Entity) -> Option<String> {
        let described = entity.fields.iter();
        let inner = |field: &str| entity.fields.keys().any(|other| other.starts_with(&format!("{field}.")));
        let mut names: Vec<&str> = described
            .filter(|(field, _)| !field.contains('[') && !inner(field))
            .filter(|(_, kind)| !matches!(&*kind.kind, "array" | "object"))
            .filter_map(|(field, _)| field.strip_prefix(entity.fields_prefix.as_str()))
            .collect();
        let plain = |name: &&str| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
        };
        let known = |path: &str| entity.fields.keys().any(|field| root_of(field) == root_of(path));
        let mapped = self.target.mapped.get(name).into_iter().flatten().map(String::as_str);
        // Below the prefix stand single fields, elsewhere whole members are known or not.
        let own = mapped.filter(|path| match entity.fields_prefix.as_str() {
            "" => !known(path),
            _ => !entity.fields.contains_key(path),
        });
        names.extend(own.filter_map(|path| path.strip_prefix(entity.fields_prefix.as_str())).filter(plain));
        (!names.is_empty()).then(|| names.join(","))
    }
}

/// The member of the record that a path leads into.
fn root_of(path: &str) -> &str {
    path.split(['.', '[']).next().unwrap_or(path)
}

/// The records of a search; where a provider finds by a unique value, its one record stands there itself.
fn found_rows<'a>(good: &'a Good, items: Option<&Place>) -> Result<Vec<&'a RawValue>, CallError> {
    let Some(items) = items else {
        let nothing = good.bare || good.text.is_empty();
        let whole = if nothing { None } else { place_in(&good.text, None)? };
        return Ok(whole.into_iter().collect());
    };
    let single = one(&good.text, items).ok().flatten().filter(|raw| raw.get().starts_with('{'));
    single.map_or_else(|| rows(good, items), |raw| Ok(vec![raw]))
}

/// The value at a place, or the whole answer.
pub(super) fn place_in<'a>(text: &'a str, place: Option<&Place>) -> Result<Option<&'a RawValue>, CallError> {
    match place {
        None => serde_json::from_str(text).map(Some),
        Some(place) => one(text, place),
    }
    .map_err(unreadable)
}

/// Whether the record would be an element of a list that is there and has none (`Invoices[0]`).
fn is_empty_list(text: &str, place: Option<&Place>) -> bool {
    let list = place.and_then(|place| place.text().strip_suffix("[0]").and_then(|list| list.parse().ok()));
    list.is_some_and(|list| one(text, &Place(list)).ok().flatten().is_some_and(|raw| raw.get() == "[]"))
}

pub(super) fn lacks(entity: &str, what: &str) -> CallError {
    refused(ErrorClass::Validation, format!("`{entity}` {what} at this provider"))
}
