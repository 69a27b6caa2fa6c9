//! A bookkeeper's own edits, business keys, and the administrative surface.

use std::collections::BTreeMap;

use serde_json::Value;

use super::dates::{parse_sent, wire_date};
use super::kind::{KINDS, Kind};
use super::refusal::Refusal;
use super::render::{WHOLE, shown};
use super::routes::App;
use super::store::is_live;
use super::write::{Way, one};
use crate::admin::Admin;
use crate::faults::Faults;
use crate::kit::decimals::{Object, text_of};
use crate::kit::hands::Hands;

/// Kinds whose creates are counted by business key.
const KEYED: [Kind; 5] = [Kind::Contact, Kind::Invoice, Kind::CreditNote, Kind::Payment, Kind::Item];

impl App {
    /// `Invoice:1001`: the marked word of the reference where a marker is set, else the caller's
    /// number, name or code, else the reference. `None` when nothing identifies the object.
    pub(super) fn business_key(&self, kind: Kind, body: &Object) -> Option<String> {
        let key = self.marked(body).or_else(|| {
            let fields: &[&str] = match kind {
                Kind::Contact => &["ContactNumber", "Name"],
                Kind::Invoice | Kind::CreditNote => &["Reference", kind.label()],
                _ => &[kind.label()],
            };
            fields.iter().map(|field| text_of(body, field)).find(|value| !value.is_empty())
        })?;
        Some(format!("{}:{key}", kind.name()))
    }

    fn marked<'a>(&self, body: &'a Object) -> Option<&'a str> {
        let marker = self.config.reference_marker.as_deref()?;
        let words = ["Reference", "ContactNumber"]
            .into_iter()
            .flat_map(|field| text_of(body, field).split_whitespace());
        words.into_iter().find(|word| word.starts_with(marker))
    }

    /// Objects that count beyond the first with the same business key, over all organisations.
    pub(super) fn duplicates(&self) -> u64 {
        let mut counts: BTreeMap<(&str, String), u64> = BTreeMap::new();
        for tenant in self.tenants() {
            let Some(book) = self.book(tenant) else { continue };
            for kind in KEYED {
                let live = book.rows(kind).filter(|(_, row)| is_live(kind, &row.body));
                for key in live.filter_map(|(_, row)| self.business_key(kind, &row.body)) {
                    *counts.entry((tenant, key)).or_default() += 1;
                }
            }
        }
        counts.values().map(|count| count - 1).sum()
    }

    /// Does what a bookkeeper does in the user interface. The error is the API's body.
    pub(super) fn by_hand(
        &self,
        (tenant, entity): (&str, &str),
        id: Option<&str>,
        body: Value,
    ) -> Result<Value, Value> {
        let (Some(kind), Value::Object(body)) = (Kind::named(entity), body) else {
            return Err(told(&Refusal::not_modelled(format!("entity {entity}"))));
        };
        let mut book = self.book(tenant).ok_or_else(|| told(&Refusal::NotFound))?;
        book.settings.keep_previous = self.lag_ms() > 0;
        book.settings.unit_places = 4;
        let start = book.mark();
        let done = match id {
            Some(id) => one(&mut book, kind, Way::At(id), &body),
            None => one(&mut book, kind, Way::Create, &body),
        };
        let answer = match done {
            Ok(done) => {
                let body = book.body(kind, &done.id).cloned().unwrap_or_default();
                Ok(Value::Object(shown(&book, kind, &body, WHOLE)))
            }
            Err(refusal) => {
                book.roll_back(start);
                Err(told(&refusal))
            }
        };
        self.publish(book.settle());
        answer
    }

    /// Deletes, voids or archives, whichever the object's state allows.
    pub(super) fn remove_by_hand(&self, (tenant, entity): (&str, &str), id: &str) -> Result<Value, Value> {
        let Some(kind) = Kind::named(entity) else {
            return Err(told(&Refusal::not_modelled(format!("entity {entity}"))));
        };
        let status = {
            let mut book = self.book(tenant).ok_or_else(|| told(&Refusal::NotFound))?;
            let id = book.find(kind, id).ok_or_else(|| told(&Refusal::NotFound))?;
            let body = book.body(kind, &id).cloned().unwrap_or_default();
            if matches!(kind, Kind::Item | Kind::Account | Kind::TrackingCategory) {
                book.remove(kind, &id);
                book.settle();
                return Ok(Value::Object(body));
            }
            match (kind, text_of(&body, "Status")) {
                (Kind::Contact, _) => ("ContactStatus", "ARCHIVED"),
                (Kind::Invoice | Kind::CreditNote, "AUTHORISED" | "PAID") => ("Status", "VOIDED"),
                _ => ("Status", "DELETED"),
            }
        };
        let patch = serde_json::json!({ status.0: status.1 });
        self.by_hand((tenant, entity), Some(id), patch)
    }

    /// The first organisation: the one the admin routes act on.
    pub(super) fn first_tenant(&self) -> &str {
        self.config.organisations.first().map_or("", |own| own.tenant_id.as_str())
    }

    /// Sets the period lock date, as an adviser does: documents dated on or before it are refused.
    pub(super) fn lock_before(&self, tenant: &str, date: &str) {
        if let Some(mut book) = self.book(tenant) {
            book.settings.lock_date = parse_sent(date);
            let organisation = book.body(Kind::Organisation, tenant).cloned();
            if let (Some(mut body), Some(lock)) = (organisation, book.settings.lock_date) {
                body.insert("PeriodLockDate".into(), Value::from(wire_date(lock)));
                book.put(Kind::Organisation, tenant, body);
                book.settle();
            }
        }
    }

    /// Rows by entity over all organisations.
    fn live(&self) -> BTreeMap<&'static str, usize> {
        let count = |kind| self.tenants().filter_map(|tenant| Some(self.book(tenant)?.count(kind))).sum();
        KINDS.into_iter().map(|kind| (kind.name(), count(kind))).collect()
    }
}

/// A refusal as the API's body.
fn told(refusal: &Refusal) -> Value {
    let answer = refusal.answer();
    serde_json::from_slice(&answer.body)
        .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&answer.body).into_owned()))
}

impl Admin for App {
    fn faults(&self) -> &Faults {
        &self.faults
    }

    fn stats(&self) -> Value {
        let mut stats = self.tally.snapshot();
        stats["duplicates"] = Value::from(self.duplicates());
        stats["records"] = serde_json::json!(self.live());
        stats
    }

    fn reset(&self) {
        self.tally.reset();
    }
}

impl Hands for App {
    fn create(&self, entity: &str, body: Value) -> Result<Value, Value> {
        self.by_hand((self.first_tenant(), entity), None, body)
    }

    fn edit(&self, entity: &str, id: &str, patch: Value) -> Result<Value, Value> {
        self.by_hand((self.first_tenant(), entity), Some(id), patch)
    }

    fn delete(&self, entity: &str, id: &str) -> Result<Value, Value> {
        self.remove_by_hand((self.first_tenant(), entity), id)
    }

    fn expire_access_tokens(&self) {
        self.people().grants.expire_access();
    }

    fn revoke(&self) {
        self.people().revoke_all();
    }

    fn advance_clock(&self, seconds: u32) {
        self.clock.advance(i64::from(seconds));
    }
}
