//! What may be written, entity by entity.

mod accounts;
mod allocations;
mod contacts;
mod documents;
mod items;
mod lines;
mod payments;
mod settle;
mod taxes;
mod tracking;

pub(super) use allocations::{allocate, unallocate};
pub(super) use payments::remove as remove_payment;
pub(super) use tracking::{add_option, remove_option, save_option};

use super::kind::Kind;
use super::refusal::Refusal;
use super::store::Book;
use crate::kit::decimals::Object;

/// A write that passed the schema.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) sent: Object,
    /// Id and state of the object it changes.
    pub(super) old: Option<(String, Object)>,
}

impl Draft {
    /// The old state with what was sent laid over it.
    fn merged(&self) -> Object {
        let mut merged = self.old.as_ref().map(|(_, body)| body.clone()).unwrap_or_default();
        merged.extend(self.sent.clone());
        merged
    }

    fn old_id(&self) -> &str {
        self.old.as_ref().map_or("", |(id, _)| id)
    }
}

/// The new state of the object; what it does to others is done already.
pub(super) fn apply(book: &mut Book, kind: Kind, draft: &Draft) -> Result<Object, Refusal> {
    match kind {
        Kind::Contact => contacts::apply(book, draft),
        Kind::Invoice | Kind::CreditNote => documents::apply(book, kind, draft),
        Kind::Payment => payments::apply(book, draft),
        Kind::Item => items::apply(book, draft),
        Kind::Account => accounts::apply(book, draft),
        Kind::TaxRate => taxes::apply(book, draft),
        Kind::TrackingCategory => tracking::apply(book, draft),
        Kind::Organisation => Err(Refusal::NotOffered("the Organisation cannot be written".into())),
    }
}
