//! The observation digest straight from a record's JSON text, without building a tree of values.

use super::writer::{self, utf16_order};
use crate::digest::{Digest, DigestKey};
use crate::sync_config::field_path::{FieldPath, Segment};

/// Deepest nesting that is read; serde_json's own limit.
const DEPTH_LIMIT: usize = 128;

/// Digest of the whole remote record without its volatile fields, from its JSON text; the same as
/// [`super::observation_digest`] of the parsed record. `None` when the text is not one JSON object, has a member
/// twice, or is nested deeper than 128 levels.
pub fn observation_digest_of_json(key: &DigestKey, json: &str, volatile: &[FieldPath]) -> Option<Digest> {
    let skipped: Vec<&[Segment]> = volatile.iter().map(FieldPath::segments).collect();
    let mut scanner = Scanner { text: json, bytes: json.as_bytes(), at: 0, depth: 0 };
    let mut out = Vec::with_capacity(json.len());
    scanner.space();
    if scanner.peek() != Some(b'{') {
        return None;
    }
    scanner.value(&mut out, &skipped)?;
    scanner.space();
    (scanner.at == json.len()).then(|| key.digest(&out))
}

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

/// A member of an object: its name, and where its bytes lie in the output.
struct Member<'a> {
    name: std::borrow::Cow<'a, str>,
    start: usize,
    end: usize,
}

impl<'a> Scanner<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Passes `byte`, with space before and after it.
    fn token(&mut self, byte: u8) -> Option<()> {
        self.space();
        (self.peek()? == byte).then(|| self.at += 1)?;
        self.space();
        Some(())
    }

    fn value(&mut self, out: &mut Vec<u8>, skipped: &[&[Segment]]) -> Option<()> {
        match self.peek()? {
            b'{' => self.nested(|scanner| scanner.object(out, skipped)),
            b'[' => self.nested(|scanner| scanner.array(out, skipped)),
            b'"' => {
                let text = self.string()?;
                writer::quoted(out, &text);
                Some(())
            }
            b't' => self.word("true", out),
            b'f' => self.word("false", out),
            b'n' => self.word("null", out),
            _ => self.number(out),
        }
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Option<()>) -> Option<()> {
        self.depth += 1;
        if self.depth >= DEPTH_LIMIT {
            return None;
        }
        read(self)?;
        self.depth -= 1;
        Some(())
    }

    fn word(&mut self, word: &str, out: &mut Vec<u8>) -> Option<()> {
        self.text[self.at..].starts_with(word).then(|| {
            out.extend_from_slice(word.as_bytes());
            self.at += word.len();
        })
    }

    fn number(&mut self, out: &mut Vec<u8>) -> Option<()> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')) {
            self.at += 1;
        }
        let digits = &self.text[start..self.at];
        crate::money::normal_digits(digits)?;
        writer::digits(out, digits);
        Some(())
    }

    /// A text; borrowed where it has no escapes.
    fn string(&mut self) -> Option<std::borrow::Cow<'a, str>> {
        let start = self.at;
        let mut escapes = false;
        loop {
            self.at += 1;
            match self.peek()? {
                b'"' => break,
                b'\\' => {
                    escapes = true;
                    self.at += 1;
                }
                0..0x20 => return None,
                _ => {}
            }
        }
        self.at += 1;
        if escapes {
            return serde_json::from_str(&self.text[start..self.at]).ok().map(std::borrow::Cow::Owned);
        }
        Some(std::borrow::Cow::Borrowed(&self.text[start + 1..self.at - 1]))
    }

    fn array(&mut self, out: &mut Vec<u8>, skipped: &[&[Segment]]) -> Option<()> {
        let inside: Vec<&[Segment]> =
            skipped.iter().filter_map(|path| path.strip_prefix(&[Segment::Each])).collect();
        self.token(b'[')?;
        out.push(b'[');
        let mut first = true;
        while self.peek()? != b']' {
            if !first {
                self.token(b',')?;
                out.push(b',');
            }
            first = false;
            self.value(out, &inside)?;
            self.space();
        }
        self.at += 1;
        out.push(b']');
        Some(())
    }

    fn object(&mut self, out: &mut Vec<u8>, skipped: &[&[Segment]]) -> Option<()> {
        let mut members: Vec<Member<'a>> = Vec::with_capacity(16);
        let mut first = true;
        out.push(b'{');
        let base = out.len();
        self.token(b'{')?;
        while self.peek()? != b'}' {
            if !first {
                self.token(b',')?;
            }
            first = false;
            if self.peek()? != b'"' {
                return None;
            }
            let name = self.string()?;
            self.token(b':')?;
            let below: Vec<&[Segment]> =
                skipped.iter().filter_map(|path| writer::below(path, &name)).collect();
            let start = out.len();
            writer::name_of(out, &name);
            self.value(out, &below)?;
            self.space();
            if below.iter().any(|rest| rest.is_empty()) {
                out.truncate(start);
            } else {
                members.push(Member { name, start, end: out.len() });
            }
        }
        self.at += 1;
        assemble(out, base, members)?;
        out.push(b'}');
        Some(())
    }
}

/// Puts the members, which lie one behind the other from `base`, in order and commas between them.
fn assemble(out: &mut Vec<u8>, base: usize, mut members: Vec<Member<'_>>) -> Option<()> {
    members.sort_unstable_by(|left, right| utf16_order(&left.name, &right.name));
    if members.windows(2).any(|pair| pair[0].name == pair[1].name) {
        return None;
    }
    // The ordered copy is made behind the unordered one, which is then cut out.
    let unordered = out.len();
    for (at, member) in members.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        out.extend_from_within(member.start..member.end);
    }
    out.drain(base..unordered);
    Some(())
}
