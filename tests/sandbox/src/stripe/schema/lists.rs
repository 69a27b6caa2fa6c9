//! Filters of lists and searches.

use crate::stripe::params::{Param, Shape, choice, flag, part, short, text, unmodelled, whole};

const CREATED: Param = Param::new("created", Shape::Range);

macro_rules! list {
    ($($own:expr),*) => {
        &[whole("limit"), text("starting_after"), text("ending_before"), $($own),*]
    };
}

pub(crate) const NOTHING: &[Param] = &[];
pub(crate) const PAGE_ONLY: &[Param] = list![];
pub(crate) const CUSTOMERS: &[Param] = list![CREATED, short("email", 512), unmodelled("test_clock")];
pub(crate) const PRODUCTS: &[Param] =
    list![flag("active"), CREATED, Param::new("ids", Shape::Texts(5000)), flag("shippable"), text("url")];
const RECURRING: &[Param] =
    &[choice("interval", &["day", "month", "week", "year"]), choice("usage_type", &["licensed", "metered"])];
pub(crate) const PRICES: &[Param] = list![
    flag("active"),
    CREATED,
    Param::new("currency", Shape::Currency),
    Param::new("lookup_keys", Shape::Texts(5000)),
    text("product"),
    part("recurring", RECURRING),
    choice("type", &["one_time", "recurring"])
];
pub(crate) const INVOICES: &[Param] = list![
    choice("collection_method", &["charge_automatically", "send_invoice"]),
    CREATED,
    text("customer"),
    Param::new("due_date", Shape::Range),
    choice("status", &["draft", "open", "paid", "uncollectible", "void"]),
    unmodelled("subscription")
];
pub(crate) const INVOICE_ITEMS: &[Param] = list![CREATED, text("customer"), text("invoice"), flag("pending")];
pub(crate) const INVOICE_PAYMENTS: &[Param] =
    list![text("invoice"), choice("status", &["open", "paid", "canceled"]), unmodelled("payment")];
pub(crate) const CREDIT_NOTES: &[Param] = list![CREATED, text("customer"), text("invoice")];
pub(crate) const PAYMENT_INTENTS: &[Param] = list![CREATED, text("customer")];
pub(crate) const CHARGES: &[Param] =
    list![CREATED, text("customer"), text("payment_intent"), text("transfer_group")];
pub(crate) const REFUNDS: &[Param] = list![CREATED, text("charge"), text("payment_intent")];
pub(crate) const DISPUTES: &[Param] = list![CREATED, text("charge"), text("payment_intent")];
pub(crate) const BALANCE_TRANSACTIONS: &[Param] =
    list![CREATED, Param::new("currency", Shape::Currency), text("payout"), text("source"), text("type")];
pub(crate) const PAYOUTS: &[Param] = list![
    Param::new("arrival_date", Shape::Range),
    CREATED,
    text("destination"),
    choice("status", &["pending", "in_transit", "paid", "failed", "canceled"])
];
pub(crate) const EVENTS: &[Param] =
    list![CREATED, flag("delivery_success"), text("type"), Param::new("types", Shape::Texts(5000))];
pub(crate) const SEARCH: &[Param] = &[whole("limit"), text("page"), text("query").req()];
