//! Which object is "the same one again": how duplicates are counted.

use std::collections::BTreeMap;

use super::portal::Portal;
use super::properties::{KINDS, Kind};

/// `contacts:ann@example.com`: a property starting with the marker when one is configured and
/// there; else the email, domain, name or SKU. `None` when nothing identifies the object.
pub(crate) fn key_of(portal: &Portal, kind: &Kind, id: u64) -> Option<String> {
    let row = portal.live(kind, id)?;
    let marked = portal.marker.as_deref().and_then(|marker| {
        let mut words = row.values.values().flat_map(|value| value.split_whitespace());
        words.find(|word| word.starts_with(marker)).map(str::to_owned)
    });
    let natural: &[&str] = match kind.name {
        "contacts" => &["email"],
        "companies" => &["domain", "name"],
        "deals" => &["dealname"],
        "tickets" => &["subject"],
        "products" => &["hs_sku", "name"],
        _ => &[],
    };
    let value = || natural.iter().find_map(|name| row.values.get(*name).cloned());
    marked.or_else(value).map(|key| format!("{}:{key}", kind.name))
}

/// Live objects beyond the first with the same business key.
pub(crate) fn duplicates(portal: &Portal) -> u64 {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for kind in KINDS {
        for key in portal.rows(kind).filter_map(|(id, _)| key_of(portal, kind, id)) {
            *counts.entry(key).or_default() += 1;
        }
    }
    counts.values().map(|count| count - 1).sum()
}
