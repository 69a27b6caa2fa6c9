//! A user's own edits, business keys, and the administrative surface.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::kind::{KINDS, Kind};
use super::record::{Ask, create, remove, shown, update};
use super::refusal::Refusal;
use super::routes::App;
use super::store::{Org, Spelled, spelled};
use crate::admin::Admin;
use crate::faults::Faults;
use crate::kit::decimals::{Object, text_of};
use crate::kit::hands::Hands;

/// How a user writes: no lock, no alert.
const BY_HAND: Ask = Ask { by_hand: true, allow_save: true };

impl App {
    /// `Account:1001`: the marked word where a marker is set, else the external id, else the name.
    /// `None` when nothing identifies the record.
    pub(super) fn business_key(&self, org: &Org, kind: Kind, body: &Object) -> Option<String> {
        let texts = || body.values().filter_map(Value::as_str);
        let marked =
            self.config.reference_marker.as_deref().and_then(|marker| {
                texts().flat_map(str::split_whitespace).find(|word| word.starts_with(marker))
            });
        let external = org.fields(kind).filter(|field| field.external_id);
        let mut external = external.map(|field| text_of(body, &field.name)).filter(|value| !value.is_empty());
        let own = || Some(text_of(body, kind.label())).filter(|name| !name.is_empty());
        let pair = || {
            let ids = [text_of(body, "Pricebook2Id"), text_of(body, "Product2Id")];
            (kind == Kind::PricebookEntry).then(|| ids.join("/"))
        };
        let key = marked.or_else(|| external.next()).map(str::to_owned).or_else(pair);
        key.or_else(|| own().map(str::to_owned)).map(|key| format!("{}:{key}", kind.name()))
    }

    /// Counts a create through the API.
    pub(super) fn created(&self, org: &Org, kind: Kind, id: &str) {
        let key = org.live(kind, id).and_then(|version| self.business_key(org, kind, &version.body));
        self.tally.create(key.as_deref());
    }

    /// Counts an upsert through the API.
    pub(super) fn upserted(&self, org: &Org, (kind, id): (Kind, &str), created: bool) {
        if created { self.created(org, kind, id) } else { self.tally.note("updates") }
    }

    /// Records beyond the first with the same business key.
    pub(super) fn duplicates(&self) -> u64 {
        let org = self.org();
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for kind in KINDS.into_iter().filter(|kind| kind.is_writable()) {
            let live = org.rows(kind).filter(|(_, row)| !row.now.deleted);
            for key in live.filter_map(|(_, row)| self.business_key(&org, kind, &row.now.body)) {
                *counts.entry(key).or_default() += 1;
            }
        }
        counts.values().map(|count| count - 1).sum()
    }

    /// Does a change as a user would, whole or not at all.
    fn by_hand(
        &self,
        entity: &str,
        change: impl FnOnce(&mut Org, Kind) -> Result<String, Refusal>,
    ) -> Result<Value, Value> {
        let kind = Kind::named(entity)
            .ok_or_else(|| Refusal::not_modelled(format!("the object {entity}")).body())?;
        let mut org = self.org();
        org.settings.keep_previous = self.lag_ms() > 0;
        let start = org.mark();
        let done = change(&mut org, kind);
        if done.is_err() {
            org.roll_back(start);
        }
        org.settle();
        let id = done.map_err(|refusal| refusal.body())?;
        let version = org.row(kind, &id).map(|row| row.now.clone());
        Ok(version.map_or(Value::Null, |version| shown(&org, (kind, &id), &version, ("", None))))
    }
}

fn object(body: Value) -> Result<Object, Refusal> {
    match body {
        Value::Object(body) => Ok(body),
        _ => Err(Refusal::bad("JSON_PARSER_ERROR", "The body is no object.")),
    }
}

/// The whole id of one of 15 or 18 characters.
pub(super) fn whole(id: &str) -> Result<String, Refusal> {
    match spelled(id) {
        Spelled::Id(id) => Ok(id),
        Spelled::Malformed => Err(Refusal::not_found()),
    }
}

impl Admin for App {
    fn faults(&self) -> &Faults {
        &self.faults
    }

    fn stats(&self) -> Value {
        let mut stats = self.tally.snapshot();
        stats["duplicates"] = json!(self.duplicates());
        let org = self.org();
        let counts: BTreeMap<_, _> = KINDS.iter().map(|kind| (kind.name(), org.count(*kind))).collect();
        stats["records"] = json!(counts);
        stats
    }

    fn reset(&self) {
        self.tally.reset();
    }
}

impl Hands for App {
    fn create(&self, entity: &str, body: Value) -> Result<Value, Value> {
        self.by_hand(entity, |org, kind| create(org, kind, &object(body)?, BY_HAND))
    }

    fn edit(&self, entity: &str, id: &str, patch: Value) -> Result<Value, Value> {
        self.by_hand(entity, |org, kind| {
            let id = whole(id)?;
            update(org, (kind, &id), &object(patch)?, BY_HAND)?;
            Ok(id)
        })
    }

    fn delete(&self, entity: &str, id: &str) -> Result<Value, Value> {
        self.by_hand(entity, |org, kind| {
            let id = whole(id)?;
            remove(org, kind, &id, BY_HAND)?;
            Ok(id)
        })
    }

    fn expire_access_tokens(&self) {
        self.people().expire_access();
    }

    fn revoke(&self) {
        self.people().revoke_all();
    }

    fn advance_clock(&self, seconds: u32) {
        self.clock.advance(i64::from(seconds));
    }
}
