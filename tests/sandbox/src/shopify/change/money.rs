//! Money in two currencies: the shop's and the buyer's.

use std::ops::{Add, Sub};

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::kit::decimals::{cents, parse};

/// An amount in the shop's and in the presentment currency.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Both {
    pub(super) shop: Decimal,
    pub(super) buyer: Decimal,
}

/// The two currency codes of an order.
#[derive(Clone, Debug)]
pub(super) struct Currencies {
    pub(super) shop: String,
    pub(super) buyer: String,
}

impl Add for Both {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { shop: self.shop + other.shop, buyer: self.buyer + other.buyer }
    }
}

impl Sub for Both {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self { shop: self.shop - other.shop, buyer: self.buyer - other.buyer }
    }
}

impl Both {
    /// The amount of a stored or given money bag. Without a presentment amount both are the same.
    pub(super) fn read(bag: &Value) -> Self {
        let amount = |name: &str| bag[name]["amount"].as_str().and_then(parse);
        let shop = amount("shopMoney").unwrap_or_default();
        Self { shop, buyer: amount("presentmentMoney").unwrap_or(shop) }
    }

    /// The same amount in both currencies.
    pub(super) fn same(amount: Decimal) -> Self {
        Self { shop: amount, buyer: amount }
    }

    /// Multiplied, rounded to cents.
    pub(super) fn times(self, factor: Decimal) -> Self {
        Self { shop: cents(self.shop * factor), buyer: cents(self.buyer * factor) }
    }

    /// As the API shows it.
    pub(super) fn bag(self, currencies: &Currencies) -> Value {
        json!({
            "shopMoney": {"amount": plain(self.shop), "currencyCode": currencies.shop},
            "presentmentMoney": {"amount": plain(self.buyer), "currencyCode": currencies.buyer},
        })
    }
}

/// `10.5`: money bags drop zeros at the end but keep one digit.
fn plain(amount: Decimal) -> String {
    let amount = amount.normalize();
    if amount.scale() == 0 { format!("{amount}.0") } else { amount.to_string() }
}

/// `10.50`, as prices of variants are.
pub(super) fn whole_cents(amount: Decimal) -> String {
    format!("{:.2}", cents(amount))
}
