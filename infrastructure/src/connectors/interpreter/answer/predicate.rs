//! Whether a predicate of the manifest holds.

use serde_json::Value;
use serde_json::value::RawValue;

use super::super::pluck::{one, scalar};
use crate::connectors::manifest::{FieldIs, Matching, Status};

/// Whether `is` holds in a document.
pub(in super::super) fn holds(is: &FieldIs, text: &str) -> bool {
    fits(is, one(text, &is.field).ok().flatten())
}

/// Whether `is` holds of the value found at its field.
pub(in super::super) fn fits(is: &FieldIs, found: Option<&RawValue>) -> bool {
    if let Some(wanted) = is.present {
        return present(found) == wanted;
    }
    let Some(found) = found else { return false };
    if let Some(part) = &is.contains {
        return scalar(found).is_some_and(|text| text.to_lowercase().contains(&part.to_lowercase()));
    }
    is.constants().any(|constant| equals(constant, found))
}

/// Whether there is something: neither null, false, `""`, `[]` nor `{}`.
pub(in super::super) fn present(found: Option<&RawValue>) -> bool {
    found.is_some_and(|raw| !matches!(raw.get(), "null" | "false" | "[]" | "{}" | "\"\""))
}

/// Whether a value is the constant.
pub(in super::super) fn equals(constant: &Value, found: &RawValue) -> bool {
    match constant {
        Value::String(text) => {
            found.get().starts_with('"') && scalar(found).is_some_and(|found| found == *text)
        }
        other => *found.get() == *other.to_string(),
    }
}

/// Whether an answer is meant by status, codes and a member.
pub(in super::super) fn meant(
    (statuses, codes, when): (&[Status], &[String], Option<&FieldIs>),
    (status, code, text): (Option<u16>, Option<&str>, &str),
) -> bool {
    let status_fits =
        statuses.is_empty() || status.is_some_and(|status| statuses.iter().any(|s| s.fits(status)));
    let code_fits = codes.is_empty() || code.is_some_and(|code| codes.iter().any(|known| known == code));
    status_fits && code_fits && when.is_none_or(|is| holds(is, text))
}

/// Whether an answer is one of these.
pub(in super::super) fn any_meant(matching: &[Matching], answer: (Option<u16>, Option<&str>, &str)) -> bool {
    matching.iter().any(|one| meant((&one.status, &one.code, one.when.as_ref()), answer))
}
