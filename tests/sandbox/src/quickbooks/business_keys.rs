//! Which object is "the same one again": how duplicates are counted.

use std::collections::BTreeMap;

use super::decimals::{Object, text_of};
use super::kind::Kind;
use super::store::Company;

/// `Invoice:1001`: the caller's own reference in the note when a marker is configured and there,
/// else the name or document number. `None` when nothing identifies the object.
pub(crate) fn key_of(company: &Company, kind: Kind, body: &Object) -> Option<String> {
    let key = marked(company, kind, body)
        .or_else(|| (kind == Kind::Item).then(|| text_of(body, "Sku")).filter(|sku| !sku.is_empty()))
        .or_else(|| kind.key_field().map(|field| text_of(body, field)))?;
    (!key.is_empty()).then(|| format!("{}:{key}", kind.name()))
}

fn marked<'a>(company: &Company, kind: Kind, body: &'a Object) -> Option<&'a str> {
    let marker = company.settings.reference_marker.as_deref()?;
    let note = text_of(body, kind.note_field()?);
    note.split_whitespace().find(|word| word.starts_with(marker))
}

/// Live objects beyond the first with the same business key. Inactive, deleted and voided ones do
/// not count.
pub(crate) fn duplicates(company: &Company) -> u64 {
    let kinds = Kind::ALL.into_iter().filter(|kind| kind.is_transaction() || kind.has_active());
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for kind in kinds {
        for (_, row) in company.table(kind).rows().filter(|(_, row)| row.active && !row.voided) {
            if let Some(key) = key_of(company, kind, &row.body) {
                *counts.entry(key).or_default() += 1;
            }
        }
    }
    counts.values().map(|count| count - 1).sum()
}
