//! Keyed digests of business content.
//!
//! A bare hash of a phone number would survive erasure as a dictionary oracle, so every digest of content is
//! HMAC-SHA-256 (RFC 2104) under the organization's key, which the vault hands over as a value.

use std::fmt;

use hmac::{Hmac, Mac};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Sha256;

/// The organization's digest key: 32 bytes. Never printed, never stored in an event.
#[derive(Clone)]
pub struct DigestKey(Hmac<Sha256>);

impl DigestKey {
    /// The key made of these bytes. The HMAC's inner state is prepared once, here.
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(Hmac::new_from_slice(bytes).expect("HMAC takes keys of any length"))
    }

    /// HMAC-SHA-256 of `content`.
    pub fn digest(&self, content: &[u8]) -> Digest {
        let mut mac = self.0.clone();
        mac.update(content);
        Digest(mac.finalize().into_bytes().into())
    }
}

impl fmt::Debug for DigestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DigestKey(..)")
    }
}

/// HMAC-SHA-256 of business content; lower-case hex as text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(pub [u8; 32]);

/// The first 16 bytes of an observation digest, kept beside a remote-id claim.
pub type Tag = [u8; 16];

impl Digest {
    /// The first 16 bytes.
    pub fn tag(&self) -> Tag {
        self.0[..16].try_into().expect("a digest has 32 bytes")
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = [0_u8; 64];
        hex::encode_to_slice(self.0, &mut text).expect("64 is twice 32");
        serializer.serialize_str(std::str::from_utf8(&text).expect("hex is ASCII"))
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(HexText)
    }
}

/// Reads the text where it lies: an event holds up to six of them, and a page of events thousands.
struct HexText;

impl serde::de::Visitor<'_> for HexText {
    type Value = Digest;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("64 hexadecimal digits")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Digest, E> {
        let wrong = || E::invalid_value(serde::de::Unexpected::Other("another text"), &self);
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return Err(wrong()) };
        let mut bytes = [0_u8; 32];
        if pairs.len() != bytes.len() {
            return Err(wrong());
        }
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            let (high, low) = (NIBBLE[usize::from(*high)], NIBBLE[usize::from(*low)]);
            if (high | low) > 0xF {
                return Err(wrong());
            }
            *byte = high << 4 | low;
        }
        Ok(Digest(bytes))
    }
}

/// What a hexadecimal digit counts; 255 for every other byte.
const NIBBLE: [u8; 256] = {
    let mut table = [u8::MAX; 256];
    let mut digit = 0_u8;
    while digit < 16 {
        table[b"0123456789abcdef"[digit as usize] as usize] = digit;
        table[b"0123456789ABCDEF"[digit as usize] as usize] = digit;
        digit += 1;
    }
    table
};
