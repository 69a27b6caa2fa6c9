//! Where a template stands: what its fixed text may be, and how a value is escaped there.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::template::Part;

/// Where a template stands, and so how its holes are escaped.
pub trait Context {
    /// Its name for messages.
    const NAME: &'static str;
    /// Whether a quote inside a value that stands between single quotes is doubled: `/Items('{id}')`, a key of OData.
    const DOUBLES_QUOTES: bool = false;
    /// Adds a value, escaped; false when it cannot stand here.
    fn escape(value: &str, number: bool, out: &mut String) -> bool;
    /// Checks the fixed text `before` a hole, and `after` the last one.
    fn check_literal(parts: &[Part]) -> Result<(), &'static str>;
}

/// RFC 3986, unreserved characters stay as they are.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A path: a value is one segment or a part of one, never more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path;

impl Context for Path {
    const NAME: &'static str = "a path";
    const DOUBLES_QUOTES: bool = true;

    fn escape(value: &str, _: bool, out: &mut String) -> bool {
        if matches!(value, "" | "." | "..") {
            return false;
        }
        out.extend(utf8_percent_encode(value, RESERVED));
        true
    }

    fn check_literal(parts: &[Part]) -> Result<(), &'static str> {
        if !matches!(parts.first(), Some(Part::Text(text)) if text.starts_with('/')) {
            return Err("a path starts with / and stands below the base URL");
        }
        let fixed = parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Hole(_) => None,
        });
        for text in fixed {
            if text.contains(['?', '#', '\\', ' ']) || text.contains("..") || text.contains("//") {
                return Err("a path has no ?, #, \\, space, .. or //: parameters stand in `query`");
            }
        }
        Ok(())
    }
}

/// The value of a query parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Query;

impl Context for Query {
    const NAME: &'static str = "a query parameter";

    fn escape(value: &str, _: bool, out: &mut String) -> bool {
        out.push_str(value);
        true
    }

    fn check_literal(_: &[Part]) -> Result<(), &'static str> {
        Ok(())
    }
}

/// A header's value: printable ASCII on one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header;

impl Context for Header {
    const NAME: &'static str = "a header";

    fn escape(value: &str, _: bool, out: &mut String) -> bool {
        out.push_str(value);
        value.chars().all(|letter| letter == ' ' || letter.is_ascii_graphic())
    }

    fn check_literal(parts: &[Part]) -> Result<(), &'static str> {
        let plain = parts.iter().all(|part| match part {
            Part::Text(text) => text.chars().all(|letter| letter == ' ' || letter.is_ascii_graphic()),
            Part::Hole(_) => true,
        });
        if plain { Ok(()) } else { Err("a header is one line of printable ASCII") }
    }
}

/// A JSON string; the body is written by a JSON writer, so nothing is escaped here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Json;

impl Context for Json {
    const NAME: &'static str = "a JSON string";

    fn escape(value: &str, _: bool, out: &mut String) -> bool {
        out.push_str(value);
        true
    }

    fn check_literal(_: &[Part]) -> Result<(), &'static str> {
        Ok(())
    }
}

/// A statement of a query language; its language escapes what fills the holes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatementText;

impl Context for StatementText {
    const NAME: &'static str = "a query statement";

    /// Never used: a statement is filled by its language.
    fn escape(_: &str, _: bool, _: &mut String) -> bool {
        false
    }

    fn check_literal(parts: &[Part]) -> Result<(), &'static str> {
        for part in parts {
            if let Part::Text(text) = part
                && (text.matches('\'').count() % 2 != 0 || text.matches('"').count() % 2 != 0)
            {
                return Err("a hole is quoted by itself: write DocNumber = {value}, not '{value}'");
            }
        }
        Ok(())
    }
}

/// A parameter's name or value in a URL.
pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}
