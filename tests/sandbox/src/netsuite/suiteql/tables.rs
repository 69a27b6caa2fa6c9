//! The tables and columns queries may use.

use serde_json::{Value as Json, json};

use super::value::Value;
use crate::kit::clock::parse_date;
use crate::kit::decimals::{Object, decimal, text_of};
use crate::netsuite::kind::{ITEMS, KINDS, Kind};
use crate::netsuite::store::{Ledger, Row, id_in};

/// Where a column's value comes from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source {
    Id,
    Text(&'static str),
    Number(&'static str),
    Flag(&'static str),
    Day(&'static str),
    Ref(&'static str),
    /// The first of these references.
    EitherRef(&'static str, &'static str),
    Created,
    Modified,
    /// The type's code.
    Code,
    /// A letter for the state of a transaction.
    Status,
    /// Of a line: its transaction.
    Parent,
}

use Source::{Code, Created, Day, EitherRef, Flag, Id, Modified, Number, Parent, Ref, Status, Text};

type Column = (&'static str, Source);

const TRANSACTION: &[Column] = &[
    ("id", Id),
    ("type", Code),
    ("tranid", Text("tranId")),
    ("trandate", Day("tranDate")),
    ("duedate", Day("dueDate")),
    ("entity", EitherRef("entity", "customer")),
    ("status", Status),
    ("memo", Text("memo")),
    ("otherrefnum", Text("otherRefNum")),
    ("externalid", Text("externalId")),
    ("currency", Ref("currency")),
    ("exchangerate", Number("exchangeRate")),
    ("foreigntotal", Number("total")),
    ("foreignamountpaid", Number("amountPaid")),
    ("foreignamountunpaid", Number("amountRemaining")),
    ("createddate", Created),
    ("lastmodifieddate", Modified),
];

const LINE: &[Column] = &[
    ("id", Number("line")),
    ("transaction", Parent),
    ("linesequencenumber", Number("line")),
    ("item", Ref("item")),
    ("expenseaccount", Ref("account")),
    ("quantity", Number("quantity")),
    ("rate", Number("rate")),
    ("foreignamount", Number("amount")),
    ("memo", Text("description")),
    ("mainline", Flag("mainline")),
    ("class", Ref("class")),
    ("department", Ref("department")),
    ("location", Ref("location")),
];

const ENTITY: &[Column] = &[
    ("id", Id),
    ("entityid", Text("entityId")),
    ("companyname", Text("companyName")),
    ("isperson", Flag("isPerson")),
    ("firstname", Text("firstName")),
    ("lastname", Text("lastName")),
    ("email", Text("email")),
    ("phone", Text("phone")),
    ("comments", Text("comments")),
    ("externalid", Text("externalId")),
    ("currency", Ref("currency")),
    ("subsidiary", Ref("subsidiary")),
    ("isinactive", Flag("isInactive")),
    ("datecreated", Created),
    ("lastmodifieddate", Modified),
];

const ITEM: &[Column] = &[
    ("id", Id),
    ("itemid", Text("itemId")),
    ("itemtype", Code),
    ("displayname", Text("displayName")),
    ("description", Text("salesDescription")),
    ("externalid", Text("externalId")),
    ("isinactive", Flag("isInactive")),
    ("createddate", Created),
    ("lastmodifieddate", Modified),
];

const ACCOUNT: &[Column] = &[
    ("id", Id),
    ("acctnumber", Text("acctNumber")),
    ("fullname", Text("acctName")),
    ("accttype", Ref("acctType")),
    ("description", Text("description")),
    ("externalid", Text("externalId")),
    ("isinactive", Flag("isInactive")),
    ("lastmodifieddate", Modified),
];

const SEGMENT: &[Column] = &[
    ("id", Id),
    ("name", Text("name")),
    ("externalid", Text("externalId")),
    ("isinactive", Flag("isInactive")),
    ("lastmodifieddate", Modified),
];

const CURRENCY: &[Column] = &[("id", Id), ("name", Text("name")), ("symbol", Text("symbol"))];

const TAX: &[Column] = &[("id", Id), ("itemid", Text("itemId")), ("rate", Number("rate"))];

const DELETED: &[Column] =
    &[("recordid", Text("recordid")), ("type", Text("type")), ("deleteddate", Modified)];

/// A table: what it is called, its record types, its columns.
pub(super) struct Table {
    kinds: Vec<Kind>,
    pub(super) columns: &'static [Column],
    shape: Shape,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Records,
    Lines,
    Deleted,
}

/// A row of a table: the record, and for lines the line.
#[derive(Clone)]
pub(super) struct Line {
    kind: Kind,
    id: u64,
    created_ms: i64,
    modified_ms: i64,
    body: std::sync::Arc<Object>,
}

impl Table {
    /// By its name in lower case.
    pub(super) fn named(name: &str) -> Option<Self> {
        let transactions = || KINDS.into_iter().filter(|kind| kind.transaction().is_some()).collect();
        let (kinds, columns, shape): (Vec<Kind>, _, _) = match name {
            "transaction" => (transactions(), TRANSACTION, Shape::Records),
            "transactionline" => (transactions(), LINE, Shape::Lines),
            "customer" => (vec![Kind::Customer], ENTITY, Shape::Records),
            "vendor" => (vec![Kind::Vendor], ENTITY, Shape::Records),
            "item" => (ITEMS.to_vec(), ITEM, Shape::Records),
            "account" => (vec![Kind::Account], ACCOUNT, Shape::Records),
            "classification" => (vec![Kind::Classification], SEGMENT, Shape::Records),
            "department" => (vec![Kind::Department], SEGMENT, Shape::Records),
            "location" => (vec![Kind::Location], SEGMENT, Shape::Records),
            "subsidiary" => (vec![Kind::Subsidiary], SEGMENT, Shape::Records),
            "currency" => (vec![Kind::Currency], CURRENCY, Shape::Records),
            "salestaxitem" => (vec![Kind::SalesTaxItem], TAX, Shape::Records),
            "deletedrecord" => (Vec::new(), DELETED, Shape::Deleted),
            _ => return None,
        };
        Some(Self { kinds, columns, shape })
    }

    /// The source of a column; custom fields are columns under their own ids.
    pub(super) fn column(&self, ledger: &Ledger, name: &str) -> Option<Source> {
        if let Some((_, source)) = self.columns.iter().find(|(own, _)| *own == name) {
            return Some(*source);
        }
        let custom = ledger.settings.custom_fields.iter();
        let kinds = |record: &str| self.kinds.iter().any(|kind| kind.name() == record);
        let lines = self.shape == Shape::Lines;
        let mut own = custom.filter(|own| own.sublist.is_some() == lines && kinds(&own.record));
        own.any(|own| own.id == name).then_some(Text(""))
    }

    /// All rows a query sees.
    pub(super) fn rows(&self, ledger: &Ledger, (now_ms, lag_ms): (i64, i64)) -> Vec<Line> {
        if self.shape == Shape::Deleted {
            return ledger.gone.iter().map(|(kind, id, at_ms)| gone(*kind, *id, *at_ms)).collect();
        }
        let mut all = Vec::new();
        for kind in &self.kinds {
            for (id, row) in ledger.rows(*kind) {
                let Some(body) = row.seen(now_ms, lag_ms) else { continue };
                let line = record(*kind, id, row, body);
                if self.shape == Shape::Lines { all.extend(lines(&line)) } else { all.push(line) }
            }
        }
        all
    }
}

fn record(kind: Kind, id: u64, row: &Row, body: &std::sync::Arc<Object>) -> Line {
    let (created_ms, modified_ms) = (row.created_ms, row.modified_ms);
    Line { kind, id, created_ms, modified_ms, body: std::sync::Arc::clone(body) }
}

fn gone(kind: Kind, id: u64, at_ms: i64) -> Line {
    let mut body = Object::new();
    body.insert("recordid".into(), json!(id.to_string()));
    body.insert("type".into(), json!(kind.name()));
    Line { kind, id, created_ms: at_ms, modified_ms: at_ms, body: body.into() }
}

/// The main line of a transaction and its item and expense lines.
fn lines(of: &Line) -> Vec<Line> {
    let mut bodies = vec![json!({"line": 0, "amount": of.body.get("total"), "mainline": true})];
    for sublist in ["item", "expense", "line"] {
        let items = of.body.get(sublist).and_then(|sublist| sublist["items"].as_array());
        for item in items.into_iter().flatten() {
            let mut item = item.clone();
            item["mainline"] = json!(false);
            bodies.push(item);
        }
    }
    let line = |body: Json| Some(Line { body: body.as_object()?.clone().into(), ..of.clone() });
    bodies.into_iter().filter_map(line).collect()
}

impl Line {
    /// The value of a column; `name` is its own, for custom fields.
    pub(super) fn value(&self, source: Source, name: &str) -> Value {
        let body = self.body.as_ref();
        let text = |text: &str| if text.is_empty() { Value::Null } else { Value::Text(text.to_owned()) };
        match source {
            Id | Parent => Value::Text(self.id.to_string()),
            Text("") => text(text_of(body, name)),
            Text(field) => text(text_of(body, field)),
            Number(field) => body.get(field).and_then(decimal).map_or(Value::Null, Value::Number),
            Flag(field) => text(if body.get(field) == Some(&json!(true)) { "T" } else { "F" }),
            Day(field) => parse_date(text_of(body, field)).map_or(Value::Null, Value::Day),
            Ref(field) => text(id_in(body.get(field))),
            EitherRef(first, second) => text(id_in(body.get(first).or_else(|| body.get(second)))),
            Created => Value::Instant(self.created_ms),
            Modified => Value::Instant(self.modified_ms),
            Code => {
                text(self.kind.transaction().map(|(code, _)| code).or(self.kind.item()).unwrap_or_default())
            }
            Status => text(letter(body)),
        }
    }

    /// What makes the row another than its neighbours, for an order nobody asked for.
    pub(super) fn identity(&self) -> u64 {
        let line = self.body.get("line").and_then(Json::as_u64).unwrap_or(0);
        crate::faults::mix(self.id ^ (line << 40) ^ ((self.kind.slot() as u64) << 56))
    }
}

fn letter(body: &Object) -> &'static str {
    match id_in(body.get("status")) {
        "Paid In Full" | "Fully Applied" | "Deposited" | "Paid" => "B",
        "Billed" => "G",
        "" => "",
        _ => "A",
    }
}
