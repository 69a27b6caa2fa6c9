//! Lines of bills, purchases, bill payments and journal entries.

use super::parts::{CUSTOM_FIELD, DESCRIPTION, DETAIL_TYPES, LINKED_TXN, MARKUP, UOM};
use super::sales::PRINT;
use super::{Field, Shape, amount, field, link, many, part, server, text};

const BILLABLE: &[&str] = &["Billable", "NotBillable", "HasBeenBilled"];

const BY_ACCOUNT: &[Field] = &[
    link("CustomerRef"),
    link("ClassRef"),
    link("AccountRef"),
    field("BillableStatus", Shape::Choice(BILLABLE)),
    part("MarkupInfo", MARKUP),
    amount("TaxAmount"),
    link("TaxCodeRef"),
    amount("TaxInclusiveAmt"),
];

const BY_ITEM: &[Field] = &[
    link("ItemRef"),
    link("ClassRef"),
    amount("UnitPrice"),
    amount("RatePercent"),
    link("PriceLevelRef"),
    part("MarkupInfo", MARKUP),
    amount("Qty"),
    part("UOMRef", UOM),
    link("ItemAccountRef"),
    link("InventorySiteRef"),
    link("TaxCodeRef"),
    link("CustomerRef"),
    field("BillableStatus", Shape::Choice(BILLABLE)),
    amount("TaxInclusiveAmt"),
];

/// A line of a bill or purchase: an account or an item.
pub(super) const EXPENSE_LINE: &[Field] = &[
    text("Id", 30),
    field("LineNum", Shape::Whole),
    text("Description", 4000),
    amount("Amount"),
    server("Received"),
    many("LinkedTxn", LINKED_TXN),
    field("DetailType", Shape::Choice(DETAIL_TYPES)),
    part("AccountBasedExpenseLineDetail", BY_ACCOUNT),
    part("ItemBasedExpenseLineDetail", BY_ITEM),
    part("DescriptionLineDetail", DESCRIPTION),
    many("CustomField", CUSTOM_FIELD),
    link("ProjectRef"),
    server("LineEx"),
];

/// A line of a bill payment: an amount and the bill it is for.
pub(super) const BILL_PAYMENT_LINE: &[Field] = &[
    text("Id", 30),
    field("LineNum", Shape::Whole),
    amount("Amount"),
    many("LinkedTxn", LINKED_TXN),
    server("LineEx"),
];

const PARTIES: &[&str] = &["Customer", "Employee", "Job", "Other", "Vendor"];

const ENTITY: &[Field] = &[field("Type", Shape::Choice(PARTIES)), link("EntityRef")];

const POSTING: &[Field] = &[
    field("PostingType", Shape::Choice(&["Credit", "Debit"])),
    part("Entity", ENTITY),
    link("AccountRef"),
    link("ClassRef"),
    link("DepartmentRef"),
    link("TaxCodeRef"),
    link("TaxRateRef"),
    field("TaxApplicableOn", Shape::Choice(&["Purchase", "Sales"])),
    amount("TaxAmount"),
    amount("TaxInclusiveAmt"),
    field("BillableStatus", Shape::Choice(BILLABLE)),
    link("JournalCodeRef"),
];

/// A line of a journal entry.
pub(super) const JOURNAL_LINE: &[Field] = &[
    text("Id", 30),
    field("LineNum", Shape::Whole),
    text("Description", 4000),
    amount("Amount"),
    field("DetailType", Shape::Choice(DETAIL_TYPES)),
    part("JournalEntryLineDetail", POSTING),
    part("DescriptionLineDetail", DESCRIPTION),
    link("ProjectRef"),
    server("LineEx"),
];

const CHECK: &[Field] = &[
    text("CheckNum", 21),
    text("Status", 50),
    text("NameOnAcct", 110),
    text("AcctNum", 100),
    text("BankName", 100),
];

/// How a bill payment by check or transfer was made.
pub(super) const BY_CHECK: &[Field] = &[
    link("BankAccountRef"),
    field("PrintStatus", Shape::Choice(PRINT)),
    part("CheckDetail", CHECK),
    server("PayeeAddr"),
];

/// How a bill payment by card was made.
pub(super) const BY_CARD: &[Field] = &[link("CCAccountRef"), server("CCDetail")];
