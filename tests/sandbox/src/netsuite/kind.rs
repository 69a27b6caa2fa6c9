//! The record types that are modelled.

/// A record type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Customer,
    Vendor,
    Invoice,
    CreditMemo,
    CustomerPayment,
    SalesOrder,
    VendorBill,
    VendorCredit,
    VendorPayment,
    JournalEntry,
    InventoryItem,
    NonInventorySaleItem,
    ServiceSaleItem,
    Account,
    Classification,
    Department,
    Location,
    Subsidiary,
    SalesTaxItem,
    Currency,
}

use Kind::{
    Account, Classification, CreditMemo, Currency, Customer, CustomerPayment, Department, InventoryItem,
    Invoice, JournalEntry, Location, NonInventorySaleItem, SalesOrder, SalesTaxItem, ServiceSaleItem,
    Subsidiary, Vendor, VendorBill, VendorCredit, VendorPayment,
};

pub(super) const KINDS: [Kind; 20] = [
    Customer,
    Vendor,
    Invoice,
    CreditMemo,
    CustomerPayment,
    SalesOrder,
    VendorBill,
    VendorCredit,
    VendorPayment,
    JournalEntry,
    InventoryItem,
    NonInventorySaleItem,
    ServiceSaleItem,
    Account,
    Classification,
    Department,
    Location,
    Subsidiary,
    SalesTaxItem,
    Currency,
];

pub(super) const ITEMS: &[Kind] = &[InventoryItem, NonInventorySaleItem, ServiceSaleItem];

impl Kind {
    /// By its name in paths.
    pub(super) fn named(name: &str) -> Option<Self> {
        KINDS.into_iter().find(|kind| kind.name() == name)
    }

    pub(super) fn slot(self) -> usize {
        self as usize
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Customer => "customer",
            Vendor => "vendor",
            Invoice => "invoice",
            CreditMemo => "creditMemo",
            CustomerPayment => "customerPayment",
            SalesOrder => "salesOrder",
            VendorBill => "vendorBill",
            VendorCredit => "vendorCredit",
            VendorPayment => "vendorPayment",
            JournalEntry => "journalEntry",
            InventoryItem => "inventoryItem",
            NonInventorySaleItem => "nonInventorySaleItem",
            ServiceSaleItem => "serviceSaleItem",
            Account => "account",
            Classification => "classification",
            Department => "department",
            Location => "location",
            Subsidiary => "subsidiary",
            SalesTaxItem => "salesTaxItem",
            Currency => "currency",
        }
    }

    /// The code of a transaction in SuiteQL and the beginning of its numbers.
    pub(super) fn transaction(self) -> Option<(&'static str, &'static str)> {
        match self {
            Invoice => Some(("CustInvc", "INV")),
            CreditMemo => Some(("CustCred", "CM")),
            CustomerPayment => Some(("CustPymt", "PYMT")),
            SalesOrder => Some(("SalesOrd", "SO")),
            VendorBill => Some(("VendBill", "")),
            VendorCredit => Some(("VendCred", "")),
            VendorPayment => Some(("VendPymt", "")),
            JournalEntry => Some(("Journal", "JE")),
            _ => None,
        }
    }

    /// The code of an item in SuiteQL.
    pub(super) fn item(self) -> Option<&'static str> {
        match self {
            InventoryItem => Some("InvtPart"),
            NonInventorySaleItem => Some("NonInvtPart"),
            ServiceSaleItem => Some("Service"),
            _ => None,
        }
    }

    /// Types that share a sequence of ids: 0 entities, 1 transactions, 2 items, then one each.
    pub(super) fn family(self) -> usize {
        match self {
            Customer | Vendor => 0,
            _ if self.transaction().is_some() => 1,
            _ if self.item().is_some() => 2,
            _ => self.slot() + 3,
        }
    }

    /// Whether callers may write it.
    pub(super) fn is_writable(self) -> bool {
        !matches!(self, Subsidiary | SalesTaxItem | Currency)
    }

    /// The field that names a record for people.
    pub(super) fn label(self) -> &'static str {
        match self {
            Customer | Vendor => "entityId",
            InventoryItem | NonInventorySaleItem | ServiceSaleItem | SalesTaxItem => "itemId",
            Account => "acctName",
            Classification | Department | Location | Subsidiary | Currency => "name",
            _ => "tranId",
        }
    }

    /// Whether its lines are sold or bought items, which make its total.
    pub(super) fn is_priced(self) -> bool {
        matches!(self, Invoice | CreditMemo | SalesOrder | VendorBill | VendorCredit)
    }

    /// What a payment or credit of this type is applied to.
    pub(super) fn applies_to(self) -> Option<Self> {
        match self {
            CustomerPayment | CreditMemo => Some(Invoice),
            VendorPayment | VendorCredit => Some(VendorBill),
            _ => None,
        }
    }
}
