//! `!transform`: a record made from another.

use serde_json::{Value, json};

use super::lines::items;
use super::save::create;
use crate::kit::decimals::{Object, text_of};
use crate::netsuite::kind::Kind;
use crate::netsuite::refusal::Refusal;
use crate::netsuite::store::Ledger;

/// Makes a record of type `to` from this one, the sent body laid over it; answers its id.
pub(in crate::netsuite) fn transform(
    ledger: &mut Ledger,
    (from, id): (Kind, u64),
    to: Kind,
    sent: &Object,
) -> Result<u64, Refusal> {
    let source = ledger.body(from, id).cloned().ok_or_else(Refusal::not_found)?;
    let mut body = match (from, to) {
        (Kind::SalesOrder, Kind::Invoice) => {
            if source["status"]["id"] == "Billed" {
                return Err(Refusal::user("The sales order is billed already."));
            }
            copied(&source, id, &["entity", "subsidiary", "currency", "memo", "otherRefNum", "item"])
        }
        (Kind::Invoice, Kind::CreditMemo) => {
            copied(&source, id, &["entity", "subsidiary", "currency", "memo", "item"])
        }
        (Kind::Invoice, Kind::CustomerPayment) => paid(&source, id, "customer"),
        (Kind::VendorBill, Kind::VendorPayment) => paid(&source, id, "entity"),
        _ => return Err(Refusal::not_modelled(format!("{} !transform {}", from.name(), to.name()))),
    };
    if to == Kind::CustomerPayment {
        body.insert("payment".into(), source["amountRemaining"].clone());
    }
    body.extend(sent.clone());
    create(ledger, to, &body)
}

fn copied(source: &Object, id: u64, fields: &[&str]) -> Object {
    let mut body = Object::new();
    for field in fields {
        if let Some(value) = source.get(*field) {
            body.insert((*field).to_owned(), value.clone());
        }
    }
    let lines: Vec<Value> = items(source, "item").to_vec();
    body.insert("item".into(), json!({"items": lines}));
    body.insert("createdFrom".into(), json!({"id": id.to_string()}));
    body
}

fn paid(source: &Object, id: u64, owner: &str) -> Object {
    let mut body = Object::new();
    body.insert(owner.into(), source["entity"].clone());
    let line = json!({"doc": {"id": id.to_string()}, "apply": true, "amount": source["amountRemaining"]});
    body.insert("apply".into(), json!({"items": [line]}));
    let memo = text_of(source, "memo");
    if !memo.is_empty() {
        body.insert("memo".into(), json!(memo));
    }
    body
}
