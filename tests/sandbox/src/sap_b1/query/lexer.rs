//! Words of a `$filter`.

/// A word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Name(String),
    /// Between quotes; two of them inside are one.
    Text(String),
    /// A number, or a date or time of day without quotes.
    Bare(String),
    Open,
    Close,
    Comma,
}

/// The words of a filter. Errors: what is no word.
pub(super) fn words(text: &str) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, after) = match first {
            '(' => (Word::Open, &rest[1..]),
            ')' => (Word::Close, &rest[1..]),
            ',' => (Word::Comma, &rest[1..]),
            '\'' => quoted(&rest[1..])?,
            _ if first.is_ascii_alphabetic() || first == '_' => {
                let (name, after) = split(rest, |c| c.is_ascii_alphanumeric() || c == '_' || c == '/');
                (Word::Name(name.to_owned()), after)
            }
            _ if first.is_ascii_digit() || first == '-' => {
                let (bare, after) = split(rest, |c| c.is_ascii_alphanumeric() || "-:.".contains(c));
                (Word::Bare(bare.to_owned()), after)
            }
            _ => return Err(format!("invalid character {first}")),
        };
        words.push(word);
        rest = after.trim_start();
    }
    Ok(words)
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

fn quoted(text: &str) -> Result<(Word, &str), String> {
    let mut said = String::new();
    let mut rest = text;
    loop {
        let end = rest.find('\'').ok_or("a text is not closed")?;
        said.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('\'') {
            Some(after) => {
                said.push('\'');
                rest = after;
            }
            None => return Ok((Word::Text(said), rest)),
        }
    }
}
