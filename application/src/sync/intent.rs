//! Makes intents: what is asked, under which key and claim, and the bytes kept until the outcome is known.

use std::collections::BTreeMap;

use chrono::DateTime;
use domain::claim::ClaimKey;
use domain::digest::Digest;
use domain::fields::Fields;
use domain::ids::CallId;
use domain::sync_config::mapping::Known;
use domain::sync_record::LastIntent;
use domain::sync_record::events::WriteBegun;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::context::Context;
use super::engine::{idempotency_key, reference};
use super::pair::Pair;
use super::reconcile::PlannedWrite;
use crate::ports::connector::{PreparedCall, WriteRequest};

/// What lies in the blob of an open call: the exact bytes, and what each item asked for in remote terms.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct StoredCall {
    /// The bytes.
    pub call: PreparedCall,
    /// Asked fields, by item.
    pub asked: BTreeMap<String, Fields>,
}

/// A write whose intent is being made.
pub(super) struct Draft {
    pub(super) pair: Pair,
    pub(super) planned: PlannedWrite,
    pub(super) request: WriteRequest,
    pub(super) used: Fields,
}

pub(super) fn stored_bytes(call: &PreparedCall, drafts: &[Draft]) -> Vec<u8> {
    let asked = drafts.iter().map(|draft| (draft.request.item.clone(), draft.planned.body.clone())).collect();
    serde_json::to_vec(&StoredCall { call: call.clone(), asked }).expect("a call is JSON")
}

pub(super) fn draft(context: &Context, pair: Pair, planned: PlannedWrite, known: &Known) -> Draft {
    let intent = intent_number(context, &pair, &planned);
    let used = context
        .mapping
        .needs_outbound(pair.local_now())
        .into_iter()
        .filter_map(|need| {
            let remote = known.remote_of.get(&need)?;
            Some((format!("{}/{}", need.entity, need.id), Value::String(remote.clone())))
        })
        .collect();
    let request = WriteRequest {
        item: String::new(),
        operation: planned.operation,
        remote_id: planned.remote_id.clone(),
        body: planned.body.clone(),
        version_token: pair.sync.state.remote.as_ref().and_then(|side| side.version_token.clone()),
        key: idempotency_key(context, &pair.local_id, intent),
        reference: reference(&pair.local_id),
    };
    Draft { pair, planned, request, used }
}

/// How often a key is tried whose calls surely did nothing. Some providers store a failure of theirs under the key and
/// give it again (Stripe for a day): then only another key gets through.
const TRIES_OF_A_KEY: u32 = 2;

/// The same bytes keep their intent and key, as long as the key may still get through; other bytes are another intent.
fn intent_number(context: &Context, pair: &Pair, planned: &PlannedWrite) -> u32 {
    match not_done(context, pair, planned) {
        Some(last) if last.attempts % TRIES_OF_A_KEY != 0 => last.intent,
        _ => pair.sync.state.intents + 1,
    }
}

/// The last intent, if these are its bytes; it was not done.
fn not_done<'p>(context: &Context, pair: &'p Pair, planned: &PlannedWrite) -> Option<&'p LastIntent> {
    pair.sync.state.last.as_ref().filter(|last| last.body_digest == body_digest(context, pair, planned))
}

/// The intent of a draft; the caller fills in what belongs to its call.
pub(super) fn intent(context: &Context, draft: &Draft) -> WriteBegun {
    let Draft { pair, planned, request, used } = draft;
    let state = &pair.sync.state;
    WriteBegun {
        intent: intent_number(context, pair, planned),
        attempt: not_done(context, pair, planned).map_or(0, |last| last.attempts) + 1,
        call: CallId(Uuid::nil()),
        item: request.item.clone(),
        operation: planned.operation,
        key: request.key.clone(),
        reference: request.reference.clone(),
        body_digest: body_digest(context, pair, planned),
        send_before: DateTime::UNIX_EPOCH,
        recover_after: DateTime::UNIX_EPOCH,
        local_version: pair.local.state.version,
        local_digest: state.local.as_ref().map_or_else(|| context.key.digest(b""), |side| side.digest),
        base_observation: planned.base_observation,
        mapping: context.version,
        used: used.clone(),
        blob: String::new(),
        claim: open_write_key(context, pair, planned).to_hex(),
        provider_time: None,
    }
}

/// Digest of everything that goes into the bytes: other bytes are another intent.
fn body_digest(context: &Context, pair: &Pair, planned: &PlannedWrite) -> Digest {
    let token = pair.sync.state.remote.as_ref().and_then(|side| side.version_token.as_deref());
    let id = planned.remote_id.as_deref().unwrap_or_default();
    let head = format!("{}\0{id}\0{}\0", planned.operation, token.unwrap_or_default());
    let body = serde_json::to_string(&planned.body).unwrap_or_default();
    context.key.digest((head + &body).as_bytes())
}

/// The claim that serialises writes to one remote object over all configs.
fn open_write_key(context: &Context, pair: &Pair, planned: &PlannedWrite) -> ClaimKey {
    let scope = context.scope();
    if let Some(id) = &planned.remote_id {
        return ClaimKey::open_write(&scope, id);
    }
    ClaimKey::open_create(&scope, create_digest(context, &pair.local_id, &planned.body))
}

/// What makes a create unique: our reference, else the natural key, else the body.
pub(super) fn create_digest(context: &Context, local_id: &str, body: &Fields) -> Digest {
    if context.remote.reference.is_some() {
        return context.key.digest(format!("r\0{}", reference(local_id)).as_bytes());
    }
    match context.remote.natural_key.as_ref().and_then(|name| body.get(name)) {
        Some(Value::String(natural)) => context.key.digest(format!("n\0{natural}").as_bytes()),
        _ => context.key.digest(format!("b\0{}", Value::Object(body.clone())).as_bytes()),
    }
}
