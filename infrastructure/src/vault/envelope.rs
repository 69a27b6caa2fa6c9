//! The bytes of something sealed: `v1 | key id | wrapped data key | nonce, ciphertext, tag`.
//!
//! The data key encrypts once. It is wrapped by a key-encryption key with `v1 | organization | context | key id` as
//! associated data; the content is bound to `v1 | organization | context` and, through its data key, to the key id.
//! So a rotation wraps the data key anew and leaves the content as it is.

use domain::ids::OrganizationId;

use super::cipher::{Cipher, KEY_BYTES, OVERHEAD};

const VERSION: u8 = 1;
const WRAPPED_BYTES: usize = KEY_BYTES + OVERHEAD;

/// What something sealed belongs to.
#[derive(Clone, Copy)]
pub(super) struct Belongs<'a> {
    pub(super) organization: OrganizationId,
    pub(super) context: &'a str,
}

impl Belongs<'_> {
    fn content(&self) -> Vec<u8> {
        format!("v1|{}|{}", self.organization, self.context).into_bytes()
    }

    // A key id has no `|`, so that the last part can be read in one way only.
    fn wrapping(&self, key_id: &str) -> Vec<u8> {
        format!("v1|{}|{}|{key_id}", self.organization, self.context).into_bytes()
    }
}

/// Something sealed, taken apart but not opened.
pub(super) struct Envelope<'a> {
    pub(super) key_id: &'a str,
    wrapped: &'a [u8],
    body: &'a [u8],
}

impl<'a> Envelope<'a> {
    /// `None` for bytes that no `seal` made.
    pub(super) fn parse(sealed: &'a [u8]) -> Option<Self> {
        let (&[VERSION, length], rest) = sealed.split_first_chunk::<2>()? else { return None };
        let (key_id, rest) = rest.split_at_checked(usize::from(length))?;
        let (wrapped, body) = rest.split_at_checked(WRAPPED_BYTES)?;
        Some(Self { key_id: std::str::from_utf8(key_id).ok()?, wrapped, body })
    }

    /// Opens it with the key of `key_id`.
    pub(super) fn open(&self, key: &Cipher, belongs: Belongs<'_>) -> Option<zeroize::Zeroizing<Vec<u8>>> {
        let data_key = key.open(&belongs.wrapping(self.key_id), self.wrapped)?;
        let data_key: &[u8; KEY_BYTES] = data_key.as_slice().try_into().ok()?;
        Cipher::new(data_key).open(&belongs.content(), self.body)
    }

    /// The same content under another key-encryption key.
    pub(super) fn rewrap(&self, from: &Cipher, to: (&str, &Cipher), belongs: Belongs<'_>) -> Option<Vec<u8>> {
        let (key_id, key) = to;
        let data_key = from.open(&belongs.wrapping(self.key_id), self.wrapped)?;
        let wrapped = key.seal(&belongs.wrapping(key_id), &data_key);
        Some(join(key_id, &wrapped, self.body))
    }
}

/// Seals `plain` under a fresh data key wrapped by `key`.
pub(super) fn seal(key: (&str, &Cipher), belongs: Belongs<'_>, plain: &[u8]) -> Vec<u8> {
    let (key_id, key) = key;
    let data_key = Cipher::random_key();
    let body = Cipher::new(&data_key).seal(&belongs.content(), plain);
    let wrapped = key.seal(&belongs.wrapping(key_id), &*data_key);
    join(key_id, &wrapped, &body)
}

fn join(key_id: &str, wrapped: &[u8], body: &[u8]) -> Vec<u8> {
    let length = u8::try_from(key_id.len()).expect("key ids are checked to be short");
    [&[VERSION, length], key_id.as_bytes(), wrapped, body].concat()
}
