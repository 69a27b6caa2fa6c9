//! Deletes.

use super::apply::release;
use super::lines::items;
use super::save::in_open_period;
use crate::kit::decimals::Object;
use crate::netsuite::kind::{KINDS, Kind};
use crate::netsuite::refusal::Refusal;
use crate::netsuite::store::{Ledger, id_in};

/// Deletes a record nothing depends on; what a payment or credit paid is open again.
pub(in crate::netsuite) fn remove(ledger: &mut Ledger, kind: Kind, id: u64) -> Result<(), Refusal> {
    if !kind.is_writable() {
        return Err(Refusal::not_modelled(format!("deleting {}", kind.name())));
    }
    let body = ledger.body(kind, id).cloned().ok_or_else(Refusal::not_found)?;
    in_open_period(ledger, kind, &body)?;
    if depends(ledger, kind, id) {
        return Err(Refusal::user("This record cannot be deleted because it has dependent records."));
    }
    release(ledger, kind, &body)?;
    ledger.remove(kind, id);
    Ok(())
}

fn depends(ledger: &Ledger, kind: Kind, id: u64) -> bool {
    let id = id.to_string();
    let fields: &[&str] = match kind {
        Kind::Customer | Kind::Vendor => &["entity", "customer"],
        Kind::SalesOrder | Kind::Invoice => &["createdFrom"],
        _ => &[],
    };
    let names = |own: Kind, body: &Object| {
        let header = fields.iter().any(|field| id_in(body.get(*field)) == id);
        let line =
            kind.item().is_some() && items(body, "item").iter().any(|line| id_in(line.get("item")) == id);
        let applied = own.applies_to() == Some(kind)
            && items(body, "apply").iter().any(|line| line["apply"] == true && id_in(line.get("doc")) == id);
        header || line || applied
    };
    let transactions = KINDS.into_iter().filter(|own| own.transaction().is_some());
    transactions.into_iter().any(|own| ledger.rows(own).any(|(_, row)| names(own, &row.body)))
}
