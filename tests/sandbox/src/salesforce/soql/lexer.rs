//! Words, texts, bare literals and signs of a query.

use crate::salesforce::refusal::Refusal;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A name or keyword as it was written, with dots for related fields.
    Word(String),
    /// Between single quotes, escapes resolved; `\_` and `\%` stay, for patterns.
    Text(String),
    /// A number, date or date-time: they are not quoted.
    Bare(String),
    Sign(&'static str),
}

const SIGNS: [&str; 11] = ["<=", ">=", "!=", "<>", "=", "<", ">", "(", ")", ",", ":"];

/// A query that cannot be read.
pub(super) fn malformed(why: impl std::fmt::Display) -> Refusal {
    Refusal::bad("MALFORMED_QUERY", why.to_string())
}

pub(super) fn lex(text: &str) -> Result<Vec<Token>, Refusal> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let until = |is_part: fn(char) -> bool| rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
        let (token, length) = if first == '\'' {
            quoted(rest)?
        } else if first.is_ascii_digit() || (first == '-' && rest.len() > 1) {
            let end = until(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | ':' | '.'));
            (Token::Bare(rest[..end].to_owned()), end)
        } else if first.is_ascii_alphabetic() {
            let end = until(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'));
            (Token::Word(rest[..end].to_owned()), end)
        } else {
            let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
            let sign = sign.ok_or_else(|| malformed(format!("unexpected token: '{first}'")))?;
            (Token::Sign(sign), sign.len())
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

fn quoted(text: &str) -> Result<(Token, usize), Refusal> {
    let mut inside = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\'' => return Ok((Token::Text(inside), at + 1)),
            '\\' => match letters.next().map(|(_, escaped)| escaped) {
                Some('n') => inside.push('\n'),
                Some('r') => inside.push('\r'),
                Some('t') => inside.push('\t'),
                Some(plain @ ('\'' | '"' | '\\')) => inside.push(plain),
                Some(wild @ ('_' | '%')) => inside.extend(['\\', wild]),
                _ => return Err(malformed("Illegal escape sequence in a string literal")),
            },
            other => inside.push(other),
        }
    }
    Err(malformed("a string literal is not closed"))
}
