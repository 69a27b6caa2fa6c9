//! The worst case of an expression: how often its innermost part can run.

use cel::IdedExpr;
use cel::common::ast::{EntryExpr, Expr};

use super::LIST_LIMIT;

/// What one `matches` counts for: it compiles its pattern each time.
const MATCH: u64 = 100;

/// The worst-case cost: nested macros multiply, neighbours add up.
pub(super) fn worst_case(tree: &IdedExpr) -> u64 {
    let own = match &tree.expr {
        Expr::Comprehension(comprehension) => {
            let turns = match &comprehension.iter_range.expr {
                Expr::List(list) => list.elements.len(),
                Expr::Map(map) => map.entries.len(),
                _ => LIST_LIMIT,
            };
            let body =
                worst_case(&comprehension.loop_step).saturating_add(worst_case(&comprehension.loop_cond));
            let loops = u64::try_from(turns).unwrap_or(u64::MAX).saturating_mul(body.max(1));
            return loops
                .saturating_add(worst_case(&comprehension.iter_range))
                .saturating_add(worst_case(&comprehension.accu_init))
                .saturating_add(worst_case(&comprehension.result));
        }
        Expr::Call(call) if call.func_name == "matches" => MATCH,
        _ => 0,
    };
    children(&tree.expr).into_iter().fold(own, |sum, child| sum.saturating_add(worst_case(child)))
}

/// How many macros over lists of the record lie inside each other.
pub(super) fn nesting(tree: &IdedExpr) -> u32 {
    let inside = children(&tree.expr).into_iter().map(nesting).max().unwrap_or(0);
    match &tree.expr {
        Expr::Comprehension(looped) if !matches!(looped.iter_range.expr, Expr::List(_) | Expr::Map(_)) => {
            inside + 1
        }
        _ => inside,
    }
}

/// How many parts lie inside each other; a chain of operators counts each.
pub(super) fn depth(tree: &IdedExpr) -> usize {
    let mut level = vec![tree];
    let mut depth = 0;
    while !level.is_empty() {
        depth += 1;
        level = level.into_iter().flat_map(|tree| children(&tree.expr)).collect();
    }
    depth
}

/// The parts of an expression, in no particular order.
pub(super) fn children(expr: &Expr) -> Vec<&IdedExpr> {
    match expr {
        Expr::Call(call) => call.target.as_deref().into_iter().chain(&call.args).collect(),
        Expr::Comprehension(c) => vec![&c.iter_range, &c.accu_init, &c.loop_cond, &c.loop_step, &c.result],
        Expr::List(list) => list.elements.iter().collect(),
        Expr::Map(map) => map.entries.iter().flat_map(|entry| entry_parts(&entry.expr)).collect(),
        Expr::Struct(shape) => shape.entries.iter().flat_map(|entry| entry_parts(&entry.expr)).collect(),
        Expr::Select(select) => vec![&select.operand],
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => Vec::new(),
    }
}

fn entry_parts(entry: &EntryExpr) -> Vec<&IdedExpr> {
    match entry {
        EntryExpr::StructField(field) => vec![&field.value],
        EntryExpr::MapEntry(pair) => vec![&pair.key, &pair.value],
    }
}
