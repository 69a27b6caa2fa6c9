//! Amounts in the smallest unit of a currency, on their digits.

use std::collections::BTreeMap;

use iso_currency::Currency;

/// How many decimal places a currency has: by the manifest's exceptions, else by ISO 4217.
pub(in super::super) fn digits(code: &str, exceptions: &BTreeMap<String, u32>) -> Option<u32> {
    let code = code.to_ascii_uppercase();
    if let Some(digits) = exceptions.get(&code) {
        return Some(*digits);
    }
    Currency::from_code(&code)?.exponent().map(u32::from)
}

/// `1050` of a currency with two places is `10.50`.
pub(in super::super) fn to_major(minor: &str, digits: u32) -> Option<String> {
    let (sign, number) = signed(minor)?;
    if !number.chars().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let digits = usize::try_from(digits).ok()?;
    let filled = format!("{number:0>width$}", width = digits + 1);
    let (whole, part) = filled.split_at(filled.len() - digits);
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if digits == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") })
}

/// `10.5` of a currency with two places is `1050`; nothing where the amount has more places than the currency.
pub(in super::super) fn to_minor(major: &str, digits: u32) -> Option<String> {
    let (sign, number) = signed(major)?;
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let part = part.trim_end_matches('0');
    let digits = usize::try_from(digits).ok()?;
    let plain = |text: &str| text.chars().all(|digit| digit.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(part) || part.len() > digits {
        return None;
    }
    let all = format!("{whole}{part:0<digits$}");
    let all = all.trim_start_matches('0');
    Some(if all.is_empty() { "0".to_owned() } else { format!("{sign}{all}") })
}

fn signed(text: &str) -> Option<(&'static str, &str)> {
    let (sign, number) = match text.strip_prefix('-') {
        Some(number) => ("-", number),
        None => ("", text),
    };
    (!number.is_empty()).then_some((sign, number))
}
