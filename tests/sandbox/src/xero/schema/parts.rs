//! Objects inside entities.

use super::Field;
use super::Type::{Date, Flag, Id, Left, Many, Number, One, ReadOnly, Text, Word};

/// A contact inside a document: by id, number or name.
pub(super) const CONTACT_REF: &[Field] = &[
    ("ContactID", Id),
    ("ContactNumber", Text(50)),
    ("Name", Text(255)),
    ("Addresses", ReadOnly),
    ("Phones", ReadOnly),
    ("ContactGroups", ReadOnly),
    ("ContactPersons", ReadOnly),
    ("ContactStatus", ReadOnly),
    ("EmailAddress", ReadOnly),
    ("FirstName", ReadOnly),
    ("LastName", ReadOnly),
    ("IsSupplier", ReadOnly),
    ("IsCustomer", ReadOnly),
    ("UpdatedDateUTC", ReadOnly),
    ("HasValidationErrors", ReadOnly),
];

pub(super) const PERSON: &[Field] = &[
    ("FirstName", Text(255)),
    ("LastName", Text(255)),
    ("EmailAddress", Text(255)),
    ("IncludeInEmails", Flag),
];

pub(super) const ADDRESS: &[Field] = &[
    ("AddressType", Word(&["POBOX", "STREET"])),
    ("AddressLine1", Text(500)),
    ("AddressLine2", Text(500)),
    ("AddressLine3", Text(500)),
    ("AddressLine4", Text(500)),
    ("City", Text(255)),
    ("Region", Text(255)),
    ("PostalCode", Text(50)),
    ("Country", Text(50)),
    ("AttentionTo", Text(255)),
];

pub(super) const PHONE: &[Field] = &[
    ("PhoneType", Word(&["DEFAULT", "DDI", "MOBILE", "FAX", "OFFICE"])),
    ("PhoneNumber", Text(50)),
    ("PhoneAreaCode", Text(10)),
    ("PhoneCountryCode", Text(20)),
];

const TERM: &[Field] = &[
    ("Day", Number),
    ("Type", Word(&["DAYSAFTERBILLDATE", "DAYSAFTERBILLMONTH", "OFCURRENTMONTH", "OFFOLLOWINGMONTH"])),
];

pub(super) const TERMS: &[Field] = &[("Bills", One(TERM)), ("Sales", One(TERM))];

pub(super) const LINE: &[Field] = &[
    ("LineItemID", Id),
    ("Description", Text(4000)),
    ("Quantity", Number),
    ("UnitAmount", Number),
    ("ItemCode", Text(30)),
    ("AccountCode", Text(10)),
    ("AccountID", Id),
    ("TaxType", Text(50)),
    ("TaxAmount", Number),
    ("Item", ReadOnly),
    ("LineAmount", Number),
    ("Tracking", Many(LINE_TRACKING)),
    ("DiscountRate", Number),
    ("DiscountAmount", Number),
    ("ValidationErrors", ReadOnly),
    ("RepeatingInvoiceID", Left),
    ("Taxability", Left),
    ("SalesTaxCodeId", Left),
    ("TaxBreakdown", Left),
];

const LINE_TRACKING: &[Field] =
    &[("TrackingCategoryID", Id), ("TrackingOptionID", Id), ("Name", Text(100)), ("Option", Text(100))];

/// A document a payment or allocation is for.
pub(super) const INVOICE_REF: &[Field] = &[
    ("InvoiceID", Id),
    ("InvoiceNumber", Text(255)),
    ("Type", ReadOnly),
    ("LineItems", ReadOnly),
    ("Contact", ReadOnly),
    ("CreditNotes", ReadOnly),
    ("Payments", ReadOnly),
    ("Prepayments", ReadOnly),
    ("Overpayments", ReadOnly),
    ("HasErrors", ReadOnly),
    ("IsDiscounted", ReadOnly),
    ("CurrencyCode", ReadOnly),
];

pub(super) const CREDIT_REF: &[Field] = &[
    ("CreditNoteID", Id),
    ("CreditNoteNumber", Text(255)),
    ("ID", ReadOnly),
    ("Type", ReadOnly),
    ("LineItems", ReadOnly),
    ("Contact", ReadOnly),
];

pub(super) const ACCOUNT_REF: &[Field] = &[("AccountID", Id), ("Code", Text(10)), ("Name", ReadOnly)];

/// What an item costs, sold or bought.
pub(super) const PRICE: &[Field] =
    &[("UnitPrice", Number), ("AccountCode", Text(10)), ("COGSAccountCode", Left), ("TaxType", Text(50))];

pub(super) const COMPONENT: &[Field] =
    &[("Name", Text(50)), ("Rate", Number), ("IsCompound", Flag), ("IsNonRecoverable", Flag)];

/// A tracking option.
pub(in crate::xero) const OPTION: &[Field] = &[
    ("TrackingOptionID", Id),
    ("Name", Text(100)),
    ("Status", Word(&["ACTIVE", "ARCHIVED"])),
    ("TrackingCategoryID", ReadOnly),
    ("HasValidationErrors", ReadOnly),
    ("IsDeleted", ReadOnly),
    ("IsArchived", ReadOnly),
    ("IsActive", ReadOnly),
];

/// An allocation of a credit note.
pub(in crate::xero) const ALLOCATION: &[Field] = &[
    ("AllocationID", ReadOnly),
    ("Invoice", One(INVOICE_REF)),
    ("Overpayment", Left),
    ("Prepayment", Left),
    ("CreditNote", ReadOnly),
    ("Amount", Number),
    ("Date", Date),
    ("IsDeleted", ReadOnly),
    ("StatusAttributeString", ReadOnly),
    ("ValidationErrors", ReadOnly),
];
