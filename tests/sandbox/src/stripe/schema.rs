//! Which parameters each endpoint takes (names, types and lengths: the provider's OpenAPI document;
//! what later versions changed: its change log).

mod billing;
mod catalogue;
mod hooks;
mod lists;
mod money;
mod people;

pub(crate) use billing::{
    CREDIT_NOTE_CREATE, CREDIT_NOTE_UPDATE, FINALIZE, INVOICE_CREATE, INVOICE_ITEM_CREATE,
    INVOICE_ITEM_UPDATE, INVOICE_UPDATE, PAY,
};
pub(crate) use catalogue::{PRICE_CREATE, PRICE_UPDATE, PRODUCT_CREATE, PRODUCT_UPDATE};
pub(crate) use hooks::{ENDPOINT_CREATE, ENDPOINT_UPDATE};
pub(crate) use lists::{
    BALANCE_TRANSACTIONS, CHARGES, CREDIT_NOTES, CUSTOMERS, DISPUTES, EVENTS, INVOICE_ITEMS,
    INVOICE_PAYMENTS, INVOICES, NOTHING, PAGE_ONLY, PAYMENT_INTENTS, PAYOUTS, PRICES, PRODUCTS, REFUNDS,
    SEARCH,
};
pub(crate) use money::{
    CHARGE_UPDATE, INTENT_CANCEL, INTENT_CAPTURE, INTENT_CONFIRM, INTENT_CREATE, INTENT_UPDATE,
    METADATA_ONLY, REFUND_CREATE,
};
pub(crate) use people::{CUSTOMER_CREATE, CUSTOMER_UPDATE};
