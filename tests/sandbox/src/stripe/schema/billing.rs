//! Invoices, invoice items and credit notes.

use super::catalogue::{CURRENCY, TAX_BEHAVIOR, UNIT_DECIMAL};
use crate::stripe::params::{METADATA, Param, Shape, choice, flag, part, short, text, unmodelled, whole};
use crate::stripe::version::BASIL;

const CUSTOM_FIELD: &[Param] = &[short("name", 40).req(), short("value", 140).req()];
const COLLECTION: Param = choice("collection_method", &["charge_automatically", "send_invoice"]);

macro_rules! invoice {
    ($($own:expr),*) => {
        &[
            flag("auto_advance"),
            COLLECTION,
            Param::new("custom_fields", Shape::Many(CUSTOM_FIELD)).unset(),
            whole("days_until_due"),
            text("default_payment_method").unset(),
            short("description", 1500).unset(),
            whole("due_date"),
            whole("effective_at").unset(),
            text("footer").unset(),
            METADATA,
            short("number", 26).unset().from(BASIL),
            short("statement_descriptor", 22),
            unmodelled("account_tax_ids"),
            unmodelled("application_fee_amount"),
            unmodelled("automatic_tax"),
            unmodelled("default_source"),
            unmodelled("default_tax_rates"),
            unmodelled("discounts"),
            unmodelled("issuer"),
            unmodelled("on_behalf_of"),
            unmodelled("payment_settings"),
            unmodelled("rendering"),
            unmodelled("rendering_options"),
            unmodelled("shipping_cost"),
            unmodelled("shipping_details"),
            unmodelled("transfer_data"),
            $($own),*
        ]
    };
}

pub(crate) const INVOICE_CREATE: &[Param] = invoice![
    CURRENCY,
    text("customer").req(),
    choice("pending_invoice_items_behavior", &["exclude", "include", "include_and_require"]),
    unmodelled("from_invoice"),
    unmodelled("subscription")
];

pub(crate) const INVOICE_UPDATE: &[Param] = invoice![];

pub(crate) const FINALIZE: &[Param] = &[flag("auto_advance")];

pub(crate) const PAY: &[Param] = &[
    flag("off_session"),
    flag("paid_out_of_band"),
    text("payment_method"),
    unmodelled("forgive"),
    unmodelled("mandate"),
    unmodelled("source"),
];

const PERIOD: &[Param] = &[whole("end").req(), whole("start").req()];
const PRICING: &[Param] = &[text("price")];
const PRICE_DATA: &[Param] =
    &[CURRENCY.req(), text("product").req(), TAX_BEHAVIOR, whole("unit_amount"), UNIT_DECIMAL];

macro_rules! item {
    ($($own:expr),*) => {
        &[
            whole("amount"),
            text("description").unset(),
            flag("discountable"),
            METADATA,
            part("period", PERIOD),
            text("price").before(BASIL),
            part("pricing", PRICING).from(BASIL),
            part("price_data", PRICE_DATA),
            whole("quantity"),
            whole("unit_amount").before(BASIL),
            UNIT_DECIMAL,
            unmodelled("discounts"),
            unmodelled("tax_behavior"),
            unmodelled("tax_code"),
            unmodelled("tax_rates"),
            $($own),*
        ]
    };
}

pub(crate) const INVOICE_ITEM_CREATE: &[Param] =
    item![CURRENCY, text("customer").req(), text("invoice"), unmodelled("subscription")];

pub(crate) const INVOICE_ITEM_UPDATE: &[Param] = item![];

const CREDIT_LINE: &[Param] = &[
    whole("amount"),
    text("description"),
    text("invoice_line_item"),
    whole("quantity"),
    choice("type", &["custom_line_item", "invoice_line_item"]).req(),
    whole("unit_amount"),
    UNIT_DECIMAL,
    unmodelled("tax_amounts"),
    unmodelled("tax_rates"),
];

const CREDIT_REFUND: &[Param] = &[whole("amount_refunded"), text("refund").req()];
const REASONS: &[&str] = &["duplicate", "fraudulent", "order_change", "product_unsatisfactory"];

pub(crate) const CREDIT_NOTE_CREATE: &[Param] = &[
    whole("amount"),
    whole("credit_amount"),
    whole("effective_at"),
    text("invoice").req(),
    Param::new("lines", Shape::Many(CREDIT_LINE)),
    text("memo"),
    METADATA,
    whole("out_of_band_amount"),
    choice("reason", REASONS),
    text("refund").before(BASIL),
    Param::new("refunds", Shape::Many(CREDIT_REFUND)).from(BASIL),
    whole("refund_amount"),
    choice("email_type", &["credit_note", "none"]).from(BASIL),
    unmodelled("shipping_cost"),
];

pub(crate) const CREDIT_NOTE_UPDATE: &[Param] = &[text("memo"), METADATA];
