//! Payment intents, charges and refunds.

use super::catalogue::CURRENCY;
use super::people::ADDRESS;
use crate::stripe::params::{METADATA, Param, Shape, choice, flag, part, short, text, unmodelled, whole};

const SHIPPING: &[Param] = &[
    part("address", ADDRESS).req(),
    text("carrier"),
    text("name").req(),
    text("phone"),
    text("tracking_number"),
];

const AUTOMATIC: &[Param] = &[choice("allow_redirects", &["always", "never"]), flag("enabled").req()];
const CAPTURE: Param = choice("capture_method", &["automatic", "automatic_async", "manual"]);
const RECEIPT: Param = Param::new("receipt_email", Shape::Email);

macro_rules! intent {
    ($($own:expr),*) => {
        &[
            CAPTURE,
            text("customer"),
            short("description", 1000),
            METADATA,
            text("payment_method"),
            Param::new("payment_method_types", Shape::Texts(5000)),
            RECEIPT.unset(),
            part("shipping", SHIPPING).unset(),
            short("statement_descriptor", 22),
            short("statement_descriptor_suffix", 22),
            text("transfer_group"),
            unmodelled("application_fee_amount"),
            unmodelled("payment_method_data"),
            unmodelled("payment_method_options"),
            unmodelled("setup_future_usage"),
            unmodelled("transfer_data"),
            $($own),*
        ]
    };
}

pub(crate) const INTENT_CREATE: &[Param] = intent![
    whole("amount").req(),
    CURRENCY.req(),
    flag("confirm"),
    flag("off_session"),
    flag("error_on_requires_action"),
    part("automatic_payment_methods", AUTOMATIC),
    choice("confirmation_method", &["automatic", "manual"]),
    text("return_url"),
    unmodelled("mandate"),
    unmodelled("mandate_data"),
    unmodelled("on_behalf_of"),
    unmodelled("radar_options"),
    unmodelled("use_stripe_sdk")
];

pub(crate) const INTENT_UPDATE: &[Param] = intent![whole("amount"), CURRENCY];

pub(crate) const INTENT_CONFIRM: &[Param] = &[
    flag("error_on_requires_action"),
    flag("off_session"),
    text("payment_method"),
    Param::new("payment_method_types", Shape::Texts(5000)),
    RECEIPT.unset(),
    text("return_url"),
    unmodelled("mandate"),
    unmodelled("mandate_data"),
    unmodelled("payment_method_data"),
    unmodelled("payment_method_options"),
    unmodelled("use_stripe_sdk"),
];

pub(crate) const INTENT_CANCEL: &[Param] =
    &[choice("cancellation_reason", &["abandoned", "duplicate", "fraudulent", "requested_by_customer"])];

pub(crate) const INTENT_CAPTURE: &[Param] = &[
    whole("amount_to_capture"),
    METADATA,
    short("statement_descriptor", 22),
    short("statement_descriptor_suffix", 22),
    unmodelled("application_fee_amount"),
    unmodelled("transfer_data"),
];

pub(crate) const CHARGE_UPDATE: &[Param] = &[
    short("description", 40_000),
    METADATA,
    RECEIPT,
    part("shipping", SHIPPING),
    text("transfer_group"),
    unmodelled("customer"),
    unmodelled("fraud_details"),
];

pub(crate) const METADATA_ONLY: &[Param] = &[METADATA];

pub(crate) const REFUND_CREATE: &[Param] = &[
    whole("amount"),
    text("charge"),
    METADATA,
    text("payment_intent"),
    choice("reason", &["duplicate", "fraudulent", "requested_by_customer"]),
    unmodelled("currency"),
    unmodelled("customer"),
    unmodelled("instructions_email"),
    unmodelled("origin"),
    unmodelled("refund_application_fee"),
    unmodelled("reverse_transfer"),
];
