//! Date patterns made of the tokens `YYYY MM DD HH mm ss`; every other character stands for itself.

use std::fmt::{self, Write as _};

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Other(char),
}

const TOKENS: [(&str, Token); 6] = [
    ("YYYY", Token::Year),
    ("MM", Token::Month),
    ("DD", Token::Day),
    ("HH", Token::Hour),
    ("mm", Token::Minute),
    ("ss", Token::Second),
];

/// A parsed pattern, such as `DD/MM/YYYY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatePattern {
    text: String,
    tokens: Vec<Token>,
}

/// A text that is no date pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no date pattern: use YYYY, MM, DD, HH, mm and ss, such as DD/MM/YYYY")]
pub struct NoDatePattern {
    given: String,
}

impl DatePattern {
    /// Reads a pattern. Each token may stand once, and at least one must.
    pub fn parse(text: &str) -> Result<Self, NoDatePattern> {
        let refused = || NoDatePattern { given: text.chars().take(80).collect() };
        let mut tokens = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let (token, length) = TOKENS
                .iter()
                .find(|(word, _)| rest.starts_with(word))
                .map_or((Token::Other(first), first.len_utf8()), |(word, token)| (*token, word.len()));
            let twice = !matches!(token, Token::Other(_)) && tokens.contains(&token);
            if twice || matches!(token, Token::Other('Y' | 'M' | 'D' | 'H' | 'm' | 's')) {
                return Err(refused());
            }
            tokens.push(token);
            rest = &rest[length..];
        }
        let any = tokens.iter().any(|token| !matches!(token, Token::Other(_)));
        if any { Ok(Self { text: text.to_owned(), tokens }) } else { Err(refused()) }
    }

    /// Whether a day can be read back from it.
    pub fn has_date(&self) -> bool {
        [Token::Year, Token::Month, Token::Day].iter().all(|token| self.tokens.contains(token))
    }

    /// Whether a moment can be read back from it, to the second.
    pub fn has_time(&self) -> bool {
        [Token::Hour, Token::Minute, Token::Second].iter().all(|token| self.tokens.contains(token))
    }

    /// `moment` in this pattern.
    pub fn write(&self, moment: &NaiveDateTime) -> String {
        let mut text = String::new();
        for token in &self.tokens {
            let written = match token {
                Token::Year => write!(text, "{:04}", moment.year()),
                Token::Month => write!(text, "{:02}", moment.month()),
                Token::Day => write!(text, "{:02}", moment.day()),
                Token::Hour => write!(text, "{:02}", moment.hour()),
                Token::Minute => write!(text, "{:02}", moment.minute()),
                Token::Second => write!(text, "{:02}", moment.second()),
                Token::Other(c) => text.write_char(*c),
            };
            written.expect("writing to a String never fails");
        }
        text
    }

    /// The moment that `text` spells; what the pattern lacks is the first of January, midnight.
    pub fn read(&self, text: &str) -> Option<NaiveDateTime> {
        let (mut year, mut month, mut day) = (None, 1, 1);
        let (mut hour, mut minute, mut second) = (0, 0, 0);
        let mut rest = text;
        for token in &self.tokens {
            match token {
                Token::Year => year = i32::try_from(digits(&mut rest, 4)?).ok(),
                Token::Month => month = digits(&mut rest, 2)?,
                Token::Day => day = digits(&mut rest, 2)?,
                Token::Hour => hour = digits(&mut rest, 2)?,
                Token::Minute => minute = digits(&mut rest, 2)?,
                Token::Second => second = digits(&mut rest, 2)?,
                Token::Other(c) => rest = rest.strip_prefix(*c)?,
            }
        }
        let time = NaiveTime::from_hms_opt(hour, minute, second)?;
        rest.is_empty().then(|| NaiveDate::from_ymd_opt(year?, month, day).map(|date| date.and_time(time)))?
    }
}

/// Takes exactly `count` digits off `rest`.
fn digits(rest: &mut &str, count: usize) -> Option<u32> {
    let (number, after) = rest.split_at_checked(count)?;
    *rest = after;
    number.bytes().all(|byte| byte.is_ascii_digit()).then(|| number.parse().ok())?
}

impl fmt::Display for DatePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for DatePattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for DatePattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}
