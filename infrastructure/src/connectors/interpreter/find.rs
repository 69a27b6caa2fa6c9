//! Single records: by id, by our reference, by natural key.

use application::ports::connector::{CallError, Find, RemoteRecord};
use domain::value::ErrorClass;
use serde_json::value::RawValue;

use super::answer::Refusal;
use super::call::{call, refused};
use super::connection::ManifestConnection;
use super::pluck::{items, one};
use super::records::record;
use crate::connectors::manifest::{Entity, Place, Search, Values};

impl ManifestConnection {
    pub(super) async fn by_id(&self, name: &str, id: &str) -> Result<Option<RemoteRecord>, CallError> {
        let entity = self.entity(name)?;
        let read = entity.read.as_ref().ok_or_else(|| lacks(name, "cannot be read one by one"))?;
        let call = call(self.manifest(), &read.request, &Values { id: Some(id), ..self.values() })?;
        match self.ask(&call).await {
            Ok(good) => found(entity, &good.text, read.record.as_ref()).map(Some),
            Err(error) if error.class == ErrorClass::NotFound => Ok(None),
            Err(error) => Err(error),
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
        self.searched(entity, search, value).await
    }

    async fn searched(
        &self,
        entity: &Entity,
        search: &Search,
        value: &str,
    ) -> Result<Vec<RemoteRecord>, CallError> {
        let values = Values { value: Some(value), limit: Some(100), offset: Some(0), ..self.values() };
        let call = call(self.manifest(), &search.request, &values)?;
        let text = self.ask(&call).await?.text;
        let items = items(&text, &search.items).map_err(|error| Refusal::unreadable(error).error)?;
        items
            .into_iter()
            .map(|raw| record(entity, raw).map_err(|error| Refusal::unreadable(error).error))
            .collect()
    }
}

/// The record of an answer that shows one.
pub(super) fn found(entity: &Entity, text: &str, place: Option<&Place>) -> Result<RemoteRecord, CallError> {
    let raw: Option<&RawValue> = match place {
        None => serde_json::from_str(text).map(Some),
        Some(place) => one(text, place),
    }
    .map_err(|error| Refusal::unreadable(error).error)?;
    let raw = raw.ok_or_else(|| Refusal::unreadable("the record is missing").error)?;
    record(entity, raw).map_err(|error| Refusal::unreadable(error).error)
}

fn lacks(entity: &str, what: &str) -> CallError {
    refused(ErrorClass::Validation, format!("`{entity}` {what} at this provider"))
}
