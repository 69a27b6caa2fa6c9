//! Decimal numbers and money, from the digits they were written with. No value ever passes through a float.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use iso_currency::Currency;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

#[cfg(test)]
mod tests;

/// Longest plain spelling of a number's normal form; beyond, the form with an exponent is used.
const PLAIN_LIMIT: usize = 64;

/// Why two amounts cannot be put together, or a value is no amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a number.
    #[error("this is no decimal number: write digits with `.` as decimal point, such as 12.50")]
    NotANumber,
    /// More digits than can be kept exactly.
    #[error("this number has more than 28 digits: it cannot be kept exactly")]
    TooManyDigits,
    /// Not an ISO 4217 code.
    #[error("`{code}` is no ISO 4217 currency code: use three capital letters, such as EUR")]
    UnknownCurrency {
        /// What was given.
        code: String,
    },
    /// Two currencies in one sum.
    #[error("cannot put {left} and {right} together: convert one of them first")]
    MixedCurrencies {
        /// Code on the left.
        left: &'static str,
        /// Code on the right.
        right: &'static str,
    },
    /// Fractions of the smallest unit.
    #[error("{amount} {code} has more than {digits} decimal places: round it first")]
    TooFine {
        /// The amount.
        amount: Decimal,
        /// Its currency.
        code: &'static str,
        /// Decimal places the currency has.
        digits: u16,
    },
    /// The result is too large.
    #[error("the result is too large to be kept exactly")]
    Overflow,
}

/// An amount of a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money {
    amount: Decimal,
    currency: Currency,
}

impl Money {
    /// This amount.
    pub fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// The amount in `value`, a JSON number or text, and the currency of this ISO 4217 code.
    pub fn parse(value: &Value, code: &str) -> Result<Self, MoneyError> {
        let currency = Currency::from_code(code)
            .ok_or_else(|| MoneyError::UnknownCurrency { code: code.chars().take(20).collect() })?;
        Ok(Self { amount: decimal(value)?, currency })
    }

    /// The amount.
    pub fn amount(&self) -> Decimal {
        self.amount
    }

    /// The ISO 4217 code.
    pub fn code(&self) -> &'static str {
        self.currency.code()
    }

    /// Decimal places of the currency's smallest unit: 2 for EUR, 0 for JPY, 3 for BHD.
    pub fn minor_digits(&self) -> u16 {
        self.currency.exponent().unwrap_or(0)
    }

    /// Itself, if it is a whole number of smallest units.
    pub fn checked(self) -> Result<Self, MoneyError> {
        let digits = self.minor_digits();
        if self.amount.normalize().scale() > u32::from(digits) {
            return Err(MoneyError::TooFine { amount: self.amount, code: self.code(), digits });
        }
        Ok(self)
    }

    /// Rounded to smallest units, halves away from zero as on invoices.
    #[must_use]
    pub fn rounded(self) -> Self {
        Self { amount: round(self.amount, u32::from(self.minor_digits())), currency: self.currency }
    }

    /// The sum of two amounts of one currency.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.with(other, Decimal::checked_add)
    }

    /// The difference of two amounts of one currency.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.with(other, Decimal::checked_sub)
    }

    /// This amount so many times, unrounded.
    pub fn times(self, times: Decimal) -> Result<Self, MoneyError> {
        let amount = self.amount.checked_mul(times).ok_or(MoneyError::Overflow)?;
        Ok(Self { amount, currency: self.currency })
    }

    fn with(self, other: Self, op: fn(Decimal, Decimal) -> Option<Decimal>) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::MixedCurrencies { left: self.code(), right: other.code() });
        }
        let amount = op(self.amount, other.amount).ok_or(MoneyError::Overflow)?;
        Ok(Self { amount, currency: self.currency })
    }
}

impl PartialOrd for Money {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self.currency == other.currency).then(|| self.amount.cmp(&other.amount))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.code())
    }
}

/// The stored shape; the amount is text, so that no reader makes a float of it.
#[derive(Serialize, Deserialize)]
struct Shape<'a> {
    amount: Cow<'a, str>,
    currency: Cow<'a, str>,
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Shape { amount: self.amount.to_string().into(), currency: self.code().into() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let shape = Shape::deserialize(deserializer)?;
        Self::parse(&Value::String(shape.amount.into_owned()), &shape.currency)
            .map_err(serde::de::Error::custom)
    }
}

/// `value` rounded to `digits` decimal places, halves away from zero.
pub fn round(value: Decimal, digits: u32) -> Decimal {
    value.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero)
}

/// The decimal in a JSON number or text, by its source digits.
pub fn decimal(value: &Value) -> Result<Decimal, MoneyError> {
    match value {
        Value::Number(number) => decimal_of_digits(number.as_str()),
        Value::String(text) => decimal_of_digits(text.trim()),
        _ => Err(MoneyError::NotANumber),
    }
}

/// The decimal that these digits spell; it keeps the decimal places they have.
pub fn decimal_of_digits(digits: &str) -> Result<Decimal, MoneyError> {
    let normal = normal_digits(digits).ok_or(MoneyError::NotANumber)?;
    let as_written = Decimal::from_str_exact(digits).ok();
    as_written.or_else(|| Decimal::from_str_exact(&normal).ok()).ok_or(MoneyError::TooManyDigits)
}

/// The one spelling of a number: no sign of zero, no leading or trailing zeros, no exponent up to 64 characters.
/// `1e2`, `100.0` and `100` are all `100`. `None` for what is no JSON number.
pub fn normal_digits(text: &str) -> Option<Cow<'_, str>> {
    if is_normal(text) {
        return Some(Cow::Borrowed(text));
    }
    let parts = Parts::read(text)?;
    Some(Cow::Owned(parts.normal()))
}

/// A quick look: an integer, or a decimal without a trailing zero, spelled as the normal form is.
fn is_normal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    if digits.is_empty() || digits.len() >= PLAIN_LIMIT || (digits[0] == b'0' && text.len() > 1) {
        return false;
    }
    let mut point = false;
    for (at, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {}
            b'.' if !point && at > 0 => point = true,
            _ => return false,
        }
    }
    !point || !matches!(digits.last(), Some(b'0' | b'.'))
}

/// A number as `0.digits × 10^exponent`.
struct Parts {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Parts {
    fn read(text: &str) -> Option<Self> {
        let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
            None => (rest, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
            Some(_) => return None,
            None => (mantissa, ""),
        };
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty()
            || !all_digits(whole)
            || !all_digits(fraction)
            || (whole.len() > 1 && whole.starts_with('0'))
        {
            return None;
        }
        let all = format!("{whole}{fraction}");
        let significant = all.trim_start_matches('0');
        let leading = i64::try_from(all.len() - significant.len()).ok()?;
        let exponent = exponent.checked_add(i64::try_from(whole.len()).ok()? - leading)?;
        Some(Self { negative, digits: significant.trim_end_matches('0').to_owned(), exponent })
    }

    fn normal(&self) -> String {
        if self.digits.is_empty() {
            return "0".to_owned();
        }
        let sign = if self.negative { "-" } else { "" };
        let length = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        let room = i64::try_from(PLAIN_LIMIT).unwrap_or(i64::MAX);
        if self.exponent > room || self.exponent < -room || length > room {
            return format!("{sign}0.{}e{}", self.digits, self.exponent);
        }
        let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
        if self.exponent <= 0 {
            format!("{sign}0.{}{}", zeros(-self.exponent), self.digits)
        } else if self.exponent >= length {
            format!("{sign}{}{}", self.digits, zeros(self.exponent - length))
        } else {
            let (whole, fraction) = self.digits.split_at(usize::try_from(self.exponent).unwrap_or(0));
            format!("{sign}{whole}.{fraction}")
        }
    }
}

/// An exponent; one too long to count is cut at a size no number of ours reaches.
fn read_exponent(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let size = digits.parse::<i64>().unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
    Some(if negative { -size } else { size })
}
