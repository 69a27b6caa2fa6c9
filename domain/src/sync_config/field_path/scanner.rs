//! Reads the text of a path, one segment at a time.

use super::{FieldPathError, INDEX_LIMIT, PATH_LIMIT, Segment};

struct Scanner<'a> {
    path: &'a str,
    chars: Vec<char>,
    at: usize,
}

/// The segments of `path`.
pub(super) fn scan(path: &str) -> Result<Vec<Segment>, FieldPathError> {
    let chars: Vec<char> = path.chars().collect();
    if chars.len() > PATH_LIMIT {
        return Err(FieldPathError::TooLong { length: chars.len() });
    }
    let mut scanner = Scanner { path, chars, at: 0 };
    let mut segments = Vec::new();
    match scanner.peek() {
        None => return Err(FieldPathError::Empty),
        Some('$') => scanner.at = 1,
        Some('[') => {
            return Err(scanner
                .syntax("start with a field name, or write `$` before the bracket: `$['@odata.etag']`"));
        }
        Some(_) => segments.push(scanner.plain()?),
    }
    while scanner.peek().is_some() {
        segments.push(scanner.segment()?);
    }
    match segments.first() {
        Some(Segment::Name(_)) => Ok(segments),
        _ => Err(FieldPathError::NoRoot { path: path.to_owned() }),
    }
}

impl Scanner<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn syntax(&self, hint: &'static str) -> FieldPathError {
        FieldPathError::Syntax { path: self.path.to_owned(), at: self.at + 1, hint }
    }

    fn not_singular(&self, what: &'static str) -> FieldPathError {
        FieldPathError::NotSingular { path: self.path.to_owned(), what }
    }

    fn segment(&mut self) -> Result<Segment, FieldPathError> {
        match self.peek() {
            Some('.') => {
                self.at += 1;
                self.plain()
            }
            Some('[') => {
                self.at += 1;
                let segment = self.bracketed()?;
                match self.peek() {
                    Some(']') => self.at += 1,
                    Some(':') => return Err(self.not_singular("a slice")),
                    Some(',') => return Err(self.not_singular("several selectors")),
                    _ => return Err(self.syntax("close the bracket with `]`")),
                }
                Ok(segment)
            }
            _ => Err(self.syntax("separate fields with `.`")),
        }
    }

    /// A name without quotes, up to the next `.` or `[`.
    fn plain(&mut self) -> Result<Segment, FieldPathError> {
        let start = self.at;
        while let Some(c) = self.peek().filter(|c| !matches!(c, '.' | '[')) {
            if matches!(c, ']' | '\'' | '"' | '\\') || c.is_control() {
                return Err(self.syntax("put a name with such a character in brackets and quotes: `['…']`"));
            }
            self.at += 1;
        }
        let name: String = self.chars[start..self.at].iter().collect();
        match name.as_str() {
            "" if self.peek() == Some('.') && start > 0 => Err(self.not_singular("`..`")),
            "" => Err(self.syntax("name a field here")),
            "*" => Err(self.not_singular("`.*`, write `[*]` for the elements of an array")),
            text if text.contains('*') => Err(self.syntax("write `[*]` for the elements of an array")),
            text if text.trim() != text => Err(self.syntax("remove the space beside the name")),
            text if start == 0 && text.starts_with('$') => Err(self.syntax("`$` is followed by `.` or `[`")),
            _ => Ok(Segment::Name(name)),
        }
    }

    fn bracketed(&mut self) -> Result<Segment, FieldPathError> {
        match self.peek() {
            Some('*') => {
                self.at += 1;
                Ok(Segment::Each)
            }
            Some(quote @ ('\'' | '"')) => self.quoted(quote),
            Some('?') => Err(self.not_singular("a filter")),
            Some(':') => Err(self.not_singular("a slice")),
            Some(c) if c == '-' || c.is_ascii_digit() => self.index(),
            _ => Err(self.syntax("expected `*`, an index or a quoted name in the brackets")),
        }
    }

    fn index(&mut self) -> Result<Segment, FieldPathError> {
        let start = self.at;
        self.at += 1;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        let text: String = self.chars[start..self.at].iter().collect();
        let digits = text.trim_start_matches('-');
        if digits.is_empty() || (digits.len() > 1 && digits.starts_with('0')) || text == "-0" {
            return Err(self.syntax("write an index without leading zeros"));
        }
        let index = text.parse().unwrap_or(i64::MAX);
        if index.abs() > INDEX_LIMIT {
            return Err(FieldPathError::IndexTooLarge { path: self.path.to_owned(), index });
        }
        Ok(Segment::Index(index))
    }

    fn quoted(&mut self, quote: char) -> Result<Segment, FieldPathError> {
        self.at += 1;
        let mut name = String::new();
        loop {
            match self.peek() {
                None => return Err(self.syntax("close the quote")),
                Some(c) if c == quote => break,
                Some('\\') => name.push(self.escape()?),
                Some(c) if c.is_control() => return Err(self.syntax("write control characters as escapes")),
                Some(c) => name.push(c),
            }
            self.at += 1;
        }
        self.at += 1;
        Ok(Segment::Name(name))
    }

    /// The character of an escape; leaves the position on the escape's last character.
    fn escape(&mut self) -> Result<char, FieldPathError> {
        self.at += 1;
        match self.peek() {
            Some(c @ ('\\' | '\'' | '"' | '/')) => Ok(c),
            Some('b') => Ok('\u{8}'),
            Some('f') => Ok('\u{c}'),
            Some('n') => Ok('\n'),
            Some('r') => Ok('\r'),
            Some('t') => Ok('\t'),
            Some('u') => self.unicode(),
            _ => Err(self.syntax("unknown escape")),
        }
    }

    fn unicode(&mut self) -> Result<char, FieldPathError> {
        let first = self.hex4()?;
        if !(0xD800..0xDC00).contains(&first) {
            return char::from_u32(first).ok_or_else(|| self.syntax("not a character"));
        }
        if self.chars.get(self.at + 1..self.at + 3) != Some(&['\\', 'u'][..]) {
            return Err(self.syntax("half of a surrogate pair"));
        }
        self.at += 2;
        let second = self.hex4()?;
        let low = second.checked_sub(0xDC00).filter(|low| *low < 0x400);
        low.and_then(|low| char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + low))
            .ok_or_else(|| self.syntax("half of a surrogate pair"))
    }

    /// Four hex digits after a `u` at the position.
    fn hex4(&mut self) -> Result<u32, FieldPathError> {
        let mut code = 0;
        for _ in 0..4 {
            self.at += 1;
            let digit = self.peek().and_then(|c| c.to_digit(16));
            code = code * 16 + digit.ok_or_else(|| self.syntax("expected four hex digits"))?;
        }
        Ok(code)
    }
}
