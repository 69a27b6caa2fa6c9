//! Whether a body may be read at all: depth and U+0000, in one pass over its bytes.

use std::borrow::Cow;

/// Levels of nesting beyond which nothing is read.
const DEEPEST: u32 = 64;

/// Why a body is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in super::super) enum Unsound {
    /// Not UTF-8.
    #[error("the answer is not UTF-8")]
    NotText,
    /// A web page where JSON was expected.
    #[error("the answer is a web page or XML, not JSON")]
    Markup,
    /// Nothing where something was expected.
    #[error("the answer is empty")]
    Empty,
    /// Nested beyond measure.
    #[error("the answer is nested more than 64 levels deep")]
    TooDeep,
}

/// The text of a JSON body that is not too deep. U+0000, which no database keeps, becomes U+FFFD.
pub(in super::super) fn sound(body: Vec<u8>) -> Result<String, Unsound> {
    let text = String::from_utf8(body).map_err(|_| Unsound::NotText)?;
    match text.trim_start_matches('\u{feff}').trim_start().as_bytes().first() {
        None => return Err(Unsound::Empty),
        Some(b'<') => return Err(Unsound::Markup),
        _ => {}
    }
    let seen = scan(text.as_bytes())?;
    Ok(match without_nul(&text, &seen) {
        Cow::Borrowed(_) => text,
        Cow::Owned(replaced) => replaced,
    })
}

/// Offsets of the escapes `\u0000`.
fn scan(bytes: &[u8]) -> Result<Vec<usize>, Unsound> {
    let (mut depth, mut at, mut in_text) = (0_u32, 0, false);
    let mut nul = Vec::new();
    while let Some(byte) = bytes.get(at) {
        match (in_text, byte) {
            (true, b'\\') => {
                if bytes[at..].starts_with(b"\\u0000") {
                    nul.push(at);
                }
                at += 1;
            }
            (_, b'"') => in_text = !in_text,
            (false, b'{' | b'[') => {
                depth += 1;
                if depth > DEEPEST {
                    return Err(Unsound::TooDeep);
                }
            }
            (false, b'}' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    Ok(nul)
}

fn without_nul<'a>(text: &'a str, escapes: &[usize]) -> Cow<'a, str> {
    if escapes.is_empty() {
        return Cow::Borrowed(text);
    }
    tracing::warn!(count = escapes.len(), "the provider sent U+0000, which was replaced by U+FFFD");
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for at in escapes {
        out.push_str(&text[from..*at]);
        out.push_str("\\ufffd");
        from = at + "\\u0000".len();
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}
