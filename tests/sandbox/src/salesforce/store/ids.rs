//! Record ids: 15 case-sensitive characters, and three more that make case not matter.

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const CHECKS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/// The 18-character id of the record number `number` of an object.
pub(super) fn numbered(prefix: &str, mut number: u64) -> String {
    let mut tail = [b'0'; 6];
    for place in tail.iter_mut().rev() {
        *place = BASE62[usize::try_from(number % 62).unwrap_or_default()];
        number /= 62;
    }
    let short = format!("{prefix}5g0000{}", String::from_utf8_lossy(&tail));
    let checks = checks(&short);
    short + &checks
}

fn checks(short: &str) -> String {
    let chunk = |chunk: &[u8]| {
        let bits = chunk
            .iter()
            .enumerate()
            .map(|(at, byte)| usize::from(byte.is_ascii_uppercase()) << at)
            .sum::<usize>();
        char::from(CHECKS[bits])
    };
    short.as_bytes().chunks(5).map(chunk).collect()
}

/// What an id in a request is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::salesforce) enum Spelled {
    /// The 18-character id it stands for.
    Id(String),
    /// It is none.
    Malformed,
}

/// Reads an id of 15 or 18 characters; upper and lower case count in the first 15.
pub(in crate::salesforce) fn spelled(text: &str) -> Spelled {
    if !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Spelled::Malformed;
    }
    match text.len() {
        15 => Spelled::Id(format!("{text}{}", checks(text))),
        18 if checks(&text[..15]) == text[15..] => Spelled::Id(text.to_owned()),
        _ => Spelled::Malformed,
    }
}
