//! What only a connection knows: its own fields, and lists of codes.

use application::ports::connector::{Asked, CallError};
use chrono::TimeDelta;
use domain::catalogue::{FieldSchema, FieldType};
use domain::value::ErrorClass;
use serde_json::Value;

use super::super::answer::holds;
use super::super::answer::text_at;
use super::super::call::{call, refused};
use super::super::connection::ManifestConnection;
use super::super::read::{rows, unreadable};
use crate::connectors::manifest::{OperationKind, Place, Values};

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
        for raw in rows(&good, &discover.items)? {
            let text = raw.get();
            if discover.only.as_ref().is_some_and(|is| !holds(is, text)) {
                continue;
            }
            let own = text_at(text, &discover.name).ok_or_else(|| unreadable("a field has no name"))?;
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
