//! The canonical form of a record (RFC 8785, with numbers as text) and the digests made of it.
//!
//! One pass from the fields to bytes: member names as they are, sorted by UTF-16, texts in Unicode NFC, moments in UTC, numbers as
//! decimals from their source digits, as text; absent is not null. A side's record digest covers the fields that the
//! mapping reads from or writes to on that side, and nothing else.

use serde_json::Value;

use crate::catalogue::FieldType;
use crate::digest::{Digest, DigestKey};
use crate::fields::Fields;
use crate::sync_config::field_path::{FieldPath, Segment};
use crate::sync_record::plan::Plan;

mod field_set;
mod raw;
#[cfg(test)]
mod tests;
mod writer;

pub use field_set::FieldSet;
pub(crate) use field_set::is_computed;
pub use raw::observation_digest_of_json;

/// The canonical form of one value of this type.
pub fn canonical(value: &Value, kind: &FieldType) -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    writer::typed(&mut out, value, kind);
    out
}

/// Whether two values of this type mean the same; absent and null do not.
pub fn same(left: Option<&Value>, right: Option<&Value>, kind: &FieldType) -> bool {
    match (left, right) {
        (None, None) => true,
        (Some(left), Some(right)) => left == right || canonical(left, kind) == canonical(right, kind),
        _ => false,
    }
}

/// Digest of our side: the fields that the mapping reads or writes.
pub fn local_digest(key: &DigestKey, plan: &Plan, local: &Fields) -> Digest {
    digest_of(key, plan.local_fields(), local)
}

/// Digest of the provider's side: the fields that the mapping reads or writes.
pub fn remote_digest(key: &DigestKey, plan: &Plan, remote: &Fields) -> Digest {
    digest_of(key, plan.remote_fields(), remote)
}

fn digest_of(key: &DigestKey, fields: &FieldSet, record: &Fields) -> Digest {
    let mut out = Vec::with_capacity(512);
    fields.write(record, &mut out);
    key.digest(&out)
}

/// Digest of the whole remote record without its volatile fields (version tokens, time of last change).
pub fn observation_digest(key: &DigestKey, remote: &Fields, volatile: &[FieldPath]) -> Digest {
    let mut out = Vec::with_capacity(1024);
    let skipped: Vec<&[Segment]> = volatile.iter().map(FieldPath::segments).collect();
    writer::object_without(&mut out, remote, &skipped);
    key.digest(&out)
}

/// Digest of a whole value, such as a body.
pub fn body_digest(key: &DigestKey, body: &Fields) -> Digest {
    observation_digest(key, body, &[])
}
