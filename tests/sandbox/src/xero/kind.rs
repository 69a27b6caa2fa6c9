//! The entities that are modelled.

/// An entity of the Accounting API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Contact,
    Invoice,
    CreditNote,
    Payment,
    Item,
    Account,
    TaxRate,
    TrackingCategory,
    Organisation,
}

use Kind::{Account, Contact, CreditNote, Invoice, Item, Organisation, Payment, TaxRate, TrackingCategory};

pub(super) const KINDS: [Kind; 9] =
    [Contact, Invoice, CreditNote, Payment, Item, Account, TaxRate, TrackingCategory, Organisation];

impl Kind {
    /// By the path segment or array name (`Invoices`), or by its own name (`Invoice`).
    pub(super) fn named(name: &str) -> Option<Self> {
        KINDS.into_iter().find(|kind| kind.name() == name || kind.path() == name)
    }

    pub(super) fn slot(self) -> usize {
        self as usize
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Contact => "Contact",
            Invoice => "Invoice",
            CreditNote => "CreditNote",
            Payment => "Payment",
            Item => "Item",
            Account => "Account",
            TaxRate => "TaxRate",
            TrackingCategory => "TrackingCategory",
            Organisation => "Organisation",
        }
    }

    /// The path segment.
    pub(super) fn path(self) -> &'static str {
        match self {
            Contact => "Contacts",
            Invoice => "Invoices",
            CreditNote => "CreditNotes",
            Payment => "Payments",
            Item => "Items",
            Account => "Accounts",
            TaxRate => "TaxRates",
            TrackingCategory => "TrackingCategories",
            Organisation => "Organisation",
        }
    }

    /// The array in answers.
    pub(super) fn array(self) -> &'static str {
        if self == Organisation { "Organisations" } else { self.path() }
    }

    /// The id property.
    pub(super) fn id(self) -> &'static str {
        match self {
            Contact => "ContactID",
            Invoice => "InvoiceID",
            CreditNote => "CreditNoteID",
            Payment => "PaymentID",
            Item => "ItemID",
            Account => "AccountID",
            TaxRate => "TaxType",
            TrackingCategory => "TrackingCategoryID",
            Organisation => "OrganisationID",
        }
    }

    /// The property that names it for people.
    pub(super) fn label(self) -> &'static str {
        match self {
            Contact | TaxRate | TrackingCategory | Organisation => "Name",
            Invoice => "InvoiceNumber",
            CreditNote => "CreditNoteNumber",
            Payment => "Reference",
            Item | Account => "Code",
        }
    }

    /// The state property and the values of objects that do not count any more.
    pub(super) fn dead(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Contact => ("ContactStatus", &["ARCHIVED"]),
            Invoice | CreditNote => ("Status", &["VOIDED", "DELETED"]),
            _ => ("Status", &["DELETED", "ARCHIVED"]),
        }
    }

    /// Whether it has `UpdatedDateUTC`.
    pub(super) fn is_dated(self) -> bool {
        !matches!(self, TaxRate | TrackingCategory | Organisation)
    }

    /// Whether `UpdatedDateUTCString` comes with it.
    pub(super) fn has_twin(self) -> bool {
        matches!(self, Invoice | CreditNote | Payment)
    }

    pub(super) fn is_document(self) -> bool {
        matches!(self, Invoice | CreditNote)
    }

    /// The last word of the granular scopes that allow it, and of the broad one.
    pub(super) fn scope(self) -> (&'static str, &'static str) {
        match self {
            Contact => ("accounting.contacts", "accounting.contacts"),
            Invoice | CreditNote => ("accounting.invoices", "accounting.transactions"),
            Payment => ("accounting.payments", "accounting.transactions"),
            _ => ("accounting.settings", "accounting.settings"),
        }
    }

    /// `eventCategory` of webhooks; payments and settings have none.
    pub(super) fn category(self) -> Option<&'static str> {
        match self {
            Contact => Some("CONTACT"),
            Invoice => Some("INVOICE"),
            CreditNote => Some("CREDITNOTE"),
            _ => None,
        }
    }
}
