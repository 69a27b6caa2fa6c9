//! The modelled entities and what can be done to each (fact sheet, "Entities").

/// One entity of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    Customer,
    Vendor,
    Item,
    Account,
    Class,
    Term,
    TaxCode,
    CompanyInfo,
    Preferences,
    Invoice,
    CreditMemo,
    Payment,
    Bill,
    BillPayment,
    Purchase,
    JournalEntry,
}

impl Kind {
    pub(crate) const ALL: [Self; 16] = [
        Self::Customer,
        Self::Vendor,
        Self::Item,
        Self::Account,
        Self::Class,
        Self::Term,
        Self::TaxCode,
        Self::CompanyInfo,
        Self::Preferences,
        Self::Invoice,
        Self::CreditMemo,
        Self::Payment,
        Self::Bill,
        Self::BillPayment,
        Self::Purchase,
        Self::JournalEntry,
    ];

    /// The name in bodies and queries.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Customer => "Customer",
            Self::Vendor => "Vendor",
            Self::Item => "Item",
            Self::Account => "Account",
            Self::Class => "Class",
            Self::Term => "Term",
            Self::TaxCode => "TaxCode",
            Self::CompanyInfo => "CompanyInfo",
            Self::Preferences => "Preferences",
            Self::Invoice => "Invoice",
            Self::CreditMemo => "CreditMemo",
            Self::Payment => "Payment",
            Self::Bill => "Bill",
            Self::BillPayment => "BillPayment",
            Self::Purchase => "Purchase",
            Self::JournalEntry => "JournalEntry",
        }
    }

    /// By its exact name, as queries, batches and CDC write it.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }

    /// By its lower-case path segment.
    pub(crate) fn of_path(segment: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.path() == segment)
    }

    /// The lower-case segment in paths.
    pub(crate) fn path(self) -> String {
        self.name().to_ascii_lowercase()
    }

    /// Where its rows are kept.
    pub(crate) const fn slot(self) -> usize {
        self as usize
    }

    /// Transactions are deleted; list objects are made inactive.
    pub(crate) const fn is_transaction(self) -> bool {
        matches!(
            self,
            Self::Invoice
                | Self::CreditMemo
                | Self::Payment
                | Self::Bill
                | Self::BillPayment
                | Self::Purchase
                | Self::JournalEntry
        )
    }

    /// Applies an amount to other transactions.
    pub(crate) const fn is_payment(self) -> bool {
        matches!(self, Self::Payment | Self::BillPayment)
    }

    /// Voided by `operation=void`, or by `operation=update&include=void` (payments).
    pub(crate) const fn can_be_voided(self) -> bool {
        matches!(self, Self::Invoice | Self::Payment | Self::BillPayment)
    }

    /// Whether webhooks tell of it (the provider's list of webhook entities).
    pub(crate) const fn in_webhooks(self) -> bool {
        !matches!(self, Self::TaxCode | Self::CompanyInfo)
    }

    /// Shares one space of display names with the others.
    pub(crate) const fn is_name(self) -> bool {
        matches!(self, Self::Customer | Self::Vendor)
    }

    /// Whether the API can write it here; the rest is reference data.
    pub(crate) const fn is_writable(self) -> bool {
        !matches!(self, Self::TaxCode | Self::Preferences)
    }

    /// Whether the API can make one: there is one description of a company, which can only be changed.
    pub(crate) const fn can_be_created(self) -> bool {
        !matches!(self, Self::CompanyInfo)
    }

    /// Whether change data capture covers it (tax codes are excepted by the provider).
    pub(crate) const fn in_cdc(self) -> bool {
        !matches!(self, Self::TaxCode)
    }

    /// Whether objects have an `Active` flag that hides them from queries.
    pub(crate) const fn has_active(self) -> bool {
        matches!(
            self,
            Self::Customer
                | Self::Vendor
                | Self::Item
                | Self::Account
                | Self::Class
                | Self::Term
                | Self::TaxCode
        )
    }

    /// The property that names one to a person, indexed for look-ups.
    pub(crate) const fn key_field(self) -> Option<&'static str> {
        match self {
            Self::Customer | Self::Vendor => Some("DisplayName"),
            Self::Item | Self::Account | Self::Class | Self::Term | Self::TaxCode => Some("Name"),
            Self::Invoice
            | Self::CreditMemo
            | Self::Bill
            | Self::BillPayment
            | Self::Purchase
            | Self::JournalEntry => Some("DocNumber"),
            Self::Payment | Self::CompanyInfo | Self::Preferences => None,
        }
    }

    /// The free note, where a caller may leave its own reference.
    pub(crate) const fn note_field(self) -> Option<&'static str> {
        match self {
            Self::Customer | Self::Vendor => Some("Notes"),
            _ if self.is_transaction() => Some("PrivateNote"),
            _ => None,
        }
    }
}
