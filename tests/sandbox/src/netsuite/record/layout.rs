//! The standard fields of each record type.

use super::fields::Field;
use super::fields::Type::{Code, Date, Flag, Left, Lines, Many, Number, One, ReadOnly, Ref, Text, Word};
use crate::netsuite::kind::{ITEMS, Kind};

const SUBSIDIARY: &[Kind] = &[Kind::Subsidiary];
const CURRENCY: &[Kind] = &[Kind::Currency];
const ACCOUNT: &[Kind] = &[Kind::Account];
const TAX: &[Kind] = &[Kind::SalesTaxItem];
const ORDER: &[Kind] = &[Kind::SalesOrder];
const INVOICE: &[Kind] = &[Kind::Invoice];
const BILL: &[Kind] = &[Kind::VendorBill];

pub(super) fn layout(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::Customer | Kind::Vendor => ENTITY,
        Kind::Invoice | Kind::SalesOrder => SALE,
        Kind::CreditMemo => CREDIT,
        Kind::CustomerPayment => RECEIPT,
        Kind::VendorBill => BOUGHT,
        Kind::VendorCredit => DEBIT,
        Kind::VendorPayment => PAYMENT,
        Kind::JournalEntry => JOURNAL,
        Kind::InventoryItem | Kind::NonInventorySaleItem | Kind::ServiceSaleItem => ITEM,
        Kind::Account => LEDGER_ACCOUNT,
        Kind::Classification | Kind::Department | Kind::Location => SEGMENT,
        Kind::Subsidiary | Kind::SalesTaxItem | Kind::Currency => LISTED,
    }
}

const ENTITY: &[Field] = &[
    ("entityId", Text(83)),
    ("companyName", Text(83)),
    ("isPerson", Flag),
    ("firstName", Text(32)),
    ("lastName", Text(32)),
    ("email", Text(254)),
    ("phone", Text(32)),
    ("url", Text(100)),
    ("comments", Text(4000)),
    ("accountNumber", Text(99)),
    ("vatRegNumber", Text(20)),
    ("legalName", Text(83)),
    ("subsidiary", Ref(SUBSIDIARY)),
    ("currency", Ref(CURRENCY)),
    ("category", Left),
    ("terms", Left),
    ("taxItem", Ref(TAX)),
    ("taxable", Flag),
    ("isInactive", Flag),
    ("externalId", Text(255)),
    ("addressBook", Lines(ADDRESS, "addressId")),
    ("balance", ReadOnly),
    ("unbilledOrders", ReadOnly),
    ("dateCreated", ReadOnly),
    ("lastModifiedDate", ReadOnly),
];

const ADDRESS: &[Field] = &[
    ("addressId", Text(0)),
    ("label", Text(150)),
    ("defaultBilling", Flag),
    ("defaultShipping", Flag),
    ("addressBookAddress", One(POSTAL)),
];

const POSTAL: &[Field] = &[
    ("addressee", Text(83)),
    ("attention", Text(83)),
    ("addr1", Text(150)),
    ("addr2", Text(150)),
    ("addr3", Text(150)),
    ("addrPhone", Text(40)),
    ("city", Text(50)),
    ("state", Text(30)),
    ("zip", Text(36)),
    ("country", Code),
];

const LINE: &[Field] = &[
    ("line", Number),
    ("item", Ref(ITEMS)),
    ("description", Text(999)),
    ("quantity", Number),
    ("rate", Number),
    ("amount", Number),
    ("taxCode", Ref(TAX)),
    ("class", Ref(&[Kind::Classification])),
    ("department", Ref(&[Kind::Department])),
    ("location", Ref(&[Kind::Location])),
    ("price", Left),
    ("tax1Amt", ReadOnly),
    ("grossAmt", ReadOnly),
];

const EXPENSE: &[Field] = &[
    ("line", Number),
    ("account", Ref(ACCOUNT)),
    ("amount", Number),
    ("memo", Text(999)),
    ("taxCode", Ref(TAX)),
    ("class", Ref(&[Kind::Classification])),
    ("department", Ref(&[Kind::Department])),
    ("location", Ref(&[Kind::Location])),
    ("tax1Amt", ReadOnly),
    ("grossAmt", ReadOnly),
];

const SALE: &[Field] = &[
    ("tranId", Text(45)),
    ("tranDate", Date),
    ("dueDate", Date),
    ("entity", Ref(&[Kind::Customer])),
    ("subsidiary", Ref(SUBSIDIARY)),
    ("currency", Ref(CURRENCY)),
    ("exchangeRate", Number),
    ("memo", Text(999)),
    ("otherRefNum", Text(45)),
    ("email", Text(254)),
    ("createdFrom", Ref(ORDER)),
    ("account", Ref(ACCOUNT)),
    ("class", Ref(&[Kind::Classification])),
    ("department", Ref(&[Kind::Department])),
    ("location", Ref(&[Kind::Location])),
    ("externalId", Text(255)),
    ("item", Lines(LINE, "line")),
    ("terms", Left),
    ("shipDate", Left),
    ("taxDetails", Left),
    ("postingPeriod", ReadOnly),
    ("status", ReadOnly),
    ("subtotal", ReadOnly),
    ("taxTotal", ReadOnly),
    ("total", ReadOnly),
    ("amountPaid", ReadOnly),
    ("amountRemaining", ReadOnly),
    ("createdDate", ReadOnly),
    ("lastModifiedDate", ReadOnly),
];

const APPLY_INVOICE: &[Field] = &[
    ("doc", Ref(INVOICE)),
    ("apply", Flag),
    ("amount", Number),
    ("refNum", ReadOnly),
    ("total", ReadOnly),
    ("due", ReadOnly),
];

const APPLY_BILL: &[Field] = &[
    ("doc", Ref(BILL)),
    ("apply", Flag),
    ("amount", Number),
    ("refNum", ReadOnly),
    ("total", ReadOnly),
    ("due", ReadOnly),
];

const CREDIT: &[Field] = &[
    ("tranId", Text(45)),
    ("tranDate", Date),
    ("entity", Ref(&[Kind::Customer])),
    ("subsidiary", Ref(SUBSIDIARY)),
    ("currency", Ref(CURRENCY)),
    ("exchangeRate", Number),
    ("memo", Text(999)),
    ("otherRefNum", Text(45)),
    ("createdFrom", Ref(INVOICE)),
    ("externalId", Text(255)),
    ("item", Lines(LINE, "line")),
    ("apply", Lines(APPLY_INVOICE, "doc")),
    ("account", Ref(ACCOUNT)),
    ("postingPeriod", ReadOnly),
    ("status", ReadOnly),
    ("subtotal", ReadOnly),
    ("taxTotal", ReadOnly),
    ("total", ReadOnly),
    ("applied", ReadOnly),
    ("unapplied", ReadOnly),
    ("createdDate", ReadOnly),
    ("lastModifiedDate", ReadOnly),
];

const RECEIPT: &[Field] = &[
    ("tranId", Text(45)),
    ("tranDate", Date),
    ("customer", Ref(&[Kind::Customer])),
    ("subsidiary", Ref(SUBSIDIARY)),
    ("currency", Ref(CURRENCY)),
    ("exchangeRate", Number),
    ("payment", Number),
    ("memo", Text(999)),
    ("checkNum", Text(45)),
    ("externalId", Text(255)),
    ("undepFunds", Flag),
    ("account", Ref(ACCOUNT)),
    ("apply", Lines(APPLY_INVOICE, "doc")),
    ("paymentMethod", Left),
    ("postingPeriod", ReadOnly),
    ("status", ReadOnly),
    ("total", ReadOnly),
    ("applied", ReadOnly),
    ("unapplied", ReadOnly),
    ("createdDate", ReadOnly),
    ("lastModifiedDate", ReadOnly),
];

const BOUGHT: &[Field] = &[
    ("tranId", Text(45)),
    ("tranDate", Date),
    ("dueDate", Date),
    ("entity", Ref(&[Kind::Vendor])),
    ("subsidiary", Ref(SUBSIDIARY)),
    ("currency", Ref(CURRENCY)),
    ("exchangeRate", Number),
    ("memo", Text(999)),
    ("externalId", Text(255)),
    ("account", Ref(ACCOUNT)),
    ("item", Lines(LINE, "line")),
    ("expense", Lines(EXPENSE, "line")),
    ("terms", Left),
    ("postingPeriod", ReadOnly),
    ("status", ReadOnly),
    ("subtotal", ReadOnly),
    ("taxTotal", ReadOnly),
    ("total", ReadOnly),
    ("amountPaid", ReadOnly),
    ("amountRemaining", ReadOnly),
    ("createdDate", ReadOnly),
    ("lastModifiedDate", ReadOnly),
];

const DEBIT: &[Field] = &[
    ("tranId", Text(45)),
    ("tranDate", Date),
    ("entity", Ref(&[Kind::Vendor])),
    ("subsidiary", Ref(SUBSIDIARY)),
    ("currency", Ref(CURRENCY)),
    ("exchangeRate", Number),
    ("memo", Text(999)),
    ("externalId", Text(255)),
    ("item", Lines(LINE, "line")),
    ("expense", Lines(EXPENSE, "line")),
    ("apply", Lines(APPLY_BILL, "doc")),
    ("postingPeriod", ReadOnly),
    ("status", ReadOnly),
    ("subtotal", ReadOnly),
    ("taxTotal", ReadOnly),
    ("total", ReadOnly),
    ("applied", ReadOnly),
    ("unapplied", ReadOnly),
    ("createdDate", ReadOnly),
    ("lastModifiedDate", ReadOnly),
];

const PAYMENT: &[Field] = &[
    ("tranId", Text(45)),
    ("tranDate", Date),
    ("entity", Ref(&[Kind::Vendor])),
    ("subsidiary", Ref(SUBSIDIARY)),
    ("currency", Ref(CURRENCY)),
    ("exchangeRate", Number),
    ("memo", Text(999)),
    ("externalId", Text(255)),
    ("account", Ref(ACCOUNT)),
    ("apply", Lines(APPLY_BILL, "doc")),
    ("postingPeriod", ReadOnly),
    ("status", ReadOnly),
    ("total", ReadOnly),
    ("applied", ReadOnly),
    ("createdDate", ReadOnly),
    ("lastModifiedDate", ReadOnly),
];

const JOURNAL_LINE: &[Field] = &[
    ("line", Number),
    ("account", Ref(ACCOUNT)),
    ("debit", Number),
    ("credit", Number),
    ("memo", Text(999)),
    ("entity", Ref(&[Kind::Customer, Kind::Vendor])),
    ("class", Ref(&[Kind::Classification])),
    ("department", Ref(&[Kind::Department])),
    ("location", Ref(&[Kind::Location])),
];

const JOURNAL: &[Field] = &[
    ("tranId", Text(45)),
    ("tranDate", Date),
    ("subsidiary", Ref(SUBSIDIARY)),
    ("currency", Ref(CURRENCY)),
    ("exchangeRate", Number),
    ("memo", Text(999)),
    ("externalId", Text(255)),
    ("approved", Flag),
    ("line", Lines(JOURNAL_LINE, "line")),
    ("postingPeriod", ReadOnly),
    ("status", ReadOnly),
    ("total", ReadOnly),
    ("createdDate", ReadOnly),
    ("lastModifiedDate", ReadOnly),
];

const ITEM: &[Field] = &[
    ("itemId", Text(60)),
    ("displayName", Text(60)),
    ("upcCode", Text(20)),
    ("salesDescription", Text(4000)),
    ("purchaseDescription", Text(4000)),
    ("basePrice", Number),
    ("cost", Number),
    ("incomeAccount", Ref(ACCOUNT)),
    ("cogsAccount", Ref(ACCOUNT)),
    ("assetAccount", Ref(ACCOUNT)),
    ("subsidiary", Many(SUBSIDIARY)),
    ("taxSchedule", Left),
    ("price", Left),
    ("isInactive", Flag),
    ("externalId", Text(255)),
    ("itemType", ReadOnly),
    ("createdDate", ReadOnly),
    ("lastModifiedDate", ReadOnly),
];

const ACCOUNT_TYPES: &[&str] = &[
    "Bank",
    "AcctRec",
    "OthCurrAsset",
    "FixedAsset",
    "OthAsset",
    "AcctPay",
    "CredCard",
    "OthCurrLiab",
    "LongTermLiab",
    "Equity",
    "Income",
    "COGS",
    "Expense",
    "OthIncome",
    "OthExpense",
];

const LEDGER_ACCOUNT: &[Field] = &[
    ("acctNumber", Text(60)),
    ("acctName", Text(100)),
    ("acctType", Word(ACCOUNT_TYPES)),
    ("description", Text(4000)),
    ("currency", Ref(CURRENCY)),
    ("isInactive", Flag),
    ("externalId", Text(255)),
    ("lastModifiedDate", ReadOnly),
];

const SEGMENT: &[Field] = &[
    ("name", Text(60)),
    ("isInactive", Flag),
    ("externalId", Text(255)),
    ("parent", Left),
    ("subsidiary", Left),
    ("lastModifiedDate", ReadOnly),
];

/// Read only as a whole; the fields are those that may stand in `q`.
const LISTED: &[Field] = &[
    ("name", Text(0)),
    ("itemId", Text(0)),
    ("symbol", Text(0)),
    ("rate", Number),
    ("exchangeRate", Number),
    ("isInactive", Flag),
    ("country", Code),
    ("currency", Ref(CURRENCY)),
    ("lastModifiedDate", ReadOnly),
];
