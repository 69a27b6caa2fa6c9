//! Words, quoted values and signs of a query.

use crate::quickbooks::faultbody::Refusal;

/// One token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A keyword, name, number or bare value.
    Word(String),
    /// A value in single quotes, unescaped.
    Quoted(String),
    /// `= < > <= >= ( ) , *`
    Sign(&'static str),
}

const SIGNS: [&str; 9] = ["<=", ">=", "=", "<", ">", "(", ")", ",", "*"];

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Refusal> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = if first == '\'' {
            quoted(&rest[1..])?
        } else if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            (Token::Sign(sign), &rest[sign.len()..])
        } else {
            word(rest)?
        };
        tokens.push(token);
        rest = after.trim_start();
    }
    Ok(tokens)
}

/// Up to the closing quote; a backslash takes the next character as it is.
fn quoted(text: &str) -> Result<(Token, &str), Refusal> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' => return Ok((Token::Quoted(value), &text[at + 1..])),
            '\\' => match chars.next() {
                Some((_, escaped)) => value.push(escaped),
                None => break,
            },
            _ => value.push(c),
        }
    }
    Err(Refusal::query_syntax("Lexical error: a quoted value has no closing quote"))
}

fn word(text: &str) -> Result<(Token, &str), Refusal> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | ':' | '+');
    let end = text.find(|c: char| !is_part(c)).unwrap_or(text.len());
    if end == 0 {
        let bad = text.chars().next().unwrap_or_default();
        return Err(Refusal::query_syntax(format!("Lexical error. Encountered: \"{bad}\"")));
    }
    Ok((Token::Word(text[..end].to_owned()), &text[end..]))
}
