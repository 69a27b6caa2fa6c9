//! `dec.add`, `dec.sub`, `dec.mul`, `dec.div`, `dec.round`, `dec.cmp` and `dec.sum`: exact arithmetic on decimals that stand as
//! text.

use std::sync::{Arc, LazyLock};

use cel::common::types::{CelInt, CelList, CelString, INT_TYPE, LIST_TYPE, STRING_TYPE};
use cel::common::value::{CowVal, Val};
use cel::{Env, ExecutionError};
use rust_decimal::Decimal;

use crate::money;

type Answer<'b, 'v> = Result<CowVal<'b, 'v>, ExecutionError>;

static ENVIRONMENT: LazyLock<Arc<Env>> = LazyLock::new(|| {
    let mut environment = Env::stdlib();
    let pairs =
        [(STRING_TYPE, STRING_TYPE), (STRING_TYPE, INT_TYPE), (INT_TYPE, STRING_TYPE), (INT_TYPE, INT_TYPE)];
    let functions: [(&str, cel::common::functions::Function); 6] = [
        ("dec.add", add),
        ("dec.sub", sub),
        ("dec.mul", mul),
        ("dec.div", div),
        ("dec.round", round),
        ("dec.cmp", cmp),
    ];
    for (name, function) in functions {
        for (left, right) in &pairs {
            let id = format!("{name}({},{})", left.name(), right.name());
            environment
                .add_overload(name, &id, vec![left.to_owned(), right.to_owned()], function)
                .expect("each overload is declared once");
        }
    }
    environment
        .add_overload("dec.sum", "dec.sum(list)", vec![LIST_TYPE], sum)
        .expect("each overload is declared once");
    Arc::new(environment)
});

/// The functions every expression sees.
pub(super) fn environment() -> &'static Arc<Env> {
    &ENVIRONMENT
}

fn decimal(function: &str, value: &(dyn Val + '_)) -> Result<Decimal, ExecutionError> {
    if let Some(number) = value.downcast_ref::<CelInt>() {
        return Ok(Decimal::from(*number.inner()));
    }
    let text = value.downcast_ref::<CelString>().map(|text| money::decimal_of_digits(text.inner().trim()));
    text.unwrap_or(Err(money::MoneyError::NotANumber))
        .map_err(|error| ExecutionError::function_error(function, error))
}

/// Both arguments.
fn both(function: &str, args: Vec<CowVal<'_, '_>>) -> Result<(Decimal, Decimal), ExecutionError> {
    let pair: Result<[CowVal<'_, '_>; 2], _> = args.try_into();
    let [left, right] = pair.map_err(|args| ExecutionError::invalid_argument_count(2, args.len()))?;
    Ok((decimal(function, &*left)?, decimal(function, &*right)?))
}

fn answer<'b, 'v>(function: &str, result: Option<Decimal>) -> Answer<'b, 'v> {
    let result = result
        .ok_or_else(|| ExecutionError::function_error(function, "the result cannot be kept exactly"))?;
    Ok(CowVal::owned(CelString::from(result.normalize().to_string())))
}

fn add<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Answer<'b, 'v> {
    let (left, right) = both("dec.add", args)?;
    answer("dec.add", left.checked_add(right))
}

fn sub<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Answer<'b, 'v> {
    let (left, right) = both("dec.sub", args)?;
    answer("dec.sub", left.checked_sub(right))
}

fn mul<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Answer<'b, 'v> {
    let (left, right) = both("dec.mul", args)?;
    answer("dec.mul", left.checked_mul(right))
}

/// Up to 28 digits; round the result to what is needed.
fn div<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Answer<'b, 'v> {
    let (left, right) = both("dec.div", args)?;
    if right.is_zero() {
        return Err(ExecutionError::function_error("dec.div", "division by zero"));
    }
    answer("dec.div", left.checked_div(right))
}

/// `dec.round(value, places)`; halves go away from zero, and the places are kept: `dec.round('2', 2)` is `2.00`.
fn round<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Answer<'b, 'v> {
    let (value, places) = both("dec.round", args)?;
    let places = u32::try_from(places).ok().filter(|places| *places <= 20);
    let places =
        places.ok_or_else(|| ExecutionError::function_error("dec.round", "the places must be 0 to 20"))?;
    let mut rounded = money::round(value, places);
    rounded.rescale(places);
    Ok(CowVal::owned(CelString::from(rounded.to_string())))
}

fn cmp<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Answer<'b, 'v> {
    let (left, right) = both("dec.cmp", args)?;
    Ok(CowVal::owned(CelInt::from(left.cmp(&right) as i64)))
}

/// `dec.sum(record.lines.map(line, line.amount))`; of an empty list `0`.
fn sum<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Answer<'b, 'v> {
    let one: Result<[CowVal<'_, '_>; 1], _> = args.try_into();
    let [list] = one.map_err(|args| ExecutionError::invalid_argument_count(1, args.len()))?;
    let Some(list) = list.downcast_ref::<CelList>() else {
        return Err(ExecutionError::function_error("dec.sum", "a list is wanted"));
    };
    let mut total = Some(Decimal::ZERO);
    for value in list.inner() {
        let value = decimal("dec.sum", value.as_ref())?;
        total = total.and_then(|total| total.checked_add(value));
    }
    answer("dec.sum", total)
}
