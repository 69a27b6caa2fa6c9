//! Which companies a connection's credentials give.

use application::ports::connector::{CallError, RemoteRealm};
use domain::value::ErrorClass;
use serde_json::Value;

use super::answer::holds;
use super::call::{call, refused};
use super::connection::ManifestConnection;
use super::oauth::said_place;
use super::pluck::value_at;
use crate::connectors::manifest::Place;

/// Most elements of one answer that are looked at.
const MOST: usize = 10_000;

/// The companies, where the provider tells.
pub(in crate::connectors) async fn realms(
    connection: &ManifestConnection,
) -> Result<Option<Vec<RemoteRealm>>, CallError> {
    let Some(described) = &connection.own_method()?.realms else { return Ok(None) };
    let call = call(connection.manifest(), &described.request, &connection.values())?;
    let text = connection.ask(&call).await?.text;
    let elements = elements(&text, described.each.as_ref())?;
    let fits = |element: &Value| described.only.as_ref().is_none_or(|only| holds(only, &element.to_string()));
    let realm = |element: &Value| {
        let id = said_place(element, &described.id)?;
        let name = described.name.as_ref().and_then(|place| said_place(element, place));
        Some(RemoteRealm { id, name })
    };
    Ok(Some(elements.iter().filter(|element| fits(element)).filter_map(realm).collect()))
}

/// The elements of an answer's array: at `each`, else the answer itself. An answer that is an array may have been read
/// as `{ "items": […] }`.
pub(super) fn elements(text: &str, each: Option<&Place>) -> Result<Vec<Value>, CallError> {
    let senseless = || refused(ErrorClass::Unreadable, "the provider's answer has no list where it should");
    let whole: Value = serde_json::from_str(text).map_err(|_| senseless())?;
    let found = match each {
        Some(place) => value_at(&whole, &place.0).cloned(),
        None if whole.is_array() => Some(whole),
        None => whole.get("items").cloned(),
    };
    match found {
        Some(Value::Array(elements)) if elements.len() <= MOST => Ok(elements),
        _ => Err(senseless()),
    }
}
