//! Creates and partial updates.

use serde_json::{Value, json};

use super::fields::{Type, check};
use super::lines::{items, merge};
use super::totals::{balance, status, total};
use super::{apply, entities, layout};
use crate::kit::clock::parse_date;
use crate::kit::decimals::{Object, text_of};
use crate::netsuite::kind::Kind;
use crate::netsuite::refusal::Refusal;
use crate::netsuite::store::{Ledger, id_in};

/// How an update was asked for.
#[derive(Clone, Debug, Default)]
pub(in crate::netsuite) struct Ask {
    /// Sublists that are replaced as a whole (`?replace=item`).
    pub(in crate::netsuite) replace: Vec<String>,
    /// A user in the user interface: not one of the caller's edits.
    pub(in crate::netsuite) by_hand: bool,
}

/// Creates a record; answers its id.
pub(in crate::netsuite) fn create(ledger: &mut Ledger, kind: Kind, body: &Object) -> Result<u64, Refusal> {
    writable(kind)?;
    let sent = check(ledger, kind, body)?;
    let sent = laid_over(kind, &Object::new(), sent, &Ask::default())?;
    unique_external(ledger, kind, None, &sent)?;
    let body = complete(ledger, kind, None, sent)?;
    let id = ledger.next_id(kind);
    ledger.put(kind, id, body);
    if kind == Kind::Invoice {
        billed(ledger, id);
    }
    Ok(id)
}

/// Changes a record: what is left out stays, sublists are merged by their key.
pub(in crate::netsuite) fn update(
    ledger: &mut Ledger,
    (kind, id): (Kind, u64),
    body: &Object,
    ask: &Ask,
) -> Result<(), Refusal> {
    writable(kind)?;
    let old = ledger.body(kind, id).cloned().ok_or_else(Refusal::not_found)?;
    if !ask.by_hand && ledger.settings.collisions > 0 {
        ledger.settings.collisions -= 1;
        return Err(Refusal::user("Record has been changed (RCRD_HAS_BEEN_CHANGED)."));
    }
    let sent = check(ledger, kind, body)?;
    let merged = laid_over(kind, &old, sent, ask)?;
    unique_external(ledger, kind, Some(id), &merged)?;
    in_open_period(ledger, kind, &old)?;
    let body = complete(ledger, kind, Some((id, &old)), merged)?;
    ledger.put(kind, id, body);
    Ok(())
}

fn writable(kind: Kind) -> Result<(), Refusal> {
    if kind.is_writable() { Ok(()) } else { Err(Refusal::not_modelled(format!("writing {}", kind.name()))) }
}

/// The old state with what was sent laid over it; null empties a field.
fn laid_over(kind: Kind, old: &Object, sent: Object, ask: &Ask) -> Result<Object, Refusal> {
    let mut merged = old.clone();
    for (name, value) in sent {
        let columns = layout::layout(kind).iter().find(|(own, _)| *own == name).map(|(_, kind)| kind);
        if value.is_null() {
            merged.remove(&name);
        } else if let Some(Type::Lines(_, key)) = columns {
            let old = if ask.replace.contains(&name) { &[][..] } else { items(old, &name) };
            let lines = value["items"].as_array().cloned().unwrap_or_default();
            let lines = merge(old, &lines, (&name, key))?;
            merged.insert(name, lines);
        } else {
            merged.insert(name, value);
        }
    }
    Ok(merged)
}

fn unique_external(ledger: &Ledger, kind: Kind, id: Option<u64>, body: &Object) -> Result<(), Refusal> {
    let external = text_of(body, "externalId");
    match ledger.with_external(kind, external) {
        Some(other) if Some(other) != id => Err(Refusal::user(format!(
            "This record already exists: the external ID {external} is used by {} {other}.",
            kind.name()
        ))),
        _ => Ok(()),
    }
}

pub(super) fn in_open_period(ledger: &Ledger, kind: Kind, body: &Object) -> Result<(), Refusal> {
    let closed = ledger.settings.closed_until.filter(|_| kind.transaction().is_some());
    match (closed, parse_date(text_of(body, "tranDate"))) {
        (Some(closed), Some(date)) if date <= closed => {
            Err(Refusal::user(format!("The transaction date {date} is in a closed accounting period.")))
        }
        _ => Ok(()),
    }
}

fn complete(
    ledger: &mut Ledger,
    kind: Kind,
    old: Option<(u64, &Object)>,
    mut body: Object,
) -> Result<Object, Refusal> {
    if kind.transaction().is_none() {
        entities::complete(ledger, kind, old.map(|(id, _)| id), &mut body)?;
        return Ok(body);
    }
    header(ledger, kind, &mut body)?;
    in_open_period(ledger, kind, &body)?;
    if kind.is_priced() {
        total(ledger, kind, &mut body)?;
    }
    match kind {
        Kind::JournalEntry => balance(&mut body)?,
        Kind::SalesOrder => {
            body.entry("status").or_insert_with(|| status("Pending Fulfillment"));
        }
        _ => {}
    }
    apply::apply(ledger, kind, old.map(|(_, body)| body), &mut body)?;
    Ok(body)
}

/// Date, number, and what comes from the customer or vendor.
fn header(ledger: &mut Ledger, kind: Kind, body: &mut Object) -> Result<(), Refusal> {
    if kind != Kind::JournalEntry {
        let (name, kinds) = match kind {
            Kind::CustomerPayment => ("customer", Kind::Customer),
            Kind::Invoice | Kind::CreditMemo | Kind::SalesOrder => ("entity", Kind::Customer),
            _ => ("entity", Kind::Vendor),
        };
        let found = ledger.among(&[kinds], id_in(body.get(name)));
        let Some((_, _, entity)) = found else {
            return Err(Refusal::user(format!("Please enter value(s) for: {}", kinds.name())));
        };
        if entity.get("isInactive") == Some(&json!(true)) {
            return Err(Refusal::user(format!("Invalid {name} reference key: the record is inactive.")));
        }
        for name in ["subsidiary", "currency"] {
            if let Some(value) = entity.get(name).cloned().filter(|_| !body.contains_key(name)) {
                body.insert(name.into(), value);
            }
        }
    } else if ledger.settings.one_world && !body.contains_key("subsidiary") {
        return Err(Refusal::user("Please enter value(s) for: Subsidiary"));
    }
    if !body.contains_key("tranDate") {
        let today = ledger.settings.zone.today(ledger.clock.now_ms());
        body.insert("tranDate".into(), json!(today.to_string()));
    }
    let numbered = kind.transaction().is_some_and(|(_, prefix)| !prefix.is_empty());
    if numbered && text_of(body, "tranId").is_empty() {
        let number = ledger.next_number(kind);
        body.insert("tranId".into(), Value::from(number));
    }
    body.entry("exchangeRate").or_insert(json!(1));
    body.insert("postingPeriod".into(), period(text_of(body, "tranDate")));
    Ok(())
}

/// The period of a date: one for each month.
fn period(date: &str) -> Value {
    let name = parse_date(date).map(|date| date.format("%b %Y").to_string()).unwrap_or_default();
    json!({"id": date.get(..7).unwrap_or_default().replace('-', ""), "refName": name})
}

/// An invoice made from a sales order bills it.
fn billed(ledger: &mut Ledger, invoice: u64) {
    let order =
        ledger.body(Kind::Invoice, invoice).and_then(|body| id_in(body.get("createdFrom")).parse().ok());
    if let Some(order) = order
        && let Some(mut body) = ledger.body(Kind::SalesOrder, order).cloned()
    {
        body.insert("status".into(), status("Billed"));
        ledger.put(Kind::SalesOrder, order, body);
    }
}
