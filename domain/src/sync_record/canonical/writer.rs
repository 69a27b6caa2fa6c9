//! Bytes of the canonical form.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::catalogue::FieldType;
use crate::money::normal_digits;
use crate::sync_config::field_path::Segment;

/// A value of a known type.
pub(super) fn typed(out: &mut Vec<u8>, value: &Value, kind: &FieldType) {
    match (value, kind) {
        (Value::String(text), FieldType::Integer | FieldType::Decimal | FieldType::Money) => {
            quoted(out, normal_digits(text.trim()).as_deref().unwrap_or(text));
        }
        (Value::String(text), FieldType::DateTime) => match moment(text) {
            Some(moment) => quoted(out, &moment),
            None => quoted(out, text),
        },
        _ => plain(out, value),
    }
}

/// A value of which nothing is known.
pub(super) fn plain(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => digits(out, number.as_str()),
        Value::String(text) => quoted(out, text),
        Value::Array(items) => list(out, items, plain),
        Value::Object(object) => object_without(out, object, &[]),
    }
}

/// A list, each element written by `each`.
pub(super) fn list<'a, T: 'a>(
    out: &mut Vec<u8>,
    items: impl IntoIterator<Item = &'a T>,
    each: impl Fn(&mut Vec<u8>, &'a T),
) {
    out.push(b'[');
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        each(out, item);
    }
    out.push(b']');
}

/// An object without the members that `skipped` paths name.
pub(super) fn object_without(out: &mut Vec<u8>, object: &Map<String, Value>, skipped: &[&[Segment]]) {
    out.push(b'{');
    let start = out.len();
    let mut member = |name: &str, value: &Value| {
        let below: Vec<&[Segment]> = skipped.iter().filter_map(|path| below(path, name)).collect();
        if below.iter().any(|rest| rest.is_empty()) {
            return;
        }
        if out.len() > start {
            out.push(b',');
        }
        name_of(out, name);
        without(out, value, &below);
    };
    if in_order(object) {
        for (name, value) in object {
            member(name, value);
        }
    } else {
        let mut members: Vec<(&String, &Value)> = object.iter().collect();
        members.sort_by(|left, right| utf16_order(left.0, right.0));
        for (name, value) in members {
            member(name, value);
        }
    }
    out.push(b'}');
}

fn without(out: &mut Vec<u8>, value: &Value, skipped: &[&[Segment]]) {
    match value {
        Value::Object(object) => object_without(out, object, skipped),
        Value::Array(items) if !skipped.is_empty() => {
            let inside: Vec<&[Segment]> =
                skipped.iter().filter_map(|path| path.strip_prefix(&[Segment::Each])).collect();
            list(out, items, |out, item| without(out, item, &inside));
        }
        other => plain(out, other),
    }
}

/// What is left of `path` below the member `name`.
pub(super) fn below<'a>(path: &&'a [Segment], name: &str) -> Option<&'a [Segment]> {
    match path.split_first()? {
        (Segment::Name(first), rest) if first == name => Some(rest),
        _ => None,
    }
}

/// Whether an object's own order (by UTF-8) is RFC 8785's (by UTF-16); they part above U+D7FF only.
fn in_order(object: &Map<String, Value>) -> bool {
    object.keys().all(|name| name.bytes().all(|byte| byte < 0xEE))
}

/// RFC 8785 §3.2.3: names compare by their UTF-16 code units. That is the order of their UTF-8 bytes, but for U+E000 to
/// U+FFFF (first byte EE or EF), which stand behind the surrogates of what lies above them.
pub(super) fn utf16_order(left: &str, right: &str) -> std::cmp::Ordering {
    let rank = |byte: u8| if matches!(byte, 0xEE | 0xEF) { byte | 0x10 } else { byte };
    left.bytes().map(rank).cmp(right.bytes().map(rank))
}

/// A number: its normal form, as text.
pub(super) fn digits(out: &mut Vec<u8>, source: &str) {
    out.push(b'"');
    out.extend_from_slice(normal_digits(source).as_deref().unwrap_or(source).as_bytes());
    out.push(b'"');
}

/// A member's name and its colon. Names are identifiers: they stand as they are, in no normal form, so that their order
/// is that of the record.
pub(super) fn name_of(out: &mut Vec<u8>, name: &str) {
    out.push(b'"');
    escaped(out, name.as_bytes());
    out.extend_from_slice(b"\":");
}

/// A text, in NFC, with RFC 8785's escapes.
pub(super) fn quoted(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        escaped(out, text.as_bytes());
    } else {
        let normal: String = text.nfc().collect();
        escaped(out, normal.as_bytes());
    }
    out.push(b'"');
}

fn escaped(out: &mut Vec<u8>, bytes: &[u8]) {
    let mut clean = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if *byte >= 0x20 && *byte != b'"' && *byte != b'\\' {
            continue;
        }
        out.extend_from_slice(&bytes[clean..at]);
        clean = at + 1;
        escape(out, *byte);
    }
    out.extend_from_slice(&bytes[clean..]);
}

fn escape(out: &mut Vec<u8>, byte: u8) {
    let short = match byte {
        b'"' => b'"',
        b'\\' => b'\\',
        0x08 => b'b',
        0x09 => b't',
        0x0A => b'n',
        0x0C => b'f',
        0x0D => b'r',
        other => {
            const HEX: &[u8; 16] = b"0123456789abcdef";
            out.extend_from_slice(b"\\u00");
            out.push(HEX[usize::from(other >> 4)]);
            out.push(HEX[usize::from(other & 15)]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

/// A moment in UTC, without needless zeros; none for what has no offset.
fn moment(text: &str) -> Option<String> {
    let moment = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
    let spelled = moment.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    Some(match spelled.strip_suffix('Z') {
        Some(rest) if rest.contains('.') => format!("{}Z", rest.trim_end_matches('0')),
        _ => spelled,
    })
}
