//! A remote record as its page shows it: parsed once, digested once.

use domain::digest::Digest;
use domain::fields::Fields;
use domain::sync_config::field_path::FieldPath;
use domain::sync_record::contents::changes;
use domain::sync_record::events::{Observation, RemoteObserved};
use domain::sync_record::{SyncRecordCommand as Command, SyncRecordError, canonical};
use serde_json::Value;

use super::context::Context;
use super::pair::Pair;
use crate::ports::connector::RemoteRecord;

/// A record with its content.
pub(super) struct Seen<'a> {
    /// The record.
    pub(super) record: &'a RemoteRecord,
    /// Its content; empty when the body is no object.
    pub(super) fields: Fields,
    observed: Digest,
}

/// Digest of the whole record without its volatile fields, from its raw bytes in one pass; `None` for a body that is
/// no JSON object.
pub(super) fn observed(context: &Context, record: &RemoteRecord) -> Option<Digest> {
    canonical::observation_digest_of_json(&context.key, record.body.get(), &context.volatile)
}

impl<'a> Seen<'a> {
    /// Reads `record`.
    pub(super) fn of(context: &Context, record: &'a RemoteRecord) -> Self {
        Self::digested(context, record, observed(context, record))
    }

    /// Reads `record`, whose digest is known already.
    pub(super) fn digested(context: &Context, record: &'a RemoteRecord, observed: Option<Digest>) -> Self {
        let fields = record.fields();
        let observed = observed
            .unwrap_or_else(|| canonical::observation_digest(&context.key, &fields, &context.volatile));
        Self { record, fields, observed }
    }

    /// The text at a path, if it is one and not empty.
    pub(super) fn text_at(&self, path: &FieldPath) -> Option<&str> {
        match path.get(&self.fields)? {
            Value::String(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// Records what the provider shows, if it is news.
    pub(super) fn observe(self, context: &Context, pair: &mut Pair) -> Result<usize, SyncRecordError> {
        let Self { record, fields, observed } = self;
        let digest = canonical::remote_digest(&context.key, &context.plan, &fields);
        let before = pair.remote_shown();
        let (changed, removed) =
            if before.is_empty() { (fields, Vec::new()) } else { changes(&before, &fields) };
        let (version_token, updated_at) = (record.version_token.clone(), record.updated_at);
        let seen = Observation { changed, removed, digest, observed, version_token, updated_at };
        let call = pair.sync.state.open.as_ref().map(|open| open.begun.call);
        pair.seen_id = Some(record.id.clone());
        pair.sync.execute(Command::ObserveRemote(RemoteObserved {
            remote_id: record.id.clone(),
            seen,
            call,
            mapping: context.version,
        }))
    }
}
