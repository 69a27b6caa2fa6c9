//! Conditions against the fields of the object: which literals a field takes.

use super::syntax::{Condition, Literal, Operator};
use crate::salesforce::kind::Kind;
use crate::salesforce::layout::{COMPOUND, Field, Type};
use crate::salesforce::refusal::Refusal;
use crate::salesforce::store::{Org, Spelled, spelled};

/// A field by its name in a query.
pub(super) fn field<'a>(org: &'a Org, kind: Kind, name: &str) -> Result<&'a Field, Refusal> {
    if COMPOUND.iter().any(|own| own.eq_ignore_ascii_case(name)) {
        return Err(Refusal::not_modelled(format!("the compound field {name}")));
    }
    let message = format!(
        "No such column '{name}' on entity '{}'. If you are attempting to use a custom field, be sure to append the \
         '__c' after the custom field name.",
        kind.name()
    );
    org.field(kind, name).ok_or_else(|| Refusal::bad("INVALID_FIELD", message))
}

/// The condition with the fields' own names and whole ids; the error is a literal of the wrong type.
pub(super) fn typed(org: &Org, kind: Kind, condition: &Condition) -> Result<Condition, Refusal> {
    let each =
        |parts: &[Condition]| parts.iter().map(|part| typed(org, kind, part)).collect::<Result<Vec<_>, _>>();
    Ok(match condition {
        Condition::All(parts) => Condition::All(each(parts)?),
        Condition::Any(parts) => Condition::Any(each(parts)?),
        Condition::Not(inside) => Condition::Not(Box::new(typed(org, kind, inside)?)),
        Condition::Test(name, operator, literals) => {
            let field = field(org, kind, name)?;
            if !field.is_filterable() {
                let message = format!("field '{name}' can not be filtered in a query call");
                return Err(Refusal::bad("INVALID_FIELD", message));
            }
            let literals = literals.iter().map(|literal| fitting(field, *operator, literal));
            Condition::Test(field.name.clone(), *operator, literals.collect::<Result<_, _>>()?)
        }
    })
}

fn fitting(field: &Field, operator: Operator, literal: &Literal) -> Result<Literal, Refusal> {
    let name = &field.name;
    let equality = matches!(operator, Operator::Equal | Operator::NotEqual | Operator::In | Operator::NotIn);
    if *literal == Literal::Null {
        let invalid =
            || Refusal::bad("INVALID_FIELD", format!("null can only be compared by = and != on {name}"));
        return if equality { Ok(Literal::Null) } else { Err(invalid()) };
    }
    let wanted = wanted(field.holds);
    if !fits(wanted, literal) {
        let how = if matches!(wanted, "ID" | "string") { "should" } else { "should not" };
        let message = format!(
            "value of filter criterion for field '{name}' must be of type {wanted} and {how} be enclosed in quotes"
        );
        return Err(Refusal::bad("INVALID_FIELD", message));
    }
    let comparable = match wanted {
        "boolean" => equality,
        "string" => true,
        _ => operator != Operator::Like,
    };
    if !comparable {
        let message = format!("invalid operator on {wanted} field");
        return Err(Refusal::bad("INVALID_QUERY_FILTER_OPERATOR", message));
    }
    match literal {
        Literal::Text(text) if wanted == "ID" => match spelled(text) {
            Spelled::Id(id) => Ok(Literal::Text(id)),
            Spelled::Malformed => {
                Err(Refusal::bad("INVALID_QUERY_FILTER_OPERATOR", format!("invalid ID field: {text}")))
            }
        },
        other => Ok(other.clone()),
    }
}

/// What the provider calls the kind of literal a field is compared with.
fn wanted(holds: Type) -> &'static str {
    match holds {
        Type::Id | Type::Ref(_) => "ID",
        Type::Number(_) | Type::Money | Type::Percent => "double",
        Type::Flag => "boolean",
        Type::Day => "date",
        Type::Instant => "dateTime",
        _ => "string",
    }
}

fn fits(wanted: &str, literal: &Literal) -> bool {
    matches!(
        (wanted, literal),
        ("ID" | "string", Literal::Text(_))
            | ("double", Literal::Number(_))
            | ("boolean", Literal::Flag(_))
            | ("date", Literal::Day(_))
            | ("dateTime", Literal::Instant(_))
    )
}
