//! Currencies and their smallest units (fact sheet, "Entities": amounts).

/// Without a smaller unit: an amount of 10 is 10 yen.
const ZERO_DECIMAL: [&str; 16] = [
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof",
    "xpf",
];
/// In thousandths, of which the last digit must be 0.
const THREE_DECIMAL: [&str; 5] = ["bhd", "jod", "kwd", "omr", "tnd"];
/// In hundredths.
const TWO_DECIMAL: [&str; 34] = [
    "aed", "ars", "aud", "bgn", "brl", "cad", "chf", "cny", "cop", "czk", "dkk", "egp", "eur", "gbp", "hkd",
    "huf", "idr", "ils", "inr", "isk", "mxn", "myr", "nok", "nzd", "php", "pln", "ron", "sek", "sgd", "thb",
    "try", "twd", "usd", "zar",
];

/// Digits after the decimal point; `None` for what is no supported lower-case code.
pub(crate) fn exponent(code: &str) -> Option<u32> {
    if TWO_DECIMAL.contains(&code) {
        Some(2)
    } else if ZERO_DECIMAL.contains(&code) {
        Some(0)
    } else {
        THREE_DECIMAL.contains(&code).then_some(3)
    }
}

/// The least a card can be charged, in the smallest unit: about half a dollar.
pub(crate) fn minimum_charge(code: &str) -> i64 {
    match (code, exponent(code)) {
        ("gbp", _) => 30,
        ("dkk", _) => 250,
        ("nok" | "sek", _) => 300,
        ("hkd", _) => 400,
        ("mxn", _) => 1000,
        ("czk", _) => 1500,
        ("huf", _) => 17_500,
        (_, Some(3)) => 500,
        _ => 50,
    }
}

/// `10.00 usd`, as messages write it.
pub(crate) fn shown(amount: i64, code: &str) -> String {
    let places = exponent(code).unwrap_or(2);
    format!("{} {code}", rust_decimal::Decimal::new(amount, places))
}
