//! What a body is about.

use application::ports::connector::{WebhookEvent, WebhookRejection};
use serde_json::Value;

use super::shared;
use super::verify::Delivery;
use crate::connectors::interpreter::answer::holds;
use crate::connectors::interpreter::oauth::said_place;
use crate::connectors::interpreter::pluck::value_at;
use crate::connectors::manifest::{EventShape, Pick, Place, Root, SignatureKind, Webhooks};

/// Most events of one body.
const MOST_EVENTS: usize = 10_000;

/// The events of a body in the first shape that fits.
pub(super) fn events(
    delivery: &Delivery<'_>,
    webhooks: &Webhooks,
    body: &Value,
) -> Result<Vec<WebhookEvent>, WebhookRejection> {
    let mut told = "it fits none of the shapes of the manifest".to_owned();
    for shape in &webhooks.shapes {
        let reader = Reader { delivery, webhooks, shape };
        match reader.events(body)? {
            Ok(events) => return Ok(events),
            Err(Some(why)) => told = why,
            Err(None) => {}
        }
    }
    Err(WebhookRejection::Unreadable(told))
}

struct Reader<'r> {
    delivery: &'r Delivery<'r>,
    webhooks: &'r Webhooks,
    shape: &'r EventShape,
}

/// `Err(None)`: the body has another shape; `Err(Some)`: it has this one, but lacks something.
type Read<T> = Result<T, Option<String>>;

impl Reader<'_> {
    fn events(&self, body: &Value) -> Result<Read<Vec<WebhookEvent>>, WebhookRejection> {
        if self.shape.when.as_ref().is_some_and(|when| !holds(when, &body.to_string())) {
            return Ok(Err(None));
        }
        let scopes = match self.scopes(body) {
            Ok(scopes) => scopes,
            Err(other) => return Ok(Err(other)),
        };
        self.check_shared(&scopes)?;
        let events: Result<Vec<Vec<WebhookEvent>>, String> =
            scopes.iter().map(|scope| self.event(scope)).collect();
        Ok(events.map(|all| all.into_iter().flatten().collect()).map_err(Some))
    }

    fn scopes<'v>(&self, body: &'v Value) -> Read<Vec<Vec<&'v Value>>> {
        let mut scopes: Vec<Vec<&Value>> = match (self.shape.root, body) {
            (Root::Object, Value::Object(_)) => vec![vec![body]],
            (Root::Array, Value::Array(elements)) => elements.iter().map(|element| vec![element]).collect(),
            _ => return Err(None),
        };
        for place in &self.shape.each {
            scopes = inner(scopes, place).ok_or(None)?;
            if scopes.len() > MOST_EVENTS {
                return Err(Some(format!("it has more than {MOST_EVENTS} events")));
            }
        }
        Ok(scopes)
    }

    /// A shared value that stands in each event.
    fn check_shared(&self, scopes: &[Vec<&Value>]) -> Result<(), WebhookRejection> {
        let described = &self.webhooks.signature;
        let (SignatureKind::Shared, Some(place)) = (described.kind, &described.at) else { return Ok(()) };
        for scope in scopes {
            let given = scope.iter().rev().find_map(|value| said_place(value, place));
            let given = given.ok_or(WebhookRejection::MissingSignature)?;
            shared::is_known(self.delivery, self.webhooks, &given)?;
        }
        Ok(())
    }

    /// One event, once for each entity that its word may mean.
    fn event(&self, scope: &[&Value]) -> Result<Vec<WebhookEvent>, String> {
        let shape = self.shape;
        let need = |pick: &Pick| self.picked(pick, scope);
        let (word, verb) = (need(&shape.entity)?, need(&shape.verb)?);
        let remote_id = shape.id.as_ref().map(need).transpose()?.unwrap_or_default();
        let realm = shape.realm.as_ref().map_or_else(|| Ok("-".to_owned()), need)?;
        let dedupe_id = match &shape.dedupe {
            Some(pick) => need(pick)?,
            None => format!("{realm}:{}", scope.last().map(ToString::to_string).unwrap_or_default()),
        };
        let deleted = self.webhooks.deleted.iter().any(|gone| gone.eq_ignore_ascii_case(&verb));
        let entities = self.entities(&word);
        let several = entities.len() > 1;
        let event = |entity: String| {
            let event_type = format!("{entity}.{}", verb.to_lowercase());
            let dedupe_id = if several { format!("{dedupe_id}:{entity}") } else { dedupe_id.clone() };
            let ended = self.webhooks.ended.iter().any(|end| end.eq_ignore_ascii_case(&event_type));
            let (realm, remote_id) = (realm.clone(), remote_id.clone());
            WebhookEvent { dedupe_id, realm, event_type, entity, remote_id, deleted, ended }
        };
        Ok(entities.into_iter().map(event).collect())
    }

    /// The manifest's names of an entity; the provider's word where the manifest has none.
    fn entities(&self, word: &str) -> Vec<String> {
        if let Some(listed) = self.webhooks.entities.get(word) {
            return listed.0.to_vec();
        }
        let names = self.delivery.manifest.entities.keys();
        let similar = names.into_iter().find(|name| name.eq_ignore_ascii_case(word));
        vec![similar.cloned().unwrap_or_else(|| word.to_owned())]
    }

    /// A value of the event, or of what encloses it, from the inside out; or of the request.
    fn picked(&self, pick: &Pick, scope: &[&Value]) -> Result<String, String> {
        let call = self.delivery.call;
        let (found, place) = match (&pick.at, &pick.header, &pick.query) {
            (Some(place), ..) => {
                (scope.iter().rev().find_map(|value| said_place(value, place)), place.text())
            }
            (None, Some(header), _) => (self.delivery.header(header).map(str::to_owned), header.clone()),
            (None, None, Some(parameter)) => (call.query.get(parameter).cloned(), parameter.clone()),
            (None, None, None) => (pick.value.clone(), "value".to_owned()),
        };
        let part = found.and_then(|text| cut(pick, &text));
        part.ok_or_else(|| format!("an event has nothing at `{place}`"))
    }
}

fn cut(pick: &Pick, text: &str) -> Option<String> {
    let part = match &pick.split {
        None => text,
        Some(at) => text.split(at.as_str()).nth(pick.part)?,
    };
    let part = part.strip_prefix(&pick.strip).unwrap_or(part);
    (!part.is_empty()).then(|| format!("{}{part}", pick.prepend))
}

/// One level further in: every element of the array at `place`, with what encloses it.
fn inner<'v>(scopes: Vec<Vec<&'v Value>>, place: &Place) -> Option<Vec<Vec<&'v Value>>> {
    let mut deeper = Vec::new();
    for scope in scopes {
        let array = value_at(scope.last()?, &place.0)?.as_array()?;
        for element in array {
            let mut scope = scope.clone();
            scope.push(element);
            deeper.push(scope);
        }
    }
    Some(deeper)
}
