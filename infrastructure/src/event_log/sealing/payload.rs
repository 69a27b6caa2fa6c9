//! Payload text with a sealed part: `{"…":…,"sealed":"<base64>"}`, always the last member.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use domain::event::Event;
use domain::fields::Fields;
use domain::ids::OrganizationId;
use domain::stream::StreamId;

use super::keys::SubjectKey;
use super::{cipher, contents};

const MEMBER: &str = "\"sealed\":\"";
const END: &str = "\"}";
/// Bytes that the contents of most records do not exceed.
const USUAL: usize = 1_024;

/// What a sealed part belongs to: moved to another organization, stream or event it does not open.
fn associated(organization: OrganizationId, stream: &StreamId, event_type: &str) -> Vec<u8> {
    let kind = stream.kind.as_str();
    [
        organization.as_bytes().as_slice(),
        kind.as_bytes(),
        b"/",
        stream.id.as_bytes(),
        b"\0",
        event_type.as_bytes(),
    ]
    .concat()
}

/// The base64 text of the sealed part. No text inside JSON holds an unescaped quote, so the last one before the end
/// opens the last member's text.
fn sealed_part(payload: &str) -> Option<&str> {
    let body = payload.strip_suffix(END)?;
    let (before, part) = body.split_at(body.rfind('"')? + 1);
    before.ends_with(MEMBER).then_some(part)
}

/// Whether the payload has a sealed part.
pub(crate) fn is_sealed(payload: &str) -> bool {
    sealed_part(payload).is_some()
}

/// An event outside the log: what it belongs to.
#[derive(Clone, Copy)]
pub(crate) struct Open<'a> {
    pub(crate) organization: OrganizationId,
    pub(crate) stream: &'a StreamId,
    pub(crate) event_type: &'a str,
}

impl Open<'_> {
    /// Adds `taken`, encrypted, to the open `payload`.
    pub(crate) fn seal(&self, key: &SubjectKey, taken: &Fields, mut payload: String) -> String {
        let mut plain = Vec::with_capacity(USUAL);
        serde_json::to_writer(&mut plain, taken).expect("JSON becomes text");
        let sealed = cipher::seal(key, &associated(self.organization, self.stream, self.event_type), &plain);
        payload.pop();
        payload.reserve(MEMBER.len() + sealed.len() * 4 / 3 + 8);
        payload.push_str(if payload.ends_with('{') { "" } else { "," });
        payload.push_str(MEMBER);
        STANDARD_NO_PAD.encode_string(sealed, &mut payload);
        payload.push_str(END);
        payload
    }

    /// Puts the sealed part of `payload` back into `event`. Without a key (it was destroyed) the open part is all
    /// there is. Answers whether the part was authentic.
    pub(crate) fn unseal(&self, key: Option<&SubjectKey>, payload: &str, event: &mut Event) -> bool {
        let (Some(key), Some(part)) = (key, sealed_part(payload)) else { return true };
        let opened = STANDARD_NO_PAD.decode(part).ok().and_then(|sealed| {
            let plain =
                cipher::open(key, &associated(self.organization, self.stream, self.event_type), &sealed)?;
            serde_json::from_slice(&plain).ok()
        });
        opened.map(|sealed| contents::put_back(event, sealed)).is_some()
    }
}
