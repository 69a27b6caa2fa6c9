//! A person's own edits in the user interface.

use serde_json::{Map, Value};

use super::app::App;
use super::objects::Hand;
use super::problem::Problem;
use super::properties::{Kind, kind_of};
use crate::kit::hands::Hands;

fn fault(problem: &Problem) -> Value {
    serde_json::from_slice(&problem.answer("").body).unwrap_or_default()
}

fn kind(entity: &str) -> Result<&'static Kind, Value> {
    kind_of(entity).ok_or_else(|| fault(&Problem::left_out(entity)))
}

fn number(id: &str) -> u64 {
    id.parse().unwrap_or(0)
}

/// The values, given bare or under `properties`.
fn values(body: Value) -> Map<String, Value> {
    match body {
        Value::Object(mut body) => match body.remove("properties") {
            Some(Value::Object(inner)) => inner,
            _ => body,
        },
        _ => Map::new(),
    }
}

impl App {
    /// All values of an object; `None` when it is unknown.
    pub(crate) fn object(&self, entity: &str, id: &str) -> Option<Value> {
        let portal = self.portal();
        let kind = kind_of(entity)?;
        let names: Vec<String> = portal.row(kind, number(id))?.values.keys().cloned().collect();
        portal.shown(kind, number(id), &names)
    }

    /// Merges two objects; the first one stays.
    pub(crate) fn merge(&self, entity: &str, winner: &str, loser: &str) -> Result<(), Value> {
        let kind = kind(entity)?;
        let mut portal = self.portal();
        let done = portal.merge(kind, (number(winner), number(loser)), Hand::User);
        self.publish(&mut portal);
        done.map_err(|problem| fault(&problem))
    }

    /// Brings an archived object back.
    pub(crate) fn restore(&self, entity: &str, id: &str) {
        let Some(kind) = kind_of(entity) else { return };
        let mut portal = self.portal();
        portal.restore(kind, number(id));
        self.publish(&mut portal);
    }
}

impl Hands for App {
    fn create(&self, entity: &str, body: Value) -> Result<Value, Value> {
        let kind = kind(entity)?;
        let mut portal = self.portal();
        let made = portal.create(kind, &values(body), Hand::User);
        self.publish(&mut portal);
        drop(portal);
        let id = made.map_err(|problem| fault(&problem))?;
        Ok(self.object(entity, &id.to_string()).unwrap_or_default())
    }

    fn edit(&self, entity: &str, id: &str, patch: Value) -> Result<Value, Value> {
        let kind = kind(entity)?;
        let mut portal = self.portal();
        let done = portal.update(kind, number(id), &values(patch), Hand::User);
        self.publish(&mut portal);
        drop(portal);
        done.map_err(|problem| fault(&problem))?;
        Ok(self.object(entity, id).unwrap_or_default())
    }

    fn delete(&self, entity: &str, id: &str) -> Result<Value, Value> {
        let kind = kind(entity)?;
        let mut portal = self.portal();
        if portal.live(kind, number(id)).is_none() {
            return Err(fault(&Problem::missing(id)));
        }
        portal.archive(kind, number(id), Hand::User);
        self.publish(&mut portal);
        Ok(serde_json::json!({"id": id, "archived": true}))
    }

    fn expire_access_tokens(&self) {
        self.grants().expire_access();
    }

    fn revoke(&self) {
        self.grants().revoke_all();
    }

    fn advance_clock(&self, seconds: u32) {
        self.clock.advance(i64::from(seconds));
    }
}
