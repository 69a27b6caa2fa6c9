//! What is there at the end, on both sides.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::money;
use rust_decimal::Decimal;
use sandbox::quickbooks::QuickBooksSandbox;
use serde_json::Value;

use super::compare::{self, References};
use crate::cli::demo::rows;
use crate::wiring::Store;

/// Our entities and the provider's.
pub(super) const PAIRS: [(&str, &str); 5] = [
    ("customer", "Customer"),
    ("product", "Item"),
    ("invoice", "Invoice"),
    ("credit_note", "CreditMemo"),
    ("payment", "Payment"),
];
/// Statuses under which a record is listed as not in step, with its reason.
const LISTED: [&str; 6] = ["waiting", "conflict", "needs_decision", "error", "deleted", "unlinked"];

/// One pair of entities.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::cli::demo) struct Entity {
    /// Our live records.
    pub(in crate::cli::demo) ours: u64,
    /// The provider's live records.
    pub(in crate::cli::demo) theirs: u64,
    /// Pairs whose mapped values were compared and are equal.
    pub(in crate::cli::demo) equal: u64,
    /// Records that the views list as not in step.
    pub(in crate::cli::demo) listed: u64,
    /// Sum of our totals.
    pub(in crate::cli::demo) our_total: Decimal,
    /// Sum of the provider's totals.
    pub(in crate::cli::demo) their_total: Decimal,
}

/// Both sides.
#[derive(Clone, Debug, Default)]
pub(in crate::cli::demo) struct State {
    /// By our entity.
    pub(in crate::cli::demo) entities: BTreeMap<String, Entity>,
    /// What is neither equal nor listed, in words.
    pub(in crate::cli::demo) lost: Vec<String>,
}

/// A sync record as the views show it.
struct Pair {
    status: String,
    remote_id: Option<String>,
}

type Pairs = HashMap<(String, String), Pair>;

impl State {
    /// Reads the views and the provider.
    pub(in crate::cli::demo) async fn read(store: &Store, books: &QuickBooksSandbox) -> anyhow::Result<Self> {
        let views = store.read_store.as_ref();
        let locals = rows::all(views, "v_local_records").await?;
        let pairs = pairs(&rows::all(views, "v_sync_records").await?);
        let mut state = Self::default();
        for (local, remote) in PAIRS {
            let theirs = live(books.entities(remote));
            state.take_entity((local, remote), &locals, &theirs, &pairs);
        }
        Ok(state)
    }

    fn take_entity(
        &mut self,
        (local, remote): (&str, &str),
        locals: &[Value],
        theirs: &[Value],
        pairs: &Pairs,
    ) {
        let references = |entity: &str, id: &str| {
            pairs.get(&(entity.to_owned(), id.to_owned())).and_then(|pair| pair.remote_id.clone())
        };
        let by_id: HashMap<&str, &Value> =
            theirs.iter().filter_map(|body| Some((body["Id"].as_str()?, body))).collect();
        let mut entity = Entity { theirs: theirs.len() as u64, ..Entity::default() };
        entity.their_total = theirs.iter().map(|body| amount(&body["TotalAmt"])).sum();
        let mut seen = HashSet::new();
        for row in locals.iter().filter(|row| row["entity"] == local && row["deleted"] == false) {
            let id = row["local_id"].as_str().unwrap_or_default();
            entity.ours += 1;
            let total = if local == "payment" { "amount" } else { "total" };
            entity.our_total += amount(&row["body"][total]);
            let pair = pairs.get(&(local.to_owned(), id.to_owned()));
            let remote_id = pair.and_then(|pair| pair.remote_id.as_deref());
            seen.extend(remote_id.map(str::to_owned));
            let twin = remote_id.and_then(|id| by_id.get(id)).copied();
            match judge(local, &row["body"], (pair, twin), &references) {
                Verdict::Equal => entity.equal += 1,
                Verdict::Listed => entity.listed += 1,
                Verdict::Lost(why) => self.lost.push(format!("{local} {id}: {why}")),
            }
        }
        let missed = by_id.keys().filter(|id| !seen.contains(**id));
        self.lost.extend(missed.map(|id| format!("{remote} {id} of the provider is in no view")));
        self.entities.insert(local.to_owned(), entity);
    }
}

enum Verdict {
    Equal,
    Listed,
    Lost(String),
}

fn judge(
    entity: &str,
    ours: &Value,
    (pair, theirs): (Option<&Pair>, Option<&Value>),
    references: References<'_>,
) -> Verdict {
    let Some(pair) = pair else { return Verdict::Lost("it has no sync record".to_owned()) };
    if LISTED.contains(&pair.status.as_str()) {
        return Verdict::Listed;
    }
    let Some(theirs) = theirs else {
        return Verdict::Lost(format!("it is {} and not at the provider", pair.status));
    };
    match compare::difference(entity, ours, theirs, references) {
        None => Verdict::Equal,
        Some(difference) => Verdict::Lost(format!("it is {} and differs: {difference}", pair.status)),
    }
}

fn pairs(rows: &[Value]) -> Pairs {
    let text = |row: &Value, column: &str| row[column].as_str().map(str::to_owned);
    let pair = |row: &Value| {
        let key = (text(row, "local_entity")?, text(row, "local_id")?);
        Some((key, Pair { status: text(row, "sync_status")?, remote_id: text(row, "remote_id") }))
    };
    rows.iter().filter_map(pair).collect()
}

fn live(bodies: Vec<Value>) -> Vec<Value> {
    bodies.into_iter().filter(|body| body["Active"] != false).collect()
}

pub(super) fn amount(value: &Value) -> Decimal {
    money::decimal(value).unwrap_or_default()
}
