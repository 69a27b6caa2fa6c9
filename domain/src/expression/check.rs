//! What an expression may not do, and what it reads.

use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr, LiteralValue, SelectExpr};

use super::cost::children;
use super::{ExpressionError, Place, Reads};
use crate::catalogue::FieldType;

const ARITHMETIC: [(&str, &str); 6] =
    [("_+_", "+"), ("_-_", "-"), ("_*_", "*"), ("_/_", "/"), ("_%_", "%"), ("-_", "-")];
const COMPARISON: [(&str, &str); 6] =
    [("_<_", "<"), ("_<=_", "<="), ("_>_", ">"), ("_>=_", ">="), ("_==_", "=="), ("_!=_", "!=")];
const OTHER_OPERATORS: [&str; 7] = ["_&&_", "_||_", "!_", "_?_:_", "_[_]", "@in", "@not_strictly_false"];
const FUNCTIONS: [&str; 12] = [
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "int",
    "uint",
    "string",
    "bool",
    "type",
    "min",
    "max",
];
const DECIMAL_FUNCTIONS: [&str; 7] = ["add", "sub", "mul", "div", "round", "cmp", "sum"];
const PATTERN_LIMIT: usize = 256;

struct Checker<'a> {
    place: &'a Place<'a>,
    reads: Reads,
    /// Variables of macros around the current part.
    bound: Vec<&'a str>,
}

/// Checks `tree` and says what it reads.
pub(super) fn check<'a>(tree: &'a IdedExpr, place: &'a Place<'a>) -> Result<Reads, ExpressionError> {
    let mut checker = Checker { place, reads: Reads::default(), bound: Vec::new() };
    checker.visit(tree)?;
    Ok(checker.reads)
}

impl<'a> Checker<'a> {
    fn visit(&mut self, tree: &'a IdedExpr) -> Result<(), ExpressionError> {
        match &tree.expr {
            Expr::Literal(LiteralValue::Double(double)) => {
                return Err(ExpressionError::Double { literal: double.inner().to_string() });
            }
            Expr::Ident(name) => return self.variable(name),
            Expr::Select(select) if self.field_of_record(select) => return Ok(()),
            Expr::Call(call) => {
                self.call(call)?;
                let namespace = call.target.as_ref().filter(|target| is_variable(target, "dec"));
                for child in children(&tree.expr) {
                    if !namespace.is_some_and(|target| std::ptr::eq(&raw const **target, child)) {
                        self.visit(child)?;
                    }
                }
                return Ok(());
            }
            Expr::Comprehension(comprehension) => {
                self.visit(&comprehension.iter_range)?;
                let names = [Some(&comprehension.iter_var), comprehension.iter_var2.as_ref()];
                let names = names.into_iter().flatten().chain([&comprehension.accu_var]);
                let before = self.bound.len();
                self.bound.extend(names.map(String::as_str));
                for part in [
                    &comprehension.accu_init,
                    &comprehension.loop_cond,
                    &comprehension.loop_step,
                    &comprehension.result,
                ] {
                    self.visit(part)?;
                }
                self.bound.truncate(before);
                return Ok(());
            }
            _ => {}
        }
        children(&tree.expr).into_iter().try_for_each(|child| self.visit(child))
    }

    fn variable(&mut self, name: &str) -> Result<(), ExpressionError> {
        if name.starts_with('@') || self.bound.contains(&name) {
            return Ok(());
        }
        match name {
            "record" => self.reads.whole = true,
            "value" => self.reads.value = true,
            "item" if self.place.array.is_some() => self.reads.item = true,
            _ => return Err(ExpressionError::UnknownVariable { name: name.to_owned() }),
        }
        Ok(())
    }

    /// Notes `record.name`, the one way to read a single field.
    fn field_of_record(&mut self, select: &SelectExpr) -> bool {
        let direct = is_variable(&select.operand, "record") && !self.bound.contains(&"record");
        if direct {
            self.reads.fields.insert(select.field.clone());
        }
        direct
    }

    fn call(&self, call: &CallExpr) -> Result<(), ExpressionError> {
        let name = call.func_name.as_str();
        if let Some(target) = &call.target
            && is_variable(target, "dec")
            && DECIMAL_FUNCTIONS.contains(&name)
        {
            return Ok(());
        }
        if let Some((_, operator)) = ARITHMETIC.iter().find(|(function, _)| *function == name) {
            let decimal = call.args.iter().find(|arg| self.is_decimal(arg));
            return refuse(operator, decimal, "dec.add, dec.sub, dec.mul, dec.div and dec.round");
        }
        if let Some((_, operator)) = COMPARISON.iter().find(|(function, _)| *function == name) {
            let blank = call.args.iter().any(is_text_or_null) && matches!(*operator, "==" | "!=");
            let decimal = call.args.iter().find(|arg| !blank && self.is_decimal(arg));
            return refuse(operator, decimal, "dec.cmp(a, b), which is -1, 0 or 1");
        }
        if name == "matches" && !call.args.last().is_some_and(is_short_text) {
            return Err(ExpressionError::OpenPattern);
        }
        if OTHER_OPERATORS.contains(&name) || FUNCTIONS.contains(&name) {
            return Ok(());
        }
        Err(ExpressionError::UnknownFunction { name: name.to_owned() })
    }

    /// Whether a part is surely a decimal.
    fn is_decimal(&self, tree: &IdedExpr) -> bool {
        match &tree.expr {
            Expr::Call(call) if call.target.as_ref().is_some_and(|target| is_variable(target, "dec")) => {
                call.func_name != "cmp"
            }
            Expr::Call(call) if call.func_name == "_?_:_" => {
                call.args.iter().skip(1).any(|arg| self.is_decimal(arg))
            }
            Expr::Ident(name) if name == "value" && !self.bound.contains(&"value") => {
                self.place.value.is_some_and(FieldType::is_decimal)
            }
            Expr::Select(select) if !select.test => {
                let kind = self.path(tree).and_then(|path| self.place.kinds?.get(&path));
                kind.is_some_and(FieldType::is_decimal)
            }
            _ => false,
        }
    }

    /// The schema path that a chain of selections from `record` or `item` spells.
    fn path(&self, tree: &IdedExpr) -> Option<String> {
        let Expr::Select(select) = &tree.expr else { return None };
        match &select.operand.expr {
            Expr::Ident(name) if self.bound.contains(&name.as_str()) => None,
            Expr::Ident(name) if name == "record" => Some(select.field.clone()),
            Expr::Ident(name) if name == "item" => Some(format!("{}[*].{}", self.place.array?, select.field)),
            _ => Some(format!("{}.{}", self.path(&select.operand)?, select.field)),
        }
    }
}

fn is_variable(tree: &IdedExpr, wanted: &str) -> bool {
    matches!(&tree.expr, Expr::Ident(name) if name == wanted)
}

fn is_text_or_null(tree: &IdedExpr) -> bool {
    matches!(&tree.expr, Expr::Literal(LiteralValue::String(_) | LiteralValue::Null))
}

fn is_short_text(tree: &IdedExpr) -> bool {
    matches!(&tree.expr, Expr::Literal(LiteralValue::String(text)) if text.inner().chars().count() <= PATTERN_LIMIT)
}

fn refuse(operator: &str, decimal: Option<&IdedExpr>, instead: &'static str) -> Result<(), ExpressionError> {
    match decimal {
        None => Ok(()),
        Some(tree) => Err(ExpressionError::DecimalOperator {
            operator: operator.to_owned(),
            operand: spelled(tree),
            instead,
        }),
    }
}

/// An operand, as people wrote it.
fn spelled(tree: &IdedExpr) -> String {
    match &tree.expr {
        Expr::Ident(name) => name.clone(),
        Expr::Select(select) => format!("{}.{}", spelled(&select.operand), select.field),
        Expr::Call(call) => format!("{}(…)", call.func_name),
        _ => "…".to_owned(),
    }
}
