//! Words, texts, numbers and signs of a query.

use crate::netsuite::refusal::Refusal;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// An identifier or keyword as it was written.
    Word(String),
    /// Between single quotes, doubled ones made single.
    Text(String),
    Number(String),
    Sign(&'static str),
}

const SIGNS: [&str; 16] =
    ["<=", ">=", "<>", "!=", "||", "=", "<", ">", "(", ")", ",", ".", "*", "+", "-", "/"];

/// A refusal of the query.
pub(super) fn bad(why: impl std::fmt::Display) -> Refusal {
    Refusal::parameter("q", format!("Search error occurred: Invalid or unsupported search: {why}"))
}

pub(super) fn lex(text: &str) -> Result<Vec<Token>, Refusal> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = if first == '\'' {
            quoted(rest)?
        } else if first.is_ascii_digit() {
            let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
            (Token::Number(rest[..end].to_owned()), end)
        } else if first.is_alphabetic() || first == '_' {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            (Token::Word(rest[..end].to_owned()), end)
        } else {
            let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
            let sign = sign.ok_or_else(|| bad(format!("unexpected character '{first}'")))?;
            (Token::Sign(sign), sign.len())
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

fn quoted(text: &str) -> Result<(Token, usize), Refusal> {
    let mut inside = String::new();
    let mut at = 1;
    loop {
        let end = text[at..].find('\'').ok_or_else(|| bad("a text is not closed"))?;
        inside.push_str(&text[at..at + end]);
        at += end + 1;
        if !text[at..].starts_with('\'') {
            return Ok((Token::Text(inside), at));
        }
        inside.push('\'');
        at += 1;
    }
}
