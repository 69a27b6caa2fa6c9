//! The objects that are modelled.

/// An object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Account,
    Contact,
    Lead,
    Opportunity,
    Product2,
    Pricebook2,
    PricebookEntry,
    Task,
    Order,
    User,
    Organization,
}

use Kind::{
    Account, Contact, Lead, Opportunity, Order, Organization, Pricebook2, PricebookEntry, Product2, Task,
    User,
};

pub(super) const KINDS: [Kind; 11] = [
    Account,
    Contact,
    Lead,
    Opportunity,
    Product2,
    Pricebook2,
    PricebookEntry,
    Task,
    Order,
    User,
    Organization,
];

impl Kind {
    /// By its API name, whatever the case.
    pub(super) fn named(name: &str) -> Option<Self> {
        KINDS.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name))
    }

    /// By the beginning of an id.
    pub(super) fn of_id(id: &str) -> Option<Self> {
        KINDS.into_iter().find(|kind| id.starts_with(kind.prefix()))
    }

    pub(super) fn slot(self) -> usize {
        self as usize
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Account => "Account",
            Contact => "Contact",
            Lead => "Lead",
            Opportunity => "Opportunity",
            Product2 => "Product2",
            Pricebook2 => "Pricebook2",
            PricebookEntry => "PricebookEntry",
            Task => "Task",
            Order => "Order",
            User => "User",
            Organization => "Organization",
        }
    }

    /// The first three characters of its ids.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Account => "001",
            Contact => "003",
            Lead => "00Q",
            Opportunity => "006",
            Product2 => "01t",
            Pricebook2 => "01s",
            PricebookEntry => "01u",
            Task => "00T",
            Order => "801",
            User => "005",
            Organization => "00D",
        }
    }

    /// Whether callers may write it.
    pub(super) fn is_writable(self) -> bool {
        !matches!(self, Pricebook2 | User | Organization)
    }

    /// Whether its records belong to a user.
    pub(super) fn is_owned(self) -> bool {
        matches!(self, Account | Contact | Lead | Opportunity | Task | Order)
    }

    /// The field that names a record for people.
    pub(super) fn label(self) -> &'static str {
        match self {
            Task => "Subject",
            Order => "OrderNumber",
            _ => "Name",
        }
    }
}
