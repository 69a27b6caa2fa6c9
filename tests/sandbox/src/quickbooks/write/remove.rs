//! Delete and void. The bodies need only `Id` and `SyncToken`; a whole object is accepted too.

use serde_json::{Value, json};

use super::{Manner, addressed};
use crate::quickbooks::decimals::{Object, text_of};
use crate::quickbooks::faultbody::Refusal;
use crate::quickbooks::kind::Kind;
use crate::quickbooks::rules::{UNAPPLIED, detach, relink, settle, targets};
use crate::quickbooks::shape::check;
use crate::quickbooks::store::{Company, Operation, id_text};

pub(super) fn delete(
    company: &mut Company,
    kind: Kind,
    body: &Object,
    manner: Manner,
) -> Result<Value, Refusal> {
    if !kind.is_transaction() {
        return Err(Refusal::unsupported(format!("Operation Delete is not supported for {}", kind.name())));
    }
    let draft = check(kind, body)?;
    let (id, _) = addressed(company, kind, &draft, manner)?;
    if kind == Kind::Bill && !company.applied_to(id).is_empty() {
        return Err(Refusal::business("Unlink the payments of the bill before you delete it."));
    }
    unlink(company, kind, id);
    company.remove(kind, id);
    company.tally.note(|s| s.deletes += 1);
    Ok(json!({"status": "Deleted", "domain": "QBO", "Id": id_text(id)}))
}

pub(super) fn void(
    company: &mut Company,
    kind: Kind,
    body: &Object,
    manner: Manner,
) -> Result<Value, Refusal> {
    if !kind.can_be_voided() {
        return Err(Refusal::unsupported(format!("Operation Void is not supported for {}", kind.name())));
    }
    let draft = check(kind, body)?;
    let (id, _) = addressed(company, kind, &draft, manner)?;
    unlink(company, kind, id);
    let row = company.row(kind, id).ok_or_else(Refusal::not_found)?;
    let mut body = row.body.as_ref().clone();
    let note = match text_of(&body, "PrivateNote") {
        "" => "Voided".to_owned(),
        note if note.starts_with("Voided") => note.to_owned(),
        note => format!("Voided - {note}"),
    };
    body.insert("PrivateNote".into(), Value::from(note));
    body.insert("TotalAmt".into(), Value::from(0));
    if kind == Kind::Invoice {
        void_lines(&mut body);
        body.insert("TxnTaxDetail".into(), json!({"TotalTax": 0}));
        body.remove("Deposit");
        settle(company, kind, Some(id), &mut body);
    } else {
        body.insert("Line".into(), json!([]));
        if kind == Kind::Payment {
            body.insert(UNAPPLIED.into(), Value::from(0));
        }
    }
    company.put(kind, id, body, Operation::Void);
    company.tally.note(|s| s.voids += 1);
    Ok(company.render(kind, id).expect("the object was stored two lines above"))
}

/// Takes the links of a transaction away: its payments are free, or its documents are open again.
fn unlink(company: &mut Company, kind: Kind, id: u64) {
    if !kind.is_payment() {
        detach(company, (kind, id));
        return;
    }
    let Some(had) = company.row(kind, id).map(|row| targets(&row.body)) else { return };
    relink(company, id, &had, &std::collections::BTreeMap::new());
}

fn void_lines(body: &mut Object) {
    let Some(Value::Array(lines)) = body.get_mut("Line") else { return };
    for line in lines.iter_mut().filter_map(Value::as_object_mut) {
        line.insert("Amount".into(), Value::from(0));
        if let Some(Value::Object(detail)) = line.get_mut("SalesItemLineDetail") {
            for name in ["Qty", "UnitPrice"] {
                if detail.contains_key(name) {
                    detail.insert(name.into(), Value::from(0));
                }
            }
        }
    }
}
