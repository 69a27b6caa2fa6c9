//! A look at the brackets before the parser runs, so that its recursion stays far from the end of the stack.

use super::{DEPTH_LIMIT, ExpressionError};

/// Refuses more than 16 brackets inside each other, or so many prefix operators or conditionals in a chain.
pub(super) fn check(source: &str) -> Result<(), ExpressionError> {
    let limit = usize::from(DEPTH_LIMIT);
    let (mut open, mut prefixes, mut conditionals) = (0_usize, 0_usize, 0_usize);
    let mut quote = None;
    let mut escaped = false;
    for c in source.chars() {
        if let Some(end) = quote {
            if escaped {
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else if c == end {
                quote = None;
            }
            continue;
        }
        match c {
            '\'' | '"' => quote = Some(c),
            '(' | '[' | '{' => open += 1,
            ')' | ']' | '}' => open = open.saturating_sub(1),
            '?' => conditionals += 1,
            _ => {}
        }
        prefixes = match c {
            '!' | '-' => prefixes + 1,
            c if c.is_whitespace() => prefixes,
            _ => 0,
        };
        if open > limit || prefixes > limit || conditionals > limit {
            return Err(ExpressionError::TooDeep);
        }
    }
    Ok(())
}
