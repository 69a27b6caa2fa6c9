//! Objects inside entities: addresses, contacts, lines.

use super::{Field, Shape, amount, date, field, flag, link, many, part, server, text};

pub(super) const ADDRESS: &[Field] = &[
    text("Id", 30),
    text("Line1", 500),
    text("Line2", 500),
    text("Line3", 500),
    text("Line4", 500),
    text("Line5", 500),
    text("City", 255),
    text("Country", 255),
    text("CountryCode", 255),
    text("County", 255),
    text("CountrySubDivisionCode", 255),
    text("PostalCode", 30),
    text("PostalCodeSuffix", 30),
    text("Lat", 50),
    text("Long", 50),
    text("Tag", 50),
    text("Note", 1000),
];

pub(super) const EMAIL: &[Field] = &[text("Id", 30), text("Address", 100), flag("Default"), text("Tag", 50)];

pub(super) const PHONE: &[Field] = &[
    text("Id", 30),
    text("DeviceType", 30),
    text("CountryCode", 30),
    text("AreaCode", 30),
    text("ExchangeCode", 30),
    text("Extension", 30),
    text("FreeFormNumber", 30),
    flag("Default"),
    text("Tag", 50),
];

pub(super) const WEB: &[Field] = &[text("Id", 30), text("URI", 1000), flag("Default"), text("Tag", 50)];

/// `CustomerMemo`: text under `value`.
pub(super) const MEMO: &[Field] = &[text("value", 1000), text("id", 30)];

pub(super) const CUSTOM_FIELD: &[Field] = &[
    text("DefinitionId", 30),
    text("Name", 100),
    field("Type", Shape::Choice(&["StringType", "BooleanType", "NumberType", "DateType"])),
    text("StringValue", 31),
    flag("BooleanValue"),
    date("DateValue"),
    amount("NumberValue"),
];

pub(super) const LINKED_TXN: &[Field] = &[text("TxnId", 30), text("TxnType", 50), text("TxnLineId", 30)];

pub(super) const DETAIL_TYPES: &[&str] = &[
    "PaymentLineDetail",
    "DiscountLineDetail",
    "TaxLineDetail",
    "SalesItemLineDetail",
    "ItemBasedExpenseLineDetail",
    "AccountBasedExpenseLineDetail",
    "DepositLineDetail",
    "PurchaseOrderItemLineDetail",
    "ItemReceiptLineDetail",
    "JournalEntryLineDetail",
    "GroupLineDetail",
    "DescriptionOnly",
    "SubTotalLineDetail",
    "SalesOrderItemLineDetail",
    "TDSLineDetail",
    "ReimburseLineDetail",
    "ItemAdjustmentLineDetail",
];

pub(super) const MARKUP: &[Field] = &[
    flag("PercentBased"),
    amount("Value"),
    amount("Percent"),
    link("PriceLevelRef"),
    link("MarkUpIncomeAccountRef"),
];

pub(super) const UOM: &[Field] = &[text("Unit", 50), link("UOMSetRef")];

const SALES_ITEM: &[Field] = &[
    link("ItemRef"),
    link("ClassRef"),
    amount("UnitPrice"),
    amount("UnitCostPrice"),
    amount("RatePercent"),
    link("PriceLevelRef"),
    part("MarkupInfo", MARKUP),
    amount("Qty"),
    part("UOMRef", UOM),
    link("ItemAccountRef"),
    link("InventorySiteRef"),
    link("TaxCodeRef"),
    link("TaxClassificationRef"),
    date("ServiceDate"),
    amount("TaxInclusiveAmt"),
    amount("DiscountRate"),
    amount("DiscountAmt"),
    flag("DeferredRevenue"),
];

const DISCOUNT: &[Field] = &[
    link("DiscountRef"),
    flag("PercentBased"),
    amount("DiscountPercent"),
    link("DiscountAccountRef"),
    date("ServiceDate"),
    link("ClassRef"),
    link("TaxCodeRef"),
];

pub(super) const DESCRIPTION: &[Field] = &[date("ServiceDate"), link("TaxCodeRef")];

const SUB_TOTAL: &[Field] = &[link("ItemRef"), date("ServiceDate")];

/// A line of an invoice or credit memo. Details the simulator does not compute are refused later.
pub(super) const SALES_LINE: &[Field] = &[
    text("Id", 30),
    field("LineNum", Shape::Whole),
    text("Description", 4000),
    amount("Amount"),
    server("Received"),
    many("LinkedTxn", LINKED_TXN),
    field("DetailType", Shape::Choice(DETAIL_TYPES)),
    part("SalesItemLineDetail", SALES_ITEM),
    part("DiscountLineDetail", DISCOUNT),
    part("DescriptionLineDetail", DESCRIPTION),
    part("SubTotalLineDetail", SUB_TOTAL),
    server("GroupLineDetail"),
    many("CustomField", CUSTOM_FIELD),
    link("ProjectRef"),
    server("CostAmount"),
    server("HomeCostAmount"),
    server("LineEx"),
];

/// A line of a payment: an amount and the transaction it is for.
pub(super) const PAYMENT_LINE: &[Field] = &[
    text("Id", 30),
    field("LineNum", Shape::Whole),
    amount("Amount"),
    many("LinkedTxn", LINKED_TXN),
    server("LineEx"),
];

const TAX_LINE_DETAIL: &[Field] = &[
    link("TaxRateRef"),
    flag("PercentBased"),
    amount("TaxPercent"),
    amount("NetAmountTaxable"),
    amount("TaxInclusiveAmount"),
    amount("OverrideDeltaAmount"),
    date("ServiceDate"),
];

const TAX_LINE: &[Field] = &[
    text("Id", 30),
    field("LineNum", Shape::Whole),
    amount("Amount"),
    field("DetailType", Shape::Choice(&["TaxLineDetail"])),
    part("TaxLineDetail", TAX_LINE_DETAIL),
];

pub(super) const TXN_TAX: &[Field] = &[
    link("DefaultTaxCodeRef"),
    link("TxnTaxCodeRef"),
    amount("TotalTax"),
    server("TaxReviewStatus"),
    many("TaxLine", TAX_LINE),
    flag("UseAutomatedSalesTax"),
];
