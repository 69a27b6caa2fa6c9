//! What only a connection knows: its own fields, and lists of codes.

use std::collections::BTreeMap;

use application::ports::connector::{Asked, CallError};
use chrono::TimeDelta;
use domain::catalogue::{FieldSchema, FieldType};
use domain::value::ErrorClass;
use serde_json::Value;
use serde_json::value::RawValue;

use super::super::answer::holds;
use super::super::answer::{Good, text_at};
use super::super::call::{call, refused};
use super::super::connection::ManifestConnection;
use super::super::pluck::one;
use super::super::read::{rows, unreadable};
use crate::connectors::manifest::{Discover, OperationKind, Place, Values};

/// How long a list of codes is good.
const GOOD_FOR: TimeDelta = TimeDelta::days(1);

impl ManifestConnection {
    /// The fields of an entity that only this connection knows; none where the provider has no such thing.
    pub(in super::super) async fn own_fields(&self, name: &str) -> Result<Vec<FieldSchema>, CallError> {
        let entity = self.entity(name)?;
        let Some(discover) = &entity.discover else { return Ok(Vec::new()) };
        let fields = self.field_names(name, entity);
        let values = Values { fields: fields.as_deref(), ..self.values() };
        let good = self.ask(&call(self.manifest(), &discover.request, &values)?).await?;
        let mut found = Vec::new();
        for (own, raw) in told_fields(&good, discover)? {
            let text = raw.get();
            if discover.only.as_ref().is_some_and(|is| !holds(is, text)) {
                continue;
            }
            let path = format!("{}{own}", discover.prefix);
            if entity.fields.contains_key(&path)
                || path.parse::<domain::sync_config::field_path::FieldPath>().is_err()
            {
                continue;
            }
            let word = discover.kind.as_ref().and_then(|place| text_at(text, place));
            let kind = word.and_then(|word| discover.types.get(&word)).map(|kind| FieldType::parse(kind));
            let mut field = FieldSchema::new(&path, kind.and_then(Result::ok).unwrap_or_default());
            if let Some(label) = discover.label.as_ref().and_then(|place| text_at(text, place)) {
                field.title = label;
            }
            found.push(field);
        }
        Ok(found)
    }

    /// A list of codes and what they mean.
    pub(in super::super) async fn codes(
        &self,
        name: &str,
        fresh: bool,
    ) -> Result<Vec<(String, String)>, CallError> {
        let reference = self.manifest().reference.get(name).ok_or_else(|| {
            refused(ErrorClass::Validation, format!("{} has no list `{name}`", self.manifest().name))
        })?;
        let Some(lookup) = &reference.lookup else {
            return Ok(reference.values.clone().into_iter().collect());
        };
        let key = format!("{}\n{name}", self.lookup_scope());
        let now = self.services.clock.now();
        let known = self.connector.lookups.get(&key, now).filter(|_| !fresh);
        let elements = if let Some(known) = known {
            known
        } else {
            let asked = Asked { operation: lookup.clone(), ..Asked::default() };
            let (operation, parameters) = self.understood(&asked, OperationKind::Lookup)?;
            let found = self.look_up_anew(operation, (&parameters, &asked.context)).await?;
            self.connector.lookups.put(key, &found, now + GOOD_FOR);
            found
        };
        let at = |element: &Value, place: &Option<Place>| {
            let text = element.to_string();
            place.as_ref().and_then(|place| text_at(&text, place))
        };
        let pair = |element: &Value| {
            let code = at(element, &reference.value)?;
            let meaning = at(element, &reference.text).unwrap_or_else(|| code.clone());
            Some((code, meaning))
        };
        Ok(elements.as_array().into_iter().flatten().filter_map(pair).collect())
    }
}

/// The fields of an answer with their names: elements of an array that say theirs, or members of an object.
fn told_fields<'a>(good: &'a Good, discover: &Discover) -> Result<Vec<(String, &'a RawValue)>, CallError> {
    if let Some(name) = &discover.name {
        let named = rows(good, &discover.items)?.into_iter().map(|raw| {
            let own = text_at(raw.get(), name).ok_or_else(|| unreadable("a field has no name"))?;
            Ok((own, raw))
        });
        return named.collect();
    }
    let Some(members) = one(&good.text, &discover.items).map_err(unreadable)? else { return Ok(Vec::new()) };
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(members.get()).map_err(unreadable)?;
    Ok(members.into_iter().collect())
}
