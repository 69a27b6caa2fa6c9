use super::*;
use proptest::prelude::*;
use serde_json::json;

fn normal(text: &str) -> String {
    normal_digits(text).unwrap_or_else(|| panic!("{text} is a number")).into_owned()
}

#[test]
fn a_number_has_one_normal_form_whatever_its_spelling() {
    for (text, expected) in [
        ("0", "0"),
        ("-0", "0"),
        ("0.00", "0"),
        ("0e5", "0"),
        ("1", "1"),
        ("1.0", "1"),
        ("1.50", "1.5"),
        ("100", "100"),
        ("1e2", "100"),
        ("1E+2", "100"),
        ("1.25e1", "12.5"),
        ("125e-1", "12.5"),
        ("0.001", "0.001"),
        ("1e-3", "0.001"),
        ("-12.340", "-12.34"),
        ("9007199254740993", "9007199254740993"),
        ("10.0e1", "100"),
    ] {
        assert_eq!(normal(text), expected, "{text}");
    }
    assert_ne!(normal("9007199254740993"), normal("9007199254740992"));
    assert_eq!(normal("1e100"), normal("10e99"));
    assert!(normal("1e999999999999999999999").len() < 40);
    for text in ["", "-", "+1", "01", "1.", ".5", "1e", "1e+", "0x1", "1,5", "NaN", "1 ", "--1", "1.2.3"] {
        assert_eq!(normal_digits(text), None, "{text}");
    }
}

#[test]
fn money_is_read_from_numbers_and_text_without_losing_a_digit() {
    let number: Value = serde_json::from_str("12345678901234567890.12").unwrap();
    let money = Money::parse(&number, "EUR").unwrap();
    assert_eq!(money.amount().to_string(), "12345678901234567890.12");
    assert_eq!(Money::parse(&json!("12.50"), "EUR").unwrap(), Money::parse(&json!(12.5), "EUR").unwrap());
    assert_eq!(Money::parse(&json!(true), "EUR"), Err(MoneyError::NotANumber));
    assert_eq!(Money::parse(&json!("1e40"), "EUR"), Err(MoneyError::TooManyDigits));
    assert_eq!(Money::parse(&json!(1), "euro"), Err(MoneyError::UnknownCurrency { code: "euro".into() }));
}

#[test]
fn minor_units_follow_the_currency() {
    let euros = |text: &str| Money::parse(&json!(text), "EUR").unwrap();
    assert!(euros("12.500").checked().is_ok());
    assert!(matches!(euros("12.505").checked(), Err(MoneyError::TooFine { digits: 2, .. })));
    assert_eq!(euros("12.505").rounded(), euros("12.51"));
    assert_eq!(euros("-12.505").rounded(), euros("-12.51"));
    assert_eq!(Money::parse(&json!("0.5"), "JPY").unwrap().rounded().amount(), Decimal::ONE);
    assert_eq!(Money::parse(&json!("1"), "BHD").unwrap().minor_digits(), 3);
}

#[test]
fn sums_keep_the_cents_and_refuse_to_mix_currencies() {
    let euro = |text: &str| Money::parse(&json!(text), "EUR").unwrap();
    assert_eq!(euro("0.10").plus(euro("0.20")).unwrap(), euro("0.3"));
    assert_eq!(euro("1").minus(euro("0.9")).unwrap(), euro("0.1"));
    assert_eq!(euro("2.55").times(Decimal::from(100)).unwrap(), euro("255"));
    let dollars = Money::parse(&json!(1), "USD").unwrap();
    assert_eq!(euro("1").plus(dollars), Err(MoneyError::MixedCurrencies { left: "EUR", right: "USD" }));
    assert_eq!(euro("1").partial_cmp(&dollars), None);
    let largest = Money::new(Decimal::MAX, Currency::EUR);
    assert_eq!(largest.plus(euro("1")), Err(MoneyError::Overflow));
}

#[test]
fn money_is_stored_as_text() {
    let money = Money::parse(&json!("12.50"), "EUR").unwrap();
    let stored = serde_json::to_value(money).unwrap();
    assert_eq!(stored, json!({"amount": "12.50", "currency": "EUR"}));
    assert_eq!(serde_json::from_value::<Money>(stored).unwrap(), money);
}

proptest! {
    #[test]
    fn the_normal_form_is_stable_and_equal_only_for_equal_numbers(
        coefficient in -1_000_000_i64..1_000_000, scale in 0_u32..6, other in -1_000_000_i64..1_000_000, zeros in 0_usize..4,
    ) {
        let number = Decimal::new(coefficient, scale);
        let spelled = if scale == 0 { number.to_string() } else { format!("{number}{}", "0".repeat(zeros)) };
        let form = normal(&spelled);
        prop_assert_eq!(normal(&form), form.clone());
        prop_assert_eq!(decimal_of_digits(&form).unwrap(), number);
        prop_assert_eq!(normal(&format!("{coefficient}e-{scale}")), form.clone());
        let second = Decimal::new(other, scale);
        prop_assert_eq!(normal(&second.to_string()) == form, second == number);
    }
}
