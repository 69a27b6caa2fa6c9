//! Personal contents of events, encrypted in the payload under their subject's own key, so that destroying the key
//! erases them from a log that is never changed.
//!
//! The subject is the stream itself (`local_record/<project>/<entity>/<local id>`,
//! `sync_record/<config>/<realm>/<local id>`): a sync record's project is not known here, and its contents are the
//! provider's copy. Erasing a person destroys the keys of the local record's stream and of the sync records' streams
//! that end in its local id.
//!
//! Of a local record the top-level fields that its entity's schema calls personal are sealed, and all that contain
//! text where there is no schema; of the provider's contents every top-level field that contains text. The rest of
//! the payload stays readable, with `"sealed"` as its last member.

mod cipher;
mod contents;
mod keys;
mod payload;
#[cfg(test)]
mod tests;

pub(crate) use contents::take;
pub(crate) use keys::{Ring, SubjectKeys};
pub(crate) use payload::{Open, is_sealed};
