//! Products and prices.

use crate::stripe::params::{METADATA, Param, Shape, choice, flag, part, short, text, unmodelled, whole};
use crate::stripe::version::BASIL;

/// Names and values of `tax_behavior`.
pub(super) const TAX_BEHAVIOR: Param = choice("tax_behavior", &["exclusive", "inclusive", "unspecified"]);
pub(super) const CURRENCY: Param = Param::new("currency", Shape::Currency);
pub(super) const UNIT_DECIMAL: Param = Param::new("unit_amount_decimal", Shape::Decimal);

const DEFAULT_PRICE: &[Param] = &[
    CURRENCY.req(),
    part("recurring", RECURRING),
    TAX_BEHAVIOR,
    whole("unit_amount"),
    UNIT_DECIMAL,
    METADATA,
    unmodelled("currency_options"),
    unmodelled("custom_unit_amount"),
];

macro_rules! product {
    ($($own:expr),*) => {
        &[
            flag("active"),
            Param::new("images", Shape::Texts(2048)).unset(),
            METADATA,
            flag("shippable"),
            short("statement_descriptor", 22),
            short("tax_code", 5000).unset(),
            short("unit_label", 12).unset(),
            text("url").unset(),
            short("description", 40_000).unset(),
            unmodelled("features"),
            unmodelled("marketing_features"),
            unmodelled("package_dimensions"),
            $($own),*
        ]
    };
}

pub(crate) const PRODUCT_CREATE: &[Param] =
    product![text("id"), text("name").req(), part("default_price_data", DEFAULT_PRICE)];

pub(crate) const PRODUCT_UPDATE: &[Param] = product![text("name"), text("default_price")];

const RECURRING: &[Param] = &[
    choice("interval", &["day", "month", "week", "year"]).req(),
    whole("interval_count"),
    choice("usage_type", &["licensed", "metered"]),
    unmodelled("aggregate_usage").before(BASIL),
    unmodelled("meter").from(BASIL),
];

const PRODUCT_DATA: &[Param] = &[
    flag("active"),
    text("id"),
    METADATA,
    text("name").req(),
    short("statement_descriptor", 22),
    text("tax_code"),
    short("unit_label", 12),
];

pub(crate) const PRICE_CREATE: &[Param] = &[
    flag("active"),
    choice("billing_scheme", &["per_unit", "tiered"]),
    CURRENCY.req(),
    short("lookup_key", 200),
    METADATA,
    text("nickname"),
    text("product"),
    part("product_data", PRODUCT_DATA),
    part("recurring", RECURRING),
    TAX_BEHAVIOR,
    flag("transfer_lookup_key"),
    whole("unit_amount"),
    UNIT_DECIMAL,
    unmodelled("currency_options"),
    unmodelled("custom_unit_amount"),
    unmodelled("tiers"),
    unmodelled("tiers_mode"),
    unmodelled("transform_quantity"),
];

/// Amount and currency are not among them: a price is immutable (fact sheet, "Entities").
pub(crate) const PRICE_UPDATE: &[Param] = &[
    flag("active"),
    short("lookup_key", 200).unset(),
    METADATA,
    text("nickname").unset(),
    TAX_BEHAVIOR,
    flag("transfer_lookup_key"),
    unmodelled("currency_options"),
];
