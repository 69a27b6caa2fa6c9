//! Objects one at a time: list, get, create, update, archive, merge, erase.

use serde_json::{Map, Value, json};

use super::associations;
use super::call::Call;
use super::events::Event;
use super::keys;
use super::portal::{Portal, Values};
use super::problem::Problem;
use super::properties::{Kind, kind_of};

/// Largest page of a list (fact sheet, "Pagination").
const LARGEST: usize = 100;

/// Who writes: the app, or a person in the user interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hand {
    App,
    User,
}

/// `properties=a,b,c`
pub(crate) fn names(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// The object of a JSON field; empty when it is absent.
pub(crate) fn fields(body: &Value, name: &str) -> Map<String, Value> {
    body[name].as_object().cloned().unwrap_or_default()
}

/// The id an address or input names, by id or by a unique property.
pub(crate) fn found(portal: &Portal, kind: &Kind, text: &str, id_property: &str) -> Result<u64, Problem> {
    if id_property.is_empty() || id_property == "hs_object_id" {
        let id = text.parse().ok().filter(|id| portal.row(kind, *id).is_some());
        return id.ok_or_else(|| Problem::missing(text));
    }
    if !portal.properties(kind).get(id_property).is_some_and(|property| property.has_unique_value) {
        return Err(Problem::invalid(format!(
            "Property '{id_property}' is not a unique property of {}",
            kind.name
        )));
    }
    portal.with(kind, id_property, text).ok_or_else(|| Problem::missing(text))
}

impl Portal {
    /// Remembers an event of an object.
    pub(crate) fn tell(&mut self, (kind, id): (&Kind, u64), name: &str, more: &Value, hand: Hand) {
        let property = more["propertyName"].as_str().map(str::to_owned);
        self.events.push(Event {
            subscription_type: format!("{}.{name}", kind.singular),
            object_id: id,
            property,
            more: more.as_object().cloned().unwrap_or_default(),
            at_ms: self.clock.now_ms(),
            by_hand: hand == Hand::User,
        });
    }

    fn tell_changes(&mut self, (kind, id): (&Kind, u64), changed: &[String], hand: Hand) {
        for name in changed {
            let value = self.row(kind, id).and_then(|row| row.values.get(name).cloned()).unwrap_or_default();
            let more = json!({"propertyName": name, "propertyValue": value});
            self.tell((kind, id), "propertyChange", &more, hand);
        }
    }

    /// Creates an object; answers its id.
    pub(crate) fn create(
        &mut self,
        kind: &'static Kind,
        given: &Map<String, Value>,
        hand: Hand,
    ) -> Result<u64, Problem> {
        let values = self.checked(kind, given)?;
        self.free(kind, None, &values)?;
        let set: Vec<String> =
            values.iter().filter(|(_, value)| !value.is_empty()).map(|(n, _)| n.clone()).collect();
        let id = self.insert(kind, values);
        if hand == Hand::App {
            self.tally.create(keys::key_of(self, kind, id).as_deref());
        }
        self.tell((kind, id), "creation", &json!({}), hand);
        self.tell_changes((kind, id), &set, hand);
        Ok(id)
    }

    /// Changes an object: properties not given stay.
    pub(crate) fn update(
        &mut self,
        kind: &'static Kind,
        id: u64,
        given: &Map<String, Value>,
        hand: Hand,
    ) -> Result<(), Problem> {
        let values: Values = self.checked(kind, given)?;
        let id = self.resolved(kind, id);
        if self.live(kind, id).is_none() {
            return Err(Problem::missing(&id.to_string()));
        }
        self.free(kind, Some(id), &values)?;
        let changed = self.change(kind, id, values);
        self.tally.note("updates");
        self.tell_changes((kind, id), &changed, hand);
        Ok(())
    }

    /// Archives an object; again does nothing.
    pub(crate) fn archive(&mut self, kind: &'static Kind, id: u64, hand: Hand) {
        let id = self.resolved(kind, id);
        let Some(row) = self.live(kind, id).cloned() else { return };
        let archived_ms = Some(self.clock.now_ms());
        self.put(kind, id, super::portal::Row { archived_ms, ..row });
        self.tally.note("deletes");
        self.tell((kind, id), "deletion", &json!({}), hand);
    }

    /// Brings an archived object back, which only a person can do.
    pub(crate) fn restore(&mut self, kind: &'static Kind, id: u64) {
        let Some(row) = self.row(kind, id).filter(|row| row.archived_ms.is_some()).cloned() else { return };
        self.put(kind, id, super::portal::Row { archived_ms: None, ..row });
        self.tell((kind, id), "restore", &json!({}), Hand::User);
    }

    /// Merges one object into another: the winner keeps its values and fills its gaps.
    pub(crate) fn merge(
        &mut self,
        kind: &'static Kind,
        (winner, loser): (u64, u64),
        hand: Hand,
    ) -> Result<(), Problem> {
        let (winner, loser) = (self.resolved(kind, winner), self.resolved(kind, loser));
        if winner == loser {
            return Err(Problem::invalid("Cannot merge an object with itself"));
        }
        let gone = self.live(kind, loser).cloned().ok_or_else(|| Problem::missing(&loser.to_string()))?;
        let kept = self.live(kind, winner).cloned().ok_or_else(|| Problem::missing(&winner.to_string()))?;
        self.erase(kind, loser);
        self.merged.insert((kind.name, loser), winner);
        let gaps: Values =
            gone.values.into_iter().filter(|(name, _)| !kept.values.contains_key(name)).collect();
        let moved = gaps.len();
        self.change(kind, winner, gaps);
        let more = json!({
            "primaryObjectId": winner, "mergedObjectIds": [loser], "newObjectId": winner,
            "numberOfPropertiesMoved": moved,
        });
        self.tell((kind, winner), "merge", &more, hand);
        Ok(())
    }
}

/// `GET /{type}`
pub(crate) fn list(portal: &Portal, kind: &'static Kind, call: &Call) -> Result<Value, Problem> {
    let limit = match call.params.opt("limit") {
        None => 10,
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| (1..=LARGEST).contains(limit))
            .ok_or_else(|| Problem::invalid(format!("limit must be a number from 1 to {LARGEST}")))?,
    };
    let from = match call.params.opt("after") {
        None => 0,
        Some(text) => text.parse().map_err(|_| Problem::invalid("after is not a paging cursor"))?,
    };
    let archived = call.params.get("archived") == "true";
    let wanted = names(call.params.get("properties"));
    let links = names(call.params.get("associations"));
    let rows = portal.rows_from(kind, from).filter(|(_, row)| row.archived_ms.is_some() == archived);
    let ids: Vec<u64> = rows.map(|(id, _)| id).take(limit + 1).collect();
    let mut results = Vec::new();
    for id in ids.iter().take(limit) {
        results.push(with_links(portal, (kind, *id), &wanted, &links)?);
    }
    let mut body = json!({"results": results});
    if let Some(next) = ids.get(limit) {
        let link = format!("{}?limit={limit}&after={next}", call.path);
        body["paging"] = json!({"next": {"after": next.to_string(), "link": link}});
    }
    Ok(body)
}

fn with_links(
    portal: &Portal,
    (kind, id): (&'static Kind, u64),
    wanted: &[String],
    links: &[String],
) -> Result<Value, Problem> {
    let mut shown = portal.shown(kind, id, wanted).ok_or_else(|| Problem::missing(&id.to_string()))?;
    for name in links {
        let to = kind_of(name).ok_or_else(|| Problem::left_out(format!("associations={name}")))?;
        let found = associations::thin(portal, (kind, portal.resolved(kind, id)), to);
        if !found.is_empty() {
            shown["associations"][to.name] = json!({"results": found});
        }
    }
    Ok(shown)
}

/// `GET /{type}/{id}`
pub(crate) fn get(portal: &Portal, kind: &'static Kind, id: &str, call: &Call) -> Result<Value, Problem> {
    let id = found(portal, kind, id, call.params.get("idProperty"))?;
    let archived = call.params.get("archived") == "true";
    let row = portal.row(kind, id).filter(|row| row.archived_ms.is_some() == archived);
    row.ok_or_else(|| Problem::missing(&id.to_string()))?;
    let links = names(call.params.get("associations"));
    with_links(portal, (kind, id), &names(call.params.get("properties")), &links)
}

/// `POST /{type}`
pub(crate) fn post(portal: &mut Portal, kind: &'static Kind, body: &Value) -> Result<Value, Problem> {
    let given = fields(body, "properties");
    let links = body["associations"].as_array().cloned().unwrap_or_default();
    let links = associations::wanted(portal, kind, &links)?;
    let id = portal.create(kind, &given, Hand::App)?;
    for (to, to_id, types) in links {
        associations::add(portal, (kind, id), (to, to_id), &types);
    }
    let all: Vec<String> = given.keys().cloned().collect();
    portal.shown(kind, id, &all).ok_or_else(|| Problem::missing(&id.to_string()))
}

/// `PATCH /{type}/{id}`
pub(crate) fn patch(
    portal: &mut Portal,
    kind: &'static Kind,
    (id, id_property): (&str, &str),
    body: &Value,
) -> Result<Value, Problem> {
    let id = found(portal, kind, id, id_property)?;
    let given = fields(body, "properties");
    portal.update(kind, id, &given, Hand::App)?;
    let all: Vec<String> = given.keys().cloned().collect();
    portal.shown(kind, id, &all).ok_or_else(|| Problem::missing(&id.to_string()))
}

/// `POST /{type}/merge`
pub(crate) fn merge(portal: &mut Portal, kind: &'static Kind, body: &Value) -> Result<Value, Problem> {
    let id = |name: &str| {
        let given = body[name].as_str().and_then(|text| text.parse().ok()).or(body[name].as_u64());
        given.ok_or_else(|| Problem::invalid(format!("{name} is required")))
    };
    let (winner, loser) = (id("primaryObjectId")?, id("objectIdToMerge")?);
    portal.merge(kind, (winner, loser), Hand::App)?;
    portal.shown(kind, winner, &[]).ok_or_else(|| Problem::missing(&winner.to_string()))
}

/// `POST /contacts/gdpr-delete`: nothing of the object is left.
pub(crate) fn gdpr_delete(portal: &mut Portal, kind: &'static Kind, body: &Value) -> Result<(), Problem> {
    if kind.name != "contacts" {
        return Err(Problem::left_out(format!("gdpr-delete of {}", kind.name)));
    }
    let text = body["objectId"].as_str().unwrap_or_default();
    let id = found(portal, kind, text, body["idProperty"].as_str().unwrap_or_default())?;
    portal.erase(kind, id);
    portal.tally.note("deletes");
    portal.tell((kind, id), "privacyDeletion", &json!({}), Hand::App);
    Ok(())
}
