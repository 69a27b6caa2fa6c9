//! What the company says of itself.

use crate::quickbooks::decimals::{Object, text_of};
use crate::quickbooks::faultbody::Refusal;

pub(super) fn complete(draft: &Object) -> Result<(), Refusal> {
    if text_of(draft, "CompanyName").trim().is_empty() {
        return Err(Refusal::missing("CompanyName"));
    }
    Ok(())
}
