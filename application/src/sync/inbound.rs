//! Takes a page of remote records: unchanged ones cost one narrow query, new ones are linked or created, changed ones are
//! brought into step. All events of a page unit and its checkpoint are one append.

use std::collections::BTreeMap;

use domain::claim::ClaimKey;
use domain::digest::Digest;
use domain::stream::SyncRecordKey;
use domain::sync_config::mapping::Known;
use domain::sync_record::events::LinkedBy;
use domain::sync_record::{SyncRecordCommand as Command, SyncRecordError};
use domain::sync_run::{Counts, SyncRun};
use domain::value::SyncStatus;

use super::context::Context;
use super::engine::Engine;
use super::pair::Pair;
use super::reconcile::reconcile;
use super::seen::{Seen, observed};
use super::{adopt, references};
use crate::dispatcher::Working;
use crate::ports::Unavailable;
use crate::ports::connector::RemoteRecord;
use crate::ports::event_log::{Recognised, Refused};
use crate::process_managers::Routes;

/// Records of one append unit, at most.
const UNIT: usize = 1_000;
/// Bytes of record bodies in one append unit, at most; each may be stored on both sides.
const UNIT_BYTES: usize = 512 * 1024;
/// Rounds before a page's records are redone one by one.
const ROUNDS: usize = 3;

/// Cuts a page into append units.
pub fn units(records: &[RemoteRecord]) -> Vec<&[RemoteRecord]> {
    let mut units = Vec::new();
    let (mut from, mut bytes) = (0, 0);
    for (at, record) in records.iter().enumerate() {
        let length = record.body.get().len();
        if at > from && (at - from >= UNIT || bytes + length > UNIT_BYTES) {
            units.push(&records[from..at]);
            (from, bytes) = (at, 0);
        }
        bytes += length;
    }
    if from < records.len() {
        units.push(&records[from..]);
    }
    units
}

/// What a page came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PageResult {
    /// What became of its records.
    pub counts: Counts,
    /// Remote ids that wait for an open write to be resolved; to be read again.
    pub later: Vec<String>,
    /// Remote ids that could not be taken with their page.
    pub alone: Vec<String>,
}

/// A record whose pair is known, or which is new.
struct Matched<'a> {
    seen: Seen<'a>,
    pair: Pair,
    new: bool,
}

impl Engine {
    /// Takes `records` and, in the same unit, `checkpoint`. They were read when the log's head was `since`: a record
    /// whose write was confirmed later is read again, because what was read may be older than what was written.
    pub async fn take(
        &self,
        routes: &Routes,
        context: &Context,
        (records, since): (&[RemoteRecord], u64),
        checkpoint: impl Fn(&PageResult) -> Option<Working<SyncRun>> + Send + Sync,
    ) -> Result<PageResult, Unavailable> {
        for _ in 0..ROUNDS {
            let mut result = PageResult::default();
            let matched = self.match_page(context, (records, since), &mut result).await?;
            let known = self.known_for(routes, context, &matched).await?;
            let mut unit = self.unit(context.organization, "inbound_sync");
            for matched in matched {
                let pair = take_one(context, matched, &known, &mut result);
                unit.add(pair.local).add(pair.sync);
            }
            if let Some(run) = checkpoint(&result) {
                unit.add(run);
            }
            if unit.is_empty() {
                return Ok(result);
            }
            fail::fail_point!("before_page");
            match self.ports.dispatcher.append_one(unit.build()).await? {
                Ok(_) => {
                    fail::fail_point!("after_page");
                    return Ok(result);
                }
                Err(Refused::StaleStream { .. } | Refused::ClaimTaken { .. }) => {}
                Err(refused) => return Err(Unavailable::new("event log", refused)),
            }
        }
        let alone = records.iter().map(|record| record.id.clone()).collect();
        Ok(PageResult { alone, ..PageResult::default() })
    }

    /// Leaves out what is unchanged, and finds the pair of everything else.
    async fn match_page<'a>(
        &self,
        context: &Context,
        (records, since): (&'a [RemoteRecord], u64),
        result: &mut PageResult,
    ) -> Result<Vec<Matched<'a>>, Unavailable> {
        let log = self.ports.dispatcher.log.as_ref();
        let records = digested(context, records);
        let asked = records.iter().map(|(record, digest)| {
            let key = ClaimKey::remote_id(context.config_id, &context.realm, &record.id);
            (key, digest.as_ref().map(Digest::tag))
        });
        let recognised = log.recognise(asked.collect()).await?;
        let (mut known, mut ids, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
        for ((record, digest), recognised) in records.into_iter().zip(recognised) {
            result.counts.processed += 1;
            match recognised {
                Recognised::Same => result.counts.skipped += 1,
                Recognised::Not => unknown.push(Seen::digested(context, record, digest)),
                Recognised::Changed(held) => {
                    if let Some(key) = SyncRecordKey::parse(&held.stream) {
                        known.push((record, digest));
                        ids.push(key.local_id);
                    }
                }
            }
        }
        let mut matched = Vec::with_capacity(known.len() + unknown.len());
        for ((record, digest), pair) in known.into_iter().zip(Pair::load(log, context, &ids).await?) {
            if pair.written_after(since) {
                result.counts.skipped += 1;
                result.later.push(record.id.clone());
            } else {
                matched.push(Matched { seen: Seen::digested(context, record, digest), pair, new: false });
            }
        }
        matched.extend(self.match_unknown(context, unknown, result).await?);
        Ok(matched)
    }

    /// Records nobody has a claim on: one of our own open creates, one that carries our reference, or a new one.
    async fn match_unknown<'a>(
        &self,
        context: &Context,
        records: Vec<Seen<'a>>,
        result: &mut PageResult,
    ) -> Result<Vec<Matched<'a>>, Unavailable> {
        let owners = adopt::open_creates(self, context, &records).await?;
        let references = adopt::by_reference(self, context, &records).await?;
        let mut matched = Vec::with_capacity(records.len());
        for ((seen, owner), referenced) in records.into_iter().zip(owners).zip(references) {
            let record = seen.record;
            if let Some(pair) = owner {
                if let Some(pair) = adopt::early(context, pair, record) {
                    matched.push(Matched { seen, pair, new: false });
                } else {
                    result.counts.skipped += 1;
                    result.later.push(record.id.clone());
                }
            } else if record.deleted {
                result.counts.skipped += 1;
            } else if let Some(pair) = referenced {
                matched.push(Matched { seen, pair, new: false });
            } else {
                let id = minted_id(context, &record.id);
                matched.push(Matched { seen, pair: Pair::new(context, &id), new: true });
            }
        }
        Ok(matched)
    }

    /// References of a page, resolved with what its records show.
    async fn known_for(
        &self,
        routes: &Routes,
        context: &Context,
        matched: &[Matched<'_>],
    ) -> Result<Known, Unavailable> {
        if !context.refers() {
            return Ok(context.known());
        }
        let both = matched.iter().map(|Matched { seen, pair, .. }| {
            (pair.local_now(), (!seen.record.deleted).then_some(&seen.fields))
        });
        let needs = references::needs(context, both);
        references::look_up(self.ports.dispatcher.log.as_ref(), routes, context, needs).await
    }
}

/// Each record once, with its digest. A provider may show one twice on a page: the last one counts.
fn digested<'a>(context: &Context, records: &'a [RemoteRecord]) -> Vec<(&'a RemoteRecord, Option<Digest>)> {
    let newest: BTreeMap<&str, &RemoteRecord> =
        records.iter().map(|record| (record.id.as_str(), record)).collect();
    let digest = |record| observed(context, record);
    newest.into_values().map(|record| (record, (!record.deleted).then(|| digest(record)).flatten())).collect()
}

/// Records what is seen and brings the pair into step; what is left to send is left to a job.
fn take_one(context: &Context, matched: Matched<'_>, known: &Known, result: &mut PageResult) -> Pair {
    let Matched { seen, mut pair, new } = matched;
    let record = seen.record;
    // A new pair is soon made again; one that was loaded is put back.
    let before = (!new).then(|| pair.clone());
    match step(context, &mut pair, seen, known) {
        Ok(()) => {
            count(&pair, new, record.deleted, result);
            pair
        }
        Err(refusal) => {
            tracing::warn!(remote_id = record.id, %refusal, "record left out of its page");
            result.counts.failed += 1;
            result.alone.push(record.id.clone());
            before.unwrap_or_else(|| Pair::new(context, &pair.local_id))
        }
    }
}

fn step(context: &Context, pair: &mut Pair, seen: Seen<'_>, known: &Known) -> Result<(), SyncRecordError> {
    let record = seen.record;
    if record.deleted {
        pair.sync.execute(Command::ObserveRemoteDeletion { updated_at: record.updated_at })?;
        reconcile(context, pair, known)?;
        return Ok(());
    }
    let free = pair.sync.state.remote_id.is_none() && pair.sync.state.open.is_none();
    if free && pair.local.state.version > 0 {
        let (remote_id, by) = (record.id.clone(), LinkedBy::Reference);
        pair.sync.execute(Command::Link { remote_id, by, observed: None, base: None })?;
    }
    seen.observe(context, pair)?;
    reconcile(context, pair, known).map(|_| ())
}

fn count(pair: &Pair, new: bool, deleted: bool, result: &mut PageResult) {
    let counts = &mut result.counts;
    match pair.sync.state.status() {
        SyncStatus::Conflict => counts.conflicted += 1,
        SyncStatus::Error => counts.failed += 1,
        _ if deleted => counts.deleted += 1,
        _ if new => counts.created += 1,
        _ if pair.local.changed() => counts.updated += 1,
        _ => counts.skipped += 1,
    }
}

/// The local id of a record that was first seen at the provider.
fn minted_id(context: &Context, remote_id: &str) -> String {
    let integration = context.integration_id.0.simple().to_string();
    // The last eight digits: the first ones of UUIDv7 are a time that integrations of one day share.
    format!("~{}~{}~{remote_id}", &integration[integration.len() - 8..], context.remote.name)
}
