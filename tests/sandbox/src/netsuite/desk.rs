//! A user's own edits, business keys, and the administrative surface.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::kind::{KINDS, Kind};
use super::record::{Ask, create, one, remove, update};
use super::refusal::Refusal;
use super::routes::App;
use super::store::Ledger;
use crate::admin::Admin;
use crate::faults::Faults;
use crate::kit::decimals::{Object, text_of};
use crate::kit::hands::Hands;

impl App {
    /// `invoice:1001`: the marked word where a marker is set, else the external id, else the
    /// caller's reference, else the name or number. `None` when nothing identifies the record.
    pub(super) fn business_key(&self, kind: Kind, body: &Object) -> Option<String> {
        let fields = ["externalId", "otherRefNum", "checkNum", "memo"];
        let marked = self.config.reference_marker.as_deref().and_then(|marker| {
            let words =
                fields.iter().chain(&["comments"]).flat_map(|field| text_of(body, field).split_whitespace());
            words.into_iter().find(|word| word.starts_with(marker))
        });
        let key = marked.or_else(|| {
            let own = ["externalId", "otherRefNum", kind.label()];
            own.into_iter().map(|field| text_of(body, field)).find(|value| !value.is_empty())
        })?;
        Some(format!("{}:{key}", kind.name()))
    }

    /// Records beyond the first with the same business key.
    pub(super) fn duplicates(&self) -> u64 {
        let ledger = self.ledger();
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        let kinds = KINDS.into_iter().filter(|kind| kind.is_writable());
        for kind in kinds {
            for key in ledger.rows(kind).filter_map(|(_, row)| self.business_key(kind, &row.body)) {
                *counts.entry(key).or_default() += 1;
            }
        }
        counts.values().map(|count| count - 1).sum()
    }

    /// Does a change as a user would, whole or not at all.
    fn by_hand(
        &self,
        entity: &str,
        change: impl FnOnce(&mut Ledger, Kind) -> Result<u64, Refusal>,
    ) -> Result<Value, Value> {
        let kind = Kind::named(entity)
            .ok_or_else(|| Refusal::not_modelled(format!("the record type {entity}")).body())?;
        let mut ledger = self.ledger();
        ledger.settings.keep_previous = self.lag_ms() > 0;
        let start = ledger.mark();
        let done = change(&mut ledger, kind);
        if done.is_err() {
            ledger.roll_back(start);
        }
        ledger.settle();
        let id = done.map_err(|refusal| refusal.body())?;
        Ok(one(&ledger, (kind, id), "", true).map_or(Value::Null, Value::Object))
    }
}

fn object(body: Value) -> Result<Object, Refusal> {
    match body {
        Value::Object(body) => Ok(body),
        _ => Err(Refusal::content("The body is no object.", "")),
    }
}

impl Admin for App {
    fn faults(&self) -> &Faults {
        &self.faults
    }

    fn stats(&self) -> Value {
        let mut stats = self.tally.snapshot();
        stats["duplicates"] = json!(self.duplicates());
        let ledger = self.ledger();
        let counts: BTreeMap<_, _> = KINDS.iter().map(|kind| (kind.name(), ledger.count(*kind))).collect();
        stats["records"] = json!(counts);
        stats
    }

    fn reset(&self) {
        self.tally.reset();
        self.audit().clear();
    }
}

impl Hands for App {
    fn create(&self, entity: &str, body: Value) -> Result<Value, Value> {
        self.by_hand(entity, |ledger, kind| create(ledger, kind, &object(body)?))
    }

    fn edit(&self, entity: &str, id: &str, patch: Value) -> Result<Value, Value> {
        self.by_hand(entity, |ledger, kind| {
            let id = ledger.find(kind, id).ok_or_else(Refusal::not_found)?;
            let ask = Ask { by_hand: true, ..Ask::default() };
            update(ledger, (kind, id), &object(patch)?, &ask)?;
            Ok(id)
        })
    }

    fn delete(&self, entity: &str, id: &str) -> Result<Value, Value> {
        self.by_hand(entity, |ledger, kind| {
            let id = ledger.find(kind, id).ok_or_else(Refusal::not_found)?;
            remove(ledger, kind, id)?;
            Ok(id)
        })
    }

    fn expire_access_tokens(&self) {
        self.people().expire_access();
    }

    fn revoke(&self) {
        self.people().revoke_all();
        self.block_tba(true);
    }

    fn advance_clock(&self, seconds: u32) {
        self.clock.advance(i64::from(seconds));
    }
}
