//! Customers.

use crate::stripe::params::{METADATA, Param, Shape, choice, part, short, text, unmodelled, whole};
use crate::stripe::version::BASIL;

pub(super) const ADDRESS: &[Param] = &[
    text("city").unset(),
    text("country").unset(),
    text("line1").unset(),
    text("line2").unset(),
    text("postal_code").unset(),
    text("state").unset(),
];

const SHIPPING: &[Param] = &[part("address", ADDRESS).req(), text("name").req(), text("phone").unset()];

const CUSTOM_FIELD: &[Param] = &[short("name", 40).req(), short("value", 140).req()];

const INVOICE_SETTINGS: &[Param] = &[
    Param::new("custom_fields", Shape::Many(CUSTOM_FIELD)).unset(),
    text("default_payment_method").unset(),
    text("footer").unset(),
    unmodelled("rendering_options"),
];

const EMAIL: Param = Param::new("email", Shape::Email).unset();
const EXEMPT: Param = choice("tax_exempt", &["none", "exempt", "reverse"]);

macro_rules! customer {
    ($($own:expr),*) => {
        &[
            part("address", ADDRESS).unset(),
            whole("balance"),
            text("description").unset(),
            EMAIL,
            short("invoice_prefix", 12),
            part("invoice_settings", INVOICE_SETTINGS),
            METADATA,
            short("name", 256).unset(),
            whole("next_invoice_sequence"),
            short("phone", 20).unset(),
            Param::new("preferred_locales", Shape::Texts(5000)).unset(),
            part("shipping", SHIPPING).unset(),
            EXEMPT,
            unmodelled("cash_balance"),
            unmodelled("coupon").before(BASIL),
            unmodelled("promotion_code").before(BASIL),
            unmodelled("source"),
            unmodelled("tax"),
            $($own),*
        ]
    };
}

pub(crate) const CUSTOMER_CREATE: &[Param] =
    customer![text("payment_method"), unmodelled("tax_id_data"), unmodelled("test_clock")];

pub(crate) const CUSTOMER_UPDATE: &[Param] =
    customer![unmodelled("default_source"), unmodelled("bank_account"), unmodelled("card")];
