//! Which object is "the same one again": how duplicates are counted.

use std::collections::BTreeMap;

use super::kind::Kind;
use super::ledger::Ledger;
use crate::kit::decimals::{Object, text_of};

const COUNTED: [Kind; 8] = [
    Kind::Customer,
    Kind::Product,
    Kind::Price,
    Kind::InvoiceItem,
    Kind::Invoice,
    Kind::PaymentIntent,
    Kind::Refund,
    Kind::CreditNote,
];

/// `customer:hw-1`: the caller's own reference in the metadata where there is one, else the name.
/// `None` when nothing identifies the object.
pub(crate) fn key_of(kind: Kind, body: &Object, reference: Option<&str>) -> Option<String> {
    let marked = reference.and_then(|name| body.get("metadata")?.get(name)?.as_str());
    let key = marked.or_else(|| Some(text_of(body, kind.key_field()?)))?;
    (!key.is_empty()).then(|| format!("{}:{key}", kind.name()))
}

/// Live objects beyond the first with the same business key. Void and canceled ones do not count.
pub(crate) fn duplicates<'a>(ledgers: impl Iterator<Item = &'a Ledger>, reference: Option<&str>) -> u64 {
    let mut counts: BTreeMap<(String, bool, String), u64> = BTreeMap::new();
    for ledger in ledgers {
        for kind in COUNTED {
            for (_, body) in ledger.table(kind).newest() {
                let dead = matches!(text_of(body, "status"), "void" | "canceled");
                if let Some(key) = key_of(kind, body, reference).filter(|_| !dead) {
                    *counts.entry((ledger.account.clone(), ledger.livemode, key)).or_default() += 1;
                }
            }
        }
    }
    counts.values().map(|count| count - 1).sum()
}
