//! Remote records that may be ours: creates whose outcome is not known yet, and records that carry our reference.

use domain::claim::ClaimKey;
use domain::stream::SyncRecordKey;
use domain::sync_config::field_path::FieldPath;
use domain::sync_record::SyncRecordCommand as Command;
use domain::sync_record::events::{ResolvedBy, WriteBegun};
use domain::value::Operation;
use serde_json::Value;

use super::context::Context;
use super::engine::Engine;
use super::intent::StoredCall;
use super::outcome::{confirmation, covers};
use super::pair::Pair;
use super::seen::Seen;
use crate::ports::Unavailable;
use crate::ports::connector::RemoteRecord;
use domain::fields::Fields;

/// The pair with an open create that each record may be the result of, by reference or natural key.
pub(super) async fn open_creates(
    engine: &Engine,
    context: &Context,
    records: &[Seen<'_>],
) -> Result<Vec<Option<Candidate>>, Unavailable> {
    let marks = Marks::of(context);
    let asked = records.iter().map(|record| marks.open_create(context, record));
    let asked: Vec<Option<ClaimKey>> = asked.collect();
    if asked.iter().all(Option::is_none) {
        return Ok(records.iter().map(|_| None).collect());
    }
    let keys: Vec<ClaimKey> = asked.iter().flatten().cloned().collect();
    let mut held = engine.ports.dispatcher.log.claimed(&keys).await?.into_iter();
    let claimed = asked.iter().map(|key| key.as_ref().and_then(|_| held.next().flatten()));
    let mut candidates = Vec::with_capacity(records.len());
    for held in claimed.collect::<Vec<_>>() {
        let key = held.and_then(|held| SyncRecordKey::parse(&held.stream));
        candidates.push(match key {
            Some(key) if key.config == context.config_id => engine.candidate(context, key.local_id).await?,
            _ => None,
        });
    }
    Ok(candidates)
}

/// A pair with an open create, and what that create asked for.
pub(super) struct Candidate {
    pub(super) pair: Pair,
    pub(super) asked: Fields,
}

impl Engine {
    pub(super) async fn candidate(
        &self,
        context: &Context,
        local_id: String,
    ) -> Result<Option<Candidate>, Unavailable> {
        let loaded = Pair::load(self.ports.dispatcher.log.as_ref(), context, &[local_id]).await?;
        let Some(pair) = loaded.into_iter().next() else { return Ok(None) };
        let Some(open) = pair.sync.state.open.as_ref() else { return Ok(None) };
        let asked = self.asked(context, &open.begun).await?;
        Ok(Some(Candidate { pair, asked }))
    }

    /// What an open intent asked for, from the sealed bytes of its call.
    pub(super) async fn asked(&self, context: &Context, begun: &WriteBegun) -> Result<Fields, Unavailable> {
        let blob = self.ports.blobs.get(context.organization, &begun.blob).await?;
        let call: Option<StoredCall> = blob.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Ok(call.and_then(|mut call| call.asked.remove(&begun.item)).unwrap_or_default())
    }
}

/// The pair with its outcome resolved, if the record surely is what its open create made; `None` leaves it to recovery.
pub(super) fn early(context: &Context, candidate: Candidate, record: &RemoteRecord) -> Option<Pair> {
    let Candidate { mut pair, asked } = candidate;
    let begun = pair.sync.state.open.as_ref()?.begun.clone();
    if begun.operation != Operation::Create || !is_ours(context, &begun, &asked, record) {
        return None;
    }
    let confirmed = Some(Box::new(confirmation(context, &pair, &asked, Some(record))));
    let by = ResolvedBy::Observation;
    pair.sync.execute(Command::ResolveOutcome { call: begun.call, by, confirmed }).ok()?;
    Some(pair)
}

/// Whether a found record may be adopted: it carries our reference, or it was created after the intent by the provider's
/// own clock and says what was asked.
pub(super) fn is_ours(context: &Context, begun: &WriteBegun, asked: &Fields, record: &RemoteRecord) -> bool {
    let fields = record.fields();
    let reference = context.remote.reference.as_deref().and_then(|path| FieldPath::parse(path).ok());
    let carried = reference.as_ref().and_then(|path| path.get(&fields)).and_then(Value::as_str);
    if carried.is_some_and(|reference| !reference.is_empty() && reference == begun.reference) {
        return true;
    }
    let after = match (record.created_at, begun.provider_time) {
        // Both clocks are the provider's, to the second.
        (Some(created), Some(before)) => created.timestamp() >= before.timestamp(),
        _ => false,
    };
    after && !asked.is_empty() && covers(&Value::Object(asked.clone()), &Value::Object(fields))
}

/// Records that carry the id of a record of ours that is not linked yet: the same record, made by an earlier life.
pub(super) async fn by_reference(
    engine: &Engine,
    context: &Context,
    records: &[Seen<'_>],
) -> Result<Vec<Option<Pair>>, Unavailable> {
    let marks = Marks::of(context);
    let references: Vec<Option<&str>> = records.iter().map(|record| marks.reference(record)).collect();
    let ids: Vec<String> = references.iter().flatten().map(|id| (*id).to_owned()).collect();
    if ids.is_empty() {
        return Ok(records.iter().map(|_| None).collect());
    }
    let mut loaded = Pair::load(engine.ports.dispatcher.log.as_ref(), context, &ids).await?.into_iter();
    let pairs = references.into_iter().map(|reference| {
        let pair = reference.and_then(|_| loaded.next())?;
        let free = pair.sync.state.remote_id.is_none() && pair.sync.state.open.is_none();
        (pair.local.state.exists() && free).then_some(pair)
    });
    Ok(pairs.collect())
}

/// Where a record carries what tells it apart, as the manifest says.
struct Marks {
    reference: Option<FieldPath>,
    natural_key: Option<FieldPath>,
}

impl Marks {
    fn of(context: &Context) -> Self {
        let path = |text: &Option<String>| FieldPath::parse(text.as_deref()?).ok();
        Self { reference: path(&context.remote.reference), natural_key: path(&context.remote.natural_key) }
    }

    fn reference<'s>(&self, record: &'s Seen<'_>) -> Option<&'s str> {
        record.text_at(self.reference.as_ref()?)
    }

    fn natural_key<'s>(&self, record: &'s Seen<'_>) -> Option<&'s str> {
        record.text_at(self.natural_key.as_ref()?)
    }

    /// The claim that an open create which made this record holds; none when it shows nothing to go by.
    fn open_create(&self, context: &Context, record: &Seen<'_>) -> Option<ClaimKey> {
        let what = match (self.reference(record), self.natural_key(record)) {
            (Some(reference), _) => format!("r\0{reference}"),
            (None, Some(natural)) => format!("n\0{natural}"),
            (None, None) => return None,
        };
        Some(ClaimKey::open_create(&context.scope(), context.key.digest(what.as_bytes())))
    }
}
